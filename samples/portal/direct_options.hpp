// direct_options.hpp - what the portal needs to send and receive by Direct.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/direct/address.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>
#include <bb/direct/mail_server.hpp>
#include <bb/direct/mailbox.hpp>

namespace bb::portal {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

struct DirectOptions {
  std::string domain;                              // a patient's address is ACCOUNT@DOMAIN
  std::vector<direct::Identity> identities;        // bound to the domain, or to single addresses
  std::vector<direct::Certificate> anchors;        // whom the portal trusts, for both directions
  std::vector<std::string> revocation_lists = {};  // PEM or DER
  HostPort resolver;                               // DNS
  HostPort relay;                                  // SMTP with STARTTLS
  HostPort mailbox;                                // with STARTTLS
  direct::MailboxProtocol mailbox_protocol = direct::MailboxProtocol::imap;
  std::string user;
  std::string password;
  int wait_seconds = 3600;  // for what a recipient's system has to say
  int poll_ms = 500;
  std::string xdr_clients_pem = {};  // authorities of edges that hand documents over by XDR; empty: nobody may
};

}  // namespace bb::portal
