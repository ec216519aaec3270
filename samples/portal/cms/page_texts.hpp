// portal/cms/page_texts.hpp - the page on which a person of Medicare chooses, in the two languages of CMS
// (FHIR-BB2-08).
#pragma once

#include <string>
#include <string_view>

namespace bb::portal::cms {

struct ConsentWords {
  std::string_view language, heading, claims, question, share, withhold, allow, deny;
};
extern const ConsentWords english, spanish;
extern const std::string consent_template;

}  // namespace bb::portal::cms
