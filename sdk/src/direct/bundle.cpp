#include <bb/direct/bundle.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/direct/cms.hpp>

namespace bb::direct {
namespace {

constexpr std::size_t bundle_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::int64_t day_seconds = 24 * 3600;

bool holds(const std::vector<Certificate>& certificates, const Certificate& one) {
  return std::find(certificates.begin(), certificates.end(), one) != certificates.end();
}

// In `a` and not in `b`.
std::vector<Certificate> without(const std::vector<Certificate>& a, const std::vector<Certificate>& b) {
  std::vector<Certificate> left;
  for (const auto& one : a)
    if (!holds(b, one)) left.push_back(one);
  return left;
}

// RFC 7468, 8: the Base64 between "PKCS7" or "CMS" lines.
Result<std::string> unarmored(std::string_view bytes) {
  const auto begin = bytes.find("-----BEGIN ");
  if (begin == std::string_view::npos) return std::string(bytes);
  const auto text = bytes.find('\n', begin);
  const auto end = text == std::string_view::npos ? text : bytes.find("-----END ", text);
  if (end == std::string_view::npos) return Error{"no trust bundle: its PEM is never closed"};
  const auto label = bytes.substr(begin, text - begin);
  if (label.find("PKCS7") == std::string_view::npos && label.find("CMS") == std::string_view::npos)
    return Error{fmt::format("no trust bundle: expected '-----BEGIN PKCS7-----', found '{}'",
                             label.substr(0, std::min<std::size_t>(label.size(), 60)))};
  const auto der = base64_decode(bytes.substr(text, end - text));
  if (!der) return Error{"no trust bundle: its PEM is no Base64"};
  return *der;
}

Result<Bundle> read_plain(std::string_view der) {
  BB_TRY(auto data, verify(der, std::nullopt));
  if (!data.signers.empty()) return Error{"a signed bundle within a signed bundle"};
  if (data.certificates.empty()) return Error{"a trust bundle without a certificate"};
  Bundle bundle;
  bundle.anchors = std::move(data.certificates);
  bundle.metadata = data.content.value_or("");
  return bundle;
}

// The first signer whose signature holds and leads to one that is believed.
Result<Certificate> believed_signer(const SignedData& data, const std::vector<Certificate>& signers, std::int64_t at) {
  if (signers.empty()) return Error{"the bundle is signed, and no signer of bundles is configured to check it by"};
  TrustPolicy policy;
  policy.anchors = signers;
  policy.at = at;
  policy.revocation = Revocation::ignored;
  std::string why;
  for (const auto& signer : data.signers) {
    if (signer.integrity != Integrity::good) {
      why = signer.why;
      continue;
    }
    const auto verdict = judge_path(*signer.certificate, data.certificates, policy);
    if (verdict.is_trusted()) return *signer.certificate;
    why = verdict.faults.front().why;
  }
  return Error{"the bundle's signature is refused: " + why};
}

}  // namespace

Result<Bundle> read_bundle(std::string_view bytes, const std::vector<Certificate>& signers, std::int64_t at) {
  if (bytes.size() > bundle_bytes_max)
    return Error{fmt::format("a trust bundle of {} bytes; at most {} are read", bytes.size(), bundle_bytes_max)};
  BB_TRY(const auto der, unarmored(bytes));
  BB_TRY(const auto data, verify(der, std::nullopt));
  if (data.signers.empty()) return read_plain(der);
  BB_TRY(const auto signer, believed_signer(data, signers, at));
  BB_TRY(const auto inner, unarmored(data.content.value_or("")));
  auto bundle = read_plain(inner);
  if (!bundle) return Error{"what is signed is no trust bundle: " + bundle.error().what};
  bundle->signer = signer;
  return bundle;
}

std::vector<Certificate> valid_at(const std::vector<Certificate>& anchors, std::int64_t at) {
  std::vector<Certificate> valid;
  for (const auto& one : anchors) {
    const auto from = one.not_before();
    const auto until = one.not_after();
    if (from && until && *from <= at && at <= *until) valid.push_back(one);
  }
  return valid;
}

BundleStore::BundleStore(std::vector<BundleSource> sources) {
  for (auto& source : sources) copies_.push_back({std::move(source), {}, 0});
}

BundleReport BundleStore::fetch(Copy& copy, Fetcher& fetcher, std::int64_t at) {
  BundleReport report;
  report.url = copy.source.url;
  copy.due = at + std::min(copy.source.retry_seconds, day_seconds);  // whatever keeps it from its end
  const auto bytes = fetcher.fetch(copy.source.url, {}, {});
  auto bundle = bytes ? read_bundle(*bytes, copy.source.signers, at) : Result<Bundle>(bytes.error());
  if (bundle && copy.source.is_signed && !bundle->signer) bundle = Error{"the bundle is not signed; expected it to be"};
  if (!bundle) {
    report.problem = bundle.error().what;
    return report;
  }
  copy.due = at + std::min(copy.source.refresh_seconds, day_seconds);
  report.added = without(bundle->anchors, copy.anchors);
  report.removed = without(copy.anchors, bundle->anchors);
  copy.anchors = std::move(bundle->anchors);
  return report;
}

std::vector<BundleReport> BundleStore::refresh(Fetcher& fetcher, std::int64_t at) {
  std::vector<BundleReport> reports;
  for (auto& copy : copies_)
    if (copy.due <= at) reports.push_back(fetch(copy, fetcher, at));
  return reports;
}

std::int64_t BundleStore::next_due() const {
  std::int64_t due = INT64_MAX;
  for (const auto& copy : copies_) due = std::min(due, copy.due);
  return due;
}

std::vector<Certificate> BundleStore::anchors(std::int64_t at) const {
  std::vector<Certificate> all;
  for (const auto& copy : copies_)
    for (auto& one : valid_at(copy.anchors, at))
      if (!holds(all, one)) all.push_back(std::move(one));
  return all;
}

}  // namespace bb::direct
