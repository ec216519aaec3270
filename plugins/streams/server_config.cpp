#include "streams/server_config.hpp"

#include <utility>

namespace bb::plugins {
namespace {

Failure wrong(const std::string& at, const std::string& what) {
  return Failure{BB_E_INVALID_ARGUMENT, "configuration: " + at + " " + what};
}

direct::Protection protection_of(const std::string& at, std::string_view word) {
  if (word == "tls") return direct::Protection::tls;
  if (word == "starttls") return direct::Protection::starttls;
  if (word == "none") return direct::Protection::none;
  throw wrong(at, "is '" + std::string(word) + "', expected tls, starttls or none");
}

direct::MailboxProtocol protocol_of(const std::string& at, std::string_view word) {
  if (word == "imap") return direct::MailboxProtocol::imap;
  if (word == "pop3") return direct::MailboxProtocol::pop3;
  throw wrong(at, "is '" + std::string(word) + "', expected imap or pop3");
}

}  // namespace

direct::MailServer ServerConfig::with_password(Call& call, const Secret& secret) const {
  auto whole = server;
  if (!password_secret.empty()) whole.password = secret.read(call, password_secret);
  return whole;
}

ServerConfig read_server(const Context& context, const std::string& at) {
  ServerConfig read;
  read.server.host = context.config(at + "/host");
  const auto port = context.config_integer(at + "/port", 0);
  if (port < 1 || port > 65'535) throw wrong(at + "/port", "is " + std::to_string(port) + ", expected 1 to 65535");
  read.server.port = static_cast<std::uint16_t>(port);
  read.server.protection =
      protection_of(at + "/protection", context.config_if(at + "/protection").value_or("starttls"));
  read.server.server_name = context.config_if(at + "/server_name").value_or("");
  read.server.user = context.config_if(at + "/user").value_or("");
  read.password_secret = context.config_if(at + "/password").value_or("");
  if (read.server.user.empty() != read.password_secret.empty())
    throw wrong(at + "/user", "and " + at + "/password belong together: give both, or neither");
  if (!read.server.user.empty() && read.server.protection == direct::Protection::none)
    throw wrong(at + "/protection", "is none, and a password is not sent without TLS: expected starttls or tls");
  return read;
}

std::unique_ptr<direct::Mailbox> MailboxConfig::open(direct::Connections& connections, Call& call, const Secret& secret,
                                                     int wait_ms_max) const {
  auto whole = server.with_password(call, secret);
  whole.wait_ms_max = wait_ms_max;
  return direct::Mailbox::create(protocol, connections, std::move(whole), folder);
}

MailboxConfig read_mailbox(const Context& context, const std::string& at) {
  return {read_server(context, at), protocol_of(at + "/protocol", context.config_if(at + "/protocol").value_or("imap")),
          context.config_if(at + "/folder").value_or("INBOX")};
}

direct::Address read_own_address(const Context& context, const std::string& at) {
  auto address = direct::read_address(context.config(at));
  if (!address) throw wrong(at, "is no address: " + address.error().what);
  return *std::move(address);
}

}  // namespace bb::plugins
