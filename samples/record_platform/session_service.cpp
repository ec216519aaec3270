#include "record_platform/session_service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/secret.hpp>
#include <bb/healthvault/shell.hpp>
#include <bb/healthvault/signing.hpp>

#include "record_platform/set_up.hpp"
#include "record_platform/thing_service.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::size_t secret_bytes_min = 16, sha256_secret_bytes_min = 32;
constexpr std::int64_t waiting_applications_max = 10'000;

// The certificates of an application that can be read.
std::vector<hv::SigningCertificate> certificates_of(Call& call, const std::string& app_id) {
  std::vector<hv::SigningCertificate> certificates;
  auto rows = call.t.rows("SELECT pem FROM certificate WHERE app = ?", app_id);
  while (rows.next())
    if (auto certificate = hv::SigningCertificate::read(rows.text(0))) certificates.push_back(*std::move(certificate));
  return certificates;
}

void check_signature(Call& call, const std::string& app_id, const hv::SessionSignature& signature,
                     std::string_view content) {
  const auto certificates = certificates_of(call, app_id);
  auto found = std::find_if(certificates.begin(), certificates.end(), [&](const auto& certificate) {
    return hv::is_same_thumbprint(certificate.thumbprint(), signature.thumbprint);
  });
  if (found == certificates.end() && call.has(Defect::accepts_unknown_certificate)) found = certificates.begin();
  if (found == certificates.end())
    BB_REFUSE("BAD_CERT", "no certificate of the application has thumbprint " + shorten(signature.thumbprint, 80));
  if (call.has(Defect::accepts_unsigned_session)) return;
  if (!found->verify(signature.method, content, signature.signature))
    BB_REFUSE("BAD_SIG", "the signature is not that of 'content' by the certificate");
}

void check_code(Call& call, const hv::SessionCode& code, const std::string& secret, std::string_view content) {
  if (secret.empty()) BB_REFUSE("MISSING_SHARED_SECRET", "the application has no shared secret");
  if (call.has(Defect::accepts_unsigned_session)) return;
  if (!hv::verify_mac(code.algorithm, secret, content, code.code))
    BB_REFUSE("BAD_SIG", "hmacSig is not that of 'content' by the application's shared secret");
}

hv::Instance to_instance(const SetUpInstance& instance) {
  return {instance.id, instance.name, "an instance of the sample platform", instance.platform_url, instance.shell_url};
}

}  // namespace

hv::CreateAuthenticatedSessionToken::Answer create_session(
    Call& call, const hv::CreateAuthenticatedSessionToken::Request& request) {
  auto rows = call.t.rows("SELECT secret, creation_token FROM application WHERE id = ?", request.app_id);
  if (!rows.next() || request.app_id != call.app_id || request.content.app_id != request.app_id)
    BB_REFUSE("INVALID_APP",
              "the application is not known, or its id is not the same in header, auth-info and content");
  if (request.signature)
    check_signature(call, request.app_id, *request.signature, request.content_bytes);
  else if (request.code)
    check_code(call, *request.code, rows.text(0), request.content_bytes);
  else
    BB_REFUSE("INVALID_XML", "appserver2 needs 'sig' or 'hmacSig'");
  // A device's application is one once a person has agreed to it at the shell.
  if (!rows.is_null(1)) BB_REFUSE("INVALID_APP", "the application has not been created at the shell yet");
  if (call.version >= 2 && !call.has(Defect::accepts_old_signing_time)) {
    const auto signing = hv::date_time_ns(request.content.signing_time);
    const auto skew_ns = clock_skew_seconds_max * ns_per_second;
    // HV-AUTH-10. The documentation names BAD_SIG.
    if (!signing || *signing < call.now_ns - skew_ns || *signing > call.now_ns + skew_ns)
      BB_REFUSE("BAD_SIG", "signing-time is more than 5 minutes from the platform's clock");
  }
  hv::Secret secret = hv::Secret::random();
  if (!request.content.proposed_secret.empty()) {
    auto proposed = hv::Secret::from_base64(request.content.proposed_secret);
    if (!proposed || proposed->bytes().size() < secret_bytes_min)
      BB_REFUSE("INVALID_XML", "the proposed secret must be base64 of 16 bytes or more");
    const bool is_long = request.content.algorithm != hv::MacAlgorithm::hmac_sha256 ||
                         proposed->bytes().size() >= sha256_secret_bytes_min;
    auto before = call.t.rows("SELECT 1 FROM session WHERE app = ? AND secret = ?", request.app_id,
                              Argument::bytes(proposed->bytes()));
    call.checks.fresh_secret = is_long && !before.next();
    secret = *std::move(proposed);
  }
  const auto token = random_token(48);
  call.t.execute("DELETE FROM session WHERE expires < ?", call.now_ns - 24 * session_seconds * ns_per_second);
  call.t.execute("INSERT INTO session VALUES(?, ?, ?, ?, (SELECT COALESCE(MAX(number), 0) + 1 FROM session))",
                 sha256_hex(token), request.app_id, Argument::bytes(secret.bytes()),
                 call.now_ns + session_seconds * ns_per_second);
  return {.token = token,
          .app_id = request.app_id,
          .app_record_auth_action = "NoActionRequired",
          .shared_secret = secret.base64()};
}

hv::NewApplicationCreationInfo::Answer new_application(Call& call, const hv::NewApplicationCreationInfo::Request&) {
  auto rows = call.t.rows("SELECT name, return_url, has_every_type FROM application WHERE id = ?", call.app_id);
  if (!rows.next()) BB_REFUSE("INVALID_APP", "the application is not known");
  auto waiting = call.t.rows("SELECT COUNT(*) FROM application WHERE creation_token IS NOT NULL");
  waiting.next();
  if (waiting.number(0) >= waiting_applications_max)
    BB_REFUSE("APPLICATION_LIMIT_EXCEEDED",
              fmt::format("{} applications wait for a person already", waiting_applications_max));
  const auto secret = hv::Secret::random();
  hv::NewApplicationCreationInfo::Answer answer{
      .app_id = new_guid(), .shared_secret = secret.base64(), .app_token = random_token(48)};
  call.t.execute("INSERT INTO application VALUES(?, ?, ?, ?, ?, ?)", answer.app_id, rows.text(0), rows.text(1),
                 Argument::bytes(secret.bytes()), sha256_hex(answer.app_token), rows.number(2));
  call.t.execute("INSERT INTO rule SELECT ?, number, type, online, offline, is_optional FROM rule WHERE app = ?",
                 answer.app_id, call.app_id);
  return answer;
}

hv::GetServiceDefinition::Answer service_definition(Call& call, const hv::GetServiceDefinition::Request& request) {
  const auto wants = [&](std::string_view section) {
    return request.sections.empty() ||
           std::find(request.sections.begin(), request.sections.end(), section) != request.sections.end();
  };
  hv::GetServiceDefinition::Answer answer;
  if (wants("platform"))
    answer.platform = hv::ServicePlatform{
        .url = call.world.base_url + std::string(hv::platform_path),
        .version = "1.0",
        .configuration = {{"maxUncompressedSizeBytes", std::to_string(request_bytes_max)},
                          {"blobHashDefaultAlgorithm", std::string(hv::blob_hash_algorithm)},
                          {"blobHashDefaultBlockSizeBytes", std::to_string(hv::blob_block_bytes)},
                          {"defaultMaxThingsFull", std::to_string(full_things_max)},
                          {"authenticatedSessionTokenTtlSeconds", std::to_string(session_seconds)}}};
  if (wants("shell")) {
    hv::ServiceShell shell{.url = call.world.shell_url, .redirect_url = call.world.shell_url + "redirect.aspx"};
    for (const auto target : hv::shell_targets())
      shell.tokens.push_back({std::string(target), std::string(target), "appid"});
    answer.shell = std::move(shell);
  }
  if (wants("xml-over-http-methods"))
    for (const auto& method : hv::methods()) {
      if (find_service(method.name) == nullptr) continue;
      hv::ServiceMethod served{.name = std::string(method.name)};
      for (int version = 1; version <= method.version_max; ++version)
        served.versions.push_back({std::to_string(version)});
      answer.methods.push_back(std::move(served));
    }
  if (wants("topology")) {
    answer.instances = hv::InstanceList{call.world.instances.front().id, {}};
    for (const auto& instance : call.world.instances) answer.instances->instances.push_back(to_instance(instance));
  }
  if (wants("meaningful-use")) answer.meaningful_use = hv::ServiceMeaningfulUse{.is_enabled = true};
  answer.updated_date = "2014-01-31T12:00:00Z";
  return answer;
}

// Whoever names the country; else who names none.
hv::SelectInstance::Answer select_instance(Call& call, const hv::SelectInstance::Request& request) {
  const SetUpInstance* found = nullptr;
  for (const auto& instance : call.world.instances) {
    const auto& countries = instance.countries;
    const bool is_named =
        std::find(countries.begin(), countries.end(), request.preferred_location.country) != countries.end();
    if (is_named || (found == nullptr && countries.empty())) found = &instance;
    if (is_named) break;
  }
  if (found == nullptr) return {};
  return {.selected = to_instance(*found)};
}

hv::GetApplicationInfo::Answer application_info(Call& call, const hv::GetApplicationInfo::Request&) {
  auto rows = call.t.rows("SELECT name, return_url FROM application WHERE id = ?", call.app_id);
  rows.next();
  return {.id = call.app_id, .names = {{rows.text(0), "en-US"}}, .is_published = true, .action_url = rows.text(1)};
}

}  // namespace bb::record_platform
