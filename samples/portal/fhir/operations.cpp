#include "portal/fhir/operations.hpp"

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/clinical_document.hpp"
#include "portal/fhir/paths.hpp"
#include "portal/instants.hpp"

namespace bb::portal::fhir {
namespace {

Error mistake(std::string_view parameter, std::string_view expected, std::string_view found) {
  return Error{"parameter '" + std::string(parameter) + "': expected " + std::string(expected) + ", got '" +
               one_line(shorten(found, 80)) + "'"};
}

// An end of a range; false where it is no date.
bool read_end(const std::string& text, bool is_start, DateRange& range) {
  const auto span = instants_of(replace_all(text, " ", "+"));
  if (!span) return false;
  (is_start ? range.from_ns : range.until_ns) = is_start ? span->first_ns : span->last_ns;
  return true;
}

// When the care took place, by the search parameters that say it.
bool is_in_care_range(const Resource& resource, const DateRange& range) {
  constexpr std::array<std::string_view, 4> names{"date", "onset-date", "service-date", "target-date"};
  bool has_date = false, touches_range = false;
  for (const auto name : names) {
    const auto* parameter = find_parameter(resource.type, name);
    if (parameter == nullptr) continue;
    const auto look = [&](std::string_view from, std::string_view until) {
      const auto first = instants_of(std::string(from)), last = instants_of(std::string(until));
      if (!first && !last) return;
      has_date = true;
      touches_range = touches_range || ((!range.until_ns || !first || first->first_ns <= *range.until_ns) &&
                                        (!range.from_ns || !last || last->last_ns >= *range.from_ns));
    };
    for (const auto& path : split(parameter->paths, '|'))
      visit_path(resource.content, path, [&](const Value& value) {
        if (const auto* text = value.string()) return look(*text, *text);
        look(value["start"].string_or(""), value["end"].string_or(""));
      });
  }
  return !has_date || touches_range;
}

}  // namespace

Result<EverythingQuery> read_everything(const FormFields& fields, Handling handling) {
  EverythingQuery query;
  for (const auto& [name, value] : fields) {
    if (name == "_type") {
      for (const auto& type : split(value, ',')) {
        if (find_type(type) == nullptr) return mistake(name, "types of resources that are served", type);
        query.types.push_back(type);
      }
    } else if (name == "_since") {
      query.since_ns = parse_time(replace_all(value, " ", "+"));
      if (!query.since_ns) return mistake(name, "an instant", value);
    } else if (name == "start" || name == "end") {
      if (!read_end(value, name == "start", query.care)) return mistake(name, "a date", value);
    } else if (name == "_count") {
      BB_TRY(const auto counted, read_query("Patient", {{name, value}}, Handling::strict));
      query.page_entries = std::max<std::size_t>(counted.page_entries, 1);
    } else if (name != "_format" && handling == Handling::strict) {
      return mistake(name, "one of _count, _since, _type, end, start", name);
    }
  }
  return query;
}

std::vector<const Resource*> everything_of(const std::string& patient, const EverythingQuery& query,
                                           const Permissions& permissions, const Store& store) {
  std::vector<const Resource*> found;
  for (const auto& resource : store.all()) {
    const auto& types = query.types;
    if (!resource.is_of(patient) || resource.type == "Binary" || !permissions.sees(resource, 'r')) continue;
    if (!types.empty() && std::find(types.begin(), types.end(), resource.type) == types.end()) continue;
    if (query.since_ns && resource.last_updated_ns <= *query.since_ns) continue;
    if (!query.care.is_open() && !is_in_care_range(resource, query.care)) continue;
    found.push_back(&resource);
  }
  std::stable_partition(found.begin(), found.end(), [](const Resource* one) { return one->type == "Patient"; });
  return found;
}

Result<DocrefQuery> read_docref(const FormFields& fields, const std::string& base_url) {
  DocrefQuery query;
  for (const auto& [name, value] : fields) {
    if (name == "patient") {
      query.patient = value;
      for (const auto& prefix : {base_url + "/", std::string("Patient/")})
        if (query.patient.starts_with(prefix)) query.patient.erase(0, prefix.size());
    } else if (name == "start" || name == "end") {
      if (!read_end(value, name == "start", query.range)) return mistake(name, "a date", value);
    } else if (name == "type") {
      BB_TRY(query.type, read_criterion(*find_parameter("DocumentReference", "type"), "", value));
    } else if (name == "on-demand") {
      if (value != "true" && value != "false") return mistake(name, "true or false", value);
    } else if (name == "profile") {
      query.has_profile = true;
    } else if (name != "_format") {
      return mistake(name, "one of end, on-demand, patient, profile, start, type", name);
    }
  }
  if (query.patient.empty()) return Error{"parameter 'patient' is missing: whose documents are meant"};
  return query;
}

bool DocrefQuery::is_for_summary() const {
  const auto is_summary = [](const std::string& value) {
    return value == summary_loinc_code || value == "http://loinc.org|" + std::string(summary_loinc_code);
  };
  return !has_profile && (!type || std::any_of(type->values.begin(), type->values.end(), is_summary));
}

std::vector<const Resource*> documents_of(const std::string& patient, const DocrefQuery& query, const Store& store) {
  std::vector<const Resource*> found;
  if (query.has_profile || !query.type) return found;
  for (const auto& resource : store.all())
    if (resource.type == "DocumentReference" && resource.is_of(patient) && matches(resource, *query.type, {}) &&
        is_in_care_range(resource, query.range))
      found.push_back(&resource);
  return found;
}

Result<FormFields> read_operation_body(const std::string& body) {
  auto value = parse_json(body);
  if (!value) return value.error();
  if ((*value)["resourceType"].string_or("") != "Parameters")
    return Error{"expected a resource of the type Parameters, got '" +
                 one_line(shorten((*value)["resourceType"].string_or(""), 80)) + "'"};
  FormFields fields;
  const auto* parameters = (*value)["parameter"].items();
  if (parameters == nullptr) return fields;
  for (const auto& parameter : *parameters)
    for (const auto& member : parameter.members() != nullptr ? *parameter.members() : Value::Object()) {
      if (!member.key.starts_with("value")) continue;
      auto text = member.value.string_or("");
      if (const auto* is_true = member.value.boolean()) text = *is_true ? "true" : "false";
      const auto& coding = member.value["coding"][0];
      const auto& coded = coding.is_null() ? member.value : coding;
      if (coded.find("code") != nullptr) text = coded["system"].string_or("") + "|" + coded["code"].string_or("");
      fields.emplace_back(parameter["name"].string_or(""), std::move(text));
    }
  return fields;
}

}  // namespace bb::portal::fhir
