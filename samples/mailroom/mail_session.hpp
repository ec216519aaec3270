// mail_session.hpp - what a conversation with the mail room takes, whatever its protocol.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "mailroom/mailboxes.hpp"
#include "mailroom/peer.hpp"

namespace bb::mailroom {

struct MailOptions {
  std::string host_name = "localhost";  // how the servers name themselves
  std::size_t message_bytes_max = std::size_t{32} * 1024 * 1024;
  std::vector<std::string> returned = {};  // addresses whose mail is taken and then comes back
};

inline constexpr std::size_t command_bytes_max = 8 * 1024;
inline constexpr int mistakes_max = 20;  // then a server hangs up

// The first word of a command, in upper case, and what stands behind its blank.
inline std::pair<std::string, std::string> first_word(std::string_view line) {
  const auto blank = line.find(' ');
  auto word = to_lower(line.substr(0, blank));
  for (auto& c : word)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return {word, blank == std::string_view::npos ? std::string() : std::string(line.substr(blank + 1))};
}

// What a client says of itself by SASL PLAIN (RFC 4616): authorization identity, user and
// password, parted by NUL, in base64. nullopt: not that.
struct PlainResponse {
  std::string user, password;
};
inline std::optional<PlainResponse> read_plain(std::string_view response) {
  const auto parts = split(base64_decode(response).value_or(""), '\0');
  if (parts.size() != 3) return std::nullopt;
  return PlainResponse{parts[1], parts[2]};
}

// Each leads one conversation to its end.
void serve_smtp(Peer& peer, Mailboxes& mailboxes, const MailOptions& options);
void serve_imap(Peer& peer, Mailboxes& mailboxes, const MailOptions& options);
void serve_pop3(Peer& peer, Mailboxes& mailboxes, const MailOptions& options);

}  // namespace bb::mailroom
