#include <bb/smart/authorization.hpp>

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::smart {
namespace {

std::string text(const FormFields& fields, std::string_view name) {
  const auto* const value = find_field(fields, name);
  return value == nullptr ? std::string() : *value;
}

}  // namespace

FormFields fields_of(const AuthorizationRequest& request) {
  FormFields fields{{"response_type", "code"},
                    {"client_id", request.client_id},
                    {"redirect_uri", request.redirect_uri},
                    {"scope", request.scope},
                    {"state", request.state}};
  if (!request.audience.empty()) fields.emplace_back("aud", request.audience);
  fields.emplace_back("code_challenge", request.code_challenge);
  fields.emplace_back("code_challenge_method", "S256");
  if (!request.launch.empty()) fields.emplace_back("launch", request.launch);
  fields.insert(fields.end(), request.more.begin(), request.more.end());
  return fields;
}

Result<AuthorizationReturn> read_authorization_return(std::string_view url) {
  BB_TRY(const auto fields, read_form(form_within(url)));
  if (const auto repeated = repeated_field(fields))
    return Error{fmt::format("the return has '{}' more than once", one_line(shorten(*repeated, 40)))};
  AuthorizationReturn answer;
  answer.code = SecretBytes(text(fields, "code"));
  answer.state = text(fields, "state");
  answer.issuer = text(fields, "iss");
  answer.error = read_oauth_error(fields);
  if (answer.code.is_empty() == !answer.error)
    return Error{answer.error ? "the return has both 'code' and 'error'" : "the return has neither 'code' nor 'error'"};
  return answer;
}

bool is_own_return(const AuthorizationReturn& answer, std::string_view state) {
  return !state.empty() && equal_constant_time(answer.state, state);
}

}  // namespace bb::smart
