#include "probing.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/thing_common.hpp>
#include <bb/sdk/failure.hpp>

namespace bb::healthvault_connector {
namespace {

constexpr std::size_t client_id_bytes = 16;
constexpr std::size_t message_bytes_max = 500;

// The namespace of an answer's info, as its start tag declares it.
std::string namespace_of(std::string_view info) {
  const auto tag = info.substr(0, info.find('>'));
  const auto at = tag.find("xmlns");
  if (at == std::string_view::npos) return {};
  const auto quote = tag.find_first_of("\"'", at);
  if (quote == std::string_view::npos) return {};
  return std::string(tag.substr(quote + 1, tag.find(tag[quote], quote + 1) - quote - 1));
}

}  // namespace

hv::Header Probing::header(std::string_view method, int version) {
  return {.method = std::string(method),
          .method_version = version,
          .record_id = whose.record_id,
          .session = hv::AuthSession{session()->token, whose.person_id, whose.user_token},
          .msg_time = client.next_msg_time(line),
          .version = "BlueBridge/0.1"};
}

std::string Probing::sign(std::string_view header_bytes, std::string_view key) {
  return hv::mac(hv::MacAlgorithm::hmac_sha256, key, header_bytes);
}

std::string Probing::envelope(std::string_view method, int version, const std::string& info, const Changes& changes) {
  auto made = header(method, version);
  if (changes.header) changes.header(made);
  auto prepared = hv::prepare(std::move(made), info);
  if (changes.before_signing) changes.before_signing(prepared);
  std::optional<hv::HeaderCode> code;
  if (changes.is_signed) {
    code = {hv::MacAlgorithm::hmac_sha256, sign(prepared.header, session()->secret.bytes())};
  }
  if (changes.after_signing) changes.after_signing(prepared);
  return hv::finish(prepared, code);
}

std::string Probing::plain_read(const Changes& changes) {
  const hv::GetThings::Request request{{{.count_max = 1,
                                         .filters = {{.type_ids = {std::string(weight_type)}}},
                                         .format = hv::ThingFormat{.sections = {"core"}}}}};
  return envelope("GetThings", 3, hv::write_request_info<hv::GetThings>(request), changes);
}

hv::Exchange Probing::post(std::string body) const {
  return {.url = client.options().platform_url,
          .headers = {{"content-type", std::string(hv::request_media_type)}},
          .body = std::move(body)};
}

Value Probing::code_value(int code) {
  const auto* const known = hv::find_status(code);
  return Value::object({{"http_status", 200}, {"code", code}, {"name", known != nullptr ? known->name : "unknown"}});
}

Value Probing::result_of(const hv::Reply& reply) const {
  // No answer is no result.
  if (reply.status == 0) throw Failure{BB_E_UNAVAILABLE, "probing: " + reply.problem, "http"};
  auto result = Value::object({{"http_status", reply.status}});
  const auto response = hv::read_response(reply.body, client.options().limits);
  if (!response) return result;
  result = code_value(response->code);
  result.set("http_status", reply.status);
  if (!response->message.empty()) result.set("message", shorten(response->message, message_bytes_max));
  if (!response->info.empty()) result.set("info_namespace", namespace_of(response->info));
  result.set("shows_context",
             !response->server_name.empty() || !response->server_address.empty() || !response->exception.empty());
  return result;
}

Value Probing::result_of(const hv::CallError& error) {
  if (error.http_status == 0) throw failure_of(error, "probing");
  const bool is_refused = error.kind == hv::CallError::Kind::refused;
  auto result = is_refused ? code_value(error.code) : Value::object({{"http_status", error.http_status}});
  result.set("message", shorten(error.what, message_bytes_max));
  return result;
}

void Probing::set_counts(Value& result, std::vector<std::string> ids) {
  result.set("count", static_cast<std::int64_t>(ids.size()));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  result.set("distinct", static_cast<std::int64_t>(ids.size()));
}

std::string Probing::weight_data(std::string_view kilograms) {
  const std::string kg(kilograms);
  return "<weight><when><date><y>2014</y><m>1</m><d>31</d></date></when><value><kg>" + kg +
         "</kg><display units=\"kg\">" + kg + "</display></value></weight>";
}

hv::Thing Probing::thing_of(std::string_view type_id, std::string data_xml) {
  hv::Thing thing;
  thing.type_id = type_id;
  thing.data = {{std::move(data_xml), {}}};
  return thing;
}

std::string Probing::new_client_id() { return "probe-" + to_hex(line.random_bytes(client_id_bytes)); }

Value Probing::put(std::vector<hv::NewThing> things, const hv::Whose* other) {
  const auto& where = other != nullptr ? *other : whose;
  hv::PutThings::Request request;
  std::vector<std::string> ids;
  for (auto& [thing, id] : things) {
    request.things.push_back(std::move(thing));
    auto& bytes = request.things.back().data.front().bytes;
    auto data = hv::with_common(bytes, {.source = {}, .note = {}, .client_id = id});
    if (!data) throw Failure{BB_E_INVALID_ARGUMENT, "the probe's data: " + data.error().what};
    bytes = *std::move(data);
    ids.push_back(id);
  }
  auto answer = client.call<hv::PutThings>(line, request, where);
  auto result = result_of(answer);
  const auto found = client.find_things(line, where, ids);
  if (!found) return result;
  std::int64_t stored = 0;
  auto keys = Value::array();
  for (const auto& key : *found)
    if (key) {
      ++stored;
      keys.push(key->id);
    }
  result.set("stored", stored);
  result.set("ids", std::move(keys));
  return result;
}

}  // namespace bb::healthvault_connector
