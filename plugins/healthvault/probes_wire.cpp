// Probes of the envelope and of sessions: each wrong in one thing.
#include <array>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/compression.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/session_methods.hpp>

#include "probing.hpp"

namespace bb::healthvault_connector {
namespace {

using hv::Header;
using hv::Prepared;

constexpr std::int64_t hour_ns = 3600 * ns_per_second;

Value changed_header(Probing& p, std::function<void(Header&)> change) {
  return p.send(p.plain_read({.header = std::move(change)}));
}

Value tampered_info(Probing& p) {
  return p.send(
      p.plain_read({.after_signing = [](Prepared& made) { made.info.insert(made.info.find('>') + 1, " "); }}));
}

// The hash of other bytes, in a header that is signed as it should be.
Value wrong_hash(Probing& p) {
  return p.send(p.plain_read({.before_signing = [](Prepared& made) {
    made.header = replace_all(made.header, hv::sha256_base64(made.info), hv::sha256_base64("other bytes"));
  }}));
}

Value wrong_key(Probing& p) {
  const auto prepared = hv::prepare(p.header("GetPersonInfo", 1), "<info/>");
  return p.send(
      hv::finish(prepared, hv::HeaderCode{hv::MacAlgorithm::hmac_sha256, p.sign(prepared.header, "another key")}));
}

Value replay(Probing& p) {
  const auto body = p.plain_read();
  const auto first = p.send(body);
  auto second = p.send(body);
  second.set("first_code", first["code"]);
  return second;
}

Value renamed(Probing& p, std::string_view from, std::string_view to) {
  return p.send(replace_all(p.plain_read(), from, to));
}

// The order of HV-ENV-03 with its first two changed, hashed and signed as they stand.
Value other_order(Probing& p) {
  return p.send(p.plain_read({.before_signing = [](Prepared& made) {
    made.header = replace_all(replace_all(made.header, "<method>GetThings</method>", ""), "</method-version>",
                              "</method-version><method>GetThings</method>");
  }}));
}

Value with_prolog(Probing& p, std::string_view prolog, std::string_view reference) {
  const auto body = p.envelope("GetPersonInfo", 1, "<info>" + std::string(reference) + "</info>");
  const auto root = body.find("<wc-request:request");
  return p.send("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + std::string(prolog) +
                (root == std::string::npos ? body : body.substr(root)));
}

constexpr std::string_view bomb =
    "<!DOCTYPE request [<!ENTITY a \"aaaaaaaaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">"
    "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;\">]>";

Value external_entity(Probing& p) {
  const auto url = p.text("url", "file:///etc/hostname");
  return with_prolog(p, "<!DOCTYPE request [<!ENTITY x SYSTEM \"" + escape_markup(url) + "\">]>", "&x;");
}

Value oversized(Probing& p) {
  const auto filler = std::string(static_cast<std::size_t>(p.number("bytes", 20'000'000)), 'x');
  return p.send(p.envelope("PutThings", 2, "<info><!--" + filler + "--></info>"));
}

// HV-ENV-11: in the encoding that it names, or not.
Value compressed_read(Probing& p) {
  const auto named = p.text("encoding", "gzip");
  const auto encoding = hv::content_encoding(p.text("content", named)).value_or(hv::ContentEncoding::identity);
  auto exchange = p.post(hv::compressed(p.plain_read(), encoding));
  exchange.headers.emplace_back("content-encoding", named);
  return p.result_of(p.line.exchange(exchange));
}

Value by_get(Probing& p) {
  return p.result_of(p.line.exchange({.method = "GET", .url = p.client.options().platform_url}));
}

Value with_session_on_anonymous(Probing& p) { return p.send(p.envelope("GetServiceDefinition", 2, "<info/>")); }

// --- Sessions

struct SessionChanges {
  std::function<void(hv::CreateAuthenticatedSessionToken::Request&)> before_signing = {};
  std::function<void(hv::CreateAuthenticatedSessionToken::Request&)> after_signing = {};
};

Value ask_for_session(Probing& p, const SessionChanges& changes) {
  hv::CreateAuthenticatedSessionToken::Request request;
  request.app_id = p.client.options().app_id;
  request.content = {request.app_id, hv::MacAlgorithm::hmac_sha256, hv::Secret(p.line.random_bytes(32)).base64(),
                     hv::date_time(p.line.now_unix_ns())};
  if (changes.before_signing) changes.before_signing(request);
  request.content_bytes = hv::write_session_content(request.content);
  auto proof = p.line.sign(request.content_bytes);
  if (!proof) throw Failure{BB_E_INVALID_ARGUMENT, proof.error().what};
  if (auto* const code = std::get_if<hv::SessionCode>(&*proof))
    request.code = std::move(*code);
  else
    request.signature = std::get<hv::SessionSignature>(*std::move(proof));
  if (changes.after_signing) changes.after_signing(request);
  Header header{.method = "CreateAuthenticatedSessionToken", .method_version = 2, .app_id = request.app_id};
  header.msg_time = hv::date_time(p.line.now_unix_ns());
  const auto info = hv::write_request_info<hv::CreateAuthenticatedSessionToken>(request);
  return p.send(hv::finish(hv::prepare(std::move(header), info)));
}

Value old_signing_time(Probing& p) {
  const auto hours = p.number("hours", 2);
  return ask_for_session(p, {.before_signing = [&](auto& request) {
                           request.content.signing_time = hv::date_time(p.line.now_unix_ns() - hours * hour_ns);
                         }});
}

constexpr auto cases = std::to_array<ProbeCase>({
    {"healthvault-valid", "A read as it should be", [](Probing& p) { return p.send(p.plain_read()); }},
    {"healthvault-tampered-header", "One byte of the header changed after it was signed",
     [](Probing& p) {
       return p.send(p.plain_read({.after_signing = [](Prepared& made) {
         made.header = replace_all(made.header, "<msg-ttl>1800<", "<msg-ttl>1801<");
       }}));
     }},
    {"healthvault-tampered-info", "A blank put into info after it was hashed", tampered_info},
    {"healthvault-wrong-hash", "The hash of other bytes than those of info", wrong_hash},
    {"healthvault-wrong-hmac-key", "The header's code made with another key", wrong_key},
    {"healthvault-without-code", "A session's request without the header's code",
     [](Probing& p) { return p.send(p.plain_read({.is_signed = false})); }},
    {"healthvault-unknown-token", "A session token that nobody gave",
     [](Probing& p) { return changed_header(p, [](Header& h) { h.session->token = "ASAAAunknown"; }); }},
    {"healthvault-old-request", "A request of an hour ago that lives for a minute",
     [](Probing& p) {
       return changed_header(p, [&](Header& h) {
         h.msg_time = hv::date_time(p.line.now_unix_ns() - hour_ns);
         h.msg_ttl_s = 60;
       });
     }},
    {"healthvault-future-request", "A request from two hours ahead",
     [](Probing& p) {
       return changed_header(p, [&](Header& h) { h.msg_time = hv::date_time(p.line.now_unix_ns() + 2 * hour_ns); });
     }},
    {"healthvault-replay", "The same bytes sent twice", replay},
    {"healthvault-two-persons", "A person who is away and one who is signed in, in one request",
     [](Probing& p) {
       return p.send(p.plain_read({.before_signing = [](Prepared& made) {
         made.header = replace_all(made.header, "</auth-token>", "</auth-token><user-auth-token>x</user-auth-token>");
       }}));
     }},
    {"healthvault-other-order", "The header's elements in another order", other_order},
    {"healthvault-other-namespace", "The root in another namespace",
     [](Probing& p) { return renamed(p, "urn:com.microsoft.wc.request", "urn:com.microsoft.wc.other"); }},
    {"healthvault-namespaced-children", "The children in the namespace of the root",
     [](Probing& p) {
       return p.send(
           replace_all(replace_all(p.plain_read(), "<auth>", "<wc-request:auth>"), "</auth>", "</wc-request:auth>"));
     }},
    {"healthvault-code-on-anonymous", "A session and a code for a method that takes none", with_session_on_anonymous},
    {"healthvault-unknown-method", "A method that there is not",
     [](Probing& p) { return p.send(p.envelope(p.text("method", "GetEverything"), 1, "<info/>")); }},
    {"healthvault-unknown-version", "A version of a method that there is not",
     [](Probing& p) { return p.send(p.envelope("GetThings", 99, "<info/>")); }},
    {"healthvault-compressed", "A read whose body is compressed, or says so", compressed_read},
    {"healthvault-no-xml", "A body that is no XML", [](Probing& p) { return p.send("this is no XML"); }},
    {"healthvault-doctype-bomb", "Entities that grow to half a million characters",
     [](Probing& p) { return with_prolog(p, bomb, "&f;"); }},
    {"healthvault-external-entity", "An entity that is read from elsewhere", external_entity},
    {"healthvault-oversized", "A request that is too long", oversized},
    {"healthvault-get", "HTTP GET instead of POST", by_get},
    {"healthvault-session-valid", "A session asked for as it should be",
     [](Probing& p) { return ask_for_session(p, {}); }},
    {"healthvault-session-tampered-content", "The content of a session's request changed after it was signed",
     [](Probing& p) {
       return ask_for_session(p, {.after_signing = [](auto& r) {
                                r.content_bytes = replace_all(r.content_bytes, "Z</signing-time>", "1Z</signing-time>");
                              }});
     }},
    {"healthvault-session-wrong-signature", "A signature that is none",
     [](Probing& p) {
       return ask_for_session(
           p, {.after_signing = [](auto& r) { (r.signature ? r.signature->signature : r.code->code)[0] ^= 1; }});
     }},
    {"healthvault-session-wrong-thumbprint", "A thumbprint of no certificate of the application",
     [](Probing& p) {
       return ask_for_session(p, {.after_signing = [](auto& r) {
                                if (!r.signature)
                                  throw Failure{BB_E_UNSUPPORTED, "a device signs by its secret and has no thumbprint"};
                                r.signature->thumbprint = std::string(40, 'A');
                              }});
     }},
    {"healthvault-session-unknown-application", "An application that nobody registered",
     [](Probing& p) {
       return ask_for_session(p, {.before_signing = [](auto& r) { r.app_id = r.content.app_id = nobody; }});
     }},
    {"healthvault-session-old-signing-time", "A session's request that was signed long ago", old_signing_time},
});

}  // namespace

std::span<const ProbeCase> wire_probes() { return cases; }

}  // namespace bb::healthvault_connector
