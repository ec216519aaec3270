#include "function_probes.hpp"

#include <array>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::rest {
namespace {

// What stands in a path or a body is an argument's text; a path names it in braces.
struct FunctionProbe {
  std::string_view name, title, method, path, body, required;
};
// Bodies name the arguments that go into them.
constexpr auto probes = std::to_array<FunctionProbe>({
    {"answer-message", "Answers a patient's message as one of the care team", "POST",
     "/api/care/patients/{patient}/conversations/{thread}", "text", "patient thread text"},
    {"decide-refill", "Says as one of the care team what becomes of a request for a refill", "POST",
     "/api/care/patients/{patient}/refills/{refill}", "status reason", "patient refill status"},
    {"list-refills", "Lists a patient's requests for refills", "GET", "/api/patients/{patient}/refills", "", ""},
    {"assign-material", "Chooses material for a patient as one of the care team", "POST",
     "/api/care/patients/{patient}/education", "material", "patient material"},
    {"list-entries-as-care-team", "Lists as one of the care team what a patient entered", "GET",
     "/api/care/patients/{patient}/entries", "", "patient"},
    {"link-document", "Refers as one of the care team to a document that a patient entered", "POST",
     "/api/care/patients/{patient}/entries/{entry}/link", "note", "patient entry note"},
    {"list-feedback", "Lists as one of the care team what people think of the portal", "GET", "/api/care/feedback", "",
     ""},
    {"forge-author", "Writes a message in another's name", "POST", "/api/patients/{patient}/conversations",
     "to subject text author", "to subject text author"},
    {"enter-reading", "Enters a reading of the patient's own", "POST", "/api/patients/{patient}/entries",
     "kind value unit taken_at", "kind value unit"},
    {"enter-document", "Hands over a document of the patient's own", "POST", "/api/patients/{patient}/entries",
     "kind title media_type content", "title media_type content"},
    {"list-entries", "Lists what the patient entered", "GET", "/api/patients/{patient}/entries", "", ""},
    {"correct-reading", "Corrects a reading of the patient's own", "PUT", "/api/patients/{patient}/entries/{entry}",
     "kind value unit taken_at", "entry kind value unit"},
    {"delete-entry", "Deletes an entry of the patient's own", "DELETE", "/api/patients/{patient}/entries/{entry}", "",
     "entry"},
    {"read-entry-history", "Reads what became of an entry", "GET", "/api/patients/{patient}/entries/{entry}/history",
     "", "entry"},
    {"list-material", "Lists material about health", "GET", "/api/patients/{patient}/education", "", ""},
    {"set-notices", "Says where notices of messages go", "PUT", "/api/patients/{patient}/preferences", "notices_to",
     "notices_to"},
    {"give-feedback", "Says what the person thinks of the portal", "POST", "/api/patients/{patient}/feedback", "text",
     "text"},
    {"read-compose-page", "Reads the page for writing a message", "GET", "/api/patients/{patient}/conversations/new",
     "", ""},
    {"read-thread-page", "Reads the page that shows a conversation", "GET",
     "/api/patients/{patient}/conversations/{thread}/page", "", "thread"},
    {"read-calendar", "Reads the calendar file of an appointment", "GET",
     "/api/patients/{patient}/appointments/{appointment}/calendar", "", "appointment"},
    {"create-health-link", "Makes a SMART Health Link of the patient's record", "POST",
     "/api/patients/{patient}/health-links", "flags label passcode", ""},
    {"revoke-health-link", "Takes a SMART Health Link back", "DELETE",
     "/api/patients/{patient}/health-links/{health_link}", "", "health_link"},
    {"export-health-information", "Exports all electronic health information of the patient", "GET",
     "/api/patients/{patient}/ehi-export", "", ""},
    {"read-site-page", "Reads a page of the portal by its address", "GET", "{address}", "", "address"},
});

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

// The arguments that a path names.
std::vector<std::string> names_in(std::string_view path) {
  std::vector<std::string> names;
  for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + 1))
    names.emplace_back(path.substr(at + 1, path.find('}', at) - at - 1));
  return names;
}

std::string schema_of(const FunctionProbe& probe) {
  auto properties = Value::object();
  const auto text = Value::object({{"type", "string"}, {"minLength", 1}});
  for (const auto& name : names_in(probe.path)) properties.set(name, text);
  for (const auto& name : words_of(probe.body)) properties.set(name, text);
  auto schema = Value::object({{"type", "object"}, {"additionalProperties", false}, {"properties", properties}});
  if (!probe.required.empty()) schema.set("required", Value::strings(words_of(probe.required)));
  return to_json(schema);
}

}  // namespace

void list_function_probes(Probes& out) {
  for (const auto& probe : probes) out.emit(probe.name, probe.title, schema_of(probe));
}

std::optional<ApiRequest> function_probe_request(std::string_view name, const Value& given,
                                                 const std::string& patient) {
  for (const auto& probe : probes) {
    if (probe.name != name) continue;
    ApiRequest request{.method = std::string(probe.method), .path = std::string(probe.path)};
    for (const auto& argument : names_in(probe.path)) {
      const auto value = given[argument].string_or(argument == "patient" ? patient : "");
      if (value.empty())
        throw Failure{BB_E_INVALID_ARGUMENT, std::string(name) + " needs the argument '" + argument + "'"};
      // A page's address is a path as the portal gave it.
      if (argument == "address" && !value.starts_with('/'))
        throw Failure{BB_E_INVALID_ARGUMENT, std::string(name) + ": 'address' must be a path of the portal"};
      request.path = replace_all(request.path, "{" + argument + "}", argument == "address" ? value : path_part(value));
    }
    if (request.method == "POST" || request.method == "PUT") {
      auto body = Value::object();
      for (const auto& argument : words_of(probe.body))
        if (const auto* value = given.find(argument)) body.set(argument, *value);
      if (name == "enter-document") body.set("kind", "document");
      request.json = to_json(body);
      if (request.method == "POST")
        request.headers = {{"idempotency-key", sha256_hex(std::string(name) + request.path + *request.json)}};
    }
    return request;
  }
  return std::nullopt;
}

}  // namespace bb::rest
