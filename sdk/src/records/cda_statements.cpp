#include "cda_statements.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>

#include "cda_types.hpp"

namespace bb::records {
bool has_template(XmlNode node, std::initializer_list<std::string_view> roots) {
  for (const auto id : node.children("templateId"))
    if (std::find(roots.begin(), roots.end(), id.attribute("root")) != roots.end()) return true;
  return false;
}

bool is_negated(XmlNode node) { return read_boolean(node, "negationInd") == true; }

bool is_negated(const Statement& statement) { return is_negated(statement.node) || statement.is_group_negated; }

std::string read_mood(XmlNode statement) { return collapse_whitespace(statement.attribute("moodCode")); }

std::string read_source(XmlNode statement) {
  for (const auto author : statement.children("author"))
    if (author.child("assignedAuthor").child("code").attribute("code") == oneself) return std::string(self_entered);
  return {};
}

bool is_empty(const Code& code) { return code.code.empty() && code.display.empty(); }

bool says_none_known(const Code& code) {
  constexpr std::array<std::string_view, 9> none{
      "716186003",  // no known allergy
      "160244002",  // no known allergies (retired)
      "409137002",  // no known drug allergy
      "429625007",  // no known food allergy
      "428607008",  // no known environmental allergy
      "428197003",  // no known insect allergy
      "160245001",  // no current problems or disability
      drug_treatment_unknown,
      "787481004",  // no known medications
  };
  if (std::find(none.begin(), none.end(), code.code) != none.end()) return true;
  const auto words = to_lower(code.display);
  return words.starts_with("no known ") || words == "nka" || words == "nkda" || words == "none" ||
         words == "no current problems or disability";
}

bool is_anything(const Code& code) {
  constexpr std::array<std::string_view, 9> kinds{
      "410942007",  // drug or medicament
      "105590001",  // substance
      "762766007",  // edible substance
      "55607006",   // problem
      "64572001",   // disease
      "404684003",  // clinical finding
      "420134006",  // propensity to adverse reaction
      "419199007",  // allergy to substance
      "71388002",   // procedure
  };
  return std::find(kinds.begin(), kinds.end(), code.code) != kinds.end();
}

std::vector<Statement> statements(XmlNode entry, std::string_view kind) {
  std::vector<Statement> found;
  for (const auto statement : entry.children()) {
    if (statement.name() == kind) found.push_back({statement, {}, {}});
    if (statement.name() != "act" && statement.name() != "organizer") continue;
    const auto status = statement.child("statusCode");
    const auto time = statement.child("effectiveTime");
    const bool is_group_negated = is_negated(statement);
    for (const auto* relation : {"entryRelationship", "component"})
      for (const auto part : statement.children(relation))
        for (const auto inner : part.children(kind)) found.push_back({inner, status, time, is_group_negated});
  }
  return found;
}

XmlNode related(XmlNode node, std::initializer_list<std::string_view> templates, std::string_view code) {
  for (const auto relation : node.children("entryRelationship"))
    for (const auto observation : relation.children("observation"))
      if (has_template(observation, templates) ||
          (!code.empty() && observation.child("code").attribute("code") == code))
        return observation;
  return {};
}

Code read_named(const XmlDocument& document, XmlNode thing) {
  auto code = read_code(document, thing.child("code"));
  if (!code.code.empty() && !code.display.empty()) return code;
  const auto name = thing.child("name");
  if (auto words = is_null_flavored(name) ? std::string{} : read_words(document, name); !words.empty())
    code.display = std::move(words);
  return code;
}

Code read_stated(const XmlDocument& document, XmlNode coded, XmlNode statement) {
  auto code = read_code(document, coded);
  if (!is_empty(code)) return code;
  if (const auto reason = coded.attribute("nullFlavor"); reason.empty() || reason == "OTH")
    code.display = read_words(document, statement.child("text"));
  return code;
}

Absence read_absence(const XmlDocument& document, std::string_view section, const Statement& statement, XmlNode coded,
                     Code what) {
  Absence absence;
  absence.section = section;
  absence.line = statement.node.line();
  absence.null_flavor = coded.attribute("nullFlavor");
  if (absence.null_flavor.empty()) absence.null_flavor = statement.node.attribute("nullFlavor");
  const bool is_general = is_empty(what) || is_anything(what);
  if (is_negated(statement))
    absence.kind = is_general ? "none_known" : "negated";
  else
    absence.kind = says_none_known(what) && what.code != drug_treatment_unknown ? "none_known" : "unknown";
  absence.what = std::move(what);
  if (is_empty(absence.what)) absence.what.display = read_words(document, statement.node.child("text"));
  return absence;
}

}  // namespace bb::records
