#include "fhir/service_list.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include <bb/fhir/reference.hpp>

namespace bb::rest {
namespace {

constexpr int parents_max = 20;

std::string type_of(const Value& resource) { return resource["resourceType"].string_or(""); }

class List {
 public:
  explicit List(const Value& bundle) {
    const auto* const entries = bundle["entry"].items();
    if (entries == nullptr) return;
    for (const auto& entry : *entries) {
      const auto& resource = entry["resource"];
      const auto type = type_of(resource);
      if (type.empty()) continue;
      resources_.push_back(&resource);
      by_reference_.emplace(type + "/" + resource["id"].string_or(""), &resource);
      by_reference_.emplace(entry["fullUrl"].string_or(""), &resource);
    }
  }

  std::vector<const Value*> of_type(std::string_view type) const {
    std::vector<const Value*> found;
    for (const auto* resource : resources_)
      if (type_of(*resource) == type) found.push_back(resource);
    return found;
  }

  // nullptr: it leads to no resource of this type here.
  const Value* find(const Value& reference, const Value& holder, std::string_view type) const {
    const auto text = reference["reference"].string_or("");
    const Value* found = nullptr;
    if (text.starts_with('#')) {
      if (const auto* const contained = holder["contained"].items())
        for (const auto& one : *contained)
          if (one["id"].string_or("") == std::string_view(text).substr(1)) found = &one;
    } else if (!text.empty()) {
      const auto at = by_reference_.find(std::string(fhir::without_version(text)));
      if (at != by_reference_.end()) found = at->second;
    }
    return found != nullptr && type_of(*found) == type ? found : nullptr;
  }

 private:
  std::vector<const Value*> resources_;
  std::map<std::string, const Value*> by_reference_;
};

bool has_text(const Value& value) { return !value.string_or("").empty(); }

// An address that says more than its use and type.
bool is_place(const Value& address) {
  const auto* const lines = address["line"].items();
  return has_text(address["text"]) || has_text(address["city"]) || has_text(address["postalCode"]) ||
         (lines != nullptr && !lines->empty());
}

bool is_identifier(const Value& identifier) { return has_text(identifier["value"]) && has_text(identifier["system"]); }

template <class Holds>
bool has_one(const Value& list, const Holds& holds) {
  const auto* const items = list.items();
  return items != nullptr && std::any_of(items->begin(), items->end(), holds);
}

bool has_endpoint(const List& list, const Value& organization, int depth = 0) {
  if (has_one(organization["endpoint"],
              [&](const Value& one) { return list.find(one, organization, "Endpoint") != nullptr; }))
    return true;
  const auto* const parent = list.find(organization["partOf"], organization, "Organization");
  return parent != nullptr && depth < parents_max && has_endpoint(list, *parent, depth + 1);
}

}  // namespace

Value faults_of_list(const Value& bundle) {
  const List list(bundle);
  const auto organizations = list.of_type("Organization");
  std::map<std::string, Value> faults;
  for (const auto* name : {"without_name", "without_address", "without_identifier", "without_endpoint", "dangling"})
    faults.emplace(name, Value::array());
  const auto add = [&](const char* name, std::string what) {
    if (faults[name].size() < told_max) faults[name].push(std::move(what));
  };
  for (const auto* organization : organizations) {
    const auto who = "Organization/" + (*organization)["id"].string_or("");
    if (!has_text((*organization)["name"])) add("without_name", who);
    if (!has_one((*organization)["address"], is_place)) add("without_address", who);
    if (!has_one((*organization)["identifier"], is_identifier)) add("without_identifier", who);
    if (!has_endpoint(list, *organization)) add("without_endpoint", who);
    const auto check = [&](const Value& reference, std::string_view type) {
      if (list.find(reference, *organization, type) == nullptr)
        add("dangling", who + " to " + reference["reference"].string_or("nothing"));
    };
    if (const auto* const endpoints = (*organization)["endpoint"].items())
      for (const auto& reference : *endpoints) check(reference, "Endpoint");
    if (organization->find("partOf") != nullptr) check((*organization)["partOf"], "Organization");
  }
  auto told = Value::object({{"organizations", static_cast<std::int64_t>(organizations.size())},
                             {"endpoints", static_cast<std::int64_t>(list.of_type("Endpoint").size())}});
  for (auto& [name, found] : faults) told.set(name, std::move(found));
  return told;
}

std::vector<std::string> bases_of_list(const Value& bundle, std::size_t count_max) {
  std::vector<std::string> all;
  for (const auto* endpoint : List(bundle).of_type("Endpoint")) all.push_back((*endpoint)["address"].string_or(""));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all.size() <= count_max) return all;
  std::vector<std::string> some;
  for (std::size_t i = 0; i < count_max; ++i) some.push_back(all[i * all.size() / count_max]);
  return some;
}

}  // namespace bb::rest
