#include "portal/fhir/searchset.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/answers.hpp"
#include "portal/fhir/parts.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::size_t page_bytes_max = 16 * 1024;

Value link_of(std::string_view relation, const std::string& url) {
  return Value::object({{"relation", relation}, {"url", url}});
}

}  // namespace

std::string write_page(const Page& page) {
  auto fields = Value::array();
  for (const auto& [name, value] : page.fields) fields.push(Value::strings({name, value}));
  return base64url_encode(to_json(Value::object({{"fields", std::move(fields)}, {"offset", page.offset}})));
}

std::optional<Page> read_page(std::string_view text) {
  if (text.size() > page_bytes_max) return std::nullopt;
  const auto bytes = base64url_decode(text);
  const auto value = bytes ? parse_json(*bytes) : Result<Value>(Error{""});
  if (!value || (*value)["offset"].integer() == nullptr || (*value)["fields"].items() == nullptr) return std::nullopt;
  Page page;
  const auto offset = *(*value)["offset"].integer();
  if (offset < 0) return std::nullopt;
  page.offset = static_cast<std::size_t>(offset);
  for (const auto& field : *(*value)["fields"].items()) {
    if (field[0].string() == nullptr || field[1].string() == nullptr) return std::nullopt;
    page.fields.emplace_back(*field[0].string(), *field[1].string());
  }
  return page;
}

Value begin_searchset(const Found& found, std::size_t offset, const Defects& defects) {
  auto bundle = Value::object({{"resourceType", "Bundle"}, {"id", to_hex(random_bytes(12))}});
  bundle.set("meta", Value::object({{"lastUpdated", format_utc(now_unix_ns())}}));
  bundle.set("type", "searchset");
  const auto total = found.matches.size();
  bundle.set("total", Value(defects.is_on(Defect::fhir_wrong_total) ? total + 1 : total));
  auto links = Value::array();
  const auto page_url = [&](std::size_t at) {
    return with_query(found.address, {{std::string(page_parameter), write_page({found.fields, at})}});
  };
  links.push(link_of("self", offset == 0 ? with_query(found.address, found.fields) : page_url(offset)));
  const auto next = offset + found.page_entries;
  const bool is_last = found.is_count_only || next >= total;
  if (!is_last) links.push(link_of("next", page_url(next)));
  if (is_last && offset > 0 && defects.is_on(Defect::fhir_paging_loops)) links.push(link_of("next", page_url(0)));
  bundle.set("link", std::move(links));
  return bundle;
}

std::vector<const Resource*> page_of(const Found& found, std::size_t offset, const Defects& defects) {
  if (found.is_count_only) return {};
  const auto size = found.matches.size();
  const auto end = std::min(size, offset + found.page_entries);
  auto begin = std::min(offset, size);
  if (offset > 0 && begin < end && defects.is_on(Defect::fhir_paging_loses)) ++begin;
  const auto at = [&](std::size_t place) { return found.matches.begin() + static_cast<std::ptrdiff_t>(place); };
  return {at(begin), at(end)};
}

Value entry_of(const Resource& resource, const std::string& base_url, std::string_view mode) {
  return Value::object({{"fullUrl", base_url + "/" + resource.reference()},
                        {"resource", resource.content},
                        {"search", Value::object({{"mode", mode}})}});
}

void add_ignored(Value& bundle, const Found& found) {
  if (found.ignored.empty()) return;
  auto said = outcome("warning", "not-supported",
                      "these parameters are not known here and were passed over: " + join(found.ignored, ", "));
  said.set("id", "ignored");
  if (bundle.find("entry") == nullptr) bundle.set("entry", Value::array());
  bundle.find("entry")->push(
      Value::object({{"resource", std::move(said)}, {"search", Value::object({{"mode", "outcome"}})}}));
}

}  // namespace bb::portal::fhir
