#include "portal/fhir/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "portal/fhir/paths.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::size_t field_count_max = 50;

Status read_count(const std::string& value, Query& query) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error != std::errc() || end != value.data() + value.size())
    return Error{fmt::format("parameter '_count': expected a number from 0, got '{}'", one_line(shorten(value, 80)))};
  query.is_count_only = query.is_count_only || count == 0;
  query.page_entries = std::min(count, page_entries_max);
  return {};
}

// "MedicationRequest:medication", also with the type of the target behind it; "MedicationRequest:*".
Status read_include(const std::string& value, Query& query) {
  const auto parts = split(value, ':');
  if (value == query.type + ":*") {
    for (const auto& one : all_parameters())
      if (one.type == query.type && one.kind == ParameterKind::reference) query.includes.push_back(&one);
    return {};
  }
  const auto* parameter =
      parts.size() >= 2 && parts.size() <= 3 && parts[0] == query.type ? find_parameter(parts[0], parts[1]) : nullptr;
  if (parameter == nullptr || parameter->kind != ParameterKind::reference)
    return Error{
        fmt::format("parameter '_include': expected '{}:' and a parameter that is a reference, or '*', got '{}'",
                    query.type, one_line(shorten(value, 80)))};
  query.includes.push_back(parameter);
  return {};
}

// Whether the name is one of those that steer the answer; they are read into the query.
Result<bool> read_control(const std::string& name, const std::string& value, Query& query) {
  if (name == "_count") {
    BB_CHECK(read_count(value, query));
  } else if (name == "_include") {
    BB_CHECK(read_include(value, query));
  } else if (name == "_revinclude") {
    if (value != "Provenance:target")
      return Error{"parameter '_revinclude': expected 'Provenance:target', got '" + one_line(shorten(value, 80)) + "'"};
    query.has_provenances = true;
  } else if (name == "_summary" && value == "count") {
    query.is_count_only = true;
  } else {
    return name == "_format" || (name == "_summary" && value == "false") || name == "_total";
  }
  return true;
}

}  // namespace

Result<Query> read_query(std::string_view type, const FormFields& fields, Handling handling) {
  Query query;
  query.type = type;
  if (fields.size() > field_count_max) return Error{fmt::format("more than {} parameters", field_count_max)};
  for (const auto& [name, value] : fields) {
    BB_TRY(const auto is_control, read_control(name, value, query));
    const auto colon = name.find(':');
    const auto* parameter = is_control ? nullptr : find_parameter(type, name.substr(0, colon));
    if (parameter != nullptr) {
      BB_TRY(auto criterion, read_criterion(*parameter, colon == name.npos ? "" : name.substr(colon + 1), value));
      query.criteria.push_back(std::move(criterion));
    } else if (!is_control) {
      std::vector<std::string> known;
      for (const auto& one : all_parameters())
        if (one.type.empty() || one.type == type) known.emplace_back(one.name);
      if (handling == Handling::strict)
        return Error{fmt::format("{} cannot be searched by '{}'; parameters here: {}", type,
                                 one_line(shorten(name, 80)), join(known, ", "))};
      query.ignored.push_back(name);
      continue;
    }
    query.fields.emplace_back(name, value);
  }
  return query;
}

bool matches(const Resource& resource, const Query& query, const Matching& matching) {
  return resource.type == query.type &&
         std::all_of(query.criteria.begin(), query.criteria.end(),
                     [&](const Criterion& criterion) { return matches(resource, criterion, matching); });
}

std::vector<const Resource*> included_with(const Resource& resource, const Query& query, const Store& store) {
  std::vector<const Resource*> found;
  const auto add = [&](const Resource* one) {
    if (one != nullptr && std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);
  };
  for (const auto* parameter : query.includes)
    for (const auto& path : split(parameter->paths, '|'))
      visit_path(resource.content, path, [&](const Value& value) {
        const auto reference = value["reference"].string_or("");
        const auto slash = reference.find('/');
        if (slash != reference.npos) add(store.find(reference.substr(0, slash), reference.substr(slash + 1)));
      });
  if (query.has_provenances)
    for (const auto* provenance : store.provenances_of(resource.reference())) add(provenance);
  return found;
}

}  // namespace bb::portal::fhir
