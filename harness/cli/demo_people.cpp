#include "harness/cli/demo_people.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include <bb/records/ccda.hpp>

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t account_bytes_max = 48;

Result<std::vector<fs::path>> documents_in(const fs::path& folder) {
  std::vector<fs::path> documents;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
    if (it->is_regular_file() && to_lower(it->path().extension().string()) == ".xml")
      documents.push_back(it->path().lexically_relative(folder));
  if (failed) return Error{fmt::format("{}: {}", folder.string(), failed.message())};
  std::sort(documents.begin(), documents.end());
  return documents;
}

Result<records::Record> read_record(const fs::path& file) {
  BB_TRY(const auto text, read_text(file));
  auto record = records::read_ccda(text);
  if (!record) return Error{fmt::format("{}: {}", file.string(), record.error().what)};
  return record;
}

// A claim that every entry is shown says nothing of a record without any, and a
// patient without a name cannot be looked for: the tests of records are not
// about such a person. The error tells nothing of the record but its file.
Result<records::Record> read_usable_record(const fs::path& file) {
  auto record = read_record(file);
  if (record && records::fact_names(*record).empty())
    return Error{fmt::format("{}: the record has no entries that a page could show", file.string())};
  if (record && record->patient.name.full().empty())
    return Error{
        fmt::format("{}: the record does not name its patient, whom the tests look for by name; add a 'name' "
                    "with 'given' and 'family' to recordTarget/patientRole/patient",
                    file.string())};
  return record;
}

std::string account_of(const fs::path& file, std::set<std::string>& taken) {
  auto account = to_lower(file.stem().string());
  for (auto& c : account)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
  account.resize(std::min(account.size(), account_bytes_max));
  if (account.empty()) account = "patient";
  const auto wanted = account;
  for (int number = 2; !taken.insert(account).second; ++number) account = fmt::format("{}-{}", wanted, number);
  return account;
}

// Texts of a list, or the one text that stands for it.
std::vector<std::string> texts_of(const Value& value) {
  if (const auto* text = value.string()) return {*text};
  std::vector<std::string> texts;
  if (const auto* items = value.items())
    for (const auto& item : *items) texts.push_back(item.string_or(""));
  return texts;
}

Result<DemoPeople> people_of_file(const fs::path& folder, const fs::path& file) {
  BB_TRY(const auto yaml, read_yaml(file));
  const auto* members = yaml["people"].members();
  if (members == nullptr) return Error{fmt::format("{}: expected 'people:' with accounts", file.string())};
  DemoPeople found;
  for (const auto& member : *members) {
    DemoPerson person;
    person.account = member.key;
    person.record_file = member.value["record"].string_or("");
    person.caregiver_of = texts_of(member.value["caregiver_of"]);
    person.revoked = texts_of(member.value["revoked"]);
    found.accounts.set(member.key, member.value);
    if (person.is_patient()) {
      auto record = read_usable_record(folder / person.record_file);
      if (!record) {
        found.warnings.push_back(record.error().what);
        continue;
      }
      person.record = *std::move(record);
    }
    found.people.push_back(std::move(person));
  }
  if (std::none_of(found.people.begin(), found.people.end(), [](const DemoPerson& p) { return p.is_patient(); }))
    return Error{fmt::format("{}: nobody here has a record that can be read{}", file.string(),
                             found.warnings.empty() ? "" : "; " + found.warnings.front())};
  return found;
}

// Under a name that is not taken, which it gives back.
std::string add(DemoPeople& people, DemoPerson person) {
  std::set<std::string> taken;
  for (const auto& one : people.people) taken.insert(one.account);
  person.account = account_of(person.account, taken);
  auto value = Value::object({{"caregiver_of", Value::strings(person.caregiver_of)}});
  if (!person.revoked.empty()) value.set("revoked", Value::strings(person.revoked));
  people.accounts.set(person.account, std::move(value));
  people.is_made_up = true;
  people.people.push_back(std::move(person));
  return people.people.back().account;
}

// A first patient with entries and a visit shows the most.
bool shows_much(const DemoPerson& person) {
  return !records::fact_names(person.record).empty() && !person.record.encounters.empty();
}

Result<DemoPeople> people_of_documents(const fs::path& folder) {
  BB_TRY(const auto documents, documents_in(folder));
  DemoPeople found;
  found.is_made_up = true;
  std::set<std::string> taken;
  for (const auto& document : documents) {
    auto record = read_usable_record(folder / document);
    if (!record) {
      found.warnings.push_back(record.error().what);
      continue;
    }
    DemoPerson person;
    person.account = account_of(document, taken);
    person.record_file = document;
    person.record = *std::move(record);
    found.people.push_back(std::move(person));
  }
  if (found.people.empty())
    return Error{fmt::format("{}: expected C-CDA documents (*.xml), found {} and none could be used{}", folder.string(),
                             documents.size(), found.warnings.empty() ? "" : "; " + found.warnings.front())};
  const auto first = std::find_if(found.people.begin(), found.people.end(), shows_much);
  if (first != found.people.end()) std::rotate(found.people.begin(), first, first + 1);
  for (const auto& person : found.people)
    found.accounts.set(person.account, Value::object({{"record", person.record_file.string()}}));
  const auto patient = found.people.front().account;
  add(found, {.account = "caregiver", .caregiver_of = {patient}});
  add(found, {.account = "former-caregiver", .revoked = {patient}});
  add(found, {.account = "stranger"});
  return found;
}

bool holds(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

void set_ids(DemoPeople& people) {
  std::set<std::string> taken;
  for (auto& person : people.people) {
    const auto wanted = person_id(person.account);
    person.id = wanted;
    for (int number = 2; !taken.insert(person.id).second; ++number) person.id = fmt::format("{}_{}", wanted, number);
  }
}

}  // namespace

Result<DemoPeople> read_demo_people(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return Error{fmt::format("{}: expected a folder of records", folder.string())};
  const auto file = folder / "people.yaml";
  auto people = fs::exists(file, ignored) ? people_of_file(folder, file) : people_of_documents(folder);
  if (people) set_ids(*people);
  return people;
}

const DemoPerson* test_patient(const std::vector<const DemoPerson*>& people) {
  const auto first = [&](const auto& matches) -> const DemoPerson* {
    const auto it =
        std::find_if(people.begin(), people.end(), [&](const DemoPerson* p) { return p->is_patient() && matches(*p); });
    return it == people.end() ? nullptr : *it;
  };
  const auto has_caregiver = [&](const DemoPerson& patient) {
    return std::any_of(people.begin(), people.end(),
                       [&](const DemoPerson* p) { return holds(p->caregiver_of, patient.account); });
  };
  if (const auto* patient = first(has_caregiver)) return patient;
  if (const auto* patient = first(shows_much)) return patient;
  return first([](const DemoPerson&) { return true; });
}

std::vector<std::string> make_up_missing(DemoPeople& people) {
  std::vector<const DemoPerson*> all;
  for (const auto& person : people.people) all.push_back(&person);
  const auto* found = test_patient(all);
  if (found == nullptr) return {};
  const auto patient = found->account;
  const auto any = [&](const auto& matches) { return std::any_of(all.begin(), all.end(), matches); };
  const auto cares = [&](const DemoPerson* p) { return holds(p->caregiver_of, patient); };
  const auto cared = [&](const DemoPerson* p) { return holds(p->revoked, patient); };
  const bool has_stranger = any([&](const DemoPerson* p) { return p != found && !cares(p) && !cared(p); });
  std::vector<DemoPerson> missing;
  if (!any(cares)) missing.push_back({.account = "caregiver", .caregiver_of = {patient}});
  if (!any(cared)) missing.push_back({.account = "former-caregiver", .revoked = {patient}});
  if (!has_stranger) missing.push_back({.account = "stranger"});
  std::vector<std::string> names;
  for (auto& person : missing) names.push_back(add(people, std::move(person)));
  set_ids(people);
  return names;
}

Value people_file(const DemoPeople& people) { return Value::object({{"people", people.accounts}}); }

std::string person_id(const std::string& account) {
  auto id = to_lower(account);
  for (auto& c : id)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '_';
  return id.empty() || id.front() < 'a' ? "p_" + id : id;
}

}  // namespace bb::cli
