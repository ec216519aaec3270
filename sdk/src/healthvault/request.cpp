#include <bb/healthvault/request.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/date_time.hpp>

#include "fields.hpp"

namespace bb::healthvault {
namespace {

constexpr std::string_view request_space = "urn:com.microsoft.wc.request";

}  // namespace

template <class A>
void describe(A& a, typename A::template Of<AuthSession>& session) {
  a.one("auth-token", Kind::filled, session.token);
  a.optional("offline-person-info", !session.offline_person_id.empty(),
             [&] { a.one("offline-person-id", Kind::guid, session.offline_person_id); });
  // HV-ENV-04: of the two one.
  if (session.offline_person_id.empty()) a.maybe("user-auth-token", Kind::filled, session.user_token);
}

template <class A>
void describe(A& a, typename A::template Of<Header>& header) {
  std::int64_t version = header.method_version;
  a.one("method", Kind::filled, header.method);
  a.one("method-version", version);
  // No method has the version -1: what no int holds is refused as unknown.
  if constexpr (A::is_reading) header.method_version = version < 0 || version > 1000 ? -1 : static_cast<int>(version);
  a.maybe("target-person-id", Kind::guid, header.target_person_id);
  a.maybe("record-id", Kind::guid, header.record_id);
  a.maybe("auth-session", header.session);
  if (!header.session) a.one("app-id", Kind::guid, header.app_id);
  a.maybe("culture-code", Kind::filled, header.culture_code);
  a.one("msg-time", Kind::date_time, header.msg_time);
  a.one("msg-ttl", header.msg_ttl_s);
  a.one("version", Kind::text, header.version);
  a.optional("info-hash", !header.info_hash.empty(), [&] {
    a.element("hash-data", [&] {
      if constexpr (A::is_reading) {
        std::string algorithm;
        a.attribute("algName", Kind::filled, algorithm);
        a.check(algorithm == "SHA256", "the algName SHA256");
      } else {
        a.attribute("algName", Kind::filled, std::string{"SHA256"});
      }
      a.content(Kind::filled, header.info_hash);
    });
  });
}

namespace {

Result<HeaderCode> read_code(const Markup& markup, const xmlNode* auth) {
  HeaderCode code;
  std::string word;
  Reader reader(markup, 1);
  reader.enter(auth, [&] {
    reader.element("hmac-data", [&] {
      reader.attribute("algName", Kind::filled, word);
      const auto algorithm = mac_algorithm(word);
      reader.check(algorithm.has_value(), "the algName HMACSHA256 or HMACSHA1");
      if (algorithm) code.algorithm = *algorithm;
      reader.content(Kind::base64, code.code);
    });
  });
  if (reader.error()) return *reader.error();
  return code;
}

Error out_of_order(const Markup& markup, const xmlNode* found, std::string_view expected) {
  return Error{fmt::format(
      "{}: expected {} in no namespace, found {}", markup.place_of(found == nullptr ? markup.root() : found), expected,
      found == nullptr ? "the end of 'request'" : fmt::format("'{}'", shorten(xml::name_of(found), 60)))};
}

bool is_plain(const xmlNode* node, std::string_view name) {
  return node != nullptr && node->ns == nullptr && xml::name_of(node) == name;
}

}  // namespace

Prepared prepare(Header header, std::string info) {
  header.info_hash = sha256_base64(info);
  Prepared prepared;
  prepared.info = std::move(info);
  prepared.header.reserve(1024);
  Writer writer(prepared.header, 1);
  writer.one("header", header);
  return prepared;
}

std::string finish(const Prepared& prepared, const std::optional<HeaderCode>& code) {
  std::string body;
  body.reserve(prepared.header.size() + prepared.info.size() + 256);
  body += "<wc-request:request xmlns:wc-request=\"";
  body += request_space;
  body += "\">";
  if (code) {
    body += "<auth><hmac-data algName=\"";
    body += word_of(code->algorithm);
    body += "\">";
    body += base64_encode(code->code);
    body += "</hmac-data></auth>";
  }
  body += prepared.header;
  body += prepared.info;
  body += "</wc-request:request>";
  return body;
}

Result<Received> read_request(std::string_view body, const EnvelopeLimits& limits) {
  BB_TRY(auto parsed, Markup::read(body, limits.bytes_max));
  const auto shared = std::make_shared<const Markup>(std::move(parsed));
  const auto& markup = *shared;
  const auto* root = markup.root();
  if (!xml::is_element(root, request_space, "request"))
    return Error{fmt::format("{}: expected 'request' of the namespace '{}', found '{}'", markup.place_of(root),
                             request_space, shorten(xml::name_of(root), 60))};
  BB_CHECK(markup.check_bare(root));
  Received received;
  received.markup = shared;
  const auto* next = first_element(root);
  if (is_plain(next, "auth")) {
    BB_TRY(received.code, read_code(markup, next));
    next = next_element(next);
  }
  if (!is_plain(next, "header")) return out_of_order(markup, next, received.code ? "'header'" : "'auth' or 'header'");
  received.header_bytes = markup.bytes_of(next);
  Reader reader(markup, 1);
  reader.enter(next, [&] { describe(reader, received.header); });
  if (reader.error()) return *reader.error();
  const auto& header = received.header;
  // HV-ENV-05: who names an application signs nothing.
  if (!header.session && received.code)
    return Error{fmt::format("{}: 'auth' stands before a header without 'auth-session'", markup.place_of(root))};
  if (header.session && !received.code)
    return Error{fmt::format("{}: 'auth' is missing before a header with 'auth-session'", markup.place_of(root))};

  const auto* info = next_element(next);
  if (!is_plain(info, "info")) return out_of_order(markup, info, "'info'");
  BB_CHECK(markup.check_alone(info, Markup::Part::whole));
  received.info_bytes = markup.bytes_of(info);
  if (next_element(info) != nullptr) return out_of_order(markup, next_element(info), "the end of 'request'");
  return received;
}

bool is_info_intact(const Received& request) {
  const auto hash = base64_decode(request.header.info_hash);
  return hash && equal_constant_time(*hash, sha256(request.info_bytes));
}

bool is_header_intact(const Received& request, std::string_view secret) {
  return request.code && verify_mac(request.code->algorithm, secret, request.header_bytes, request.code->code);
}

std::int64_t time_to_live_ns(const Header& header) {
  constexpr std::int64_t ttl_s_max = std::int64_t{10} * 366 * 24 * 60 * 60;
  return std::clamp<std::int64_t>(header.msg_ttl_s, 0, ttl_s_max) * ns_per_second;
}

bool is_expired(const Header& header, std::int64_t now_ns, std::int64_t skew_ns) {
  const auto sent_ns = date_time_ns(header.msg_time);
  if (!sent_ns || header.msg_ttl_s < 0) return true;
  // A time may be the first or last that 64 bits hold: nothing is added to it.
  if (*sent_ns > now_ns) return *sent_ns - skew_ns > now_ns;
  return *sent_ns < now_ns - time_to_live_ns(header);
}

}  // namespace bb::healthvault
