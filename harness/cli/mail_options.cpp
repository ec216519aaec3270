#include "harness/cli/mail_options.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/trust.hpp>

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

// Of PEM each certificate that a key in it fits: of several people, or one that was renewed.
Result<std::vector<direct::Identity>> identities_in(std::string_view bytes, std::string_view password) {
  if (bytes.find("-----BEGIN ") == std::string_view::npos) {
    BB_TRY(auto one, direct::read_pkcs12(bytes, password));
    return std::vector<direct::Identity>{std::move(one)};
  }
  BB_TRY(auto all, direct::read_identities(bytes, password));
  if (all.empty()) return Error{"it holds no private key that fits one of its certificates"};
  return all;
}

Result<std::vector<direct::Identity>> read_keys(const std::string& file, std::string_view password) {
  BB_TRY(auto bytes, read_text(file, key_bytes_max));
  auto identities = identities_in(bytes, password);
  wipe(bytes);
  if (!identities)
    return Error{fmt::format("--key {}: {}; expected PKCS #12, or PEM with keys and their certificates", file,
                             identities.error().what)};
  return identities;
}

// Of every file that an option names, one certificate or a bundle each.
Result<std::vector<direct::Certificate>> certificates_of(const Args& args, const std::string& option) {
  std::vector<direct::Certificate> all;
  for (const auto& file : args.values(option)) {
    BB_TRY(const auto bytes, read_text(file, bundle_bytes_max));
    const auto found = documents::certificates_in(bytes);
    if (!found) return Error{fmt::format("--{} {}: {}", option, file, found.error().what)};
    all.insert(all.end(), found->begin(), found->end());
  }
  return all;
}

}  // namespace

std::vector<OptionSpec> mail_options() {
  std::vector<std::string> versions(documents::direct_versions.begin(), documents::direct_versions.end());
  return {
      {"key", "FILE", "opens encrypted mails: PKCS #12, or PEM with keys and certificates", Completes::files, {}, true},
      {"key-password-env", "NAME", "the environment variable that holds the password of --key"},
      {"anchor", "FILE", "a trust anchor for mails: a certificate or a bundle (.p7b)", Completes::files, {}, true},
      {"intermediates",
       "FILE",
       "authorities that stand between, where they do not come along",
       Completes::files,
       {},
       true},
      {"crl", "FILE", "a revocation list to judge certificates by, PEM or DER", Completes::files, {}, true},
      {"at", "DATE", "the time to judge certificates by; default: the mail's Date, else now"},
      {"direct-as", "VERSION",
       "the Applicability Statement to judge Direct messages by: 1.0, 1.1, 1.2 or 1.3; default: 1.2", Completes::words,
       std::move(versions)}};
}

Result<std::shared_ptr<const documents::MailSettings>> mail_settings_of(const Args& args) {
  auto settings = std::make_shared<documents::MailSettings>();
  BB_TRY(auto password, password_of(args));
  for (const auto& file : args.values("key")) {
    BB_TRY(const auto identities, read_keys(file, password));
    settings->keys.insert(settings->keys.end(), identities.begin(), identities.end());
  }
  wipe(password);
  BB_TRY(settings->anchors, certificates_of(args, "anchor"));
  BB_TRY(settings->intermediates, certificates_of(args, "intermediates"));
  for (const auto& file : args.values("crl")) {
    BB_TRY(auto bytes, read_text(file, bundle_bytes_max));
    if (!direct::is_revocation_list(bytes))
      return Error{fmt::format("--crl {}: expected a revocation list, PEM (X509 CRL) or DER", file)};
    settings->lists.push_back(std::move(bytes));
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
