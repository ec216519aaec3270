// plugins/streams/config_schema.hpp - the parts of configuration schemas that say what a
// mail server is: what read_server() and read_mailbox() take.
#pragma once

#include <array>
#include <cstddef>

namespace bb::plugins {

// One text of several, made while compiling; data() of it ends with a zero.
template <std::size_t... Sizes>
constexpr auto joined(const char (&... parts)[Sizes]) {
  std::array<char, (Sizes + ...) - sizeof...(Sizes) + 1> text{};
  std::size_t end = 0;
  const auto add = [&](const char* part, std::size_t size) {
    for (std::size_t i = 0; i + 1 < size; ++i) text[end++] = part[i];
  };
  (add(parts, Sizes), ...);
  return text;
}

// A member of "$defs", which the two below refer to.
inline constexpr char protection_schema[] = R"(
      "protection": {"enum": ["tls", "starttls", "none"], "default": "starttls",
        "title": "tls: from the first byte; starttls: before anything else is said; none: on one machine"})";

// Members of a server beside its host and port.
inline constexpr char server_schema[] = R"(
      "protection": {"$ref": "#/$defs/protection"},
      "server_name": {"type": "string", "title": "Name in the server's certificate, if it is not the host"},
      "user": {"type": "string"},
      "password": {"type": "string", "title": "Name of the secret that holds the password"})";

// Members of a server that messages are handed to, as MailSender has it.
inline constexpr char hello_name_schema[] = R"(
      "hello_name": {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9.:\\[\\]-]+$",
        "title": "How this side names itself to the server; the domain of the sender unless told"})";

// Members of a mailbox beside those of its server.
inline constexpr char mailbox_schema[] = R"(
      "protocol": {"enum": ["imap", "pop3"], "default": "imap"},
      "host": {"type": "string", "minLength": 1, "title": "Name or address of the mail server"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535,
        "title": "Usually 143 or 993 for IMAP, 110 or 995 for POP3"},
      "folder": {"type": "string", "minLength": 1, "default": "INBOX", "title": "Folder, of IMAP"})";

}  // namespace bb::plugins
