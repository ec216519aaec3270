// harness/documents/cms_view.hpp - signatures and envelopes as rules look at them
// (docs/reference/document-rules.md).
#pragma once

#include <string>

#include <bb/direct/cms.hpp>

#include "harness/documents/certificate_view.hpp"

namespace bb::documents {

// An element `signer`; its certificate is judged by `use`, whose role is taken as said.
// `is_verified`: what it signed was at hand.
void add_signer(ViewBuilder& view, const direct::Signer& signer, CertificateUse use, bool is_verified,
                const MailSettings& settings, std::int64_t at);

// An element `envelope` with an element for each `recipient`.
void add_envelope(ViewBuilder& view, const direct::Envelope& envelope, xml::Position position, const std::string& path);

}  // namespace bb::documents
