// page_texts.hpp - the templates of the pages about applications; as of portal/page_texts.hpp.
#pragma once

#include <string>

namespace bb::portal {

extern const std::string consent_template;
extern const std::string applications_template;

}  // namespace bb::portal
