// portal/fhir/searchset.hpp - what a search found as Bundles, page by page.
//
// The address of a further page says all that it takes to make it: whose it is is asked again each time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portal/defects.hpp"
#include "portal/fhir/search.hpp"

namespace bb::portal::fhir {

// Where a page stands, and of which search; opaque to clients.
struct Page {
  FormFields fields;
  std::size_t offset = 0;  // of its first match
};
inline constexpr std::string_view page_parameter = "_page";
std::string write_page(const Page& page);
std::optional<Page> read_page(std::string_view text);  // none: not written here

struct Found {
  std::vector<const Resource*> matches;  // all, of which one page is shown
  std::string address;                   // that was asked, without its query
  std::size_t page_entries = page_entries_default;
  bool is_count_only = false;
  std::vector<std::string> ignored = {};  // parameters that were passed over
  FormFields fields = {};                 // that were followed
};

// `includes_of` gives what goes with a match; each stands once.
template <class IncludesOf>
Value searchset(const Found& found, std::size_t offset, const std::string& base_url, const Defects& defects,
                const IncludesOf& includes_of);

// The parts of it.
Value begin_searchset(const Found& found, std::size_t offset, const Defects& defects);
// The matches of the page.
std::vector<const Resource*> page_of(const Found& found, std::size_t offset, const Defects& defects);
Value entry_of(const Resource& resource, const std::string& base_url, std::string_view mode);
void add_ignored(Value& bundle, const Found& found);

template <class IncludesOf>
Value searchset(const Found& found, std::size_t offset, const std::string& base_url, const Defects& defects,
                const IncludesOf& includes_of) {
  auto bundle = begin_searchset(found, offset, defects);
  auto entries = Value::array();
  const auto page = page_of(found, offset, defects);
  for (const auto* match : page) entries.push(entry_of(*match, base_url, "match"));
  std::vector<const Resource*> included = page;  // none of them twice
  for (const auto* match : page)
    for (const auto* one : includes_of(*match)) {
      if (std::find(included.begin(), included.end(), one) != included.end()) continue;
      included.push_back(one);
      entries.push(entry_of(*one, base_url, "include"));
    }
  if (entries.size() > 0) bundle.set("entry", std::move(entries));
  add_ignored(bundle, found);
  return bundle;
}

}  // namespace bb::portal::fhir
