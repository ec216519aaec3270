#include "mapped/mapping.hpp"

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/sdk/failure.hpp>

#include "api_client.hpp"
#include "mapped/config_schema.hpp"

namespace bb::rest {
namespace {

// Tokens under these names, and header fields that carry credentials, are known to whoever records exchanges; a
// token elsewhere would stand in what is recorded.
constexpr std::array<std::string_view, 12> token_names{"access_token", "accessToken", "auth_token",    "authToken",
                                                       "id_token",     "token",       "session_token", "sessionToken",
                                                       "session_key",  "sessionKey",  "api_key",       "apiKey"};

// Fields that the connector or the host writes.
constexpr std::array<std::string_view, 11> own_fields{
    "accept",           "authorization", "connection",          "content-length", "content-type",
    "cookie",           "host",          "proxy-authorization", "set-cookie",     "te",
    "transfer-encoding"};

[[noreturn]] void wrong(const std::string& pointer, const std::string& what) {
  throw Failure{BB_E_INVALID_ARGUMENT, "configuration: " + pointer + ": " + what};
}

// A place of the configuration.
struct Node {
  const Value& value;
  std::string pointer;

  Node operator/(std::string_view key) const { return {value[key], pointer + "/" + std::string(key)}; }
  bool is_there() const { return !value.is_null(); }
  std::string text() const { return value.string_or(""); }
};

std::string quoted(const std::string& text) { return "'" + shorten(text, 80) + "'"; }

Template read_template(const Node& node, const Names& known) {
  auto parsed = Template::parse(node.text(), known);
  if (!parsed) wrong(node.pointer, parsed.error().what);
  return *std::move(parsed);
}

JsonPath read_path(const Node& node) {
  auto parsed = JsonPath::parse(node.text());
  if (!parsed) wrong(node.pointer, "expected a JSONPath, got " + quoted(node.text()) + ": " + parsed.error().what);
  return *std::move(parsed);
}

// Not mapped where the key is missing.
Field read_field(const Node& node, const Names& known = {"account"}) {
  if (!node.is_there()) return {};
  if (node.text().starts_with('$')) return {node.pointer, node.text(), read_path(node)};
  return {node.pointer, read_template(node, known)};
}

// A fixed text without placeholders, or a JSONPath.
Field read_plain(const Node& node) {
  auto field = read_field(node);
  if (field.is_fixed()) {
    const auto parsed = read_template(node, {"account"});
    if (parsed.has_placeholders())
      wrong(node.pointer, "expected a JSONPath or a fixed text, got " + quoted(node.text()));
  }
  return field;
}

Words read_words(const Node& node) {
  Words words;
  if (const auto* const members = node.value.members())
    for (const auto& [key, word] : *members) words.emplace(key, word.string_or(""));
  return words;
}

// Their values are among the connector's own.
Words read_words(const Node& node, const Names& known) {
  auto words = read_words(node);
  for (const auto& [theirs, ours] : words)
    if (!known.contains(ours))
      wrong(node.pointer + "/" + theirs,
            "expected one of " + join({known.begin(), known.end()}, ", ") + ", got " + quoted(ours));
  return words;
}

Names read_names(const Node& node) {
  const auto texts = strings_of(node.value);
  return {texts.begin(), texts.end()};
}

void check_path_text(const Node& node) {
  const auto text = node.text();
  if (text.starts_with("//") || text.find_first_of("?#\\% \t\r\n") != std::string::npos)
    wrong(node.pointer, "expected a path below base_url, its query under 'query', got " + quoted(text));
  for (const auto& segment : split(text, '/'))
    if (segment == "." || segment == "..")
      wrong(node.pointer, "expected a path that stays below base_url, got " + quoted(text));
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

void check_json(const Value& value, const std::string& pointer, const Names& known, Names& used) {
  if (value.is_string()) read_template({value, pointer}, known).collect(used);
  if (const auto* const items = value.items())
    for (std::size_t i = 0; i < items->size(); ++i)
      check_json((*items)[i], pointer + "/" + std::to_string(i), known, used);
  if (const auto* const members = value.members())
    for (const auto& [key, member] : *members) check_json(member, pointer + "/" + key, known, used);
}

std::vector<std::pair<std::string, Template>> read_texts(const Node& node, const Names& known, Names& used) {
  std::vector<std::pair<std::string, Template>> out;
  if (const auto* const members = node.value.members())
    for (const auto& [key, member] : *members) {
      out.emplace_back(key, read_template(node / key, known));
      out.back().second.collect(used);
    }
  return out;
}

RequestMap read_request(const Node& node, const Names& known, std::string_view accept = "application/json") {
  RequestMap request;
  request.pointer = node.pointer;
  auto in_address = known;
  in_address.erase("password");  // addresses are logged everywhere
  check_path_text(node / "path");
  auto in_path = in_address;
  std::erase_if(in_path, [](const std::string& name) { return is_list_placeholder(name); });
  request.path = read_template(node / "path", in_path);
  request.path.collect(request.placeholders);
  request.query = read_texts(node / "query", in_address, request.placeholders);
  request.headers = read_texts(node / "headers", known, request.placeholders);
  for (const auto& [name, value] : request.headers)
    if (!is_field_name(name) || std::find(own_fields.begin(), own_fields.end(), to_lower(name)) != own_fields.end())
      wrong(node.pointer + "/headers/" + name,
            "expected a header field that the connector does not write itself, got " + quoted(name));
  const auto json = node / "json", form = node / "form";
  if (json.is_there() && form.is_there()) wrong(form.pointer, "expected one body, 'json' or 'form', got both");
  request.form = read_texts(form, known, request.placeholders);
  if (json.is_there()) {
    check_json(json.value, json.pointer, known, request.placeholders);
    request.json = json.value;
  }
  const bool has_body = json.is_there() || form.is_there();
  request.method = (node / "method").value.string_or(has_body ? "POST" : "GET");
  if (has_body && request.method == "GET")
    wrong(node.pointer + "/method", "expected a method that takes a body, got 'GET'");
  request.accept = (node / "accept").value.string_or(accept);
  if (request.accept.find_first_of("\r\n") != std::string::npos)
    wrong(node.pointer + "/accept", "expected media types on one line, got " + quoted(request.accept));
  return request;
}

// A request that is of no use without the placeholder.
RequestMap read_request_with(const Node& node, const Names& known, std::string_view needed,
                             std::string_view accept = "application/json") {
  auto request = read_request(node, known, accept);
  if (!request.uses(needed))
    wrong(node.pointer, "expected {" + std::string(needed) + "} in the path, query, headers or body, got none");
  return request;
}

void need(const Node& node, const std::string& what) {
  if (!node.is_there()) wrong(node.pointer, "expected " + what + ", got none");
}

void refuse(const Node& node, const std::string& why) {
  if (node.is_there()) wrong(node.pointer, "expected none, since " + why);
}

NextMap read_next(const Node& node, const RequestMap& request) {
  NextMap next{read_field(node / "next_cursor"), read_field(node / "next_url"),
               (node / "next_link").value.boolean_or(false)};
  if (static_cast<int>(next.cursor.is_mapped()) + static_cast<int>(next.url.is_mapped()) +
          static_cast<int>(next.is_link) >
      1)
    wrong(node.pointer, "expected one of next_cursor, next_url and next_link, got more");
  if (next.cursor.is_mapped() != request.uses("cursor"))
    wrong(next.cursor.is_mapped() ? request.pointer : node.pointer + "/next_cursor",
          next.cursor.is_mapped() ? "expected {cursor}, since next_cursor is mapped, got none"
                                  : "expected a JSONPath, since the request has {cursor}, got none");
  return next;
}

void read_send(const Node& sign_in, SignInMap& map) {
  const auto send = sign_in / "send";
  map.header = (send / "header").value.string_or("authorization");
  const auto fallback = map.header == "authorization" ? "Bearer {token}" : "{token}";
  const Value text = (send / "template").value.string_or(fallback);
  const Node node{text, send.pointer + "/template"};
  map.send = read_template(node, {"token"});
  if (!map.send.has_placeholders()) wrong(node.pointer, "expected {token} in it, got " + quoted(node.text()));
}

void check_token(const Node& node) {
  const auto path = node.text();
  const auto end = path.find_last_of(".['\"");
  const auto known = std::any_of(token_names.begin(), token_names.end(), [&](std::string_view name) {
    return path.ends_with("." + std::string(name)) || path.ends_with("['" + std::string(name) + "']") ||
           path.ends_with("[\"" + std::string(name) + "\"]");
  });
  if (!known || end == std::string::npos)
    wrong(node.pointer, "expected a JSONPath that ends with " + join({token_names.begin(), token_names.end()}, ", ") +
                            " (a token by another name would stand in the evidence), got " + quoted(path));
}

SignInMap read_sign_in(const Node& node) {
  SignInMap map;
  const auto by = (node / "by").value.string_or("request");
  map.by = by == "basic" ? SignInBy::basic : by == "api_key" ? SignInBy::api_key : SignInBy::request;
  const auto request = node / "request", token = node / "token", cookie = node / "cookie";
  if (map.by == SignInBy::request) {
    need(request, "the request that signs in (or 'by: basic', 'by: api_key')");
    if (token.is_there() == cookie.is_there())
      wrong(token.pointer,
            "expected either a token or a cookie, got " + std::string(token.is_there() ? "both" : "none"));
    map.request = read_request(request, {"account", "password", "acting_for"});
    if (token.is_there()) check_token(token);
    map.cookie = cookie.text();
    if (cookie.is_there()) refuse(node / "send", "the session is a cookie");
    // Of a sign-in nobody is signed in by: the person's own word is the least it needs.
    if (!map.request->uses("password")) wrong(request.pointer, "expected {password} in the body, got none");
  } else {
    refuse(token, "nothing is signed in by a request");
    refuse(cookie, "nothing is signed in by a request");
    if (map.by == SignInBy::basic) refuse(node / "send", "basic authentication has its own form");
    if (request.is_there()) map.request = read_request(request, {"account", "acting_for"});
  }
  map.token = read_field(token);
  read_send(node, map);
  map.patient = read_field(node / "patient");
  map.subject = read_field(node / "subject");
  map.acting_for = read_field(node / "acting_for");
  map.scopes = read_plain(node / "scopes");
  map.expires_in = read_field(node / "expires_in");
  map.expires_at = read_field(node / "expires_at");
  if (map.expires_in.is_mapped() && map.expires_at.is_mapped())
    wrong(node.pointer + "/expires_at", "expected one of expires_in and expires_at, got both");
  if (!map.request)
    for (const auto* const key : {"patient", "subject", "acting_for", "scopes", "expires_in", "expires_at"})
      if ((node / key).text().starts_with('$'))
        wrong(node.pointer + "/" + key,
              "expected a fixed text, since there is no request that it could be an answer to, got " +
                  quoted((node / key).text()));
  return map;
}

ListMap read_list(const Node& node) {
  ListMap map;
  map.request = read_request(node / "request", {"patient", "from", "until", "cursor", "limit", "kind"});
  map.entries = read_field(node / "entries");
  map.id = read_field(node / "id");
  map.kind = read_plain(node / "kind");
  map.title = read_plain(node / "title");
  map.media_type = read_plain(node / "media_type");
  map.version = read_plain(node / "version");
  map.updated = read_field(node / "updated");
  map.kinds = read_words(node / "kinds");
  map.next = read_next(node, map.request);
  return map;
}

WaitMap read_wait(const Node& node, std::string_view accept) {
  WaitMap map;
  map.pointer = node.pointer;
  map.job = read_field(node / "job");
  map.state = read_field(node / "state");
  map.result_url = read_field(node / "result_url");
  map.running = read_names(node / "running");
  map.done = read_names(node / "done");
  map.failed = read_names(node / "failed");
  const auto poll = node / "poll", result = node / "result";
  if (map.job.is_mapped() != poll.is_there())
    wrong(poll.is_there() ? node.pointer + "/job" : poll.pointer,
          "expected it, since job and poll go together, got none");
  const auto poll_accept = map.state.is_mapped() ? std::string_view("application/json") : accept;
  if (poll.is_there()) map.poll = read_request_with(poll, {"patient", "job"}, "job", poll_accept);
  if (!map.state.is_mapped()) {
    for (const auto* const key : {"running", "done", "failed", "result", "result_url"})
      refuse(node / key, "no state is mapped");
    return map;
  }
  need(node / "running", "the states in which the file is not there yet");
  need(node / "done", "the states in which it is");
  if (result.is_there() == map.result_url.is_mapped())
    wrong(result.pointer,
          "expected either result or result_url, got " + std::string(result.is_there() ? "both" : "none"));
  if (result.is_there() && !map.job.is_mapped())
    wrong(result.pointer, "expected result_url, since no job is mapped, got result");
  if (result.is_there()) map.result = read_request_with(result, {"patient", "job"}, "job", accept);
  return map;
}

FormatMap read_format(const Node& node, const std::string& id) {
  if (id.empty() || id.size() > 64 || !std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
      }))
    wrong(node.pointer, "expected the id of a format, as 'ccda-2.1', got " + quoted(id));
  FormatMap map;
  map.id = id;
  map.title = (node / "title").text();
  map.media_type = (node / "media_type").text();
  map.request = read_request(node / "request", {"patient", "from", "until", "items"}, map.media_type);
  if (const auto wait = node / "wait"; wait.is_there()) map.wait = read_wait(wait, map.request.accept);
  return map;
}

ShareMap read_share(const Node& node) {
  ShareMap map;
  const Names known{"patient", "to", "recipient", "confirmed", "format", "items", "from", "until", "idempotency_key"};
  map.request = read_request_with(node / "request", known, "idempotency_key");
  if (map.request.uses("to") == map.request.uses("recipient"))
    wrong(node.pointer + "/request", "expected either {to}, the list of destinations, or {recipient}, the one, got " +
                                         std::string(map.request.uses("to") ? "both" : "none"));
  map.schemes = (node / "schemes").is_there() ? read_names(node / "schemes") : Names{"https"};
  map.formats = read_words(node / "formats");
  map.id = read_field(node / "id");
  map.receipts = read_field(node / "receipts");
  map.recipient = read_field(node / "recipient");
  map.delivery = read_plain(node / "delivery");
  map.detail = read_plain(node / "detail");
  map.at = read_field(node / "at");
  map.deliveries = read_words(node / "deliveries", {"accepted", "processed", "dispatched", "failed"});
  if (map.receipts.is_mapped()) {
    need(node / "recipient", "a JSONPath, since receipts are mapped");
    need(node / "delivery", "a JSONPath or a fixed word, since receipts are mapped");
  } else {
    for (const auto* const key : {"recipient", "detail", "at"}) refuse(node / key, "no receipts are mapped");
  }
  if (const auto track = node / "track"; track.is_there())
    map.track = read_request_with(track, {"patient", "id"}, "id");
  return map;
}

ActivityMap read_activity(const Node& node) {
  ActivityMap map;
  map.request = read_request(node / "request", {"patient", "from", "until", "cursor", "limit"});
  map.entries = read_field(node / "entries");
  map.id = read_field(node / "id");
  map.action = read_plain(node / "action");
  map.at = read_field(node / "at");
  map.actor = read_plain(node / "actor");
  map.actor_id = read_field(node / "actor_id");
  map.actor_role = read_plain(node / "actor_role");
  map.items = read_field(node / "items");
  map.what = read_plain(node / "what");
  map.to = read_field(node / "to");
  map.detail = read_plain(node / "detail");
  map.actions =
      read_words(node / "actions", {"view", "download", "transmit", "api", "sign_in", "sign_out", "amend", "other"});
  map.roles = read_words(node / "roles", {"patient", "proxy", "staff", "app", "system"});
  map.next = read_next(node, map.request);
  return map;
}

// The schema's finding of a member that is missing is at its parent: here it is at the member.
std::string place_of(const SchemaFinding& finding) {
  constexpr std::string_view begin = "expected a member '";
  if (!finding.message.starts_with(begin)) return finding.pointer;
  return finding.pointer + "/" +
         finding.message.substr(begin.size(), finding.message.find('\'', begin.size()) - begin.size());
}

void check_shape(const Value& config) {
  static const Value schema = *parse_json(mapping_schema);
  if (const auto findings = validate(schema, config); !findings.empty())
    wrong(place_of(findings.front()), findings.front().message);
}

TimeForm time_form_of(const std::string& word) {
  if (word == "date") return TimeForm::date;
  if (word == "unix_seconds") return TimeForm::unix_seconds;
  return word == "unix_milliseconds" ? TimeForm::unix_milliseconds : TimeForm::rfc3339;
}

}  // namespace

bool SignInMap::reads_answer() const {
  const Field* const fields[] = {&token, &patient, &subject, &acting_for, &scopes, &expires_in, &expires_at};
  return std::any_of(std::begin(fields), std::end(fields),
                     [](const Field* field) { return field->is_mapped() && !field->is_fixed(); });
}

Mapping read_mapping(const Value& config) {
  check_shape(config);
  const Node root{config, ""};
  Mapping mapping;
  mapping.base_url = without_slash((root / "base_url").text());
  mapping.page_size = (root / "page_size").value.integer_or(0);
  mapping.time_form = time_form_of((root / "time_format").text());
  mapping.sign_in = read_sign_in(root / "sign_in");
  if (const auto node = root / "describe"; node.is_there())
    mapping.describe = read_request(node, {"account", "patient"});
  if (const auto node = root / "sign_out"; node.is_there())
    mapping.sign_out = read_request(node, {"account", "patient"});
  const auto view = root / "view";
  if (const auto node = view / "list"; node.is_there()) mapping.list = read_list(node);
  if (const auto node = view / "read"; node.is_there()) {
    const auto media_type = (node / "media_type").text();
    mapping.read =
        ReadMap{read_request_with(node / "request", {"patient", "id"}, "id", media_type.empty() ? "*/*" : media_type),
                media_type};
  }
  const auto download = root / "download";
  if (const auto* const members = download.value.members())
    for (const auto& member : *members) mapping.formats.push_back(read_format(download / member.key, member.key));
  if (const auto node = root / "share"; node.is_there()) mapping.share = read_share(node);
  if (const auto node = root / "activity"; node.is_there()) mapping.activity = read_activity(node);
  return mapping;
}

}  // namespace bb::rest
