#include "tls/tls_host.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/certificate.hpp>

#include "http/http_status.hpp"
#include "probe_arguments.hpp"
#include "tls/cipher_suites.hpp"
#include "tls/hello.hpp"

namespace bb::tls {
namespace {

constexpr std::string_view tls_hello = "tls-hello";
constexpr std::string_view tls_certificate = "tls-certificate";
constexpr std::string_view http_in_the_clear = "http-in-the-clear";
constexpr std::size_t location_bytes_max = 500;
constexpr std::uint32_t wait_ms_max = 10'000;
constexpr std::size_t key_share_bytes = 32;  // RFC 7748: any 32 bytes are a public key of X25519

std::uint16_t port_of(const Context& context, const char* at, std::int64_t otherwise) {
  return static_cast<std::uint16_t>(context.config_integer(at, otherwise));
}

// What comes until the peer closes, breaks off, says nothing for the wait of the stream, or `is_enough`.
template <class IsEnough>
std::string read_until(Call& call, Stream& stream, std::size_t bytes_max, const IsEnough& is_enough, bool& is_closed) {
  std::string bytes;
  try {
    while (bytes.size() < bytes_max && !is_enough(bytes)) {
      const auto more = stream.read(call);
      is_closed = more.empty();
      if (is_closed) break;
      bytes += more;
    }
  } catch (const Failure& failure) {
    if (failure.status != BB_E_UNAVAILABLE) throw;
  }
  return bytes;
}

// The versions of one hello, or nothing for a word that is none.
std::vector<Version> offered(std::string_view word) {
  if (word == "any") return {Version::tls12, Version::tls13};
  const auto version = version_of(word);
  return version ? std::vector{*version} : std::vector<Version>{};
}

bool has_suite(const std::vector<std::uint16_t>& suites, std::uint16_t suite) {
  return std::find(suites.begin(), suites.end(), suite) != suites.end();
}

std::string_view word_of(direct::KeyKind kind) {
  if (kind == direct::KeyKind::rsa) return "rsa";
  return kind == direct::KeyKind::ec ? "ec" : "other";
}

Value told(const direct::Certificate& certificate, std::int64_t now_s) {
  const auto from = certificate.not_before(), until = certificate.not_after();
  auto value = Value::object({{"fingerprint", certificate.fingerprint()},
                              {"names", Value::strings(certificate.domains())},
                              {"key", word_of(certificate.key_kind())},
                              {"key_bits", certificate.key_bits()},
                              {"signature_algorithm", certificate.signature_algorithm()},
                              {"is_self_issued", certificate.is_self_issued()},
                              {"is_in_time", from && until && *from <= now_s && now_s <= *until}});
  if (from) value.set("not_before", format_utc(*from * ns_per_second));
  if (until) value.set("not_after", format_utc(*until * ns_per_second));
  return value;
}

}  // namespace

TlsHost::TlsHost(const Context& context)
    : host_(context.config("/host")),
      server_name_(context.config_if("/server_name").value_or(host_)),
      port_(port_of(context, "/port", 443)),
      cleartext_port_(port_of(context, "/cleartext_port", 80)),
      streams_(context.require<Streams>()),
      http_(context.require<Http>()),
      random_(context.require<Random>()),
      clock_(context.require<Clock>()) {}

void TlsHost::list_probes(Call&, Probes& out) {
  out.emit(tls_hello, "Offers a version of TLS with cipher suites of one family, and tells what is answered", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"version": {"enum": ["any", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"], "default": "any"},
                   "suites": {"enum": ["usual", "null", "export", "rc4", "des", "anonymous", "md5"],
                              "default": "usual"}}})");
  out.emit(tls_certificate, "Makes a whole handshake, and tells version, cipher and certificates", R"({
    "type": "object", "additionalProperties": false, "properties": {}})");
  out.emit(http_in_the_clear, "Asks for a path by HTTP without TLS; no redirect is followed", R"({
    "type": "object", "additionalProperties": false,
    "properties": {"path": {"type": "string", "pattern": "^/[!-~]*$", "maxLength": 2000, "default": "/"}}})");
}

void TlsHost::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  const auto given = plugins::parse_arguments(arguments);
  Value value;
  if (name == tls_hello) {
    value = hello(call, given);
  } else if (name == tls_certificate) {
    value = certificate(call);
  } else if (name == http_in_the_clear) {
    value = in_the_clear(call, given);
  } else {
    throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
  }
  const auto text = to_json(value);
  out.head({.id = name, .kind = "probe", .media_type = "application/json", .size = text.size()});
  out.write(text);
}

Value TlsHost::hello(Call& call, const Value& given) const {
  const auto family = given["suites"].string_or("usual");
  ClientHello hello{.versions = offered(given["version"].string_or("any")),
                    .suites = suites_of(family),
                    .server_name = server_name_,
                    .random = random_.bytes(hello_random_bytes),
                    .key_share = random_.bytes(key_share_bytes)};
  if (hello.versions.empty() || hello.suites.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, std::string(tls_hello) + ": 'version' or 'suites' is none that there is"};
  if (hello.versions.back() == Version::tls13 && family == "usual")
    for (const auto suite : suites_of_tls13()) hello.suites.push_back(suite);

  auto stream = streams_.open(
      call,
      {.transport = BB_TRANSPORT_TCP, .host = host_, .port = port_, .protocol = "tls", .wait_ms_max = wait_ms_max});
  bool is_closed = false;
  std::string why;
  std::optional<ServerAnswer> answer;
  try {
    stream.write(call, write_client_hello(hello));
  } catch (const Failure& failure) {
    // It may have gone before it heard all of it.
    if (failure.status != BB_E_UNAVAILABLE) throw;
  }
  const auto is_enough = [&](const std::string& bytes) {
    auto read = read_server_answer(bytes);
    if (!read) why = read.error().what;
    if (read) answer = *read;
    return !read || answer.has_value();
  };
  const auto bytes = read_until(call, stream, answer_bytes_max, is_enough, is_closed);
  if (!why.empty()) return Value::object({{"outcome", "failed"}, {"how", why}});
  if (!answer && !bytes.empty()) return Value::object({{"outcome", "failed"}, {"how", "its answer is cut short"}});
  if (!answer) return Value::object({{"outcome", "refused"}, {"how", is_closed ? "closed" : "no answer"}});
  if (!answer->is_hello)
    return Value::object({{"outcome", "refused"}, {"how", "alert"}, {"alert", word_of_alert(answer->alert)}});
  // What was not offered ends the handshake (RFC 5246, 7.4.1.3).
  const bool is_offered =
      has_suite(hello.suites, answer->suite) &&
      std::find(hello.versions.begin(), hello.versions.end(), answer->version) != hello.versions.end();
  return Value::object({{"outcome", is_offered ? "accepted" : "failed"},
                        {"how", is_offered ? "hello" : "it chose what was not offered"},
                        {"version", word_of(answer->version)},
                        {"suite", name_of_suite(answer->suite)}});
}

Value TlsHost::certificate(Call& call) const {
  const auto stream = streams_.open(call, {.transport = BB_TRANSPORT_TLS,
                                           .host = host_,
                                           .port = port_,
                                           .protocol = "tls",
                                           .tls = {.server_name = server_name_, .is_any_certificate_taken = true},
                                           .wait_ms_max = wait_ms_max});
  const auto info = stream.info();
  const auto now_s = clock_.now_unix_ns() / ns_per_second;
  auto chain = Value::array();
  bool is_right_name = false, is_in_time = !info.chain.empty();
  for (const auto& der : info.chain) {
    const auto read = direct::Certificate::read(der);
    if (!read)
      throw Failure{BB_E_PROTOCOL, std::string(tls_certificate) + ": a certificate of the host cannot be read"};
    if (chain.size() == 0) is_right_name = read->is_for_host(server_name_);
    chain.push(told(*read, now_s));
    is_in_time = is_in_time && chain[chain.size() - 1]["is_in_time"].boolean_or(false);
  }
  return Value::object({{"version", info.tls_version},
                        {"cipher", info.cipher},
                        {"is_trusted", info.is_trusted},
                        {"is_in_time", is_in_time},
                        {"is_right_name", is_right_name},
                        {"chain", std::move(chain)}});
}

Value TlsHost::in_the_clear(Call& call, const Value& given) const {
  const auto judged = [](std::string_view outcome, std::string_view how, std::size_t body_bytes) {
    return Value::object({{"outcome", outcome}, {"how", how}, {"body_bytes", static_cast<std::int64_t>(body_bytes)}});
  };
  HttpRequest request;
  request.url = "http://" + (host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]") + ":" +
                std::to_string(cleartext_port_) + given["path"].string_or("/");
  request.is_answer = true;
  HttpResponse response;
  try {
    response = plugins::perform(http_, call, request, http_in_the_clear);
  } catch (const Failure& failure) {
    // Nobody there, and what is no HTTP, give nothing away.
    if (failure.status != BB_E_UNAVAILABLE && failure.status != BB_E_PROTOCOL) throw;
    return judged("refused", failure.status == BB_E_PROTOCOL ? "no HTTP" : "no answer", 0);
  }
  const auto location = response.header("location");
  const bool is_redirect = response.status >= 300 && response.status < 400 && !location.empty();
  const bool is_to_https = is_redirect && to_lower(std::string(location.substr(0, 8))) == "https://";
  auto value = judged(is_to_https              ? "redirected"
                      : response.status >= 400 ? "refused"
                                               : "answered",
                      is_redirect ? "redirect" : "status", response.body.size());
  value.set("status", response.status);
  if (is_redirect) value.set("location", shorten(one_line(location), location_bytes_max));
  return value;
}

}  // namespace bb::tls
