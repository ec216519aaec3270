#include "harness/documents/certificate_view.hpp"

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/trust.hpp>

namespace bb::documents {
namespace {

using direct::Fault;
using direct::KeyKind;
using direct::KeyUse;

std::string_view yes(bool is_so) { return is_so ? "yes" : "no"; }

std::string_view key_word(KeyKind kind) { return kind == KeyKind::rsa ? "rsa" : kind == KeyKind::ec ? "ec" : "other"; }

void add_names(ViewBuilder& view, std::string_view element, const std::vector<std::string>& names,
               const CertificateUse& use) {
  for (const auto& name : names) {
    view.open(element, use.position, use.path);
    view.set("value", to_lower(name));
    if (name.find('*') != std::string::npos) view.set("wildcard", "yes");
    view.close();
  }
}

// Of a certificate without anybody to name it is judged for whom it says itself.
std::optional<direct::Address> own_address(const direct::Certificate& certificate) {
  for (const auto& name : certificate.addresses())
    if (auto address = direct::read_address(name)) return *std::move(address);
  for (const auto& domain : certificate.domains())
    if (auto address = direct::read_address("postmaster@" + domain)) return *std::move(address);
  return std::nullopt;
}

// Those that came along, and those that were given.
std::vector<direct::Certificate> others_of(const CertificateUse& use, const MailSettings& settings) {
  auto others = use.others;
  others.insert(others.end(), settings.intermediates.begin(), settings.intermediates.end());
  return others;
}

// DIRECT-CERT-12: where to fetch an issuer that is not here, which ends every path.
void add_issuer(ViewBuilder& view, const direct::Certificate& certificate,
                const std::vector<direct::Certificate>& others, const MailSettings& settings) {
  if (settings.anchors.empty()) return;
  const auto is_issuer = [&](const direct::Certificate& other) { return other.subject() == certificate.issuer(); };
  const bool is_at_hand = certificate.is_self_issued() || std::any_of(others.begin(), others.end(), is_issuer) ||
                          std::any_of(settings.anchors.begin(), settings.anchors.end(), is_issuer);
  view.set("issuer-at-hand", yes(is_at_hand));
  if (const auto urls = certificate.issuer_urls(); !urls.empty()) view.set("issuer-url", urls.front());
}

void add_faults(ViewBuilder& view, const direct::Certificate& certificate, const CertificateUse& use,
                const std::vector<direct::Certificate>& others, const MailSettings& settings, std::int64_t at) {
  const auto address = use.address ? use.address : own_address(certificate);
  direct::TrustPolicy policy;
  policy.anchors = settings.anchors;
  policy.at = at;
  policy.lists = settings.lists;  // nothing is fetched
  policy.revocation = settings.lists.empty() ? direct::Revocation::ignored : direct::Revocation::checked_where_possible;
  const auto verdict = judge(certificate, address.value_or(direct::Address{}), KeyUse::sign, others, policy);
  const bool is_end = use.role == "signer" || use.role == "end";
  if (is_end && !verdict.notes.empty()) view.set("revocation-note", join(verdict.notes, "; "));
  for (const auto& found : verdict.faults) {
    const bool is_path = found.fault == Fault::no_path || found.fault == Fault::broken_path;
    if (found.fault == Fault::revoked && !is_end) continue;  // told of whom it stands above
    if (is_path && (settings.anchors.empty() || !is_end)) continue;
    if (found.fault == Fault::wrong_name && !use.address) continue;
    if (!is_end && (found.fault == Fault::wrong_use || found.fault == Fault::is_authority)) continue;
    view.open("fault", use.position, use.path);
    view.set("kind", direct::word_of(found.fault));
    view.set("why", found.why);
    view.close();
  }
}

}  // namespace

void add_certificate(ViewBuilder& view, const direct::Certificate& certificate, const CertificateUse& use,
                     const MailSettings& settings, std::int64_t at) {
  view.open("certificate", use.position, use.path);
  view.set("role", use.role);
  view.set("version", std::to_string(certificate.version()));
  view.set("subject", certificate.subject());
  view.set("issuer", certificate.issuer());
  view.set("serial", certificate.serial());
  view.set("fingerprint", certificate.fingerprint());
  view.set("has-names", yes(certificate.has_alternative_names()));
  if (const auto from = certificate.not_before()) view.set("not-before", moment(*from));
  if (const auto until = certificate.not_after()) view.set("not-after", moment(*until));
  view.set("key", key_word(certificate.key_kind()));
  view.set("bits", std::to_string(certificate.key_bits()));
  if (certificate.key_kind() == KeyKind::ec) view.set("curve", certificate.curve());
  view.set("signature-algorithm", certificate.signature_algorithm());
  view.set("has-key-usage", yes(certificate.has_key_usage()));
  view.set("may-sign", yes(certificate.may(KeyUse::sign)));
  view.set("may-encrypt", yes(certificate.may(KeyUse::encrypt)));
  view.set("authority", yes(certificate.is_authority()));
  view.set("self-issued", yes(certificate.is_self_issued()));
  view.set("crl", yes(!certificate.crl_urls().empty()));
  const auto others = others_of(use, settings);
  add_issuer(view, certificate, others, settings);
  add_names(view, "address", certificate.addresses(), use);
  add_names(view, "domain", certificate.domains(), use);
  add_names(view, "subject-address", certificate.subject_addresses(), use);
  add_faults(view, certificate, use, others, settings, at);
  view.close();
}

std::string why_no_revocation(const MailSettings& settings) {
  if (settings.lists.empty())
    return "revocation is not looked up: nothing is fetched from a network; give lists with --crl";
  return settings.anchors.empty() ? "lists are judged along a path to an anchor, and none is given (--anchor)" : "";
}

std::int64_t present_seconds() { return now_unix_ns() / ns_per_second; }

std::string moment(std::int64_t seconds) { return format_utc(seconds * ns_per_second); }

}  // namespace bb::documents
