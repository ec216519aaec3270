// functions/function_page_texts.hpp - the texts of the pages of the portal's functions, as Mustache.
#pragma once

#include <string>

namespace bb::portal::functions {

extern const std::string conversations_template;
extern const std::string compose_template;
extern const std::string conversation_template;
extern const std::string refills_template;
extern const std::string appointments_template;
extern const std::string entries_template;
extern const std::string education_template;
extern const std::string material_template;
extern const std::string settings_template;
extern const std::string feedback_template;

}  // namespace bb::portal::functions
