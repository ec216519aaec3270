#include "harness/documents/cms_view.hpp"

#include <utility>

#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

using direct::Integrity;

std::string_view word_of(Integrity integrity) {
  switch (integrity) {
    case Integrity::good:
      return "good";
    case Integrity::content_changed:
      return "content_changed";
    case Integrity::signature_broken:
      return "signature_broken";
    case Integrity::signer_unknown:
      return "signer_unknown";
    case Integrity::not_supported:
      return "not_supported";
  }
  return "unknown";
}

}  // namespace

void add_signer(ViewBuilder& view, const direct::Signer& signer, CertificateUse use, bool is_verified,
                const MailSettings& settings, std::int64_t at) {
  view.open("signer", use.position, use.path);
  view.set("named", signer.named);
  view.set("digest", signer.digest);
  view.set("algorithm", signer.algorithm);
  view.set("family",
           to_lower(signer.algorithm).starts_with("ecdsa") ? "ecdsa"
           : to_lower(signer.algorithm).find("rsa") != std::string::npos && to_lower(signer.algorithm) != "rsassa-pss"
               ? "rsa"
               : "other");
  if (is_verified) {
    view.set("integrity", word_of(signer.integrity));
    view.set("why", signer.why);
  }
  if (signer.certificate) add_certificate(view, *signer.certificate, use, settings, at);
  view.close();
}

void add_envelope(ViewBuilder& view, const direct::Envelope& envelope, xml::Position position,
                  const std::string& path) {
  view.open("envelope", position, path);
  view.set("cipher", envelope.cipher);
  for (const auto& recipient : envelope.recipients) {
    view.open("recipient", position, path);
    view.set("named", recipient.named);
    view.set("algorithm", recipient.algorithm);
    view.close();
  }
  view.close();
}

}  // namespace bb::documents
