#include "platform.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/blob.hpp>

#include "http/http_status.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::uint64_t maintenance_retry_ms = 60'000;

hv::ClientOptions options_of(const Context& context) {
  hv::ClientOptions options{.platform_url = context.config("/platform_url"),
                            .app_id = to_lower(context.config("/app_id")),
                            .program = "BlueBridge/0.1"};
  options.culture_code = context.config_if("/culture").value_or("");
  options.encoding = hv::content_encoding(context.config_if("/encoding").value_or(""))
                         .value_or(hv::ContentEncoding::identity);  // the schema has no other
  return options;
}

bb_status status_of(int code) {
  switch (hv::class_of(code)) {
    case hv::StatusClass::renew_session:
      return BB_E_UNAUTHENTICATED;
    case hv::StatusClass::authorization_lost:
      return code == hv::status("ACCESS_DENIED") ? BB_E_FORBIDDEN : BB_E_CONSENT_REQUIRED;
    case hv::StatusClass::reread:
      return BB_E_CONFLICT;
    case hv::StatusClass::size:
      return BB_E_TOO_LARGE;
    case hv::StatusClass::later:
      return BB_E_UNAVAILABLE;
    default:
      break;
  }
  switch (code) {
    case hv::status("BAD_SIG"):
    case hv::status("INVALID_APP"):
    case hv::status("BAD_CERT"):
      return BB_E_UNAUTHENTICATED;
    case hv::status("INVALID_PERSON"):
    case hv::status("INVALID_RECORD"):
    case hv::status("INVALID_THING"):
    case hv::status("INVALID_PERSON_ID"):
    case hv::status("ALTERNATE_ID_NOT_FOUND"):
      return BB_E_NOT_FOUND;
    default:
      return BB_E_REJECTED;
  }
}

}  // namespace

Platform::Platform(const Context& context)
    : options_(options_of(context)),
      device_secret_(context.config_if("/device_secret").value_or("")),
      key_(device_secret_.empty() ? context.config("/key") : ""),
      thumbprint_(device_secret_.empty() ? context.config("/thumbprint") : ""),
      method_(context.config_if("/signature").value_or("") == "RSA-SHA256" ? hv::SignatureMethod::rsa_sha256
                                                                           : hv::SignatureMethod::rsa_sha1),
      http_(context.require<Http>()),
      clock_(context.require<Clock>()),
      random_(context.require<Random>()),
      secret_(context.require<Secret>()) {
  for (const auto* const member : {"/key", "/thumbprint"})
    if (!device_secret_.empty() && context.config_if(member))
      throw Failure{BB_E_INVALID_ARGUMENT,
                    "the configuration has /device_secret and " + std::string(member) +
                        ": a device signs by its secret, another application by its key; take one away"};
  // As platforms have it: upper-case hex.
  std::erase_if(thumbprint_, [](char c) { return c == ':' || c == ' '; });
  std::transform(thumbprint_.begin(), thumbprint_.end(), thumbprint_.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
}

hv::Reply HostLine::exchange(const hv::Exchange& exchange) {
  call_.check();
  HttpRequest request{.method = exchange.method, .url = exchange.url};
  for (const auto& [name, value] : exchange.headers) request.headers.push_back({name, value});
  if (exchange.method != "GET") request.body = exchange.body;
  // A request for a session is a helper of whatever call it is made in.
  request.is_answer = answers_ == Answers::call && !exchange.is_for_session;
  try {
    auto response = plugins::perform(platform_.http_, call_, request, "asking the platform");
    return {response.status, std::move(response.body), {}};
  } catch (const Failure& failure) {
    if (failure.status != BB_E_UNAVAILABLE) throw;
    return {0, {}, failure.message};
  }
}

bool HostLine::is_over() {
  call_.check();
  return call_.deadline_ns() != 0 && platform_.clock_.monotonic_ns() >= call_.deadline_ns();
}

Result<hv::SessionProof> HostLine::sign(std::string_view content) {
  // HV-AUTH-05. The host's `mac` takes a secret as it is stored; this one is stored in base64.
  if (!platform_.device_secret_.empty()) {
    auto text = platform_.secret_.read(call_, platform_.device_secret_);
    const auto secret = hv::Secret::from_base64(text);
    wipe(text);
    if (!secret) return Error{"the secret of the device, '" + platform_.device_secret_ + "', is no base64"};
    return hv::SessionProof{hv::SessionCode{hv::MacAlgorithm::hmac_sha256,
                                            hv::mac(hv::MacAlgorithm::hmac_sha256, secret->bytes(), content)}};
  }
  try {
    return hv::SessionProof{hv::SessionSignature{
        platform_.method_, platform_.thumbprint_,
        platform_.secret_.sign_message(call_, platform_.key_, hv::jose_name(platform_.method_), content)}};
  } catch (const Failure& failure) {
    if (failure.status == BB_E_UNSUPPORTED || failure.status == BB_E_INVALID_ARGUMENT)
      return Error{"the secret '" + platform_.key_ +
                   "' of /key does not sign: expected an RSA private key in PEM without a pass phrase"};
    throw;
  }
}

Failure failure_of(const hv::CallError& error, std::string_view doing) {
  using Kind = hv::CallError::Kind;
  const auto what = std::string(doing) + ": " + error.what;
  switch (error.kind) {
    case Kind::refused:
      return Failure{status_of(error.code), what, "healthvault", error.code,
                     hv::class_of(error.code) == hv::StatusClass::later ? maintenance_retry_ms : 0};
    case Kind::unanswered:
      return Failure{BB_E_UNAVAILABLE, what, "http", error.http_status};
    case Kind::not_http: {
      const auto status = plugins::status_of_answer(error.http_status);
      const bool is_redirect = error.http_status >= 300 && error.http_status < 400;
      return Failure{status == BB_OK ? BB_E_PROTOCOL : status,
                     what + (is_redirect ? "; redirects are not followed: /platform_url must be where it leads" : ""),
                     "http", error.http_status};
    }
    case Kind::broken:
      return plugins::not_this_api(doing, error.what);
    case Kind::over:
      return Failure{BB_E_DEADLINE, what};
    case Kind::own:
      break;
  }
  return Failure{BB_E_INVALID_ARGUMENT, what};
}

hv::RecordAddress resolve_address(hv::Client& client, hv::Line& line, std::string_view text, std::string_view doing) {
  if (auto address = hv::read_record_address(text)) return *address;
  const std::string alternate_id(hv::without_record_scheme(text));
  const auto answer = expect(client.call<hv::GetPersonAndRecordForAlternateId>(line, {alternate_id}), doing);
  if (answer.person.records.size() != 1)
    throw plugins::not_this_api(doing,
                                "expected one record of that id, got " + std::to_string(answer.person.records.size()));
  return {answer.person.id, answer.person.records.front().id};
}

}  // namespace bb::healthvault_connector
