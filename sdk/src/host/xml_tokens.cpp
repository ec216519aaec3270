#include "xml_tokens.hpp"

#include <array>

#include <bb/core/text.hpp>

namespace bb::host {
namespace {

constexpr std::array<std::string_view, 6> elements{"auth-token", "user-auth-token", "app-token",
                                                   "hmac",       "hmac-alg",        "shared-secret"};
// A token without another word before it is one only beside the secret that came with it.
constexpr std::string_view bare_token = "token", its_secret = "shared-secret";

void each_element(std::string_view message, std::string_view name,
                  const std::function<void(std::string_view, std::string_view)>& found) {
  for (auto at = message.find(name); at != std::string_view::npos; at = message.find(name, at + 1)) {
    const auto behind = message.substr(at + name.size());
    if (at == 0 || (message[at - 1] != '<' && message[at - 1] != ':') || behind.empty()) continue;
    if (behind.front() != '>' && behind.front() != ' ') continue;
    const auto open = behind.find_first_of("<>");
    if (open == std::string_view::npos || behind[open] == '<') continue;
    const auto content = behind.substr(open + 1);
    const auto token = trim(content.substr(0, content.find('<')));
    // An algorithm's name may stand where others send the secret.
    if (!token.empty() && !token.starts_with("HMACSHA")) found(name, token);
  }
}

}  // namespace

void each_xml_token(std::string_view message, const std::function<void(std::string_view, std::string_view)>& found) {
  if (message.substr(0, message.find_first_not_of(" \t\r\n") + 1).find('<') == std::string_view::npos) return;
  for (const auto name : elements) each_element(message, name, found);
  if (message.find(its_secret) != std::string_view::npos) each_element(message, bare_token, found);
}

}  // namespace bb::host
