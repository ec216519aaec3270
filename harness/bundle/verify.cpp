#include "harness/bundle/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/cms.hpp>
#include <bb/direct/trust.hpp>

#include "harness/bundle/contents.hpp"
#include "harness/bundle/manifest.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_reader.hpp"
#include "harness/report/report.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t ns_per_second = 1'000'000'000;

// As write_text() names a file until it is whole: "run.json.new-0a1b2c3d".
bool is_unfinished_write(std::string_view file) {
  constexpr std::string_view mark = ".new-";
  constexpr std::size_t digits = 8;
  const auto at = file.rfind(mark);
  return at != std::string_view::npos && file.size() == at + mark.size() + digits;
}

// Reports are written when the run has ended, so also a run of one process may leave one.
bool is_unfinished_report(std::string_view file) {
  return is_unfinished_write(file) &&
         std::any_of(report::standard_reports.begin(), report::standard_reports.end(),
                     [&](const auto& one) { return file.substr(0, file.rfind(".new-")) == one.second; });
}

class Verifier {
 public:
  Verifier(const fs::path& folder, const Trust& trust) : folder_(folder), trust_(trust) {}

  Result<Verification> verify() {
    BB_TRY(found_.run, evidence::read_run(folder_));
    if (found_.run.is_damaged)
      for (const auto& problem : found_.run.problems) tell(evidence::events_file_name, problem);
    BB_TRY(contents_, contents_of(folder_));
    for (const auto& [file, why] : contents_.strange) {
      if (is_unfinished_report(file) || (may_be_left() && is_unfinished_write(file)))
        found_.notes.push_back(file + ": left of a write that a kill broke off");
      else
        tell(file, why);
    }
    found_.files = contents_.files.size();
    BB_CHECK(check_blobs());
    check_reports();
    BB_CHECK(check_signature());
    check_end();
    return std::move(found_);
  }

 private:
  void tell(std::string_view file, std::string what) {
    found_.problems.push_back({std::string(file), std::move(what)});
  }

  // Of a process that was killed a blob may be left whose event was never written.
  bool may_be_left() const { return !found_.run.is_complete || found_.run.processes > 1; }

  // Each blob that an event names is there as it was, and no other.
  Status check_blobs() {
    std::set<std::string> named;
    BB_CHECK(evidence::read_events(folder_, stream_, [&](const Value& event, std::size_t) {
      collect_blobs(event, named);
      return Status{};
    }));
    for (const auto& name : named)
      if (const auto bytes = evidence::read_blob(folder_, name); !bytes)
        tell(fmt::format("{}/{}", evidence::blobs_folder_name, name), bytes.error().what);
    const std::string folder = fmt::format("{}/", evidence::blobs_folder_name);
    for (const auto& file : contents_.files) {
      if (!file.starts_with(folder) || named.contains(file.substr(folder.size()))) continue;
      const bool is_whole = static_cast<bool>(evidence::read_blob(folder_, file.substr(folder.size())));
      if (may_be_left() && is_whole)
        found_.notes.push_back(file + ": no event names it; a process that was killed may have left it");
      else
        tell(file, "no event names it");
    }
    return {};
  }

  // A report says what the events say, or it is none of this run.
  void check_reports() {
    for (const auto& [format, name] : report::standard_reports) {
      const auto file = folder_ / name;
      if (!contents_.files.contains(std::string(name))) continue;
      const auto text = read_regular_file(file);
      if (!text)
        tell(name, text.error().what);
      else if (found_.run.is_damaged)
        found_.notes.push_back(fmt::format("{}: not compared, the events are damaged", name));
      else if (*text != report::render(found_.run, format, file))
        tell(name, "is not what this program makes of the events");
    }
  }

  Status check_signature() {
    const bool has_manifest = contents_.files.contains(std::string(manifest_file_name));
    const bool has_signature = contents_.files.contains(std::string(signature_file_name));
    const bool is_asked = !trust_.authorities.empty() || !trust_.certificate.empty();
    if (!has_manifest && !has_signature) {
      if (is_asked) tell(signature_file_name, "is not there: nobody signed this folder");
      return {};
    }
    if (has_manifest != has_signature) {
      tell(has_manifest ? signature_file_name : manifest_file_name, "is not there, and the other half of it is");
      return {};
    }
    BB_TRY(const std::string manifest, read_regular_file(folder_ / manifest_file_name));
    BB_TRY(const std::string signature, read_regular_file(folder_ / signature_file_name));
    compare(manifest);
    const auto parts = direct::verify(signature, manifest);
    if (!parts) {
      tell(signature_file_name, parts.error().what);
      return {};
    }
    if (parts->trailing_bytes > 0)
      tell(signature_file_name, fmt::format("{} bytes stand behind the signature", parts->trailing_bytes));
    if (parts->signers.empty()) tell(signature_file_name, "holds no signature");
    for (const auto& signer : parts->signers) BB_CHECK(check_signer(signer, *parts));
    return {};
  }

  // The files are those that were signed.
  void compare(const std::string& manifest) {
    const auto hashes = read_manifest(manifest);
    if (!hashes) return tell(manifest_file_name, hashes.error().what);
    for (const auto& [file, hash] : *hashes) {
      if (!contents_.files.contains(file)) {
        tell(file, "was signed, and is not there");
        continue;
      }
      const auto bytes = read_regular_file(folder_ / file);
      if (!bytes || sha256_hex(*bytes) != hash) tell(file, "was changed after it was signed");
    }
    for (const auto& file : contents_.files)
      if (!hashes->contains(file) && file != manifest_file_name && file != signature_file_name)
        tell(file, "was not there when the folder was signed");
    is_end_signed_ = hashes->contains(std::string(evidence::events_file_name));
  }

  Status check_signer(const direct::Signer& signer, const direct::SignedData& parts) {
    if (signer.integrity != direct::Integrity::good || !signer.certificate) {
      tell(signature_file_name, fmt::format("the signature of {} is not good: {}", signer.named, signer.why));
      return {};
    }
    // Two folders with one hash can be made on purpose.
    if (signer.digest == "md5" || signer.digest == "sha1") {
      tell(signature_file_name,
           fmt::format("the signature of {} is by {}, which can be forged; expected SHA-256 or stronger",
                       signer.certificate->subject(), signer.digest));
      return {};
    }
    found_.signed_by.push_back(signer.certificate->subject());
    if (!trust_.certificate.empty()) {
      BB_TRY(const auto expected, direct::Certificate::read(trust_.certificate));
      if (!(expected == *signer.certificate))
        tell(signature_file_name,
             fmt::format("it was signed by {}, expected {}", signer.certificate->subject(), expected.subject()));
    }
    if (trust_.authorities.empty()) return {};
    direct::TrustPolicy policy;
    BB_TRY(policy.anchors, direct::Certificate::read_all(trust_.authorities));
    if (policy.anchors.empty()) return Error{"there is no certificate among the authorities"};
    policy.at = now_unix_ns() / ns_per_second;
    policy.revocation = direct::Revocation::ignored;
    for (const auto& fault : direct::judge_path(*signer.certificate, parts.certificates, policy).faults)
      tell(signature_file_name,
           fmt::format("the certificate {} is not to be trusted: {}", signer.certificate->subject(), fault.why));
    return {};
  }

  // Nothing proves that nothing is gone behind the last line, but for its end and a signature.
  void check_end() {
    if (found_.run.is_complete)
      for (const auto& torn : stream_.forgiven) tell(evidence::events_file_name, torn);
    if (!stream_.is_chained)
      found_.open.push_back(
          "the events have no chain: a version wrote them that made none; what no outcome follows "
          "from may have been changed");
    if (!found_.run.is_complete && !found_.run.is_waiting && !is_end_signed_)
      found_.open.push_back("the run was broken off: whether events are gone at its end cannot be said");
  }

  const fs::path folder_;
  const Trust& trust_;
  Verification found_;
  Contents contents_;
  evidence::StreamProblems stream_;
  bool is_end_signed_ = false;
};

}  // namespace

Result<Verification> verify(const fs::path& folder, const Trust& trust) { return Verifier(folder, trust).verify(); }

}  // namespace bb::bundle
