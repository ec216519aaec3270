// harness/documents/certificate_view.hpp - a certificate as rules look at it, in a
// mail, in a bundle or alone (docs/reference/document-rules.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/address.hpp>
#include <bb/direct/certificate.hpp>

#include "harness/documents/mail_settings.hpp"
#include "harness/documents/view.hpp"

namespace bb::documents {

// What a certificate is looked at for.
struct CertificateUse {
  std::string_view role;                    // "signer", "anchor", "authority" or "end"
  std::optional<direct::Address> address;   // whom it has to name; none: nobody is known
  std::vector<direct::Certificate> others;  // that may stand between it and an anchor
  xml::Position position;
  std::string path;
};

// An element `certificate`, with an element `fault` for each that trust.hpp finds at
// `at`. Paths are judged where there are anchors; of one who signs alone.
void add_certificate(ViewBuilder& view, const direct::Certificate& certificate, const CertificateUse& use,
                     const MailSettings& settings, std::int64_t at);

// Why revocation is not judged; empty: it is, by lists that were given.
std::string why_no_revocation(const MailSettings& settings);

// When certificates are judged where neither the user nor a message says: now.
std::int64_t present_seconds();
// "2026-11-23T01:30:00.000Z".
std::string moment(std::int64_t seconds);

}  // namespace bb::documents
