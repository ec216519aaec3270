#include "health_links/link_reader.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/form.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>
#include <bb/smart/health_link.hpp>
#include <bb/smart/jwe.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "oauth_probe.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view decode_link = "decode-health-link";
constexpr std::string_view open_link = "open-health-link";
constexpr std::string_view guess_passcodes = "guess-health-link-passcodes";
constexpr std::uint64_t manifest_bytes_max = 16ull * 1024 * 1024;
constexpr std::size_t files_max = 50;
constexpr std::int64_t guesses_max = 200;
constexpr int bits_per_character = 6, bits_per_hex_digit = 4;

smart::HealthLink health_link_of(std::string_view text, std::string_view doing) {
  auto link = smart::read_health_link(text);
  if (!link) throw plugins::not_this_api(doing, link.error().what);
  return *std::move(link);
}

std::string url_of(const smart::HealthLink& link, std::string_view doing) {
  auto url = link.url();
  if (!url.starts_with("https://") || origin_of(url).empty())
    throw plugins::not_this_api(doing, "the link's 'url' is no https address");
  return url;
}

// The bits that a part of the address can hold at most, of the part that holds most: what somebody else would have to
// guess. A hexadecimal digit holds 4, another character of base64url 6.
int random_bits(std::string_view url) {
  const auto path = url.substr(std::min(url.find('/', url.find("://") + 3), url.size()));
  int most = 0;
  for (std::size_t at = 0; at < path.size();) {
    const auto is_random = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    auto end = at;
    while (end < path.size() && is_random(path[end])) ++end;
    const auto part = path.substr(at, end - at);
    const bool is_hex = part.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
    most = std::max(most, static_cast<int>(part.size()) * (is_hex ? bits_per_hex_digit : bits_per_character));
    at = end + 1;
  }
  return most;
}

// What a file turned out to be, with its content where it opens.
Value described(std::string_view compact, const smart::HealthLink& link) {
  auto told = Value::object({{"opens", false}});
  const auto refuse = [&](const std::string& why) {
    told.set("why", why);
    return told;
  };
  const auto jwe = smart::read_jwe(compact);
  if (!jwe) return refuse(jwe.error().what);
  told.set("header", jwe->header);
  told.set("nonce", base64url_encode(jwe->nonce));
  const auto key = link.key();
  if (!key) return refuse(key.error().what);
  const auto content = smart::open_jwe(*jwe, *key);
  if (!content) return refuse(content.error().what);
  told.set("opens", true);
  told.set("size", content->size());
  auto json = parse_json(*content);
  told.set("content", json ? *std::move(json) : Value(to_utf8_lossy(*content)));
  return told;
}

std::string media_type_without_parameters(std::string_view text) {
  return to_lower(trim(text.substr(0, text.find(';'))));
}

}  // namespace

LinkReader::LinkReader(const Context& context)
    : http_(context.require<Http>()), recipient_(context.config_if("/recipient").value_or("BlueBridge")) {}

void LinkReader::list_probes(Call&, Probes& out) {
  out.emit(decode_link, "Reads what stands in a SMART Health Link, and asks nobody", R"({
    "type": "object", "additionalProperties": false, "required": ["link"],
    "properties": {"link": {"type": "string", "minLength": 1}}})");
  out.emit(open_link, "Opens a SMART Health Link: its manifest and its files, or its only file", R"({
    "type": "object", "additionalProperties": false, "required": ["link"],
    "properties": {"link": {"type": "string", "minLength": 1}, "passcode": {"type": "string"},
                   "embedded_length_max": {"type": "integer", "minimum": 1}}})");
  out.emit(guess_passcodes, "Opens a SMART Health Link with wrong passcodes until it ends, and then with the right one",
           R"({
    "type": "object", "additionalProperties": false, "required": ["link", "passcode", "count"],
    "properties": {"link": {"type": "string", "minLength": 1}, "passcode": {"type": "string", "minLength": 1},
                   "count": {"type": "integer", "minimum": 1, "maximum": 200}}})");
}

void LinkReader::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  const auto given = plugins::parse_arguments(arguments);
  if (name == decode_link) return decode(given["link"].string_or(""), out);
  if (name == open_link) return open(call, given, out);
  if (name == guess_passcodes) return guess(call, given, out);
  throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
}

void LinkReader::decode(std::string_view text, Content& out) const {
  const auto link = health_link_of(text, decode_link);
  const auto key = link.key();
  auto told = Value::object({{"payload", link.payload},
                             {"is_minified", link.is_minified},
                             {"url_bytes", link.url().size()},
                             {"url_random_bits", random_bits(link.url())},
                             {"key_bytes", key ? key->size() : 0}});
  if (!link.viewer.empty())
    told.set("viewer", Value::object({{"url", link.viewer}, {"is_in_fragment", link.is_in_fragment}}));
  emit_told(decode_link, told, out);
}

HttpResponse LinkReader::ask_for_manifest(Call& call, std::string_view url, const Value& given,
                                          std::string_view passcode) const {
  auto body = Value::object({{"recipient", recipient_}});
  if (!passcode.empty()) body.set("passcode", passcode);
  if (const auto* const length = given.find("embedded_length_max")) body.set("embeddedLengthMax", *length);
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
  request.body = to_json(body);
  request.is_answer = true;
  request.response_bytes_max = manifest_bytes_max;
  return plugins::perform(http_, call, request, open_link);
}

void LinkReader::open(Call& call, const Value& given, Content& out) const {
  const auto link = health_link_of(given["link"].string_or(""), open_link);
  const auto url = url_of(link, open_link);
  const auto read = [&](std::string_view address, std::string_view accept) {
    HttpRequest request;
    request.url = address;
    request.headers = {{"accept", std::string(accept)}};
    request.is_answer = true;
    request.response_bytes_max = manifest_bytes_max;
    return plugins::perform(http_, call, request, open_link);
  };
  const bool is_direct = link.has_flag('U');
  const auto answer = is_direct ? read(with_query(url, {{"recipient", recipient_}}), "application/jose")
                                : ask_for_manifest(call, url, given, given["passcode"].string_or(""));
  if (plugins::status_of_answer(answer.status) != BB_OK)
    return emit_answer(open_link, answer, out, plugins::failure_of_answer);
  auto files = Value::array();
  auto told = Value::object({{"asked_by", is_direct ? "GET" : "POST"},
                             {"status", answer.status},
                             {"media_type", media_type_of(answer)},
                             {"is_manifest", false}});
  if (is_direct) {
    auto file = described(answer.body, link);
    file.set("how", "direct");
    file.set("media_type", media_type_of(answer));
    files.push(std::move(file));
  }
  const auto parsed = parse_json(answer.body);
  const auto* const listed = parsed ? (*parsed)["files"].items() : nullptr;
  if (listed != nullptr) told.set("is_manifest", true);
  for (std::size_t i = 0; !is_direct && listed != nullptr && i < std::min(listed->size(), files_max); ++i) {
    const auto& entry = (*listed)[i];
    const auto* const embedded = entry["embedded"].string();
    const auto location = entry["location"].string_or("");
    auto file = Value::object({{"opens", false}});
    if (embedded != nullptr) {
      file = described(*embedded, link);
      file.set("how", "embedded");
      file.set("embedded_length", embedded->size());
    } else if (!origin_of(location).empty() && location.starts_with("https://")) {
      const auto response = read(location, "application/jose");
      if (response.status == 200) file = described(response.body, link);
      file.set("how", "location");
      file.set("location", location);
      file.set("status", response.status);
      file.set("media_type", media_type_of(response));
    } else {
      file.set("why", "neither embedded nor at an https location");
    }
    file.set("content_type", media_type_without_parameters(entry["contentType"].string_or("")));
    files.push(std::move(file));
  }
  told.set("files", std::move(files));
  emit_told(open_link, told, out);
}

void LinkReader::guess(Call& call, const Value& given, Content& out) const {
  const auto link = health_link_of(given["link"].string_or(""), guess_passcodes);
  const auto url = url_of(link, guess_passcodes);
  const auto passcode = given["passcode"].string_or("");
  const auto count = given["count"].integer_or(0);
  if (passcode.empty() || count < 1 || count > guesses_max)
    throw Failure{BB_E_INVALID_ARGUMENT, "guess-health-link-passcodes needs a 'passcode', and a 'count' of 1 to 200"};
  auto statuses = Value::array(), remaining = Value::array();
  bool is_over = false;
  for (std::int64_t i = 0; i < count && !is_over; ++i) {
    const auto answer = ask_for_manifest(call, url, given, "wrong " + std::to_string(i) + " " + passcode);
    statuses.push(answer.status);
    is_over = answer.status == 404;
    const auto body = parse_json(answer.body);
    if (answer.status == 401) remaining.push(body ? (*body)["remainingAttempts"] : Value());
  }
  const auto right = ask_for_manifest(call, url, given, passcode);
  emit_told(guess_passcodes,
            Value::object({{"statuses", std::move(statuses)},
                           {"remaining", std::move(remaining)},
                           {"is_over", is_over},
                           {"right_status", right.status}}),
            out);
}

}  // namespace bb::rest
