#include <bb/smart/oauth_error.hpp>

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::smart {
namespace {

constexpr std::size_t body_bytes_max = 1'048'576;
constexpr std::size_t shown_bytes_max = 300;

// RFC 9110, 5.6.2.
bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Challenges one after the other: "Basic realm=a, Bearer error=b, scope=\"c\"".
class Challenges {
 public:
  explicit Challenges(std::string_view text) : rest_(text) {}

  Result<std::optional<BearerChallenge>> read() {
    std::optional<BearerChallenge> bearer;
    bool is_bearer = false;
    for (skip(" \t,"); !rest_.empty(); skip(" \t,")) {
      const auto word = token();
      if (word.empty()) return Error{"expected a scheme or a parameter at '" + shown() + "'"};
      skip(" \t");
      if (!rest_.starts_with('=')) {  // a scheme; of others it may have one value without a name
        is_bearer = iequals(word, "Bearer");
        if (is_bearer && !bearer) bearer.emplace();
        if (!is_bearer) skip_token68();
        continue;
      }
      rest_.remove_prefix(1);
      skip(" \t");
      BB_TRY(auto value, this->value());
      if (is_bearer) take(*bearer, to_lower(word), std::move(value));
    }
    return bearer;
  }

 private:
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string_view token() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
    const auto word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }

  // RFC 9110, 11.2: "Negotiate YII/x==": characters and then '=', with nothing behind but the next challenge.
  void skip_token68() {
    const auto is_of_it = [](char c) { return is_token_char(c) || c == '/'; };
    auto end = std::find_if_not(rest_.begin(), rest_.end(), is_of_it);
    end = std::find_if(end, rest_.end(), [](char c) { return c != '='; });
    if (end == rest_.end() || *end == ',') rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
  }

  Result<std::string> value() {
    if (!rest_.starts_with('"')) return std::string(token());
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    return Error{"a quoted value has no end at '" + shown() + "'"};
  }

  static void take(BearerChallenge& bearer, const std::string& name, std::string value) {
    if (name == "realm") bearer.realm = std::move(value);
    if (name == "scope") bearer.scope = std::move(value);
    if (name != "error" && name != "error_description" && name != "error_uri") return;
    if (!bearer.error) bearer.error.emplace();
    auto& place = name == "error"       ? bearer.error->code
                  : name == "error_uri" ? bearer.error->uri
                                        : bearer.error->description;
    place = std::move(value);
  }

  std::string shown() const { return one_line(shorten(rest_, 40)); }

  std::string_view rest_;
};

}  // namespace

std::string text_of(const OAuthError& error) {
  auto text = error.code;
  if (!error.description.empty()) text += ": " + error.description;
  return one_line(shorten(text, shown_bytes_max));
}

bool is_known_error(std::string_view code) {
  constexpr std::array<std::string_view, 30> known{"invalid_request",
                                                   "invalid_client",
                                                   "invalid_grant",
                                                   "unauthorized_client",
                                                   "unsupported_grant_type",
                                                   "invalid_scope",
                                                   "access_denied",
                                                   "unsupported_response_type",
                                                   "server_error",
                                                   "temporarily_unavailable",
                                                   "invalid_token",
                                                   "insufficient_scope",
                                                   "unsupported_token_type",
                                                   "invalid_redirect_uri",
                                                   "invalid_client_metadata",
                                                   "invalid_software_statement",
                                                   "unapproved_software_statement",
                                                   "authorization_pending",
                                                   "slow_down",
                                                   "expired_token",
                                                   "interaction_required",
                                                   "login_required",
                                                   "account_selection_required",
                                                   "consent_required",
                                                   "invalid_request_uri",
                                                   "invalid_request_object",
                                                   "request_not_supported",
                                                   "request_uri_not_supported",
                                                   "registration_not_supported",
                                                   "invalid_target"};
  return std::find(known.begin(), known.end(), code) != known.end();
}

std::optional<OAuthError> read_oauth_error(std::string_view body) {
  if (body.size() > body_bytes_max) return std::nullopt;
  const auto value = parse_json(body);
  if (!value || !(*value)["error"].is_string()) return std::nullopt;
  return OAuthError{*(*value)["error"].string(), (*value)["error_description"].string_or(""),
                    (*value)["error_uri"].string_or("")};
}

std::optional<OAuthError> read_oauth_error(const FormFields& fields) {
  const auto* const code = find_field(fields, "error");
  if (code == nullptr) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const auto* const value = find_field(fields, name);
    return value == nullptr ? std::string() : *value;
  };
  return OAuthError{*code, text("error_description"), text("error_uri")};
}

Result<std::optional<BearerChallenge>> read_bearer_challenge(std::string_view www_authenticate) {
  return Challenges(www_authenticate).read();
}

}  // namespace bb::smart
