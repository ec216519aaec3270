#include "description.hpp"

#include <algorithm>
#include <cassert>

#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

#include "thing_types_text.hpp"

namespace bb::healthvault::types {
namespace {

constexpr std::pair<std::string_view, Kind> kinds[]{
    {"text", Kind::text},
    {"words", Kind::words},
    {"code", Kind::code},
    {"codable-value", Kind::codable},
    {"display", Kind::display},
    {"general-measurement", Kind::measurement},
    {"quantity", Kind::quantity},
    {"integer", Kind::integer},
    {"decimal", Kind::decimal},
    {"boolean", Kind::boolean},
    {"size", Kind::size},
    {"unit", Kind::unit},
    {"interpretation", Kind::interpretation},
    {"range-minimum", Kind::range_minimum},
    {"range-maximum", Kind::range_maximum},
    {"full-name", Kind::full_name},
    {"date-time", Kind::date_time},
    {"approx-date-time", Kind::approx_date_time},
    {"approx-date", Kind::approx_date},
    {"year", Kind::year},
    {"years", Kind::years},
};

std::string text(const YamlNode& node, std::string_view key) {
  const auto* found = node.find(key);
  return found == nullptr ? std::string{} : found->text;
}

bool flag(const YamlNode& node, std::string_view key) { return text(node, key) == "true"; }

Words words(const YamlNode& node, std::string_view key) {
  Words all;
  if (const auto* map = node.find(key))
    for (const auto& member : map->members) all.emplace_back(member.key, member.value.text);
  return all;
}

std::vector<std::string> texts(const YamlNode& node, std::string_view key) {
  std::vector<std::string> all;
  if (const auto* list = node.find(key))
    for (const auto& item : list->items) all.push_back(item.text);
  return all;
}

const std::vector<YamlNode>& items(const YamlNode& node, std::string_view key) {
  static const std::vector<YamlNode> none;
  const auto* found = node.find(key);
  return found == nullptr ? none : found->items;
}

Test test_of(const YamlNode& node) { return {text(node, "code"), text(node, "display"), text(node, "unit")}; }

// The description is ours, so its mistakes are: tests read every part of it.
class Reader {
 public:
  Description read(const YamlNode& root) {
    for (const auto& one : items(root, "systems"))
      made_.systems.push_back({text(one, "oid"), text(one, "name"), text(one, "family"), text(one, "type")});
    for (const auto& one : root.find("measures")->members) made_.measures[one.key] = measure_of(one.value);
    for (const auto& one : root.find("quantities")->members) made_.quantities[one.key] = quantity_of(one.value);
    made_.interpretations = words(root, "interpretations");
    for (const auto& one : items(root, "never"))
      made_.never.push_back({text(one, "field"), text(one, "is"), text(one, "why")});
    const auto& groups = root.find("groups")->members;
    for (const auto& one : groups) made_.groups[one.key];
    for (const auto& one : groups) made_.groups[one.key] = elements_of(one.value.items);
    for (const auto& one : items(root, "types")) made_.types.push_back(type_of(one));
    for (const auto& one : items(root, "documents")) made_.types.push_back(document_of(one));
    for (const auto& one : made_.types) made_.all.push_back(one.type);
    for (const auto& one : items(root, "carried")) made_.all.push_back(named(one));
    return std::move(made_);
  }

 private:
  static Measure measure_of(const YamlNode& node) {
    Measure measure{test_of(node), texts(node, "codes"), {}};
    if (!measure.test.code.empty()) measure.codes.push_back(measure.test.code);
    for (const auto& one : items(node, "by_unit")) measure.by_unit.push_back(test_of(one));
    return measure;
  }

  static Quantity quantity_of(const YamlNode& node) {
    Quantity quantity{text(node, "element"), {}};
    for (const auto& one : items(node, "units"))
      quantity.units.push_back({text(one, "ucum"), texts(one, "names"), to_value(*one.find("factor")).number()});
    return quantity;
  }

  // "reactions[0].display" is "reactions.0.display"; "lines[]" is "lines", of which each occurrence is an item.
  static void set_path(Element& element, std::string path) {
    element.is_list = path.ends_with("[]");
    if (element.is_list) path.resize(path.size() - 2);
    element.to = replace_all(replace_all(path, "[", "."), "]", "");
  }

  Element element_of(const YamlNode& node) {
    Element element;
    element.name = text(node, "name");
    set_path(element, text(node, "to"));
    if (const auto kind = text(node, "kind"); !kind.empty()) {
      const auto* known =
          std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return k.first == kind; });
      if (known != std::end(kinds))
        element.kind = known->second;
      else
        element.group = kind;
      assert(element.group.empty() || made_.groups.contains(element.group));
    }
    element.elements = elements_of(items(node, "elements"));
    element.each = text(node, "each");
    element.scheme = text(node, "scheme");
    element.constant = text(node, "constant");
    element.unit = text(node, "unit");
    element.vocabulary = text(node, "vocabulary");
    element.words = words(node, "words");
    element.codes = words(node, "codes");
    element.constants = words(node, "constants");
    if (const auto name = text(node, "quantity"); !name.empty()) element.quantity = &made_.quantities.at(name);
    if (const auto name = text(node, "measures"); !name.empty()) element.measure = &made_.measures.at(name);
    element.is_top = flag(node, "top");
    element.is_many = flag(node, "many");
    element.is_required = flag(node, "required");
    element.is_blank_allowed = flag(node, "blank");
    element.is_weak = flag(node, "weak");
    element.is_read_only = flag(node, "read_only");
    element.is_appended = flag(node, "append");
    return element;
  }

  std::vector<Element> elements_of(const std::vector<YamlNode>& nodes) {
    std::vector<Element> all;
    for (const auto& node : nodes) all.push_back(element_of(node));
    return all;
  }

  static ThingType named(const YamlNode& node) {
    ThingType type;
    type.id = text(node, "id");
    type.name = text(node, "name");
    type.version = node.find("version") == nullptr ? "1" : text(node, "version");
    type.element = text(node, "element");
    type.schema = text(node, "schema");
    type.fact = text(node, "fact");
    type.is_immutable = flag(node, "immutable");
    return type;
  }

  Type type_of(const YamlNode& node) {
    Type type;
    type.type = named(node);
    type.is_read_only = flag(node, "read_only");
    type.type.handling = type.is_read_only ? ThingType::Handling::read : ThingType::Handling::facts;
    type.elements = elements_of(items(node, "elements"));
    type.constants = words(node, "constants");
    type.lone = text(node, "lone");
    type.rest = text(node, "rest");
    type.only = text(node, "only");
    type.is_superseded = flag(node, "superseded");
    if (const auto* when = node.find("when")) {
      type.when_field = text(*when, "field");
      type.when_value = text(*when, "is");
    }
    return type;
  }

  static Type document_of(const YamlNode& node) {
    Type type;
    type.type = named(node);
    type.type.handling = ThingType::Handling::document;
    type.root_namespace = text(node, "namespace");
    return type;
  }

  Description made_;
};

}  // namespace

const Test& Measure::test_in(std::string_view unit) const {
  const auto found = std::find_if(by_unit.begin(), by_unit.end(), [&](const Test& one) { return one.unit == unit; });
  return found == by_unit.end() ? test : *found;
}

const Unit* Quantity::by_name(std::string_view name) const {
  for (const auto& unit : units)
    for (const auto& one : unit.names)
      if (iequals(one, name)) return &unit;
  return nullptr;
}

const Unit* Quantity::by_ucum(std::string_view ucum) const {
  for (const auto& unit : units)
    if (unit.ucum == ucum) return &unit;
  return nullptr;
}

bool Type::has_measures() const {
  return std::any_of(elements.begin(), elements.end(), [](const Element& e) { return e.measure != nullptr; });
}

const Type* Description::find(std::string_view id) const {
  for (const auto& type : types)
    if (iequals(type.type.id, id)) return &type;
  return nullptr;
}

const std::vector<Element>& Description::elements_of(const Element& element) const {
  return element.group.empty() ? element.elements : groups.find(element.group)->second;
}

const Description& description() {
  // Elements point into it, so it is made in place and never moved.
  static const auto* made = [] {
    auto source = std::make_shared<Source>();
    source->name = "thing_types.yaml";
    source->text = std::string(thing_types_yaml);
    const auto yaml = parse_yaml(source);
    assert(yaml.is_good());
    return new Description(Reader().read(*yaml.root));
  }();
  return *made;
}

}  // namespace bb::healthvault::types

namespace bb::healthvault {

const std::vector<ThingType>& thing_types() { return types::description().all; }

const ThingType* find_thing_type(std::string_view id) {
  for (const auto& type : thing_types())
    if (iequals(type.id, id)) return &type;
  return nullptr;
}

}  // namespace bb::healthvault
