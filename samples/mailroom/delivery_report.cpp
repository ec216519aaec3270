#include "mailroom/delivery_report.hpp"

#include <fmt/format.h>
#include <bb/core/crypto.hpp>

namespace bb::mailroom {

std::string write_delivery_report(std::string_view host, std::string_view sender, std::string_view recipient,
                                  std::string_view message) {
  const auto boundary = "=_mailroom_" + random_token();
  const auto header = message.substr(0, message.find("\r\n\r\n"));
  return fmt::format(
      "From: MAILER-DAEMON@{host}\r\nTo: {sender}\r\nSubject: Undelivered mail returned to its sender\r\n"
      "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\"\r\n\r\n"
      "--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
      "Your mail to {recipient} could not be delivered.\r\n"
      "--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; {host}\r\n\r\n"
      "Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
      "Diagnostic-Code: smtp; 550 5.1.1 there was no such mailbox after all\r\n"
      "--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n--{boundary}--\r\n",
      fmt::arg("host", host), fmt::arg("sender", sender), fmt::arg("recipient", recipient),
      fmt::arg("boundary", boundary), fmt::arg("header", header));
}

}  // namespace bb::mailroom
