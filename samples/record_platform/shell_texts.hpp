// shell_texts.hpp - the templates of the shell's pages (web/template.hpp).
#pragma once

#include <string>

namespace bb::record_platform {

extern const std::string shell_layout;
extern const std::string shell_sign_in;
extern const std::string shell_form;     // a decision: records, rules, fields, buttons
extern const std::string shell_message;  // a heading and a text
extern const std::string shell_return;   // the way back by POST (`trm=post`)
extern const std::string shell_style;

}  // namespace bb::record_platform
