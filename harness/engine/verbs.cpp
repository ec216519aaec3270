#include "harness/engine/verbs.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/host/call.hpp>

#include "harness/checks/scope.hpp"
#include "harness/suite/sign_in.hpp"

namespace bb::engine {
namespace {

// Argument by argument: its name in a suite, its name in the operation.
using Renames = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Value pick(const Value& arguments, Renames renames) {
  Value picked = Value::object();
  for (const auto& [from, to] : renames)
    if (const Value* value = arguments.find(from); value != nullptr && !value->is_null()) picked.set(to, *value);
  return picked;
}

VerbReply simple(host::Reply reply) { return {std::move(reply), false}; }
VerbReply wrong(std::string sentence) { return {own_reply(BB_E_INVALID_ARGUMENT, std::move(sentence)), true}; }

// One text, or several, as a list.
Value as_list(const Value& value) {
  if (value.is_null() || value.is_array()) return value;
  return Value(Value::Array{value});
}

// An item is named by its id, or is the item itself as a listing gave it.
Value item_id(const Value& item) { return item.is_object() ? item["id"] : item; }

Value item_ids(const Value& items) {
  if (items.is_null()) return {};
  const Value list = as_list(items);
  Value ids = Value::array();
  for (std::size_t i = 0; i < list.size(); ++i) ids.push(item_id(list[i]));
  return ids;
}

bool is_granted(const VerbCall& call, const std::string& secret) {
  return call.secrets != nullptr && call.secrets->contains(secret);
}

std::string joined_scopes(const Value& scopes) {
  if (const auto* text = scopes.string()) return *text;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < scopes.size(); ++i) words.push_back(scopes[i].string_or(""));
  return join(words, " ");
}

// The person an account is proxy for, as the system names them.
std::string acting_for_name(const VerbCall& call, const Value& acting_for) {
  const std::string id = acting_for.is_object() ? acting_for["id"].string_or("") : acting_for.string_or("");
  const auto* person = call.target == nullptr ? nullptr : call.target->find_person(id);
  if (person == nullptr) return id;
  if (const auto* patient = person->facts["patient"].string()) return *patient;
  return person->account.empty() ? person->id : person->account;
}

VerbReply sign_in(const VerbCall& call, const Invoke& invoke) {
  Value request = Value::object();
  request.set("method", sign_in_method(call));
  if (call.person != nullptr) {
    request.set("account", call.person->account.empty() ? call.person->id : call.person->account);
    if (const auto* patient = call.person->facts["patient"].string()) request.set("patient", *patient);
  }
  constexpr std::array<std::pair<const char*, const char*>, 4> secrets{{{"secret_password", "password"},
                                                                        {"secret_client", "client_secret"},
                                                                        {"secret_refresh_token", "refresh_token"},
                                                                        {"secret_private_key", "private_key"}}};
  for (const auto& [member, secret] : secrets)
    if (is_granted(call, secret)) request.set(member, secret);
  if (const Value* scopes = call.arguments.find("scopes")) request.set("scopes", joined_scopes(*scopes));
  if (const Value* acting_for = call.arguments.find("acting_for"))
    request.set("acting_for", acting_for_name(call, *acting_for));
  if (const Value* extra = call.arguments.find("extra")) request.set("extra", *extra);
  if (!call.redirect_uri.empty()) request.set("redirect_uri", call.redirect_uri);
  request.set("state", call.state);
  return simple(invoke({"bb.session/1", "open", std::move(request)}));
}

Value query_from(const Value& arguments) {
  return pick(arguments,
              {{"subject", "subject"}, {"kind", "kind"}, {"from", "from"}, {"until", "until"}, {"limit", "limit"}});
}

VerbReply view(const VerbCall& call, const Invoke& invoke) {
  Value id = item_id(call.arguments["item"]);
  if (id.is_null()) {
    if (!call.arguments["kind"].is_string()) return wrong("'view' needs 'item' or 'kind'");
    VerbReply listed = list_all("bb.view/1", "list", query_from(call.arguments), invoke);
    if (listed.reply.status != BB_OK) return listed;
    const Value& items = listed.reply.emitted["items"];
    if (items.size() != 1) {
      host::Reply none = own_reply(BB_E_NOT_FOUND, fmt::format("expected exactly one item of kind '{}', found {}",
                                                               call.arguments["kind"].string_or(""), items.size()));
      none.total_ms = listed.reply.total_ms;
      return {std::move(none), true};
    }
    id = items[std::size_t{0}]["id"];
  }
  return simple(invoke({"bb.view/1", "read", Value::object({{"item_id", id}})}));
}

VerbReply download(const VerbCall& call, const Invoke& invoke) {
  Value arguments =
      pick(call.arguments,
           {{"format", "format_id"}, {"subject", "subject"}, {"kind", "kind"}, {"from", "from"}, {"until", "until"}});
  if (const Value* item = call.arguments.find("item")) arguments.set("item_ids", item_ids(*item));
  return simple(invoke({"bb.download/1", "fetch", std::move(arguments)}));
}

std::string scheme_of(const std::string& address) {
  if (const auto end = address.find("://"); end != std::string::npos) return to_lower(address.substr(0, end));
  for (const std::string_view scheme : {"mailto", "healthvault"})
    if (address.starts_with(std::string(scheme) + ":")) return std::string(scheme);
  return address.find('@') != std::string::npos ? "direct" : "";
}

Result<Value> destinations(const Value& to) {
  const Value list = as_list(to);
  Value destinations = Value::array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (const auto* address = list[i].string()) {
      destinations.push(Value::object({{"scheme", scheme_of(*address)}, {"address", *address}}));
    } else if (list[i]["address"].is_string()) {
      destinations.push(list[i]);
    } else {
      return Error{fmt::format("'to' holds {}, expected an address", to_json(list[i]))};
    }
  }
  if (destinations.size() == 0) return Error{"'to' is empty, expected at least one address"};
  return destinations;
}

VerbReply share(const VerbCall& call, const Invoke& invoke) {
  auto to = destinations(call.arguments["to"]);
  if (!to) return wrong(to.error().what);
  Value arguments =
      pick(call.arguments,
           {{"format", "format_id"}, {"subject", "subject"}, {"kind", "kind"}, {"from", "from"}, {"until", "until"}});
  if (const Value* items = call.arguments.find("items")) arguments.set("item_ids", item_ids(*items));
  arguments.set("destinations", *std::move(to));
  arguments.set("idempotency_key", call.idempotency_key);
  return simple(invoke({"bb.share/1", "send", std::move(arguments)}));
}

// What an earlier step saved, a whole attachment, or plain text.
Value attachment(const Value& given) {
  if (const auto document = checks::as_document(given))
    return Value::object(
        {{"filename", document->filename}, {"media_type", document->media_type}, {"content", document->body}});
  if (given.is_object()) return given;
  return Value::object({{"filename", "document"},
                        {"media_type", "application/octet-stream"},
                        {"content", given.string_or(to_json(given))}});
}

Value attachments(const Value& attach) {
  const Value given = as_list(attach);
  Value list = Value::array();
  for (std::size_t i = 0; i < given.size(); ++i) list.push(attachment(given[i]));
  return list;
}

VerbReply transmit(const VerbCall& call, const Invoke& invoke) {
  auto to = destinations(call.arguments["to"]);
  if (!to) return wrong(to.error().what);
  Value arguments = pick(call.arguments, {{"subject", "subject_line"}, {"body", "body_text"}});
  arguments.set("attachments", attachments(call.arguments["attach"]));
  arguments.set("destinations", *std::move(to));
  arguments.set("idempotency_key", call.idempotency_key);
  return simple(invoke({"bb.transmit/1", "send", std::move(arguments)}));
}

// Whether every receipt, of one at least, says one of the words.
bool are_among(const Value& emitted, const Value& words) {
  const Value& receipts = emitted["receipts"];
  const auto& known = *words.items();
  for (std::size_t i = 0; i < receipts.size(); ++i)
    if (std::find(known.begin(), known.end(), receipts[i]["delivery"]) == known.end()) return false;
  return receipts.size() > 0;
}

VerbReply track(const VerbCall& call, const Invoke& invoke) {
  const bool is_share = call.connector == nullptr || call.connector->offers("bb.share/1");
  for (;;) {
    VerbReply reply = simple(invoke(
        {is_share ? "bb.share/1" : "bb.transmit/1", "track", pick(call.arguments, {{"message_id", "message_id"}})}));
    const Value* until = call.arguments.find("until");
    const bool is_last = until == nullptr || reply.reply.status != BB_OK || are_among(reply.reply.emitted, *until);
    if (is_last || call.pause == nullptr || !call.pause()) return reply;
  }
}

VerbReply poll(const VerbCall& call, const Invoke& invoke) {
  Value query = query_from(call.arguments);
  if (const Value* address = call.arguments.find("address")) query.set("terms", Value::object({{"address", *address}}));
  return list_all("bb.inbox/1", "poll", std::move(query), invoke);
}

VerbReply receive(const VerbCall& call, const Invoke& invoke) {
  Value id = item_id(call.arguments["item"]);
  const auto form = call.arguments["form"].string_or("received");
  if (form != "received") {
    VerbReply listed = list_all("bb.inbox/1", "poll", Value::object(), invoke);
    if (listed.reply.status != BB_OK) return listed;
    Value found = form_of(listed.reply.emitted["items"], id, form);
    if (found.is_null()) {
      host::Reply none = own_reply(
          BB_E_NOT_FOUND, fmt::format("message '{}' has no {} form: it was neither encrypted nor signed, or could not "
                                      "be opened",
                                      id.string_or(""), form));
      none.total_ms = listed.reply.total_ms;
      return {std::move(none), true};
    }
    id = std::move(found);
  }
  return simple(invoke({"bb.inbox/1", "read", Value::object({{"item_id", std::move(id)}})}));
}

VerbReply acknowledge(const VerbCall& call, const Invoke& invoke) {
  return simple(invoke({"bb.inbox/1", "acknowledge",
                        Value::object({{"item_id", item_id(call.arguments["item"])},
                                       {"disposition", call.arguments["disposition"].string_or("processed")}})}));
}

// Lists and reads each; all as {"<member>": [...]}.
VerbReply list_and_read(const std::string& interface, const std::string& listing, const std::string& member,
                        Value query, const Invoke& invoke) {
  VerbReply listed = list_all(interface, listing, std::move(query), invoke);
  if (listed.reply.status != BB_OK) return listed;
  Value all = Value::array();
  const Value items = listed.reply.emitted["items"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    host::Reply read = invoke({interface, "read", Value::object({{"item_id", items[i]["id"]}})});
    if (read.status != BB_OK) return simple(std::move(read));
    auto value = parse_json(read.body);
    if (!value)
      return {own_reply(BB_E_CORRUPT, fmt::format("item '{}' of '{}' is no JSON: {}", items[i]["id"].string_or(""),
                                                  member, value.error().what)),
              true};
    listed.reply.total_ms += read.total_ms;
    all.push(*std::move(value));
  }
  listed.reply.emitted = Value::object({{member, std::move(all)}});
  listed.reply.body = to_json(listed.reply.emitted);
  listed.is_composed = true;
  return listed;
}

VerbReply activity(const VerbCall& call, const Invoke& invoke) {
  return list_and_read("bb.activity/1", "list", "events", query_from(call.arguments), invoke);
}

// What a step says, so that two steps can be one request sent twice; else a key of the step's own.
Value key_of(const VerbCall& call) {
  const Value* key = call.arguments.find("key");
  return key != nullptr ? *key : Value(call.idempotency_key);
}

VerbReply post(const VerbCall& call, const Invoke& invoke) {
  Value arguments = pick(call.arguments, {{"thread", "thread_id"}, {"subject", "subject_line"}, {"text", "body_text"}});
  Value to = Value::array();
  if (const Value* recipient = call.arguments.find("to"))
    to.push(Value::object({{"scheme", "portal"}, {"address", item_id(*recipient)}}));
  arguments.set("destinations", std::move(to));
  arguments.set("attachments", attachments(call.arguments["attach"]));
  arguments.set("idempotency_key", key_of(call));
  return simple(invoke({"bb.messaging/1", "post", std::move(arguments)}));
}

VerbReply book(const VerbCall& call, const Invoke& invoke) {
  Value arguments = pick(call.arguments, {{"instead_of", "appointment_id"}, {"reason", "reason"}});
  arguments.set("slot_id", item_id(call.arguments["slot"]));
  arguments.set("idempotency_key", key_of(call));
  return simple(invoke({"bb.appointments/1", "book", std::move(arguments)}));
}

VerbReply refill(const VerbCall& call, const Invoke& invoke) {
  return simple(invoke({"bb.refills/1", "request",
                        Value::object({{"prescription_id", item_id(call.arguments["prescription"])},
                                       {"kind", call.arguments["renewal"].boolean_or(false) ? "renewal" : "refill"},
                                       {"idempotency_key", key_of(call)}})}));
}

VerbReply read_one(const std::string& interface, const std::string& function, const Value& item, const Invoke& invoke) {
  return simple(invoke({interface, function, Value::object({{"item_id", item_id(item)}})}));
}

VerbReply probe(const VerbCall& call, const Invoke& invoke) {
  Value arguments = call.arguments;
  const std::string name = arguments["name"].string_or("");
  arguments.erase("name");
  return simple(invoke({"bb.probe/1", "run", Value::object({{"name", name}, {"arguments", std::move(arguments)}})}));
}

using Verb = VerbReply (*)(const VerbCall&, const Invoke&);

constexpr std::array<std::pair<std::string_view, Verb>, 31> verbs{{
    {"sign_in", sign_in},
    {"describe_session",
     [](const VerbCall&, const Invoke& invoke) {
       return simple(invoke({"bb.session/1", "describe"}));
     }},
    {"sign_out",
     [](const VerbCall&, const Invoke& invoke) {
       return simple(invoke({"bb.session/1", "close"}));
     }},
    {"list", [](const VerbCall& call,
                const Invoke& invoke) { return list_all("bb.view/1", "list", query_from(call.arguments), invoke); }},
    {"view", view},
    {"formats",
     [](const VerbCall& call, const Invoke& invoke) {
       return simple(invoke({"bb.download/1", "formats", pick(call.arguments, {{"subject", "subject"}})}));
     }},
    {"download", download},
    {"share", share},
    {"transmit", transmit},
    {"track", track},
    {"allocate",
     [](const VerbCall& call, const Invoke& invoke) {
       return simple(invoke({"bb.inbox/1", "allocate", pick(call.arguments, {{"tag", "tag"}})}));
     }},
    {"poll", poll},
    {"receive", receive},
    {"acknowledge", acknowledge},
    {"activity", activity},
    {"probe", probe},
    {"probes",
     [](const VerbCall&, const Invoke& invoke) {
       return simple(invoke({"bb.probe/1", "list"}));
     }},
    {"anchors",
     [](const VerbCall&, const Invoke& invoke) {
       return simple(invoke({"bb.trust/1", "anchors"}));
     }},
    {"discover",
     [](const VerbCall& call, const Invoke& invoke) {
       return simple(invoke({"bb.trust/1", "discover", pick(call.arguments, {{"address", "address"}})}));
     }},
    {"evaluate",
     [](const VerbCall& call, const Invoke& invoke) {
       return simple(invoke({"bb.trust/1", "evaluate", call.arguments}));
     }},
    {"threads",
     [](const VerbCall& call, const Invoke& invoke) {
       return list_all("bb.messaging/1", "threads", query_from(call.arguments), invoke);
     }},
    {"thread",
     [](const VerbCall& call, const Invoke& invoke) {
       return read_one("bb.messaging/1", "read", call.arguments["thread"], invoke);
     }},
    {"recipients",
     [](const VerbCall&, const Invoke& invoke) {
       return simple(invoke({"bb.messaging/1", "recipients"}));
     }},
    {"post", post},
    {"prescriptions",
     [](const VerbCall& call, const Invoke& invoke) {
       return list_and_read("bb.refills/1", "prescriptions", "prescriptions", query_from(call.arguments), invoke);
     }},
    {"refill", refill},
    {"refill_status",
     [](const VerbCall& call, const Invoke& invoke) {
       return read_one("bb.refills/1", "status", call.arguments["refill"], invoke);
     }},
    {"appointments",
     [](const VerbCall& call, const Invoke& invoke) {
       return list_and_read("bb.appointments/1", "list", "appointments", query_from(call.arguments), invoke);
     }},
    {"slots",
     [](const VerbCall& call, const Invoke& invoke) {
       return list_and_read("bb.appointments/1", "slots", "slots", query_from(call.arguments), invoke);
     }},
    {"book", book},
    {"cancel",
     [](const VerbCall& call, const Invoke& invoke) {
       return read_one("bb.appointments/1", "cancel", call.arguments["appointment"], invoke);
     }},
}};

// RFC 6266: filename="a.xml" or filename=a.xml.
std::string filename_of(const std::vector<host::Attribute>& attributes) {
  for (const auto& attribute : attributes)
    if (attribute.name == "content.filename") return attribute.value;
  for (const auto& attribute : attributes) {
    if (attribute.name != "content-disposition") continue;
    for (const auto& part : split(attribute.value, ';')) {
      const std::string_view parameter = trim(part);
      const auto equals = parameter.find('=');
      if (equals == std::string_view::npos || !iequals(trim(parameter.substr(0, equals)), "filename")) continue;
      std::string_view value = trim(parameter.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      return std::string(value);
    }
  }
  return "";
}

}  // namespace

Value form_of(const Value& items, const Value& received, std::string_view form) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    const bool is_decrypted = item["kind"].string_or("") == "message-decrypted";
    if (item["opened"].boolean_or(false) && item["parent"] == received && is_decrypted == (form == "decrypted"))
      return item["id"];
  }
  return {};
}

host::Reply own_reply(bb_status status, std::string sentence) {
  host::Reply reply;
  reply.status = status;
  reply.error.domain = "bluebridge";
  reply.error.message = std::move(sentence);
  return reply;
}

bool is_sending(const host::Operation& operation) {
  const auto is = [&](std::string_view interface, std::string_view function) {
    return operation.interface == interface && operation.function == function;
  };
  return is("bb.share/1", "send") || is("bb.transmit/1", "send") || is("bb.messaging/1", "post") ||
         is("bb.refills/1", "request") || is("bb.appointments/1", "book");
}

evidence::Message message_from(const host::Reply& reply) {
  evidence::Message message;
  message.result = host::result_word(reply);
  message.status_name = host::status_name(reply.status);
  message.error = reply.error.message;
  if (!reply.error.remote_detail.empty())
    message.error += (message.error.empty() ? "" : ": ") + reply.error.remote_detail;
  message.attributes = reply.attributes;
  message.media_type = reply.media_type;
  message.filename = filename_of(reply.attributes);
  message.body = reply.body;
  message.item = reply.item;
  message.first_byte_ms = reply.first_byte_ms;
  message.total_ms = reply.total_ms;
  return message;
}

namespace {

VerbReply endless() {
  return {own_reply(BB_E_TOO_LARGE, fmt::format("the listing has more than {} items or pages", list_items_max)), true};
}

}  // namespace

VerbReply list_all(const std::string& interface, const std::string& function, Value query, const Invoke& invoke) {
  const auto wanted = query["limit"].integer_or(0);
  Value items = Value::array();
  std::set<std::string> cursors;
  VerbReply listed;
  std::int64_t total_ms = 0;
  for (;;) {
    host::Reply page = invoke({interface, function, query});
    if (page.status != BB_OK) return simple(std::move(page));
    total_ms += page.total_ms;
    const Value& got = page.emitted["items"];
    for (std::size_t i = 0; i < got.size(); ++i) items.push(got[i]);
    const std::string cursor = page.emitted["cursor"].string_or("");
    const bool is_enough = wanted > 0 && items.size() >= static_cast<std::size_t>(wanted);
    const std::int64_t first_byte_ms = cursors.empty() ? page.first_byte_ms : listed.reply.first_byte_ms;
    listed = {std::move(page), !cursors.empty()};
    listed.reply.first_byte_ms = first_byte_ms;
    if (cursor.empty() || is_enough) break;
    if (items.size() > list_items_max || cursors.size() >= list_items_max) return endless();
    if (!cursors.insert(cursor).second)
      return {own_reply(BB_E_PROTOCOL, fmt::format("the listing gave the cursor '{}' twice", shorten(cursor, 80))),
              true};
    query.set("cursor", cursor);
  }
  if (wanted > 0 && items.size() > static_cast<std::size_t>(wanted)) {
    items.items()->resize(static_cast<std::size_t>(wanted));
    listed.is_composed = true;
  }
  if (items.size() > list_items_max) return endless();
  listed.reply.total_ms = total_ms;
  listed.reply.emitted = Value::object({{"items", std::move(items)}});
  if (listed.is_composed) listed.reply.body = to_json(listed.reply.emitted);
  return listed;
}

std::string sign_in_method(const VerbCall& call) {
  if (const auto* method = call.arguments["method"].string()) return *method;
  const bool has_client_secret = is_granted(call, "client_secret");
  if (call.person != nullptr) return suite::sign_in_method(*call.person, call.role, has_client_secret);
  return has_client_secret ? "client_credentials" : "none";
}

VerbReply run_verb(const VerbCall& call, const Invoke& invoke) {
  for (const auto& [name, verb] : verbs)
    if (name == call.verb) return verb(call, invoke);
  return wrong(fmt::format("unknown verb '{}'", call.verb));
}

}  // namespace bb::engine
