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
    if (person.is_patient()) {
      auto record = read_record(folder / person.record_file);
      if (!record) {
        found.warnings.push_back(record.error().what);
        continue;
      }
      person.record = *std::move(record);
    }
    found.people.push_back(std::move(person));
  }
  return found;
}

DemoPerson made_up(const std::string& name, std::set<std::string>& taken) {
  DemoPerson person;
  person.account = account_of(name, taken);
  return person;
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
    auto record = read_record(folder / document);
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
    return Error{fmt::format("{}: expected C-CDA documents (*.xml), found {} and none could be read{}", folder.string(),
                             documents.size(), found.warnings.empty() ? "" : "; " + found.warnings.front())};
  const auto first = std::find_if(found.people.begin(), found.people.end(), shows_much);
  if (first != found.people.end()) std::rotate(found.people.begin(), first, first + 1);
  const auto patient = found.people.front().account;
  auto caregiver = made_up("caregiver", taken);
  caregiver.caregiver_of = {patient};
  auto former = made_up("former-caregiver", taken);
  former.revoked = {patient};
  found.people.push_back(std::move(caregiver));
  found.people.push_back(std::move(former));
  found.people.push_back(made_up("stranger", taken));
  return found;
}

}  // namespace

Result<DemoPeople> read_demo_people(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    return Error{fmt::format("{}: expected a folder of records", folder.string())};
  const auto file = folder / "people.yaml";
  return fs::exists(file, ignored) ? people_of_file(folder, file) : people_of_documents(folder);
}

Value people_file(const DemoPeople& people) {
  auto accounts = Value::object();
  for (const auto& person : people.people) {
    auto value = Value::object();
    if (person.is_patient()) value.set("record", person.record_file.string());
    if (!person.is_patient() || !person.caregiver_of.empty())
      value.set("caregiver_of", Value::strings(person.caregiver_of));
    if (!person.revoked.empty()) value.set("revoked", Value::strings(person.revoked));
    accounts.set(person.account, std::move(value));
  }
  return Value::object({{"people", std::move(accounts)}});
}

}  // namespace bb::cli
