#include "portal/cms/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/payer_data.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::size_t field_count_max = 50;
constexpr std::array<std::string_view, 8> claim_types{"carrier", "pde",       "dme",        "hha",
                                                      "hospice", "inpatient", "outpatient", "snf"};
constexpr std::array<std::string_view, 4> date_prefixes{"lt", "le", "gt", "ge"};

constexpr fhir::Parameter last_updated{"", "_lastUpdated", fhir::ParameterKind::date, "meta.lastUpdated", ""};
constexpr fhir::Parameter service_date{"ExplanationOfBenefit", "service-date", fhir::ParameterKind::date,
                                       "billablePeriod", ""};

std::string in_quotes(std::string_view value) { return "'" + one_line(shorten(value, 80)) + "'"; }

Result<std::size_t> read_number(const std::string& name, const std::string& value) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    return Error{fmt::format("{}: expected a number from 0, got {}", name, in_quotes(value))};
  return number;
}

Status read_claim_types(const std::string& value, Query& query) {
  for (const auto& one : split(value, ',')) {
    const auto text = std::string(trim(one));
    const auto bar = text.rfind('|');
    const auto code = bar == text.npos ? text : text.substr(bar + 1);
    const bool is_system = bar == text.npos || text.substr(0, bar) == eob_type_system;
    if (is_system && bar != text.npos && code.empty()) {
      query.claim_types.insert(query.claim_types.end(), claim_types.begin(), claim_types.end());
      continue;
    }
    if (!is_system || std::find(claim_types.begin(), claim_types.end(), to_lower(code)) == claim_types.end())
      return Error{fmt::format("the type parameter value is not valid: {}", in_quotes(text))};
    query.claim_types.push_back(to_lower(code));
  }
  return {};
}

Status read_date(const fhir::Parameter& parameter, const std::string& value, Query& query) {
  if (std::find(date_prefixes.begin(), date_prefixes.end(), value.substr(0, 2)) == date_prefixes.end())
    return Error{fmt::format("the {} operator is not valid: expected lt, le, gt or ge and a date, got {}",
                             parameter.name, in_quotes(value))};
  BB_TRY(auto criterion, fhir::read_criterion(parameter, "", value));
  query.criteria.push_back(std::move(criterion));
  return {};
}

bool names_patient(std::string_view type, std::string_view name) {
  if (type == "Patient") return name == "_id";
  return name == (type == "Coverage" ? "beneficiary" : "patient");
}

Value link_of(std::string_view relation, const std::string& address, const Query& query, std::size_t start) {
  FormFields fields{{"_format", "application/fhir+json"},
                    {"startIndex", std::to_string(start)},
                    {"_count", std::to_string(query.count)}};
  fields.insert(fields.end(), query.kept.begin(), query.kept.end());
  return Value::object({{"relation", relation}, {"url", with_query(address, fields)}});
}

}  // namespace

Result<Query> read_query(std::string_view type, const FormFields& fields, const Defects& defects) {
  Query query;
  if (fields.size() > field_count_max) return Error{fmt::format("more than {} parameters", field_count_max)};
  const bool is_claims = type == "ExplanationOfBenefit";
  for (const auto& [name, value] : fields) {
    if (name == "startIndex") {
      BB_TRY(query.start, read_number(name, value));
      continue;
    }
    if (name == "_count" || name == "count") {
      BB_TRY(query.count, read_number(name, value));
      if (query.count > page_entries_max && !defects.is_on(Defect::cms_count_unbounded))
        return Error{fmt::format("_count: value must be at most {}, got {}", page_entries_max, query.count)};
      continue;
    }
    if (name == "_lastUpdated") {
      BB_CHECK(read_date(last_updated, value, query));
    } else if (is_claims && name == "service-date") {
      if (!defects.is_on(Defect::cms_ignores_service_date)) BB_CHECK(read_date(service_date, value, query));
    } else if (is_claims && name == "type") {
      if (!defects.is_on(Defect::cms_ignores_type)) BB_CHECK(read_claim_types(value, query));
    } else if (names_patient(type, name)) {
      query.patients.push_back(value.starts_with("Patient/") ? value.substr(8) : value);
    } else {
      continue;
    }
    query.kept.emplace_back(name, value);
  }
  return query;
}

bool matches(const fhir::Resource& resource, const Query& query) {
  const auto has_type = [&] {
    const auto* codings = resource.content["type"]["coding"].items();
    return codings != nullptr && std::any_of(codings->begin(), codings->end(), [&](const Value& coding) {
             return coding["system"].string_or("") == eob_type_system &&
                    std::find(query.claim_types.begin(), query.claim_types.end(),
                              to_lower(coding["code"].string_or(""))) != query.claim_types.end();
           });
  };
  return (query.claim_types.empty() || has_type()) &&
         std::all_of(query.criteria.begin(), query.criteria.end(),
                     [&](const fhir::Criterion& criterion) { return fhir::matches(resource, criterion, {}); });
}

Value page_of(const std::vector<const fhir::Resource*>& found, const Query& query, const std::string& address,
              const std::string& base_url, const Defects& defects) {
  auto bundle = Value::object({{"resourceType", "Bundle"},
                               {"id", to_hex(random_bytes(12))},
                               {"meta", Value::object({{"lastUpdated", format_utc(now_unix_ns())}})},
                               {"type", "searchset"},
                               {"total", found.size()}});
  const auto begin_of_page = std::min(query.start, found.size());
  const auto end = begin_of_page + std::min(query.count, found.size() - begin_of_page);
  auto links = Value::array();
  const auto add_link = [&](std::string_view relation, std::size_t start) {
    links.push(link_of(relation, address, query, start));
  };
  if (query.count > 0) {
    add_link("first", 0);
    if (query.count < found.size() - begin_of_page) add_link("next", end);
    if (query.start > 0) add_link("previous", query.start > query.count ? query.start - query.count : 0);
    add_link("last", found.empty() ? 0 : (found.size() - 1) / query.count * query.count);
  }
  add_link("self", query.start);
  bundle.set("link", std::move(links));
  auto entries = Value::array();
  auto begin = begin_of_page;
  if (begin > 0 && begin < end && defects.is_on(Defect::cms_paging_repeats)) --begin;
  for (auto at = begin; at < end; ++at)
    entries.push(
        Value::object({{"fullUrl", base_url + "/" + found[at]->reference()}, {"resource", found[at]->content}}));
  if (entries.size() > 0) bundle.set("entry", std::move(entries));
  return bundle;
}

}  // namespace bb::portal::cms
