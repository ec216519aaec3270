// plugins/streams/server_config.hpp - mail servers as the configuration names them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <bb/direct/address.hpp>
#include <bb/direct/mailbox.hpp>
#include <bb/sdk/context.hpp>
#include <bb/sdk/services/secret.hpp>

namespace bb::plugins {

// What is read of a mailbox.
inline constexpr std::size_t message_bytes_max = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t header_bytes_max = std::size_t{256} * 1024;

// A server without its password, which is asked for at each call and kept no longer.
struct ServerConfig {
  direct::MailServer server;
  std::string password_secret;  // its name; empty: nobody signs in

  direct::MailServer with_password(Call& call, const Secret& secret) const;
};
// The members host, port, protection, server_name, user and password below `at`, a JSON
// Pointer. Failure BB_E_INVALID_ARGUMENT names the member.
ServerConfig read_server(const Context& context, const std::string& at);

struct MailboxConfig {
  ServerConfig server;
  direct::MailboxProtocol protocol = direct::MailboxProtocol::imap;
  std::string folder;

  // `wait_ms_max` as MailServer has it.
  std::unique_ptr<direct::Mailbox> open(direct::Connections& connections, Call& call, const Secret& secret,
                                        int wait_ms_max = 0) const;
};
// As read_server(), and protocol and folder.
MailboxConfig read_mailbox(const Context& context, const std::string& at);

// A member that holds one mail address.
direct::Address read_own_address(const Context& context, const std::string& at);

}  // namespace bb::plugins
