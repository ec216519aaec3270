#include "harness/bundle/personal_data.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>
#include <bb/records/read.hpp>

#include "harness/checks/judge.hpp"
#include "harness/checks/scope.hpp"
#include "harness/engine/replay.hpp"
#include "harness/evidence/run_reader.hpp"

namespace bb::bundle {
namespace {

constexpr int parts_depth_max = 4;

bool has_any(std::string_view key, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return key.find(word) != std::string_view::npos; });
}

// Of a person in a target what says nothing of who they are, and what is about their health.
bool is_harmless(std::string_view key) {
  constexpr std::array<std::string_view, 11> keys = {"role",    "gender", "sex",       "facts", "language",
                                                     "country", "holder", "transport", "format"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

constexpr std::string_view platform_namespace = "urn:com.microsoft.wc";

// The texts of elements that hold nothing else.
std::vector<std::string> texts_of(std::string_view xml, std::string_view element) {
  std::vector<std::string> texts;
  const std::string open = "<" + std::string(element);
  for (auto at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1)) {
    const auto after = at + open.size();
    if (after >= xml.size() || (xml[after] != '>' && xml[after] != ' ')) continue;
    const auto begin = xml.find('>', after);
    const auto end = begin == std::string_view::npos ? begin : xml.find('<', begin);
    if (end == std::string_view::npos) break;
    if (xml[end - 1] != '>' && xml.substr(end, 2) == "</") texts.emplace_back(xml.substr(begin + 1, end - begin - 1));
  }
  return texts;
}

class Learner {
 public:
  Learner(const std::filesystem::path& folder, Pseudonyms& pseudonyms) : folder_(folder), pseudonyms_(pseudonyms) {}

  Status learn() {
    const auto replay = engine::Replay::open(folder_, nullptr);
    if (replay) BB_CHECK(learn_saves(*replay));
    evidence::StreamProblems problems;
    return evidence::read_events(folder_, problems, [&](const Value& event, std::size_t) {
      if (event["type"].string_or("") == "run_started") {
        learn_people(event["target"]["people"]);
        if (replay) learn_inputs(*replay, event["suites"]);
      } else {
        learn_bodies(event);
      }
      return Status{};
    });
  }

 private:
  // Any value that a target or a suite says is personal.
  void learn_any(std::string_view key, const Value& value) {
    if (const auto* items = value.items())
      for (const auto& item : *items) learn_any(key, item);
    if (const auto* members = value.members())
      for (const auto& member : *members)
        if (!is_harmless(member.key)) learn_any(member.key, member.value);
    if (value.is_integer()) learn_text(key, std::to_string(value.integer_or(0)));
    if (const auto* text = value.string()) learn_text(key, *text);
  }

  void learn_text(std::string_view key, const std::string& text) {
    if (has_any(key, {"birth", "dob", "born"})) pseudonyms_.learn_date(text);
    if (has_any(key, {"name", "given", "family"}))
      pseudonyms_.learn_name(text);
    else if (const auto scheme = text.find("://"); scheme != std::string::npos)
      learn_path(std::string_view(text).substr(std::min(text.find('/', scheme + 3), text.size())));
    else if (text.size() > 1)
      pseudonyms_.learn_value(text);
  }

  // Of an address what names a resource: the system is no patient.
  void learn_path(std::string_view path) {
    constexpr std::size_t name_min = 8;
    for (const auto& name : split(path, '/'))
      if (name.size() >= name_min && name.find_first_of("0123456789") != std::string::npos)
        pseudonyms_.learn_value(name);
  }

  void learn_people(const Value& people) {
    for (std::size_t i = 0; i < people.size(); ++i) learn_any("", people[i]);
  }

  void learn_inputs(const engine::Replay& replay, const Value& suites) {
    const auto& plan = replay.plan();
    for (std::size_t i = 0; i < plan.suites.size() && i < suites.size(); ++i)
      for (const auto& input : plan.suites[i].inputs)
        if (input.is_phi || input.type == "person") learn_any(input.name, suites[i]["scope"][input.name]);
  }

  Status learn_saves(const engine::Replay& replay) {
    const auto& plan = replay.plan();
    for (std::size_t node = 0; node < plan.nodes.size(); ++node)
      for (const auto& recorded : replay.steps(node)) {
        const auto& steps = plan.nodes[node].test->steps;
        const auto step =
            std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.id == recorded.id; });
        if (step == steps.end() || !recorded.has_message) continue;
        const bool is_phi =
            std::any_of(step->save.begin(), step->save.end(), [](const auto& save) { return save.is_phi; });
        if (!is_phi) continue;
        BB_TRY(const auto message, replay.message(recorded));
        for (const auto& [name, value] : checks::saved_values(*step, plan.base_scope(plan.nodes[node]), message)) {
          const auto save =
              std::find_if(step->save.begin(), step->save.end(), [&](const auto& one) { return one.name == name; });
          if (save != step->save.end() && save->is_phi && !checks::as_document(value)) learn_any(name, value);
        }
      }
    return {};
  }

  void learn_bodies(const Value& event) {
    for (const auto* const key : {"body", "request_body", "response_body", "sent", "received"}) {
      const auto bytes = evidence::read_body(folder_, event[key]);
      if (bytes && !bytes->empty()) learn_document(*bytes, parts_depth_max);
    }
  }

  void learn_document(const std::string& bytes, int depth) {
    if (bytes.size() > records::document_bytes_max || depth == 0) return;
    if (const auto value = parse_json(bytes); value && !value->is_null()) {
      learn_fhir(*value, depth);
    } else if (const auto mail = records::read_mime(bytes); mail && !mail->parts.empty()) {
      for (const auto& part : mail->parts) learn_document(part.body, depth - 1);
    }
    if (bytes.find(platform_namespace) != std::string::npos) learn_platform(bytes);
    if (const auto record = records::read_record(bytes)) learn_patient(record->patient);
  }

  // Answers of a health record platform: names of people and records, and demographics.
  void learn_platform(std::string_view xml) {
    const auto names = [&](std::string_view within, std::initializer_list<std::string_view> elements) {
      const std::string open = "<" + std::string(within) + ">";
      for (auto at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at + 1)) {
        const std::string_view part = xml.substr(at, xml.find("</" + std::string(within) + ">", at) - at);
        for (const auto element : elements)
          for (const auto& text : texts_of(part, element)) pseudonyms_.learn_name(text);
      }
    };
    names("person-info", {"name", "record"});
    names("personal", {"full", "first", "middle", "last"});
    for (auto at = xml.find("<birthdate>"); at != std::string_view::npos; at = xml.find("<birthdate>", at + 1)) {
      const std::string_view date = xml.substr(at, xml.find("</birthdate>", at) - at);
      const auto part = [&](std::string_view element, std::size_t digits) {
        const auto found = texts_of(date, element);
        const std::string text = found.empty() ? "" : found.front();
        return std::string(text.size() < digits ? digits - text.size() : 0, '0') + text;
      };
      pseudonyms_.learn_date(part("y", 4) + part("m", 2) + part("d", 2));
    }
  }

  // What is read of a text that only looks like a record names nobody with a birth date.
  void learn_patient(const records::Patient& patient) {
    if (patient.name.family.empty() || patient.birth_date.empty()) return;
    pseudonyms_.learn_date(patient.birth_date);
    pseudonyms_.learn_name(patient.name.family);
    for (const auto& given : patient.name.given) pseudonyms_.learn_name(given);
    for (const auto& id : patient.ids) pseudonyms_.learn_value(id.extension);
    for (const auto& telecom : patient.telecoms) learn_telecom(telecom);
    for (const auto& address : patient.addresses) {
      for (const auto& line : address.lines) pseudonyms_.learn_value(line);
      pseudonyms_.learn_value(address.city);
      pseudonyms_.learn_value(address.postal_code);
    }
  }

  void learn_telecom(std::string_view telecom) {
    const auto colon = telecom.find(':');
    pseudonyms_.learn_value(colon == std::string_view::npos ? telecom : telecom.substr(colon + 1));
  }

  // Patients, their relatives and their coverages, at any depth; and documents inside.
  void learn_fhir(const Value& value, int depth) {
    if (const auto* items = value.items())
      for (const auto& item : *items) learn_fhir(item, depth);
    const auto* const members = value.members();
    if (members == nullptr) return;
    const std::string type = value["resourceType"].string_or("");
    if (type == "Patient" || type == "Person" || type == "RelatedPerson") learn_person(value);
    if (type == "Coverage") pseudonyms_.learn_value(value["subscriberId"].string_or(""));
    for (const auto& member : *members) learn_fhir(member.value, depth);
  }

  void learn_person(const Value& person) {
    pseudonyms_.learn_value(person["id"].string_or(""));
    pseudonyms_.learn_date(person["birthDate"].string_or(""));
    const auto each = [](const Value& list, const auto& take) {
      for (std::size_t i = 0; i < list.size(); ++i) take(list[i]);
    };
    const auto names = [&](const Value& name) {
      pseudonyms_.learn_name(name["family"].string_or(""));
      pseudonyms_.learn_name(name["text"].string_or(""));
      each(name["given"], [&](const Value& given) { pseudonyms_.learn_name(given.string_or("")); });
    };
    const auto telecoms = [&](const Value& telecom) { learn_telecom(telecom["value"].string_or("")); };
    const auto addresses = [&](const Value& address) {
      each(address["line"], [&](const Value& line) { pseudonyms_.learn_value(line.string_or("")); });
      pseudonyms_.learn_value(address["text"].string_or(""));
      pseudonyms_.learn_value(address["city"].string_or(""));
      pseudonyms_.learn_value(address["postalCode"].string_or(""));
    };
    each(person["name"], names);
    each(person["telecom"], telecoms);
    each(person["address"], addresses);
    each(person["identifier"], [&](const Value& id) { pseudonyms_.learn_value(id["value"].string_or("")); });
    each(person["contact"], [&](const Value& contact) {
      names(contact["name"]);
      each(contact["telecom"], telecoms);
      addresses(contact["address"]);
    });
  }

  const std::filesystem::path folder_;
  Pseudonyms& pseudonyms_;
};

}  // namespace

Status learn_personal_data(const std::filesystem::path& folder, Pseudonyms& pseudonyms) {
  return Learner(folder, pseudonyms).learn();
}

}  // namespace bb::bundle
