// documents/mail_recipe.hpp - mails, certificates and bundles made by a recipe, so
// that no private key and nothing sealed need lie among the examples of rules.
//
// A recipe: docs/reference/document-rules.md.
#pragma once

#include <string>
#include <string_view>

#include "harness/documents/mail_settings.hpp"

namespace bb::test {

struct MadeMail {
  std::string bytes;
  documents::MailSettings settings;  // opens and judges it
};

inline bool is_recipe(std::string_view name) { return name.ends_with(".recipe"); }

// `folder`: where the recipe lies, for files that it names.
MadeMail make_mail(std::string_view recipe, const std::string& folder);

}  // namespace bb::test
