#include <bb/smart/jws.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "members.hpp"

namespace bb::smart {
namespace {

constexpr std::size_t keys_max = 100;

Result<Value> read_part(std::string_view encoded, std::string_view name) {
  const auto bytes = base64url_decode(encoded);
  if (!bytes) return Error{fmt::format("the {} of the signed token is not base64url", name)};
  auto value = parse_json(*bytes);
  if (!value || !value->is_object()) return Error{fmt::format("the {} of the signed token is no JSON object", name)};
  return *std::move(value);
}

Result<std::optional<PublishedKey>> read_key(const Value& given) {
  BB_TRY(const auto members, Members::of(given, "a key of the set"));
  BB_TRY(const auto kind, members.needed_text("kty"));
  BB_TRY(auto use, members.text("use"));
  if ((kind != "RSA" && kind != "EC" && kind != "OKP") || use == "enc") return std::optional<PublishedKey>();
  KeyMembers parts;
  for (const std::string_view name : {"kty", "n", "e", "crv", "x", "y"}) {
    BB_TRY(auto text, members.text(name));
    if (!text.empty()) parts.emplace_back(name, std::move(text));
  }
  BB_TRY(auto id, members.text("kid"));
  BB_TRY(auto algorithm, members.text("alg"));
  auto key = VerifyingKey::from_members(parts);
  if (!key) return Error{fmt::format("the key '{}' of the set: {}", one_line(shorten(id, 80)), key.error().what)};
  return std::optional(PublishedKey{*std::move(key), std::move(id), std::move(algorithm), std::move(use)});
}

bool fits(const PublishedKey& one, const Jws& jws) {
  return (jws.key_id.empty() || one.id == jws.key_id) && (one.algorithm.empty() || one.algorithm == jws.algorithm) &&
         one.key.fits(jws.algorithm);
}

bool is_audience(const Value& claim, std::string_view audience) {
  if (const auto* const text = claim.string()) return *text == audience;
  const auto all = strings_of(claim);
  return std::find(all.begin(), all.end(), audience) != all.end();
}

}  // namespace

Result<Jws> read_jws(std::string_view compact) {
  if (compact.size() > jws_bytes_max)
    return Error{
        fmt::format("a signed token of {} bytes is too long, at most {} are read", compact.size(), jws_bytes_max)};
  const auto parts = split(compact, '.');
  if (parts.size() != 3)
    return Error{fmt::format("a signed token has three parts between dots, this one {}", parts.size())};
  Jws jws;
  BB_TRY(jws.header, read_part(parts[0], "header"));
  BB_TRY(jws.claims, read_part(parts[1], "body"));
  auto signature = base64url_decode(parts[2]);
  if (!signature) return Error{"the signature of the signed token is not base64url"};
  jws.signature = *std::move(signature);
  jws.algorithm = jws.header["alg"].string_or("");
  jws.key_id = jws.header["kid"].string_or("");
  jws.signing_input = compact.substr(0, parts[0].size() + 1 + parts[1].size());
  return jws;
}

std::string signing_input(const Value& header, const Value& claims) {
  return base64url_encode(to_json(header)) + '.' + base64url_encode(to_json(claims));
}

std::string compact_jws(std::string_view signing_input, std::string_view raw_signature) {
  return std::string(signing_input) + '.' + base64url_encode(raw_signature);
}

Result<std::vector<PublishedKey>> read_key_set(std::string_view json) {
  BB_TRY(const auto members, Members::parse(json, key_set_bytes_max, "the key set"));
  const auto* const given = members.value()["keys"].items();
  if (given == nullptr) return Error{"the key set: expected 'keys' to be an array"};
  if (given->size() > keys_max)
    return Error{fmt::format("the key set has {} keys, at most {} are read", given->size(), keys_max)};
  std::vector<PublishedKey> keys;
  for (const auto& one : *given) {
    BB_TRY(auto key, read_key(one));
    if (key) keys.push_back(*std::move(key));
  }
  return keys;
}

std::string write_key_set(const std::vector<PublishedKey>& keys) {
  auto all = Value::array();
  for (const auto& one : keys) {
    auto written = Value::object();
    for (const auto& [name, value] : one.key.members()) written.set(name, value);
    if (!one.id.empty()) written.set("kid", one.id);
    if (!one.algorithm.empty()) written.set("alg", one.algorithm);
    if (!one.use.empty()) written.set("use", one.use);
    all.push(std::move(written));
  }
  return to_json(Value::object({{"keys", std::move(all)}}));
}

Status verify(const Jws& jws, const std::vector<PublishedKey>& keys, std::span<const std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), jws.algorithm) == allowed.end())
    return Error{fmt::format("the signed token's algorithm is '{}', expected {}", one_line(shorten(jws.algorithm, 40)),
                             fmt::join(allowed, " or "))};
  if (!jws.header["crit"].is_null()) return Error{"the signed token has extensions that must be understood ('crit')"};
  bool has_key = false;
  for (const auto& one : keys) {
    if (!fits(one, jws)) continue;
    has_key = true;
    if (one.key.verify(jws.algorithm, jws.signing_input, jws.signature)) return {};
  }
  if (has_key) return Error{"the signature of the signed token is not the key's"};
  return Error{fmt::format("the key set has no key '{}' for {}", one_line(shorten(jws.key_id, 80)), jws.algorithm)};
}

Status check_claims(const Value& claims, const ClaimRules& rules) {
  BB_TRY(const auto members, Members::of(claims, "the signed token"));
  if (!rules.issuer.empty() && claims["iss"].string_or("") != rules.issuer)
    return Error{fmt::format("the signed token's 'iss' is '{}', expected '{}'",
                             one_line(shorten(claims["iss"].string_or(""), 200)), rules.issuer)};
  if (!is_audience(claims["aud"], rules.audience))
    return Error{fmt::format("the signed token's 'aud' is not '{}'", rules.audience)};
  BB_TRY(const auto expires, members.seconds("exp"));
  BB_TRY(const auto not_before, members.seconds("nbf"));
  BB_TRY(const auto issued, members.seconds("iat"));
  const auto now_s = rules.now_unix_ns / ns_per_second;
  if (!expires) return Error{"the signed token has no 'exp'"};
  if (*expires + rules.leeway_s <= now_s) return Error{"the signed token has expired ('exp')"};
  if (rules.lifetime_s_max && *expires > now_s + *rules.lifetime_s_max + rules.leeway_s)
    return Error{fmt::format("the signed token's 'exp' is more than {} s ahead", *rules.lifetime_s_max)};
  if (not_before && *not_before > now_s + rules.leeway_s) return Error{"the signed token is not valid yet ('nbf')"};
  if (issued && *issued > now_s + rules.leeway_s) return Error{"the signed token was issued in the future ('iat')"};
  return {};
}

}  // namespace bb::smart
