// page_texts.hpp - the templates and the style sheet of the portal's pages.
//
// Everything works without script, with a keyboard, and on a narrow screen.
// Data reaches a template through {{name}}, which escapes; {{{content}}} and
// {{{record}}} take what was made here before.
#pragma once

#include <string>

namespace bb::portal {

extern const std::string layout_template;
extern const std::string sign_in_template;
extern const std::string people_template;
extern const std::string record_template;
extern const std::string share_template;
extern const std::string confirm_mail_template;
extern const std::string shared_template;
extern const std::string messages_template;
extern const std::string read_message_template;
extern const std::string history_template;
extern const std::string message_template;
extern const std::string style_sheet;

}  // namespace bb::portal
