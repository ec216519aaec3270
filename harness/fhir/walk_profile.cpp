#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "harness/fhir/published.hpp"
#include "harness/fhir/walk.hpp"

namespace bb::fhir {
namespace {

constexpr int profile_depth_max = 64;  // of definitions within definitions
constexpr std::size_t quoted_bytes_max = 120;

std::string shown(std::string_view text) { return shorten(text, quoted_bytes_max); }

// "Patient.contact.name" of "Patient.contact:next.name"
bool is_path(std::string_view path, std::string_view wanted) {
  if (path.ends_with("[x]")) path.remove_suffix(3);
  if (wanted.ends_with("[x]")) wanted.remove_suffix(3);
  return path == wanted;
}

std::string slices_of(const ElementRule& rule) {
  std::vector<std::string> words;
  for (const auto& slice : rule.slices) words.push_back(slice.slice);
  return join(words, ", ");
}

// The element of a slice that a discriminator's path leads to; none where the path
// needs more than names.
const ElementRule* rule_along(const ElementRule& slice, const std::vector<std::string>& names) {
  const auto* at = &slice;
  for (const auto& name : names) {
    const auto* shape = at->shape();
    if (shape == nullptr) return nullptr;
    const auto child = std::find_if(shape->children.begin(), shape->children.end(),
                                    [&](const ElementRule& one) { return one.name == name; });
    if (child == shape->children.end()) return nullptr;
    at = &*child;
  }
  return at;
}

void elements_along(const Element& from, const std::vector<std::string>& names, std::size_t next,
                    std::vector<const Element*>& found) {
  if (next == names.size()) return found.push_back(&from);
  for (const auto& child : from.children)
    if (child.name == names[next] || (next + 1 == names.size() && is_choice_name(child.name, names[next])))
      elements_along(child, names, next + 1, found);
}

std::vector<std::string> names_of(const std::string& path) {
  return path == "$this" ? std::vector<std::string>{} : split(path, '.');
}

// Whether an element is of a slice by one discriminator; none where that cannot
// be told here.
std::optional<bool> is_of_slice(const Element& element, const ElementRule& slice, const std::string& type,
                                const std::string& path) {
  if (path.find('(') != std::string::npos) return std::nullopt;
  const auto names = names_of(path);
  if (type == "type" && names.empty()) {
    for (const auto& use : slice.types)
      if (element.name == choice_name(slice.name, use.code) || element.resource_type == use.code) return true;
    return false;
  }
  if (type != "value" && type != "pattern") return std::nullopt;
  // The definition that an extension is of says its url.
  if (names.size() == 1 && names[0] == "url" && slice.types.size() == 1 && slice.types[0].profiles.size() == 1)
    return element.value_of("url") == split_canonical(slice.types[0].profiles[0]).first;
  const auto* rule = rule_along(slice, names);
  if (rule == nullptr || (!rule->fixed && !rule->pattern && rule->codes == nullptr)) return std::nullopt;
  std::vector<const Element*> found;
  elements_along(element, names, 0, found);
  const auto code_type = rule->types.empty() ? std::string_view{} : std::string_view(rule->types[0].code);
  return std::any_of(found.begin(), found.end(), [&](const Element* one) {
    if (rule->fixed) return is_like(*one, *rule->fixed, Match::exact);
    if (rule->pattern) return is_like(*one, *rule->pattern, Match::at_least);
    return has_code_of(*one, code_type, *rule->codes);
  });
}

std::optional<bool> is_of_slice(const Element& element, const ElementRule& rule, const ElementRule& slice) {
  if (rule.discriminators.empty()) return std::nullopt;
  for (const auto& [type, path] : rule.discriminators) {
    const auto is_it = is_of_slice(element, slice, type, path);
    if (!is_it) return std::nullopt;
    if (!*is_it) return false;
  }
  return true;
}

}  // namespace

bool Walk::is_about(const Structure& profile, const Structure& structure) const {
  return profile.type == structure.type || definitions_.is_a(structure, profile.type);
}

void Walk::profiles(const Element& resource, const Structure& structure) {
  std::set<const Structure*> known;
  const auto* meta = resource.find("meta");
  for (const auto* claim : meta == nullptr ? std::vector<const Element*>() : meta->children_of("profile")) {
    if (claim->value.empty()) continue;
    const auto* found = definitions_.find(claim->value);
    if (found != nullptr && !known.insert(found).second) continue;
    if (found == nullptr) {
      not_evaluated(resource, "fhir-profile",
                    fmt::format("the profile {} is not imported: give its package to 'bluebridge data import'",
                                shown(claim->value)));
    } else if (!is_about(*found, structure)) {
      error(resource, "fhir-profile", found->url, "the profile is one of another resource", found->type,
            structure.type);
    } else if (found->is_profile) {
      profile(resource, *found);
    }
  }
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    if (!is_about(*asked_[i], structure)) continue;
    ++result_.asked_counts[i];
    if (asked_[i]->is_profile && known.insert(asked_[i]).second) profile(resource, *asked_[i]);
  }
}

void Walk::profile(const Element& one, const Structure& structure) {
  if (profile_depth_ == profile_depth_max) return;
  ++profile_depth_;
  count_profile_constraints(structure.root);
  profile_contents(one, structure.root, structure);
  --profile_depth_;
}

// The definition that a type is restricted to: SimpleQuantity.
void Walk::type_profiles(const Element& one, const TypeUse& use) {
  if (use.profiles.empty()) return;
  const auto* found = use.profiles.size() == 1 ? definitions_.find(use.profiles[0]) : nullptr;
  if (found != nullptr) return profile(one, *found);
  not_evaluated(one, "fhir-profile",
                use.profiles.size() == 1 ? fmt::format("the profile {} is not at hand", use.profiles[0])
                                         : fmt::format("one of several profiles: {}", join(use.profiles, ", ")));
}

void Walk::profile_contents(const Element& parent, const ElementRule& shape, const Structure& profile) {
  const auto base = counts_.size();
  counts_.resize(base + shape.children.size());
  for (const auto& child : parent.children) {
    const auto* name = shape.find(child.name);
    if (name == nullptr) {
      // What R4 does not know either is told already.
      for (const auto& rule : shape.children)
        if (rule.is_choice && rule.max > 0 && is_choice_name(child.name, rule.name)) {
          std::vector<std::string> words;
          for (const auto& type : rule.types) words.push_back(type.code);
          const Down down(*this, {child.name});
          error(child, "fhir-type", "choice",
                fmt::format("{} is of a type that it cannot have by {}", rule.path, name_of(profile)),
                join(words, ", "), shown(child.name.substr(rule.name.size())));
        }
      continue;
    }
    const auto& rule = shape.children[name->child];
    const auto index = counts_[base + name->child]++;
    const auto& use = rule.types.empty() ? no_type : rule.types[name->type];
    const Down down(*this, {rule.name, rule.is_list ? index : no_index,
                            rule.is_choice ? std::string_view(use.code) : std::string_view{}});
    const auto outer = scope_;
    enter(child);
    profile_element(child, rule, use, profile);
    scope_ = outer;
  }
  for (std::size_t i = 0; i < shape.children.size(); ++i) {
    const auto& rule = shape.children[i];
    cardinality(parent, rule, counts_[base + i], name_of(profile));
    if (!rule.slices.empty()) slices(parent, rule, profile);
  }
  counts_.resize(base);
}

void Walk::profile_element(const Element& one, const ElementRule& rule, const TypeUse& use, const Structure& profile) {
  values(one, rule, name_of(profile));
  binding(one, rule, use.code);
  count_profile_constraints(rule);
  if (use.code == "Reference") reference(one, use);
  if (use.code != "Extension" && use.structure != nullptr && use.structure->kind == Structure::Kind::complex)
    type_profiles(one, use);
  if (const auto* shape = rule.shape()) profile_contents(one, *shape, profile);
}

// Those of R4 are counted by the walk along its own definitions.
void Walk::count_profile_constraints(const ElementRule& rule) {
  for (const auto number : rule.constraints)
    if (!is_evaluated_[number] && !definitions_.is_of_base(number)) ++constraint_counts_[number];
}

void Walk::slices(const Element& parent, const ElementRule& rule, const Structure& profile) {
  std::vector<std::size_t> counts(rule.slices.size());
  std::vector<std::pair<const Element*, std::size_t>> members;  // and the slice it is of
  std::size_t index = 0;
  for (const auto& child : parent.children) {
    if (child.name != rule.name && !(rule.is_choice && is_choice_name(child.name, rule.name))) continue;
    const auto number = index++;
    std::size_t of = 0;
    while (of < rule.slices.size()) {
      const auto is_it = is_of_slice(child, rule, rule.slices[of]);
      if (!is_it)
        return not_evaluated(parent, "fhir-slicing",
                             fmt::format("the slices of {} in {}", rule.path, name_of(profile)));
      if (*is_it) break;
      ++of;
    }
    const Down down(*this, {rule.name, rule.is_list ? number : no_index});
    if (of == rule.slices.size()) {
      // A part of an extension is defined with it or by an address of its own.
      const bool is_part =
          profile.type == "Extension" && rule.path == "Extension.extension" && !is_absolute_uri(child.value_of("url"));
      if (rule.is_closed || is_part)
        error(child, is_part ? "fhir-extension" : "fhir-slice", profile.url,
              fmt::format("{} is none of those that there may be by {}", rule.path, name_of(profile)), slices_of(rule),
              child.name == "extension" ? fmt::format("'{}'", shown(child.value_of("url"))) : std::string());
      continue;
    }
    ++counts[of];
    const auto& slice = rule.slices[of];
    for (const auto& use : slice.types) {
      if (slice.is_choice && is_of_slice(child, slice, "type", "$this") != true) continue;
      const auto outer = scope_;
      enter(child);
      profile_element(child, slice, use, profile);
      scope_ = outer;
      break;
    }
  }
  for (std::size_t i = 0; i < rule.slices.size(); ++i) {
    const auto& slice = rule.slices[i];
    // Where nothing is there, nothing had to be told apart.
    if (index == 0 && rule.discriminators.empty()) continue;
    const auto by = fmt::format("{}:{}", rule.path, slice.slice);
    if (counts[i] < slice.min)
      error(parent, "fhir-slice", by, fmt::format("{} is required by {}", by, name_of(profile)),
            fmt::format("at least {}", slice.min), counts[i] == 0 ? "none" : std::to_string(counts[i]));
    else if (counts[i] > slice.max)
      error(parent, "fhir-slice", by, fmt::format("too many of {} by {}", by, name_of(profile)),
            slice.max == 0 ? "none" : fmt::format("at most {}", slice.max), std::to_string(counts[i]));
  }
}

void Walk::extension(const Element& one, const Holder& parent) {
  const auto url = one.value_of("url");
  const bool is_nested =
      !parent.extension_url.empty() || (parent.structure != nullptr && parent.structure->type == "Extension");
  const bool has_value = std::any_of(one.children.begin(), one.children.end(), [](const Element& child) {
    return std::string_view(child.name).starts_with("value");
  });
  const bool has_extension = one.find("extension") != nullptr;
  if (has_value == has_extension)
    error(one, "fhir-extension", "ext-1",
          has_value ? "an extension has a value and extensions" : "an extension has neither a value nor extensions",
          "one of both [ext-1]", shown(url));
  if (url.empty()) return;
  if (!is_nested && !is_absolute_uri(url))
    error(one, "fhir-extension", "url", "the url of an extension is not absolute", "an absolute URL",
          fmt::format("'{}'", shown(url)));
  if (url.find('|') != std::string_view::npos)
    error(one, "fhir-extension", "version", "the url of an extension has a version", "a URL without '|'",
          fmt::format("'{}'", shown(url)));
  if (is_nested && !is_absolute_uri(url)) return;  // defined with the one around it
  const auto* structure = definitions_.find(split_canonical(url).first);
  if (structure == nullptr || structure->type != "Extension" || !structure->is_profile) {
    // One of many says it: R4 allows extensions that a receiver does not know.
    if (is_absolute_uri(url) && url.find('|') == std::string_view::npos && unknown_extensions_.emplace(url).second)
      fault(one, "fhir-extension", "unknown", Fault::Level::warning,
            "the extension is not known: no definition of it is imported",
            "an extension of R4 or of a guide that is imported", fmt::format("'{}'", shown(url)));
    return not_evaluated(one, "fhir-extension", fmt::format("the definition of {} is not at hand", shown(url)));
  }
  extension_context(one, *structure, parent);
  profile(one, *structure);
}

void Walk::extension_context(const Element& one, const Structure& structure, const Holder& parent) {
  std::vector<std::string> allowed;
  for (const auto& [type, expression] : structure.contexts) {
    if (type == "fhirpath")
      return not_evaluated(one, "fhir-extension", fmt::format("where {} may stand, by FHIRPath", structure.url));
    // Used by R4's own definitions one level above where it says.
    if (expression == "Element" || structure.url == fhir_type_extension) return;
    if (type == "extension" ? parent.extension_url == expression
                            : is_path(parent.rule->path, expression) ||
                                  (parent.structure != nullptr && definitions_.is_a(*parent.structure, expression)))
      return;
    allowed.push_back(expression);
  }
  if (!allowed.empty())
    error(one, "fhir-extension", "context", fmt::format("the extension {} is not allowed here", structure.url),
          join(allowed, ", "), parent.rule->path);
}

}  // namespace bb::fhir
