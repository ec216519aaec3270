// bb/direct/mail_server.hpp - what reaching a mail server takes: the same for SMTP,
// IMAP and POP3.
#pragma once

#include <cstdint>
#include <string>

namespace bb::direct {

// How a connection is protected. `starttls` asks for it and goes no further without:
// never a fall-back to plain text.
enum class Protection { tls, starttls, none };

struct MailServer {
  std::string host;
  std::uint16_t port = 0;
  Protection protection = Protection::tls;
  std::string server_name = {};  // that its certificate has to name; empty: the host
  std::string user = {};         // empty: nobody signs in
  std::string password = {};     // never sent without TLS, unless `may_be_heard`
  int wait_ms_max = 0;           // to connect, and for each read; 0: as Endpoint has it
  bool may_be_heard = false;     // for tests of servers that should refuse it
};

}  // namespace bb::direct
