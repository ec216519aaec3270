#include "harness/fhir/terminology.hpp"

#include <algorithm>
#include <charconv>

#include <bb/core/text.hpp>

namespace bb::fhir {
namespace {

constexpr std::size_t shown_max = 12;

}  // namespace

void CodeSet::add(const CodeSet& other) {
  for (const auto& [system, codes] : other.systems_) systems_[system].insert(codes.begin(), codes.end());
}

void CodeSet::remove(const CodeSet& other) {
  for (const auto& [system, codes] : other.systems_)
    if (const auto ours = systems_.find(system); ours != systems_.end())
      for (const auto& code : codes) ours->second.erase(code);
}

CodeSet CodeSet::with(const CodeSet& other) const {
  CodeSet both;
  for (const auto& [system, codes] : systems_)
    for (const auto& code : codes)
      if (other.has(system, code)) both.add(system, code);
  return both;
}

bool CodeSet::has(std::string_view system, std::string_view code) const {
  const auto found = systems_.find(system);
  return found != systems_.end() && found->second.contains(code);
}

bool CodeSet::has_code(std::string_view code) const {
  return std::any_of(systems_.begin(), systems_.end(), [&](const auto& one) { return one.second.contains(code); });
}

std::size_t CodeSet::size() const {
  std::size_t count = 0;
  for (const auto& [system, codes] : systems_) count += codes.size();
  return count;
}

std::string CodeSet::words() const {
  std::vector<std::string> shown;
  for (const auto& [system, codes] : systems_)
    for (const auto& code : codes)
      if (shown.size() < shown_max) shown.push_back(code);
  if (size() > shown.size()) return join(shown, ", ") + ", ...";
  if (shown.size() < 2) return join(shown, "");
  const auto last = std::move(shown.back());
  shown.pop_back();
  return join(shown, ", ") + " or " + last;
}

void Terminology::add_value_set(const Value& kept) {
  value_sets_[kept["url"].string_or("")][kept["version"].string_or("")] = kept;
}

void Terminology::add_code_system(const Value& kept) {
  CodeSystem system;
  system.is_complete = kept["is_complete"].boolean_or(false) && !kept["ignores_case"].boolean_or(false);
  system.codes = strings_of(kept["codes"]);
  if (const auto* parents = kept["parents"].members())
    for (const auto& [code, above] : *parents)
      for (const auto& parent : strings_of(above)) system.children.emplace(parent, code);
  // Of two versions the one that is whole.
  auto& known = code_systems_[kept["url"].string_or("")];
  if (!known.is_complete || system.codes.size() > known.codes.size()) known = std::move(system);
}

const CodeSet* Terminology::list(std::string_view canonical) {
  if (const auto known = listed_.find(canonical); known != listed_.end()) return known->second.get();
  auto& listed = listed_[std::string(canonical)];  // none yet: one that includes itself is not listed
  const auto [url, version] = split_canonical(canonical);
  const auto versions = value_sets_.find(url);
  if (versions == value_sets_.end()) return nullptr;
  auto wanted = versions->second.find(std::string(version));
  if (version.empty())
    wanted = std::max_element(versions->second.begin(), versions->second.end(),
                              [](const auto& a, const auto& b) { return is_older(a.first, b.first); });
  if (wanted == versions->second.end()) return nullptr;
  CodeSet codes;
  CodeSet excluded;
  if (wanted->second["include"].size() == 0 || !list_all(wanted->second["include"], codes) ||
      !list_all(wanted->second["exclude"], excluded))
    return nullptr;
  codes.remove(excluded);
  // The map keeps its elements where they are while others are listed.
  listed = std::make_unique<CodeSet>(std::move(codes));
  return listed.get();
}

bool Terminology::list_all(const Value& parts, CodeSet& codes) {
  const auto* all = parts.items();
  return all == nullptr || std::all_of(all->begin(), all->end(), [&](const Value& part) {
           CodeSet some;
           if (!list_part(part, some)) return false;
           codes.add(some);
           return true;
         });
}

bool Terminology::list_part(const Value& part, CodeSet& codes) {
  const auto system = part["system"].string_or("");
  if (!system.empty()) {
    if (const auto* given = part["codes"].items()) {
      for (const auto& code : *given) codes.add(system, code.string_or(""));
    } else {
      const auto found = code_systems_.find(split_canonical(system).first);
      if (found == code_systems_.end() || !found->second.is_complete) return false;
      std::set<std::string> wanted(found->second.codes.begin(), found->second.codes.end());
      if (const auto* filters = part["filters"].items())
        for (const auto& filter : *filters)
          if (!list_filtered(found->second, filter, wanted)) return false;
      for (const auto& code : wanted) codes.add(system, code);
    }
  }
  bool is_first = system.empty();
  for (const auto& other : strings_of(part["value_sets"])) {
    const auto* listed = list(other);
    if (listed == nullptr) return false;
    codes = is_first ? *listed : codes.with(*listed);
    is_first = false;
  }
  return !is_first;
}

// Leaves of `codes` what a filter lets through; false where it is not understood.
bool Terminology::list_filtered(const CodeSystem& system, const Value& filter, std::set<std::string>& codes) const {
  const auto property = filter[0].string_or("");
  const auto operation = filter[1].string_or("");
  const auto value = filter[2].string_or("");
  if (property != "concept" && property != "code") return false;
  if (operation != "is-a" && operation != "descendent-of" && operation != "is-not-a") return false;
  std::set<std::string> below{value};
  std::vector<std::string> open{value};
  while (!open.empty()) {
    const auto parent = std::move(open.back());
    open.pop_back();
    const auto [begin, end] = system.children.equal_range(parent);
    for (auto child = begin; child != end; ++child)
      if (below.insert(child->second).second) open.push_back(child->second);
  }
  if (operation == "descendent-of") below.erase(value);
  std::erase_if(codes, [&](const std::string& code) { return below.contains(code) == (operation == "is-not-a"); });
  return true;
}

std::pair<std::string_view, std::string_view> split_canonical(std::string_view canonical) {
  const auto bar = canonical.find('|');
  if (bar == std::string_view::npos) return {canonical, {}};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

bool is_older(std::string_view version, std::string_view other) {
  while (!version.empty() || !other.empty()) {
    const auto next = [](std::string_view& words) {
      unsigned number = 0;
      std::from_chars(words.data(), words.data() + words.size(), number);
      const auto dot = words.find('.');
      words.remove_prefix(dot == std::string_view::npos ? words.size() : dot + 1);
      return number;
    };
    const auto a = next(version);
    const auto b = next(other);
    if (a != b) return a < b;
  }
  return false;
}

}  // namespace bb::fhir
