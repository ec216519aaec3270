#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "harness/fhir/narrative.hpp"
#include "harness/fhir/primitives.hpp"
#include "harness/fhir/walk.hpp"

namespace bb::fhir {
namespace {

using Form = Element::Form;

constexpr std::size_t quoted_bytes_max = 80;

std::string shown(std::string_view text) { return shorten(text, quoted_bytes_max); }

std::string_view word_of(Form form) {
  switch (form) {
    case Form::object:
      return "an object";
    case Form::string:
      return "a string";
    case Form::number:
      return "a number";
    case Form::boolean:
      return "true or false";
    case Form::none:
      return "nothing";
  }
  return "";
}

std::string times(unsigned min, unsigned max) {
  return max == unlimited ? fmt::format("{} or more", min)
         : min == max     ? fmt::format("{}", min)
                          : fmt::format("{} to {}", min, max);
}

std::string types_of(const ElementRule& rule) {
  std::vector<std::string> words;
  for (const auto& type : rule.types) words.push_back(type.code);
  return join(words, ", ");
}

bool is_id_alone(const Element& element) {
  return !element.children.empty() && std::all_of(element.children.begin(), element.children.end(),
                                                  [](const Element& child) { return child.name == "id"; });
}

// "#p1" of every reference and address in a resource, contained ones too, and of
// the links in its narrative.
void collect_fragments(const Element& element, std::set<std::string_view>& fragments) {
  const std::string_view value = element.value;
  if (value.starts_with('#')) fragments.insert(value.substr(1));
  if (element.name == "div")
    for (auto at = value.find("\"#"); at != std::string_view::npos; at = value.find("\"#", at + 2))
      fragments.insert(value.substr(at + 2, value.find('"', at + 2) - at - 2));
  for (const auto& child : element.children) collect_fragments(child, fragments);
}

}  // namespace

void Walk::resource(const Element& resource) {
  const auto* structure = definitions_.type(resource.resource_type);
  if (structure == nullptr || structure->kind != Structure::Kind::resource || structure->is_abstract)
    return error(resource, "fhir-type", "resource",
                 fmt::format("there is no resource '{}' in FHIR R4", shown(resource.resource_type)), "a resource of R4",
                 shown(resource.resource_type));
  const auto outer = scope_;
  std::unordered_map<std::string_view, const Element*> contained_ones;
  if (!scope_.is_contained) {
    for (const auto& child : resource.children)
      if (child.name == "contained") contained_ones.emplace(child.value_of("id"), &child);
    scope_.container = &resource;
    scope_.contained = &contained_ones;
  }
  count_constraints(structure->root, nullptr);
  std::optional<BundleIndex> index;  // for its profiles too
  if (resource.resource_type == "Bundle") {
    // One in another one is for its entries what the other is for its own.
    scope_.bundle = &index.emplace(resource);
    scope_.full_url = {};
    scope_.is_document_head = false;
    bundle(resource, *index);
  }
  contents(resource, structure->root, {&structure->root, structure, {}});
  if (!contained_ones.empty()) contained(resource);
  profiles(resource, *structure);
  scope_ = outer;
}

// Each child by its rule, then how many there are of each.
void Walk::contents(const Element& parent, const ElementRule& shape, const Holder& holder) {
  const auto base = counts_.size();
  counts_.resize(base + shape.children.size());
  std::size_t last = 0;
  for (const auto& child : parent.children) {
    const auto* name = shape.find(child.name);
    if (name == nullptr) {
      unknown(child, parent, shape);
      continue;
    }
    const auto& rule = shape.children[name->child];
    auto& count = counts_[base + name->child];
    const auto index = count++;
    const auto& use = rule.types.empty() ? no_type : rule.types[name->type];
    const Down down(*this, {rule.name, rule.is_list ? index : no_index,
                            rule.is_choice ? std::string_view(use.code) : std::string_view{}});
    if (is_json() && child.is_listed != rule.is_list && index == 0)
      error(child, "fhir-json", child.name,
            fmt::format("'{}' has to be {} in JSON", child.name, rule.is_list ? "an array" : "no array"),
            rule.is_list ? "an array" : "no array", child.is_listed ? "an array" : std::string(word_of(child.form)));
    if (!is_json() && name->child < last && child.name != "id" && child.name != "url")
      error(child, "fhir-order", child.name, fmt::format("'{}' stands in the wrong place", child.name),
            fmt::format("before '{}'", shape.children[last].name));
    if (child.name != "id" && child.name != "url") last = std::max(last, name->child);
    const auto outer = scope_;
    if (child.name == "contained" && scope_.is_contained)
      error(child, "fhir-contained", "nested", "a contained resource contains another one",
            "all contained resources in the outermost one [dom-2]");
    enter(child);
    element(child, rule, use, holder);
    scope_ = outer;
  }
  for (std::size_t i = 0; i < shape.children.size(); ++i) cardinality(parent, shape.children[i], counts_[base + i], {});
  counts_.resize(base);
}

void Walk::cardinality(const Element& parent, const ElementRule& rule, std::size_t count, std::string_view by) {
  const auto in_profile = by.empty() ? std::string() : fmt::format(" by {}", by);
  if (count < rule.min)
    error(parent, "fhir-missing", rule.name, fmt::format("{} is required{}", rule.path, in_profile),
          times(rule.min, rule.max), count == 0 ? "none" : std::to_string(count));
  if (count <= rule.max) return;
  // At the first that is too many.
  std::size_t seen = 0;
  const Element* at = &parent;
  for (const auto& child : parent.children)
    if ((child.name == rule.name || (rule.is_choice && is_choice_name(child.name, rule.name))) && seen++ == rule.max)
      at = &child;
  if (rule.max == 0)
    error(*at, "fhir-too-many", rule.name, fmt::format("{} is not allowed{}", rule.path, in_profile), "none",
          std::to_string(count));
  else
    error(*at, "fhir-too-many", rule.name, fmt::format("too many of {}{}", rule.path, in_profile),
          times(rule.min, rule.max), std::to_string(count));
}

void Walk::unknown(const Element& child, const Element& parent, const ElementRule& shape) {
  const Down down(*this, {child.name});
  for (const auto& rule : shape.children) {
    if (!rule.is_choice) continue;
    if (child.name == rule.name)
      return error(child, "fhir-type", "choice", fmt::format("the name '{}' lacks the type of its value", child.name),
                   fmt::format("'{}' and one of {}", rule.name, types_of(rule)), child.name);
    if (is_choice_name(child.name, rule.name))
      return error(child, "fhir-type", "choice", fmt::format("{} is of a type that it cannot have", rule.path),
                   types_of(rule), shown(std::string_view(child.name).substr(rule.name.size())));
  }
  // Of an array one is enough.
  if (is_full() || !said_.emplace(&parent, fmt::format("fhir-unknown\n{}", child.name)).second) return;
  std::vector<std::string> words;
  for (const auto& name : shape.names) words.push_back(name.word);
  const auto near = child.name.size() > quoted_bytes_max ? std::nullopt : nearest(child.name, words);
  error(child, "fhir-unknown", child.name,
        fmt::format("{} has no element '{}'", shape.path.empty() ? "this type" : shape.path, shown(child.name)),
        near ? fmt::format("'{}'", *near) : std::string(), fmt::format("'{}'", shown(child.name)));
}

void Walk::element(const Element& one, const ElementRule& rule, const TypeUse& use, const Holder& parent) {
  if (rule.same_as != nullptr) {
    count_constraints(rule, nullptr);
    if (is_json() && one.form != Form::object)
      return error(one, "fhir-type", "form", fmt::format("'{}' is of the wrong form", one.name), "an object",
                   std::string(word_of(one.form)));
    return contents(one, *rule.same_as, {rule.same_as, definitions_.type("BackboneElement"), {}});
  }
  const auto* structure = use.structure;
  if (structure == nullptr)
    return not_evaluated(one, "fhir-type", fmt::format("the type '{}' is not at hand", use.code));
  if (structure->kind == Structure::Kind::resource) {
    if (one.resource_type.empty())
      return error(one, "fhir-type", "resource", fmt::format("'{}' is no resource", one.name),
                   "a resource with its type", "none");
    const auto* given = definitions_.type(one.resource_type);
    if (given != nullptr && !definitions_.is_a(*given, structure->type))
      error(one, "fhir-type", "kind", fmt::format("'{}' holds another resource", one.name), structure->type,
            one.resource_type);
    return resource(one);
  }
  count_constraints(rule, &structure->root);
  if (!one.resource_type.empty())
    error(one, "fhir-unknown", "resourceType", fmt::format("'{}' is no resource, it has no resourceType", one.name),
          structure->type, shown(one.resource_type));
  if (structure->kind == Structure::Kind::primitive)
    primitive(one, rule, *structure);
  else
    complex(one, rule, structure, parent);
  values(one, rule, {});
  binding(one, rule, use.code);
}

void Walk::complex(const Element& one, const ElementRule& rule, const Structure* structure, const Holder& parent) {
  if (is_json() ? one.form != Form::object : one.form == Form::string)
    return error(one, "fhir-type", "form", fmt::format("'{}' is of the wrong form", one.name),
                 fmt::format("an object, {}", structure->type), std::string(word_of(one.form)));
  if (is_id_alone(one))
    error(one, "fhir-empty", "ele-1", fmt::format("'{}' has an id and no content", one.name),
          "a value or children [ele-1]");
  const bool is_extension = structure->type == "Extension";
  const auto& shape = rule.children.empty() ? structure->root : rule;
  contents(one, shape, {&rule, structure, is_extension ? one.value_of("url") : std::string_view{}});
  if (is_extension) return extension(one, parent);
  for (const auto& use : rule.types)
    if (use.structure == structure) {
      if (structure->type == "Reference") reference(one, use);
      type_profiles(one, use);
    }
  if (structure->type == "Period" && goes_backwards(one.value_of("start"), one.value_of("end")))
    error(one, "fhir-period", "per-1", "the period ends before it begins", "start before end [per-1]",
          fmt::format("{} to {}", shown(one.value_of("start")), shown(one.value_of("end"))));
  else if (structure->type == "Period" && is_vague(one.value_of("start"), one.value_of("end")))
    fault(one, "fhir-period", "per-1", Fault::Level::warning,
          "whether the period ends before it begins cannot be told: one end is less exact",
          "a start and an end of the same precision [per-1]",
          fmt::format("{} to {}", shown(one.value_of("start")), shown(one.value_of("end"))));
  // "... the system SHALL be urn:ietf:rfc:3986, and the URI is in the value (OIDs and
  // UUIDs using urn:oid: and urn:uuid:)"
  if (structure->type == "Identifier" && one.value_of("system") == "urn:ietf:rfc:3986")
    if (const auto* value = one.find("value");
        value != nullptr && !value->value.empty() && !is_absolute_uri(value->value))
      error(one, "fhir-format", "identifier", "the value of an identifier of urn:ietf:rfc:3986 is no whole URI",
            "urn:oid:, urn:uuid: or another scheme before it", fmt::format("'{}'", shown(value->value)));
}

void Walk::primitive(const Element& one, const ElementRule& rule, const Structure& structure) {
  contents(one, structure.root, {&rule, &structure, {}});
  if (one.form == Form::none) {
    if (is_id_alone(one))
      error(one, "fhir-empty", "ele-1", fmt::format("'{}' has an id and neither a value nor an extension", one.name),
            "a value or children [ele-1]");
    return;
  }
  if (one.form == Form::object) {
    if (is_json())
      error(one, "fhir-type", "form", fmt::format("'{}' is of the wrong form", one.name),
            fmt::format("{}, {}", word_of(json_form(structure.type)), structure.type), "an object");
    return;
  }
  if (is_json() && one.form != json_form(structure.type))
    return error(one, "fhir-type", "form", fmt::format("'{}' is of the wrong form", one.name),
                 fmt::format("{}, {}", word_of(json_form(structure.type)), structure.type),
                 fmt::format("{} {}", word_of(one.form), shown(one.value)));
  if (structure.type == "xhtml") {
    for (auto& found : narrative_faults(one.value))
      error(one, "fhir-narrative", found.what + found.found, found.what, found.expected, found.found);
    return;
  }
  if (one.value.empty())
    return error(one, "fhir-format", "value", fmt::format("'{}' is empty", one.name), "a value, or no such element",
                 "''");
  if (const auto expected = expected_format(structure.type, one.value); !expected.empty())
    error(one, "fhir-format", "value", fmt::format("'{}' is no valid {}", one.name, structure.type),
          std::string(expected), fmt::format("'{}'", shown(one.value)));
  // "An absolute URI that is used to identify this ..."
  if (one.name == "url" && path_.size() >= 2 && rule.path.find('.') == rule.path.rfind('.') &&
      structure.type == "uri" && rule.path != "Extension.url" && !is_absolute_uri(one.value))
    error(one, "fhir-format", "absolute", "the address of a definition is not absolute", "an absolute URI",
          fmt::format("'{}'", shown(one.value)));
}

void Walk::count_constraints(const ElementRule& rule, const ElementRule* type_root) {
  for (const auto number : rule.constraints)
    if (!is_evaluated_[number]) ++constraint_counts_[number];
  if (type_root == nullptr) return;
  for (const auto number : type_root->constraints)
    if (!is_evaluated_[number] &&
        std::find(rule.constraints.begin(), rule.constraints.end(), number) == rule.constraints.end())
      ++constraint_counts_[number];
}

// Ids of contained resources, and that somebody refers to them.
void Walk::contained(const Element& parent) {
  std::set<std::string_view> fragments;
  collect_fragments(parent, fragments);
  std::map<std::string_view, std::size_t> ids;
  std::size_t index = 0;
  for (const auto& child : parent.children) {
    if (child.name != "contained") continue;
    const Down down(*this, {"contained", index++});
    const auto id = child.value_of("id");
    if (id.empty()) {
      error(child, "fhir-contained", "id", "a contained resource has no id", "an id that references lead to");
      continue;
    }
    if (++ids[id] == 2)
      error(child, "fhir-contained", "twice", "two contained resources have the same id", "ids that differ",
            fmt::format("'{}'", shown(id)));
    if (fragments.contains(id)) continue;
    std::set<std::string_view> own;
    collect_fragments(child, own);
    if (!own.contains(""))
      error(child, "fhir-contained", "unused", "nothing refers to the contained resource",
            fmt::format("a reference to '#{}' [dom-3]", shown(id)));
  }
}

}  // namespace bb::fhir
