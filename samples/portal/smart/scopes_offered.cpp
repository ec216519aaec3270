#include "portal/smart/scopes_offered.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <bb/core/text.hpp>

#include "portal/pull/scopes.hpp"

namespace bb::portal {
namespace {

struct Words {
  std::string_view name, words;
};

constexpr std::array<Words, 6> identity_scopes{{
    {"openid", "Know that it is you who signs in"},
    {"fhirUser", "Know which person of the portal you are"},
    {"profile", "Know your name"},
    {"launch/patient", "Know whose health record it is"},
    {"offline_access", "Go on reading when you are away, until you end it"},
    {"online_access", "Go on reading while you use the application"},
}};

constexpr std::array<Words, 27> types{{
    {"*", "everything in the health record"},
    {"AllergyIntolerance", "allergies"},
    {"Binary", "documents and files"},
    {"CarePlan", "care plans"},
    {"CareTeam", "care teams"},
    {"Condition", "health problems and diagnoses"},
    {"Coverage", "insurance coverage"},
    {"Device", "implants and other devices"},
    {"DiagnosticReport", "diagnostic reports"},
    {"DocumentReference", "lists of documents and notes"},
    {"Encounter", "visits"},
    {"ExplanationOfBenefit", "claims and what was paid"},
    {"FamilyMemberHistory", "illnesses in the family"},
    {"Goal", "goals"},
    {"Group", "groups of patients"},
    {"Immunization", "vaccinations"},
    {"Location", "places of care"},
    {"Medication", "medicines"},
    {"MedicationRequest", "prescribed medicines"},
    {"MedicationStatement", "medicines taken"},
    {"Observation", "test results, vital signs and other observations"},
    {"Organization", "organisations of care"},
    {"Patient", "name, birth date, address and other demographics"},
    {"Practitioner", "names of doctors and other professionals"},
    {"Procedure", "procedures and operations"},
    {"Provenance", "where entries come from"},
    {"RelatedPerson", "relatives and others who are part of the care or its payment"},
}};

constexpr std::array<Words, 9> categories{{
    {"encounter-diagnosis", "diagnoses of visits"},
    {"exam", "findings of examinations"},
    {"health-concern", "health concerns"},
    {"laboratory", "laboratory results"},
    {"problem-list-item", "the list of health problems"},
    {"sdoh", "social needs"},
    {"social-history", "social history, such as smoking"},
    {"survey", "answers to surveys"},
    {"vital-signs", "vital signs"},
}};

template <std::size_t count>
const Words* find(const std::array<Words, count>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Words& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string_view code_of(const std::string& token) {
  const auto bar = token.rfind('|');
  return std::string_view(token).substr(bar == std::string::npos ? 0 : bar + 1);
}

// A person has a record, and no group.
bool is_for_people(std::string_view type) { return type != "Group"; }

// FHIR-SMART-36: by category, of conditions and observations.
bool is_known_filter(const smart::Scope& scope) {
  if (scope.filter.empty()) return true;
  return (scope.resource_type == "Condition" || scope.resource_type == "Observation") && scope.filter.size() == 1 &&
         scope.filter.front().first == "category" && !scope.filter.front().second.empty();
}

std::optional<smart::Scope> reading(const smart::Scope& asked) {
  std::string rights;
  for (const char right : asked.rights)
    if (right == 'r' || right == 's') rights += right;
  if (rights.empty()) return std::nullopt;
  if (rights == asked.rights) return asked;
  auto scope = asked;
  scope.rights = rights;
  scope.text =
      asked.context + "/" + asked.resource_type + "." + (asked.version == smart::Scope::Version::v1 ? "read" : rights);
  if (const auto mark = asked.text.find('?'); mark != std::string::npos) scope.text += asked.text.substr(mark);
  return scope;
}

std::optional<smart::Scope> offered_of(const smart::Scope& asked, ScopesFor whom) {
  if (!asked.is_on_data())
    return whom == ScopesFor::person && find(identity_scopes, asked.text) != nullptr ? std::optional(asked)
                                                                                     : std::nullopt;
  const bool is_theirs = whom == ScopesFor::person ? (asked.context == "patient" || asked.context == "user") &&
                                                         is_for_people(asked.resource_type)
                                                   : asked.context == "system";
  if (!is_theirs || find(types, asked.resource_type) == nullptr || !is_known_filter(asked)) return std::nullopt;
  return reading(asked);
}

}  // namespace

Result<std::vector<smart::Scope>> offered(std::string_view asked, ScopesFor whom) {
  const auto all = smart::read_scopes(asked);
  if (all.size() > scopes_max) return Error{"there are more than 100 scopes"};
  std::vector<smart::Scope> scopes;
  for (const auto& one : all)
    if (auto scope = offered_of(one, whom); scope && !has_scope(scopes, scope->text))
      scopes.push_back(*std::move(scope));
  if (!scopes.empty()) return scopes;
  return Error{whom == ScopesFor::person ? "none of the scopes is known here"
                                         : "there is no scope on data of the context 'system'"};
}

bool needs_patient(const std::vector<smart::Scope>& scopes) {
  return std::any_of(scopes.begin(), scopes.end(), [](const smart::Scope& scope) {
    return scope.context == "patient" || scope.text == "launch/patient" || !pull::words_of(scope.text).empty();
  });
}

bool has_scope(const std::vector<smart::Scope>& scopes, std::string_view text) {
  return std::any_of(scopes.begin(), scopes.end(), [&](const smart::Scope& scope) { return scope.text == text; });
}

std::string text_of(const std::vector<smart::Scope>& scopes) {
  std::vector<std::string> texts;
  for (const auto& scope : scopes) texts.push_back(scope.text);
  return join(texts, " ");
}

std::string words_of(const smart::Scope& scope) {
  if (!scope.is_on_data()) {
    if (auto words = pull::words_of(scope.text); !words.empty()) return words;
    const auto* row = find(identity_scopes, scope.text);
    return std::string(row == nullptr ? scope.text : row->words);
  }
  const auto* type = find(types, scope.resource_type);
  std::string what(type == nullptr ? scope.resource_type : type->words);
  if (!scope.filter.empty()) {
    const auto& value = scope.filter.front().second;
    const auto* category = find(categories, code_of(value));
    what = category == nullptr ? what + ", only '" + value + "'" : std::string(category->words);
  }
  if (scope.context == "user") what += ", of everybody whose record you may open";
  // One right alone is less than most people would think of.
  if (scope.rights == "r") return "Open " + what + ", without searching";
  if (scope.rights == "s") return "Search " + what;
  return "See " + what;
}

std::vector<std::string> scopes_supported() {
  std::vector<std::string> scopes;
  for (const auto& row : identity_scopes) scopes.emplace_back(row.name);
  for (const auto& row : types) {
    if (!is_for_people(row.name)) continue;
    scopes.push_back("patient/" + std::string(row.name) + ".rs");
    scopes.push_back("patient/" + std::string(row.name) + ".read");
  }
  for (const auto* scope : {"user/*.rs", "user/*.read", "system/*.rs", "system/*.read"}) scopes.emplace_back(scope);
  return scopes;
}

}  // namespace bb::portal
