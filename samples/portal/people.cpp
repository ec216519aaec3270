#include "portal/people.hpp"

#include <algorithm>
#include <set>

#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

namespace bb::portal {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_account(std::string_view text) {
  const auto is_allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= account_bytes_max && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

// Inside the records folder: neither absolute nor with a step upwards.
bool is_inside(const std::filesystem::path& path) {
  return path.is_relative() && std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
}

constexpr const char* keys =
    "keys: record, claims, dispensing, resources, summaries, name, staff, caregiver_of, revoked, withheld";

class PeopleReader {
 public:
  explicit PeopleReader(const YamlNode& root) : root_(root) {}

  std::vector<Person> read() {
    const auto* people = root_.find("people");
    if (people == nullptr || !people->is_map() || people->members.empty()) {
      mistake(root_.place, "'people' must be a map of accounts", "for example 'people: {alice: {record: alice.xml}}'");
      return {};
    }
    for (const auto& member : root_.members)
      if (member.key != "people")
        mistake(member.key_place, "unknown key '" + member.key + "'", "the one key here is 'people'");
    for (const auto& member : people->members) accounts_.insert(member.key);
    std::vector<Person> persons;
    for (const auto& member : people->members) persons.push_back(read_person(member));
    return persons;
  }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  void mistake(const Place& place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  Person read_person(const YamlMember& member) {
    Person person;
    person.account = member.key;
    if (!is_account(member.key))
      mistake(member.key_place, "account '" + member.key + "' cannot be used",
              "1 to 64 letters, digits, '-', '_' and '.', not starting with '.'");
    if (!member.value.is_map()) {
      mistake(member.value.place, "'" + member.key + "' must be a map", keys);
      return person;
    }
    for (const auto& [key, key_place, value] : member.value.members) {
      if (key == "record") {
        person.record = path_of(key, value);
      } else if (key == "claims") {
        person.claims = path_of(key, value);
      } else if (key == "dispensing") {
        person.dispensing = path_of(key, value);
      } else if (key == "resources") {
        person.resources = path_of(key, value);
      } else if (key == "summaries") {
        person.summaries = paths_of(key, value);
      } else if (key == "name") {
        person.name = text_of(key, value);
      } else if (key == "staff") {
        person.is_staff = flag_of(key, value);
      } else if (key == "caregiver_of") {
        person.caregiver_of = patients_of(key, value, member.key);
      } else if (key == "revoked") {
        person.revoked = patients_of(key, value, member.key);
      } else if (key == "withheld") {
        person.withheld = texts_of(key, value);
      } else {
        mistake(key_place, "unknown key '" + key + "' of '" + member.key + "'", keys);
      }
    }
    if (person.record.empty() && !person.is_staff && member.value.find("caregiver_of") == nullptr)
      mistake(member.key_place, "'" + member.key + "' has neither 'record' nor 'caregiver_of'",
              "a patient needs the first, a caregiver the second (which may be empty), the care team 'staff: true'");
    for (const auto& [key, path] : {std::pair("claims", person.claims), std::pair("dispensing", person.dispensing),
                                    std::pair("resources", person.resources)})
      if (person.record.empty() && !path.empty())
        mistake(member.key_place, "'" + member.key + "' has '" + key + "' and no 'record'",
                "name the record of the patient that they go with");
    if (person.record.empty() && !person.withheld.empty())
      mistake(member.key_place, "'" + member.key + "' has 'withheld' and no 'record'",
              "name the record of the patient that they are entries of");
    if (person.record.empty() && !person.summaries.empty())
      mistake(member.key_place, "'" + member.key + "' has 'summaries' and no 'record'",
              "name the record of the patient that they go with");
    for (const auto& patient : person.revoked)
      if (std::count(person.caregiver_of.begin(), person.caregiver_of.end(), patient) > 0)
        mistake(member.key_place, "'" + member.key + "' is caregiver of '" + patient + "' and revoked at once",
                "name '" + patient + "' in one of the two lists");
    return person;
  }

  std::string text_of(const std::string& key, const YamlNode& value) {
    if (value.is_scalar() && !value.text.empty()) return value.text;
    mistake(value.place, "'" + key + "' must be text", "");
    return {};
  }

  bool flag_of(const std::string& key, const YamlNode& value) {
    if (value.is_scalar() && (value.text == "true" || value.text == "false")) return value.text == "true";
    mistake(value.place, "'" + key + "' must be true or false", "");
    return false;
  }

  std::filesystem::path path_of(const std::string& key, const YamlNode& value) {
    const std::filesystem::path path = text_of(key, value);
    if (!is_inside(path))
      mistake(value.place, key + " '" + value.text + "' leaves the records folder", "a path below that folder");
    return path;
  }

  std::vector<std::string> texts_of(const std::string& key, const YamlNode& value) {
    std::vector<std::string> texts;
    if (!value.is_list()) mistake(value.place, "'" + key + "' must be a list of texts", "for example '[Counselling]'");
    for (const auto& item : value.items) texts.push_back(text_of(key, item));
    return texts;
  }

  std::vector<std::filesystem::path> paths_of(const std::string& key, const YamlNode& value) {
    std::vector<std::filesystem::path> paths;
    if (!value.is_list()) {
      mistake(value.place, "'" + key + "' must be a list of files", "for example '[referral.xml]'");
      return paths;
    }
    for (const auto& item : value.items) paths.push_back(path_of(key, item));
    return paths;
  }

  std::vector<std::string> patients_of(const std::string& key, const YamlNode& value, const std::string& account) {
    std::vector<std::string> patients;
    if (!value.is_list()) {
      mistake(value.place, "'" + key + "' must be a list of accounts", "for example '[alice]', or '[]'");
      return patients;
    }
    for (const auto& item : value.items) {
      const bool is_known = accounts_.count(item.text) > 0 && item.text != account;
      if (!is_known) {
        const auto near = nearest(item.text, {accounts_.begin(), accounts_.end()});
        mistake(item.place,
                "'" + key + "' of '" + account + "' names '" + item.text + "', which is no other account here",
                near ? "did you mean '" + *near + "'?" : "");
      }
      patients.push_back(item.text);
    }
    return patients;
  }

  const YamlNode& root_;
  std::set<std::string> accounts_;
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

const Person* People::find(std::string_view account) const {
  const auto found =
      std::find_if(people_.begin(), people_.end(), [&](const Person& p) { return p.account == account; });
  return found == people_.end() ? nullptr : &*found;
}

Result<People> read_people(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file, yaml_bytes_max));
  const auto source = std::make_shared<const Source>(Source{file.string(), std::move(text)});
  auto yaml = parse_yaml(source);
  if (!yaml.is_good()) return Error{render(std::move(yaml.diagnostics))};
  PeopleReader reader(*yaml.root);
  auto people = reader.read();
  if (has_errors(reader.diagnostics())) return Error{render(reader.diagnostics())};
  return People(std::move(people));
}

People people_of_documents(const std::vector<std::filesystem::path>& documents) {
  std::set<std::string> taken;
  std::vector<Person> people;
  for (const auto& document : documents) {
    const auto wanted = account_of_file(document);
    auto account = wanted;
    for (int number = 2; !taken.insert(account).second; ++number) account = wanted + "-" + std::to_string(number);
    people.push_back({account, "", document, {}, {}});
  }
  return People(std::move(people));
}

std::string account_of_file(const std::filesystem::path& file) {
  auto account = to_lower(file.stem().string());
  for (auto& c : account)
    if (!is_letter_or_digit(c)) c = '-';
  account.resize(std::min(account.size(), account_bytes_max - 6));
  return account.empty() ? "patient" : account;
}

}  // namespace bb::portal
