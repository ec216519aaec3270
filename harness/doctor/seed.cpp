#include "harness/doctor/seed.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>

namespace bb::doctor {
namespace {

using records::Record;

// A UUID that follows from a text, in the form of version 4.
std::string uuid_of(std::string_view text) {
  auto hex = sha256_hex(text).substr(0, 32);
  hex[12] = '4';
  hex[16] = '8';
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

records::Patient patient_of(const suite::Person& person) {
  records::Patient patient;
  const auto fact = [&](std::string_view name) { return person.facts[name].string_or(""); };
  patient.name.family = fact("family_name").empty() ? person.id : fact("family_name");
  auto given = fact("given_name");
  const auto full = fact("full_name");
  if (given.empty() && full.size() > patient.name.family.size() && full.ends_with(patient.name.family))
    given = full.substr(0, full.size() - patient.name.family.size());
  if (const auto name = std::string(trim(given)); !name.empty()) patient.name.given.push_back(name);
  patient.birth_date = fact("birth_date");
  const auto account = person.account.empty() ? person.id : person.account;
  patient.ids.push_back({"urn:bluebridge:seed", account});
  return patient;
}

// The kinds of a record that hold what is a type of FHIR.
struct Kind {
  std::string_view type;
  bool (*take)(const Record& from, Record& to);  // false: the sample has none
};
template <auto Member>
bool take(const Record& from, Record& to) {
  to.*Member = from.*Member;
  return !(from.*Member).empty();
}
bool take_observations(const Record& from, Record& to) {
  const bool has_results = take<&Record::results>(from, to);
  return take<&Record::vital_signs>(from, to) || take<&Record::social_history>(from, to) || has_results;
}
constexpr std::array<Kind, 16> kinds{{{"AllergyIntolerance", take<&Record::allergies>},
                                      {"Condition", take<&Record::problems>},
                                      {"MedicationRequest", take<&Record::medications>},
                                      {"MedicationStatement", take<&Record::medications>},
                                      {"MedicationDispense", take<&Record::medications>},
                                      {"Medication", take<&Record::medications>},
                                      {"Immunization", take<&Record::immunizations>},
                                      {"DiagnosticReport", take<&Record::results>},
                                      {"Observation", take_observations},
                                      {"Encounter", take<&Record::encounters>},
                                      {"Procedure", take<&Record::procedures>},
                                      {"Goal", take<&Record::goals>},
                                      {"CareTeam", take<&Record::care_team>},
                                      {"CarePlan", take<&Record::plan>},
                                      {"Device", take<&Record::devices>},
                                      {"FamilyMemberHistory", take<&Record::family_history>}}};

Seed make_ccda(const Record& sample, const std::set<std::string>& types, const suite::Person& person) {
  Seed seed;
  Record record;
  record.document_title = "Seed for a test patient";
  record.document_type = sample.document_type;
  record.created = sample.created;
  record.author = sample.author;
  record.custodian = sample.custodian;
  record.patient = patient_of(person);
  record.patient.gender = sample.patient.gender;
  // The namespace of UUIDs as OIDs is no matter here: an example root of HL7.
  record.patient.ids.front().root = "2.16.840.1.113883.19.5";
  for (const auto& type : types) {
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.type == type; });
    const bool is_there = kind != kinds.end() && kind->take(sample, record);
    (is_there ? seed.types : seed.missing).push_back(type);
  }
  record.document_id = uuid_of(fmt::format("{}/{}", person.id, join(seed.types, ",")));
  seed.text = records::write_ccda(record);
  return seed;
}

// Resources by how others refer to them.
class Pool {
 public:
  void add(const Value& bundle) {
    const auto& entries = bundle["entry"];
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& resource = entries[i]["resource"];
      const auto type = resource["resourceType"].string_or("");
      const auto key = entries[i]["fullUrl"].string_or(type + "/" + resource["id"].string_or(""));
      if (type == "Patient") {
        patients_.insert(key);
        if (patient_.is_null()) patient_ = resource;
      } else if (type != "Composition") {
        keys_.push_back(key);
        resources_.emplace(key, resource);
      }
    }
  }

  // What is of a type, with all that it refers to; false where there is none, or it refers to what is not here.
  bool choose(const std::string& type) {
    bool is_there = false;
    for (const auto& key : keys_) {
      if (resources_.at(key)["resourceType"].string_or("") != type) continue;
      std::set<std::string> with;
      if (!reach(key, with)) continue;
      is_there = true;
      chosen_.insert(with.begin(), with.end());
    }
    return is_there;
  }

  Value transaction(const suite::Person& person) {
    const auto url = [&](const std::string& key) { return "urn:uuid:" + uuid_of(person.id + "/" + key); };
    std::map<std::string, std::string> renamed;
    const auto patient_url = url("Patient");
    for (const auto& key : patients_) renamed.emplace(key, patient_url);
    for (const auto& key : chosen_) renamed.emplace(key, url(key));
    Value entries = Value::array();
    // A patient of that name who is there already is taken (conditional create, R4 http 3.1.0.8.1).
    const auto& name = patient_["name"][std::size_t{0}];
    entries.push(Value::object(
        {{"fullUrl", patient_url},
         {"resource", without_id(patient_)},
         {"request", Value::object({{"method", "POST"},
                                    {"url", "Patient"},
                                    {"ifNoneExist",
                                     fmt::format("family={}&birthdate={}", percent_encode(name["family"].string_or("")),
                                                 patient_["birthDate"].string_or(""))}})}}));
    for (const auto& key : keys_) {
      if (!chosen_.contains(key)) continue;
      auto resource = without_id(resources_.at(key));
      rename(resource, renamed);
      const auto type = resource["resourceType"].string_or("");
      entries.push(Value::object({{"fullUrl", renamed.at(key)},
                                  {"resource", std::move(resource)},
                                  {"request", Value::object({{"method", "POST"}, {"url", type}})}}));
    }
    return Value::object({{"resourceType", "Bundle"}, {"type", "transaction"}, {"entry", std::move(entries)}});
  }

 private:
  static Value without_id(Value resource) {
    resource.erase("id");
    return resource;
  }

  bool reach(const std::string& key, std::set<std::string>& with) const {
    if (patients_.contains(key) || !with.insert(key).second) return true;
    const auto found = resources_.find(key);
    return found != resources_.end() && reach_all(found->second, with);
  }

  bool reach_all(const Value& value, std::set<std::string>& with) const {
    if (const auto* items = value.items())
      return std::all_of(items->begin(), items->end(), [&](const Value& item) { return reach_all(item, with); });
    const auto* members = value.members();
    if (members == nullptr) return true;
    return std::all_of(members->begin(), members->end(), [&](const Value::Member& member) {
      const auto* text = member.value.string();
      if (member.key != "reference" || text == nullptr) return reach_all(member.value, with);
      return text->starts_with('#') || reach(*text, with);
    });
  }

  static void rename(Value& value, const std::map<std::string, std::string>& renamed) {
    if (auto* items = value.items())
      for (auto& item : *items) rename(item, renamed);
    auto* members = value.members();
    if (members == nullptr) return;
    for (auto& member : *members) {
      const auto* text = member.value.string();
      const auto found = member.key == "reference" && text != nullptr ? renamed.find(*text) : renamed.end();
      if (found != renamed.end())
        member.value = found->second;
      else
        rename(member.value, renamed);
    }
  }

  std::vector<std::string> keys_;  // in order
  std::map<std::string, Value> resources_;
  std::set<std::string> patients_, chosen_;
  Value patient_;
};

Result<Seed> make_fhir(Record sample, const std::set<std::string>& types, const suite::Person& person,
                       const std::filesystem::path& folder) {
  auto patient = patient_of(person);
  patient.gender = sample.patient.gender;
  sample.patient = std::move(patient);
  BB_TRY(const auto written, parse_json(records::write_fhir_bundle(sample)));
  const auto further = folder / "alice.fhir.json";
  BB_TRY(const auto text, read_text(further));
  BB_TRY(const auto more, parse_json(text));
  Pool pool;
  pool.add(written);
  pool.add(more);
  Seed seed;
  for (const auto& type : types) (pool.choose(type) ? seed.types : seed.missing).push_back(type);
  seed.text = to_json_pretty(pool.transaction(person)) + "\n";
  return seed;
}

}  // namespace

Result<SeedForm> seed_form_of(const std::filesystem::path& file) {
  if (file.extension() == ".json") return SeedForm::fhir;
  if (file.extension() == ".xml") return SeedForm::ccda;
  return Error{
      fmt::format("'--write-seed' is '{}', expected a name that ends in .json (FHIR) or .xml (C-CDA)", file.string())};
}

Result<Seed> make_seed(SeedForm form, const std::vector<RecordNeed>& needs, const suite::Person& person,
                       const std::filesystem::path& records) {
  std::set<std::string> types;
  for (const auto& need : needs)
    if (!need.type.empty()) types.insert(need.type);
  const auto file = records / "alice.xml";
  BB_TRY(const auto text, read_text(file));
  BB_TRY(const auto sample, records::read_ccda(text));
  Seed seed;
  if (form == SeedForm::ccda) {
    seed = make_ccda(sample, types, person);
  } else {
    BB_TRY(seed, make_fhir(sample, types, person, records));
  }
  if (seed.types.empty())
    return Error{types.empty() ? "there is nothing to write: no kind of entry is missing"
                               : "no made-up entry is known of " + join(seed.missing, ", ")};
  return seed;
}

}  // namespace bb::doctor
