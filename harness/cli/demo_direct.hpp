// harness/cli/demo_direct.hpp - what a demo by Direct has beside the portal: certificates, a
// mail server and a name server on loopback, and the roles that use them.
//
// The certificates are made anew for each demo, and the mail lies in memory: bluebridge-pki and
// bluebridge-mailroom, docs/reference/mailroom.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/clock.hpp>
#include "harness/cli/demo_room.hpp"
#include "harness/cli/places.hpp"

namespace bb::cli {

// Ports of the mail room, from the line that it says when it is ready.
struct MailPorts {
  std::uint16_t smtp = 0, imap = 0, pop3 = 0, dns = 0;
};
[[nodiscard]] Result<MailPorts> read_mail_ports(const std::string& line);

// The suites of a demo by Direct, those of them that are installed, in this order.
std::vector<std::filesystem::path> direct_suites(const Places& places);

// Adds to a demo's target what a mail room brings: the roles inbox and sender. `folder` has the
// certificates; the mailboxes' password is in the environment variable mail_password_variable.
void add_direct_roles(Value& target, const std::filesystem::path& folder, const MailPorts& ports);
// Inputs of the suites of sending: recipients that nobody may send to, by what is published of them.
std::map<std::string, std::string> refused_recipients();
inline constexpr const char* mail_password_variable = "BLUEBRIDGE_DEMO_MAIL_PASSWORD";

// A running mail room and its certificates. Makes `folder`, which is this room's alone and the
// caller's to remove; takes some seconds. The error says what is missing, or that it was cancelled.
[[nodiscard]] Result<std::unique_ptr<DemoRoom>> open_mail_room(const Places& places,
                                                               const std::filesystem::path& folder,
                                                               const host::Cancellation& cancellation);

}  // namespace bb::cli
