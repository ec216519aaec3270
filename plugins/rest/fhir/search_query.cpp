#include "fhir/search_query.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/scope.hpp>

namespace bb::rest {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_type(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin(), name.end(), is_letter);
}

// Entries of a page; 0: the server chooses.
std::int64_t entries_asked_for(const bb_query& query, const SearchesFor& whom) {
  const auto& profile = whom.profile;
  const auto wanted = query.limit != 0      ? std::int64_t{query.limit}
                      : whom.page_size != 0 ? whom.page_size
                                            : profile.page_entries;
  return profile.page_entries_max == 0 ? wanted : std::min(wanted, profile.page_entries_max);
}

std::vector<RecordSearch> without_withheld(std::vector<RecordSearch> searches, std::string_view scopes) {
  const auto granted = smart::read_scopes(scopes);
  const auto is_withheld = [&](const RecordSearch& search) {
    return std::none_of(granted.begin(), granted.end(), [&](const smart::Scope& scope) {
      return scope.is_on_data() && (scope.resource_type == "*" || scope.resource_type == search.type) &&
             scope.rights.find('s') != std::string::npos;
    });
  };
  if (!std::all_of(searches.begin(), searches.end(), is_withheld)) std::erase_if(searches, is_withheld);
  return searches;
}

// FHIR R4, datatypes.html#id.
bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

std::vector<RecordSearch> searches_of(const bb_query& query, const SearchesFor& whom) {
  const auto& profile = whom.profile;
  auto kind = to_view(query.kind);
  if (kind.starts_with("fhir:")) kind.remove_prefix(5);
  FormFields terms;
  for (std::uint64_t i = 0; i < query.term_count; ++i)
    terms.emplace_back(to_view(query.terms[i].key), to_view(query.terms[i].value));
  if (query.from_unix_ns != 0) terms.emplace_back("_lastUpdated", "ge" + format_utc(query.from_unix_ns));
  if (query.until_unix_ns != 0) terms.emplace_back("_lastUpdated", "lt" + format_utc(query.until_unix_ns));
  const auto count = entries_asked_for(query, whom);
  if (count > 0 && find_field(terms, "_count") == nullptr) terms.emplace_back("_count", std::to_string(count));

  const auto named =
      whom.form == PatientForm::reference ? "Patient/" + std::string(whom.patient) : std::string(whom.patient);
  std::vector<RecordSearch> searches;
  for (const auto& one : profile.searches) {
    if (!kind.empty() && one.type != kind) continue;
    RecordSearch search{std::string(one.type),
                        {{std::string(one.patient), one.patient == "_id" ? std::string(whom.patient) : named}}};
    // Whoever says by what to search means that, and not the parts that a whole record is listed by.
    if (query.term_count == 0) {
      const auto more = read_form(one.more);
      search.fields.insert(search.fields.end(), more->begin(), more->end());
    }
    search.has_includes = kind.empty() && find_field(search.fields, "_include") != nullptr && query.term_count == 0;
    for (const auto& term : terms)
      if (term.first != "_count" || find_field(search.fields, "_count") == nullptr) search.fields.push_back(term);
    searches.push_back(std::move(search));
    if (query.term_count != 0) break;
  }
  if (searches.empty() && is_type(kind)) {
    searches.push_back({std::string(kind), {{"patient", named}}});
    searches.back().fields.insert(searches.back().fields.end(), terms.begin(), terms.end());
  }
  return kind.empty() ? without_withheld(std::move(searches), whom.scopes) : searches;
}

std::string key_of(const bb_query& query, std::string_view patient) {
  FormFields parts{{"patient", std::string(patient)},
                   {"kind", std::string(to_view(query.kind))},
                   {"from", std::to_string(query.from_unix_ns)},
                   {"until", std::to_string(query.until_unix_ns)}};
  for (std::uint64_t i = 0; i < query.term_count; ++i)
    parts.emplace_back(to_view(query.terms[i].key), to_view(query.terms[i].value));
  return sha256_hex(write_form(parts)).substr(0, 16);
}

std::string write_cursor(const ListingPlace& place, std::string_view key) {
  return base64url_encode(to_json(Value::object({{"key", key},
                                                 {"search", place.search},
                                                 {"url", place.url},
                                                 {"given", place.given},
                                                 {"pages", place.pages},
                                                 {"listing", place.listing}})));
}

std::optional<ListingPlace> read_cursor(std::string_view cursor, std::string_view key) {
  const auto text = base64url_decode(cursor);
  const auto value = text ? parse_json(*text) : Result<Value>(Error{});
  if (!value || (*value)["key"].string_or("") != key) return std::nullopt;
  const auto search = (*value)["search"].integer_or(-1), given = (*value)["given"].integer_or(-1);
  const auto pages = (*value)["pages"].integer_or(-1);
  if (search < 0 || given < 0 || pages < 0 || !(*value)["url"].is_string()) return std::nullopt;
  return ListingPlace{static_cast<std::size_t>(search), (*value)["url"].string_or(""), static_cast<std::size_t>(given),
                      pages, static_cast<std::uint64_t>((*value)["listing"].integer_or(0))};
}

bool is_resource_path(std::string_view path) {
  const auto parts = split(path, '/');
  if (parts.size() != 2 && parts.size() != 4) return false;
  return is_type(parts[0]) && is_id(parts[1]) && (parts.size() == 2 || (parts[2] == "_history" && is_id(parts[3])));
}

}  // namespace bb::rest
