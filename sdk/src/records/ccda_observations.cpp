// Sections of observations: results, vital signs, social history, goals,
// functional status.
#include <algorithm>
#include <array>
#include <optional>

#include <bb/core/text.hpp>

#include "ccda_entries.hpp"
#include "cda_statements.hpp"
#include "cda_types.hpp"

namespace bb::records {
namespace {

std::string read_reference_range(const XmlDocument& document, XmlNode observation) {
  for (const auto range : observation.children("referenceRange")) {
    const auto inner = range.child("observationRange");
    if (auto words = read_words(document, inner.child("text")); !words.empty()) return words;
    if (auto text = read_quantity(document, inner.child("value")).text(); !text.empty()) return text;
  }
  return {};
}

std::string read_interpretation(const XmlDocument& document, XmlNode observation) {
  const auto code = read_code(document, observation.child("interpretationCode"));
  return code.code.empty() ? code.display : code.code;
}

bool is_coded(XmlNode value) {
  constexpr std::array<std::string_view, 5> types{"CD", "CE", "CO", "CV", "CS"};
  return std::find(types.begin(), types.end(), value.xsi_type()) != types.end();
}

// Where the observations of a section go. A goal is often a value alone, "to run
// again"; a measured value without a test says nothing.
struct Shelf {
  std::string_view section;
  std::vector<Observation>& observations;
  bool needs_test = false;
};

// An observed value; one that is negated or says nothing goes to the absences.
std::optional<Observation> read_observation(const XmlDocument& document, const Statement& statement, const Shelf& shelf,
                                            Record& record) {
  const auto code = statement.node.child("code");
  XmlNode value_node;
  Quantity value;
  Observation observation;
  for (const auto node : statement.node.children("value")) {
    auto each = read_quantity(document, node);
    if (value.value.empty() && (!value_node || !each.value.empty())) {
      value_node = node;
      value = std::move(each);
    } else if (!each.value.empty()) {
      observation.further_values.push_back(each.text());
    }
  }
  observation.test = read_stated(document, code, statement.node);
  if (is_empty(observation.test) && !value.value.empty())
    observation.test.display = read_words(document, statement.node.child("text"));
  if (is_negated(statement) || (is_empty(observation.test) && (shelf.needs_test || value.value.empty()))) {
    record.absences.push_back(read_absence(document, shelf.section, statement, code, observation.test));
    return std::nullopt;
  }
  if (is_coded(value_node)) observation.value_code = read_code(document, value_node);
  if (value.value.empty()) observation.null_flavor = value_node.attribute("nullFlavor");
  observation.value = std::move(value.value);
  observation.unit = std::move(value.unit);
  observation.interpretation = read_interpretation(document, statement.node);
  observation.reference_range = read_reference_range(document, statement.node);
  const auto time = read_interval(statement.node.child("effectiveTime"));
  observation.date = time.low.empty() ? time.high : time.low;
  if (!time.low.empty()) observation.end = time.high;
  if (observation.date.empty()) observation.date = read_moment(statement.group_time);
  observation.status = to_lower(statement.node.child("statusCode").attribute("code"));
  observation.line = statement.node.line();
  observation.source = read_source(statement.node);
  return observation;
}

void read_one(const XmlDocument& document, const Statement& statement, const Shelf& shelf, Record& record) {
  if (auto observation = read_observation(document, statement, shelf, record))
    shelf.observations.push_back(std::move(*observation));
}

void read_all(const XmlDocument& document, XmlNode entry, const Shelf& shelf, Record& record) {
  for (const auto& statement : statements(entry, "observation")) read_one(document, statement, shelf, record);
}

}  // namespace

void read_results(const XmlDocument& document, XmlNode entry, Record& record) {
  for (const auto organizer : entry.children("organizer")) {
    ResultPanel panel;
    panel.panel = read_code(document, organizer.child("code"));
    const auto time = organizer.child("effectiveTime");
    panel.date = read_moment(time);
    panel.line = organizer.line();
    const bool is_panel_negated = is_negated(organizer);
    for (const auto component : organizer.children("component"))
      for (const auto node : component.children("observation"))
        read_one(document, {node, {}, time, is_panel_negated}, {"results", panel.observations, true}, record);
    if (!panel.observations.empty()) record.results.push_back(std::move(panel));
  }
  // CCD 1.0 and C32 also list results without a panel.
  for (const auto node : entry.children("observation")) {
    ResultPanel panel;
    read_one(document, {node, {}, {}}, {"results", panel.observations, true}, record);
    if (panel.observations.empty()) continue;
    panel.date = panel.observations[0].date;
    panel.line = panel.observations[0].line;
    record.results.push_back(std::move(panel));
  }
}

void read_vital_signs(const XmlDocument& document, XmlNode entry, Record& record) {
  read_all(document, entry, {"vital_signs", record.vital_signs, true}, record);
}

void read_social_history(const XmlDocument& document, XmlNode entry, Record& record) {
  read_all(document, entry, {"social_history", record.social_history}, record);
}

void read_goals(const XmlDocument& document, XmlNode entry, Record& record) {
  read_all(document, entry, {"goals", record.goals}, record);
}

void read_goal(const XmlDocument& document, XmlNode observation, Record& record) {
  read_one(document, {observation, {}, {}}, {"goals", record.goals}, record);
}

void read_functional_status(const XmlDocument& document, XmlNode entry, Record& record) {
  read_all(document, entry, {"functional_status", record.functional_status}, record);
}

}  // namespace bb::records
