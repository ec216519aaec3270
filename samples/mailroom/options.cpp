#include "mailroom/options.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "programs/options.hpp"

namespace bb::mailroom {
namespace {

namespace po = boost::program_options;

constexpr const char* introduction =
    "bluebridge-mailroom - SMTP, IMAP and POP3, each with TLS, and DNS, for tests on one machine\n\n"
    "Stands in where no mail server is installed. Mail lies in memory and goes when it ends. Prints one\n"
    "line of JSON with its ports when it is ready, and ends on SIGTERM or Ctrl-C.\n\n"
    "Example: bluebridge-mailroom --identity pki/server.pem --mailbox bob:secret=bob@direct.example.org \\\n"
    "           --zone zone.yaml\n\n";

// Where others can read the list of processes, a password is better kept out of it.
constexpr const char* password_variable = "BLUEBRIDGE_MAILROOM_PASSWORD";

po::options_description describe_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  const auto port = [] { return po::value<int>()->default_value(0)->value_name("N"); };
  add("identity", po::value<std::string>()->value_name("FILE"),
      "PEM file: the servers' certificate, its key, its chain");
  add("mailbox", po::value<std::vector<std::string>>()->value_name("USER[:PASSWORD]=ADDRESS,..."),
      "a mailbox and its addresses; @DOMAIN takes every address of the domain that is nobody else's; without "
      "PASSWORD it is that of the environment, BLUEBRIDGE_MAILROOM_PASSWORD");
  add("returned", po::value<std::vector<std::string>>()->value_name("ADDRESS"),
      "mail to it is taken, and comes back to its sender with a delivery report");
  add("zone", po::value<std::string>()->value_name("FILE"), "YAML file: what DNS answers");
  add("listen", po::value<std::string>()->default_value("127.0.0.1")->value_name("ADDRESS"),
      "IPv4 address to listen on");
  add("smtp-port", port(), "with STARTTLS, as imap-port and pop3-port; 0 lets the kernel choose, as for all others");
  add("imap-port", port(), "");
  add("pop3-port", port(), "");
  add("smtps-port", port(), "TLS from the first byte, as imaps-port and pop3s-port");
  add("imaps-port", port(), "");
  add("pop3s-port", port(), "");
  add("dns-port", port(), "for UDP and TCP");
  programs::add_server_options(options);
  return options;
}

Result<Account> read_mailbox(const std::string& text) {
  const auto equals = text.find('=');
  const auto who = text.substr(0, equals);
  const auto colon = who.find(':');
  if (equals == std::string::npos || who.empty() || colon == 0)
    return Error{"--mailbox must be USER[:PASSWORD]=ADDRESS,..., without a ':' in USER or a '=' in PASSWORD"};
  Account account{who.substr(0, colon), "", split(text.substr(equals + 1), ',')};
  if (colon != std::string::npos) {
    account.password = who.substr(colon + 1);
  } else if (const char* password = std::getenv(password_variable); password != nullptr && *password != '\0') {
    account.password = password;
  } else {
    return Error{fmt::format("--mailbox {}: its password is neither there nor in the environment variable {}",
                             account.user, password_variable)};
  }
  for (const auto& address : account.addresses)
    if (const auto at = address.find('@'); at == std::string::npos || at + 1 == address.size())
      return Error{fmt::format("--mailbox {}: '{}' is neither NAME@DOMAIN nor @DOMAIN", account.user, address)};
  return account;
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  BB_TRY(const auto given, programs::read_options(count, arguments, options));
  CommandLine line;
  line.text = programs::common_text(introduction, options, given);
  if (!line.text.empty()) return line;
  auto& room = line.mailroom;
  if (given.count("identity") == 0) return Error{"--identity is missing: bluebridge-pki makes one, server.pem"};
  BB_TRY(room.identity_pem, read_text(given["identity"].as<std::string>()));
  if (given.count("mailbox") > 0)
    for (const auto& text : given["mailbox"].as<std::vector<std::string>>()) {
      BB_TRY(auto account, read_mailbox(text));
      room.accounts.push_back(std::move(account));
    }
  if (given.count("returned") > 0) room.returned = given["returned"].as<std::vector<std::string>>();
  if (given.count("zone") > 0) {
    BB_TRY(room.zone, Zone::read(given["zone"].as<std::string>()));
  }
  room.address = given["listen"].as<std::string>();
  BB_TRY(room.smtp_port, programs::read_port(given, "smtp-port"));
  BB_TRY(room.imap_port, programs::read_port(given, "imap-port"));
  BB_TRY(room.pop3_port, programs::read_port(given, "pop3-port"));
  BB_TRY(room.smtps_port, programs::read_port(given, "smtps-port"));
  BB_TRY(room.imaps_port, programs::read_port(given, "imaps-port"));
  BB_TRY(room.pop3s_port, programs::read_port(given, "pop3s-port"));
  BB_TRY(room.dns_port, programs::read_port(given, "dns-port"));
  line.exits_with_parent = given.count("exit-with-parent") > 0;
  return line;
}

}  // namespace bb::mailroom
