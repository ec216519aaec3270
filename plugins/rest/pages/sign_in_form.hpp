// plugins/rest/pages/sign_in_form.hpp - the form in which a page asks for an account and its password.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

namespace bb::rest {

struct SignInForm {
  std::string action;        // as the page writes it; empty: the page itself
  FormFields fields;         // as they are sent when nothing is changed
  std::size_t account = 0;   // index in `fields`
  std::size_t password = 0;  // likewise
};

// The first form with a field of type password and one before it for the account (HTML, 4.10). Nothing: the page has no
// such form. The error: what came is no page that can be read, or a form that is not posted.
[[nodiscard]] Result<std::optional<SignInForm>> find_sign_in_form(std::string_view page);

}  // namespace bb::rest
