// What authorization servers and browsers send. The first line names what the rest is. What is read
// and can be written is read again, to the same.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/smart/authorization.hpp>
#include <bb/smart/configuration.hpp>
#include <bb/smart/id_token.hpp>
#include <bb/smart/oauth_error.hpp>
#include <bb/smart/registration.hpp>
#include <bb/smart/scope.hpp>
#include <bb/smart/token.hpp>

namespace {

using namespace bb::smart;

void expect(bool holds) {
  if (!holds) std::abort();
}

void read_keys(std::string_view text) {
  const auto keys = read_key_set(text);
  if (!keys) return;
  const auto again = read_key_set(write_key_set(*keys));
  expect(again && again->size() == keys->size());
  for (std::size_t i = 0; i < keys->size(); ++i) expect((*again)[i].key.members() == (*keys)[i].key.members());
}

void read_form_again(std::string_view text) {
  const auto fields = bb::read_form(text);
  if (!fields) return;
  const auto written = bb::write_form(*fields);
  // What is escaped may be longer than what came, and then too long.
  if (written.size() <= bb::form_bytes_max) expect(*bb::read_form(written) == *fields);
}

void read_every_scope(std::string_view text) {
  const auto scopes = read_scopes(text);
  for (const auto& one : scopes) expect(covers(scopes, one));
  expect(first_beyond(scopes, scopes) == nullptr);
}

// RFC 7515, A.3: a key, so that signatures are looked at.
void read_signed(std::string_view text) {
  static const auto keys = *read_key_set(
      R"({"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  constexpr std::array<std::string_view, 2> algorithms{"ES256", "RS256"};
  if (const auto jws = read_jws(text)) {
    (void)verify(*jws, keys, algorithms);
    (void)check_claims(jws->claims, {.issuer = "joe", .audience = "app"});
  }
  (void)read_id_token(text, keys, {.issuer = "joe", .client_id = "app", .now_unix_ns = 0});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  const auto end = whole.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto what = whole.substr(0, end);
  const auto text = whole.substr(end + 1);
  if (what == "configuration") (void)read_configuration(text);
  if (what == "statement") (void)read_capability_statement(text);
  if (what == "keys") read_keys(text);
  if (what == "signed") read_signed(text);
  if (what == "token") (void)read_token_response(text);
  if (what == "introspection") (void)read_introspection(text);
  if (what == "registered") (void)read_registered_client(text);
  if (what == "error") (void)read_oauth_error(text);
  if (what == "challenge") (void)read_bearer_challenge(text);
  if (what == "return") (void)read_authorization_return(text);
  if (what == "form") read_form_again(text);
  if (what == "scope") read_every_scope(text);
  return 0;
}
