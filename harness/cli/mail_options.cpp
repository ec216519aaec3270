#include "harness/cli/mail_options.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/documents/kind_certificate.hpp"

namespace bb::cli {
namespace {

constexpr std::size_t key_bytes_max = std::size_t{1024} * 1024;
constexpr std::size_t bundle_bytes_max = std::size_t{16} * 1024 * 1024;

// From the environment: a command line is seen by every user of the machine.
Result<std::string> password_of(const Args& args) {
  const auto name = args.value("key-password-env");
  if (!name) return std::string();
  const char* password = std::getenv(name->c_str());
  if (password == nullptr)
    return Error{fmt::format("--key-password-env: there is no variable '{}' in the environment", *name)};
  return std::string(password);
}

Result<direct::Identity> read_key(const std::string& file, std::string_view password) {
  BB_TRY(auto bytes, read_text(file, key_bytes_max));
  const bool is_pem = bytes.find("-----BEGIN ") != std::string::npos;
  auto identity = is_pem ? direct::read_identity(bytes, password) : direct::read_pkcs12(bytes, password);
  wipe(bytes);
  if (!identity)
    return Error{fmt::format("--key {}: {}; expected PKCS #12, or PEM with the key and its certificate", file,
                             identity.error().what)};
  return identity;
}

}  // namespace

std::vector<OptionSpec> mail_options() {
  std::vector<std::string> versions(documents::direct_versions.begin(), documents::direct_versions.end());
  return {
      {"key", "FILE", "opens encrypted mails: PKCS #12, or PEM with key and certificate", Completes::files, {}, true},
      {"key-password-env", "NAME", "the environment variable that holds the password of --key"},
      {"anchor", "FILE", "a trust anchor for mails: a certificate or a bundle (.p7b)", Completes::files, {}, true},
      {"at", "DATE", "the time to judge certificates by; default: the mail's Date, else now"},
      {"direct-as", "VERSION",
       "the Applicability Statement to judge Direct messages by: 1.0, 1.1, 1.2 or 1.3; default: 1.2", Completes::words,
       std::move(versions)}};
}

Result<std::shared_ptr<const documents::MailSettings>> mail_settings_of(const Args& args) {
  auto settings = std::make_shared<documents::MailSettings>();
  BB_TRY(auto password, password_of(args));
  for (const auto& file : args.values("key")) {
    BB_TRY(auto identity, read_key(file, password));
    settings->keys.push_back(std::move(identity));
  }
  wipe(password);
  for (const auto& file : args.values("anchor")) {
    BB_TRY(const auto bytes, read_text(file, bundle_bytes_max));
    const auto anchors = documents::certificates_in(bytes);
    if (!anchors) return Error{fmt::format("--anchor {}: {}", file, anchors.error().what)};
    settings->anchors.insert(settings->anchors.end(), anchors->begin(), anchors->end());
  }
  if (const auto word = args.value("at")) {
    const auto at = parse_time(*word);
    if (!at) return Error{fmt::format("--at: '{}' is no date; expected 2026-11-21 or 2026-11-21T22:25:48Z", *word)};
    settings->at = *at / ns_per_second;
  }
  if (const auto version = args.value("direct-as")) {
    const auto& known = documents::direct_versions;
    if (std::find(known.begin(), known.end(), *version) == known.end())
      return Error{fmt::format("--direct-as: '{}' is no version; versions: {}", *version,
                               join({known.begin(), known.end()}, ", "))};
    settings->direct_as = *version;
  }
  return std::shared_ptr<const documents::MailSettings>(std::move(settings));
}

}  // namespace bb::cli
