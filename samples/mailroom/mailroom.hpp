// mailroom.hpp - a small mail room: SMTP, IMAP and POP3 servers over mailboxes in memory,
// each with STARTTLS and on a second port with TLS from the first byte, and a DNS responder.
//
// It stands in where no mail server is installed. What a system under test is judged by
// are real servers, never this one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "mailroom/mailboxes.hpp"
#include "mailroom/zone.hpp"

namespace bb::mailroom {

class Mailroom {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t smtp_port = 0;  // 0: the kernel's choice
    std::uint16_t imap_port = 0;
    std::uint16_t pop3_port = 0;
    std::uint16_t smtps_port = 0;
    std::uint16_t imaps_port = 0;
    std::uint16_t pop3s_port = 0;
    std::uint16_t dns_port = 0;
    std::string host_name = "localhost";
    std::string identity_pem = {};  // certificate, key and chain
    std::vector<Account> accounts = {};
    std::vector<std::string> returned = {};  // addresses whose mail is taken and then comes back (RFC 3464)
    Zone zone = {};
    std::size_t message_bytes_max = std::size_t{32} * 1024 * 1024;
  };

  // Listens when it returns. The error says what to mend.
  static Result<std::unique_ptr<Mailroom>> start(Options options);
  ~Mailroom();

  // The ports: {"smtp": 40125, "imap": …, "pop3": …, "smtps": …, "imaps": …, "pop3s": …, "dns": …}
  Value ports() const;
  std::uint16_t smtp_port() const;
  std::uint16_t imap_port() const;
  std::uint16_t pop3_port() const;
  std::uint16_t smtps_port() const;
  std::uint16_t imaps_port() const;
  std::uint16_t pop3s_port() const;
  std::uint16_t dns_port() const;
  Mailboxes& mailboxes();
  // Ends connections under way.
  void stop();

 private:
  struct Parts;
  explicit Mailroom(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bb::mailroom
