// direct_options.hpp - what the portal needs to send and receive by Direct.
#pragma once

#include <string>
#include <vector>

#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>

#include "portal/mail_servers.hpp"

namespace bb::portal {

struct DirectOptions {
  std::string domain;                              // a patient's address is ACCOUNT@DOMAIN
  std::vector<direct::Identity> identities;        // bound to the domain, or to single addresses
  std::vector<direct::Certificate> anchors;        // whom the portal trusts, for both directions
  std::vector<std::string> revocation_lists = {};  // PEM or DER
  HostPort resolver;                               // DNS
  direct::MailServer relay;                        // SMTP
  MailboxOptions mailbox;                          // of the whole domain
  int wait_seconds = 3600;                         // for what a recipient's system has to say
  std::string xdr_clients_pem = {};  // authorities of edges that hand documents over by XDR; empty: nobody may
};

}  // namespace bb::portal
