#include "harness/fhir/definitions.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <bb/core/json.hpp>

#include "harness/fhir/published.hpp"

namespace bb::fhir {
namespace {

constexpr int base_depth_max = 16;  // of definitions that build on each other

unsigned max_of(const std::string& words) {
  unsigned number = 1;
  if (words == "*") return unlimited;
  std::from_chars(words.data(), words.data() + words.size(), number);
  return number;
}

Structure::Kind kind_of(std::string_view word) {
  if (word == "primitive-type") return Structure::Kind::primitive;
  if (word == "complex-type") return Structure::Kind::complex;
  if (word == "resource") return Structure::Kind::resource;
  return Structure::Kind::other;
}

void name_children(ElementRule& rule) {
  for (std::size_t i = 0; i < rule.children.size(); ++i) {
    const auto& child = rule.children[i];
    if (!child.is_choice) {
      rule.names.push_back({child.name, i, 0});
      continue;
    }
    for (std::size_t type = 0; type < child.types.size(); ++type)
      rule.names.push_back({choice_name(child.name, child.types[type].code), i, type});
  }
  std::sort(rule.names.begin(), rule.names.end(),
            [](const ElementRule::Name& a, const ElementRule::Name& b) { return a.word < b.word; });
}

}  // namespace

std::string choice_name(const std::string& name, const std::string& type) {
  std::string word = name + type;
  if (!type.empty()) word[name.size()] = static_cast<char>(std::toupper(static_cast<unsigned char>(type[0])));
  return word;
}

bool is_choice_name(std::string_view word, std::string_view name) {
  return word.size() > name.size() && word.starts_with(name) && word[name.size()] >= 'A' && word[name.size()] <= 'Z';
}

const ElementRule::Name* ElementRule::find(std::string_view word) const {
  const auto found =
      std::lower_bound(names.begin(), names.end(), word, [](const Name& a, std::string_view b) { return a.word < b; });
  return found == names.end() || found->word != word ? nullptr : &*found;
}

// Makes the definitions: first all structures, then what they name in each other.
class Definitions::Reader {
 public:
  explicit Reader(Definitions& definitions) : definitions_(definitions) {}

  Status add(std::string_view text) {
    BB_TRY(const auto kept, parse_json(text));
    if (kept["format"].string_or("") != kept_format)
      return Error{fmt::format("got format '{}', expected '{}'", kept["format"].string_or(""), kept_format)};
    for (const auto* list : {"structures", "value_sets", "code_systems"})
      if (!kept[list].is_array()) return Error{fmt::format("there is no list '{}'", list)};
    for (const auto& one : *kept["structures"].items()) add_structure(one);
    for (const auto& one : *kept["value_sets"].items()) definitions_.terminology_.add_value_set(one);
    for (const auto& one : *kept["code_systems"].items()) definitions_.terminology_.add_code_system(one);
    return {};
  }

  void join_up() {
    definitions_.is_of_base_.resize(definitions_.constraints_.size());
    for (auto& [url, versions] : definitions_.structures_)
      for (auto& structure : versions) {
        join_up(structure->root, structure->root);
        if (!structure->is_profile) mark_constraints(structure->root);
      }
  }

 private:
  void add_structure(const Value& kept) {
    auto structure = std::make_unique<Structure>();
    structure->url = kept["url"].string_or("");
    structure->version = kept["version"].string_or("");
    structure->title = kept["title"].string_or("");
    structure->type = kept["type"].string_or("");
    structure->base = kept["base"].string_or("");
    structure->kind = kind_of(kept["kind"].string_or(""));
    structure->is_abstract = kept["is_abstract"].boolean_or(false);
    structure->is_profile = kept["is_profile"].boolean_or(false);
    if (const auto* contexts = kept["contexts"].items())
      for (const auto& context : *contexts)
        structure->contexts.emplace_back(context[0].string_or(""), context[1].string_or(""));
    const auto* elements = kept["elements"].items();
    if (elements == nullptr || elements->empty()) return;
    std::size_t next = 0;
    structure->root = read_rule(*elements, next);
    if (structure->kind == Structure::Kind::primitive) {
      // Its value is no child of it: in JSON and XML it is the element itself.
      std::erase_if(structure->root.children, [](const ElementRule& child) { return child.name == "value"; });
      structure->root.names.clear();
      name_children(structure->root);
    }
    if (structure->kind == Structure::Kind::resource)
      for (auto& child : structure->root.children)
        if (child.name == "id")
          for (auto& type : child.types) type.code = "id";  // R4 says string; resource.html#id says id
    auto& versions = definitions_.structures_[structure->url];
    if (!structure->is_profile && structure->url.starts_with(r4_folder))
      definitions_.types_[structure->type] = structure.get();
    std::erase_if(versions, [&](const auto& other) { return other->version == structure->version; });
    versions.push_back(std::move(structure));
    std::sort(versions.begin(), versions.end(),
              [](const auto& a, const auto& b) { return is_older(b->version, a->version); });
  }

  // The element at `next`, its slices and all that is below them: they follow it.
  ElementRule read_rule(const Value::Array& elements, std::size_t& next) {
    const auto id = elements[next]["id"].string_or("");
    ElementRule rule = read_element(elements[next++], id);
    while (next < elements.size()) {
      const auto other = elements[next]["id"].string_or("");
      if (other.size() <= id.size() || !other.starts_with(id)) break;
      const bool is_slice = other[id.size()] == ':' && rule.slice.empty();
      if (!is_slice && other[id.size()] != '.') break;
      const auto rest = std::string_view(other).substr(id.size() + 1);
      if (rest.find('.') != std::string_view::npos) {
        ++next;  // below an element that is not there
      } else {
        (is_slice ? rule.slices : rule.children).push_back(read_rule(elements, next));
      }
    }
    name_children(rule);
    return rule;
  }

  ElementRule read_element(const Value& kept, const std::string& id) {
    ElementRule rule;
    rule.path = id;
    auto word = std::string_view(id).substr(id.rfind('.') + 1);
    if (const auto colon = word.find(':'); colon != std::string_view::npos) {
      rule.slice = word.substr(colon + 1);
      word = word.substr(0, colon);
    }
    rule.is_choice = word.ends_with("[x]");
    rule.name = rule.is_choice ? word.substr(0, word.size() - 3) : word;
    rule.is_list = kept["is_list"].boolean_or(false);
    rule.min = static_cast<unsigned>(std::max<std::int64_t>(kept["min"].integer_or(0), 0));
    rule.max = max_of(kept["max"].string_or("1"));
    if (const auto* types = kept["types"].items())
      for (const auto& type : *types)
        rule.types.push_back({type["code"].string_or(""), strings_of(type["targets"]), strings_of(type["profiles"])});
    rule.value_set = kept["codes"].string_or("");
    if (kept["fixed"].is_object()) rule.fixed = kept["fixed"]["value"];
    if (kept["pattern"].is_object()) rule.pattern = kept["pattern"]["value"];
    for (const auto& key : strings_of(kept["constraints"])) rule.constraints.push_back(number_of(key));
    rule.is_closed = kept["slicing"]["rules"].string_or("") == "closed";
    if (const auto* discriminators = kept["slicing"]["by"].items())
      for (const auto& one : *discriminators)
        rule.discriminators.emplace_back(one[0].string_or(""), one[1].string_or(""));
    if (const auto content = kept["content"].string_or(""); !content.empty()) contents_.emplace(id, content);
    return rule;
  }

  std::size_t number_of(const std::string& key) {
    const auto [found, is_new] = numbers_.emplace(key, definitions_.constraints_.size());
    if (is_new) definitions_.constraints_.push_back(key);
    return found->second;
  }

  void join_up(ElementRule& rule, const ElementRule& root) {
    for (auto& type : rule.types) type.structure = definitions_.type(type.code);
    if (!rule.value_set.empty()) rule.codes = definitions_.terminology_.list(rule.value_set);
    if (const auto content = contents_.find(rule.path); content != contents_.end())
      rule.same_as = rule_at(root, content->second);
    for (auto& child : rule.children) join_up(child, root);
    for (auto& slice : rule.slices) join_up(slice, root);
  }

  void mark_constraints(const ElementRule& rule) {
    for (const auto number : rule.constraints) definitions_.is_of_base_[number] = true;
    for (const auto& child : rule.children) mark_constraints(child);
  }

  // The element that "Observation.referenceRange" names.
  static const ElementRule* rule_at(const ElementRule& root, std::string_view path) {
    const ElementRule* at = &root;
    auto dot = path.find('.');
    while (dot != std::string_view::npos) {
      path.remove_prefix(dot + 1);
      dot = path.find('.');
      const auto word = path.substr(0, std::min(dot, path.find(':')));
      const auto child = std::find_if(at->children.begin(), at->children.end(),
                                      [&](const ElementRule& one) { return one.name == word; });
      if (child == at->children.end()) return nullptr;
      at = &*child;
    }
    return at;
  }

  Definitions& definitions_;
  std::map<std::string, std::size_t> numbers_;
  std::map<std::string, std::string> contents_;  // contentReference by id
};

Result<std::shared_ptr<const Definitions>> Definitions::read(const std::vector<std::string_view>& kept) {
  auto definitions = std::make_shared<Definitions>();
  Reader reader(*definitions);
  for (const auto text : kept)
    if (auto added = reader.add(text); !added) return Error{added.error().what};
  reader.join_up();
  return std::shared_ptr<const Definitions>(std::move(definitions));
}

const Structure* Definitions::type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second;
}

const Structure* Definitions::find(std::string_view canonical) const {
  const auto [url, version] = split_canonical(canonical);
  const auto versions = structures_.find(url);
  if (versions == structures_.end()) return nullptr;
  for (const auto& structure : versions->second)
    if (version.empty() || structure->version == version) return structure.get();
  return nullptr;
}

std::vector<const Structure*> Definitions::resources() const {
  std::vector<const Structure*> found;
  for (const auto& [url, versions] : structures_)
    if (versions.front()->kind == Structure::Kind::resource) found.push_back(versions.front().get());
  return found;
}

std::string_view Definitions::type_of(std::string_view canonical) const {
  const auto* structure = find(canonical);
  if (structure == nullptr) structure = find(split_canonical(canonical).first);  // another version of it
  if (structure != nullptr) return structure->type;
  return {};
}

bool Definitions::is_a(const Structure& structure, std::string_view type) const {
  const auto* at = &structure;
  for (int depth = 0; at != nullptr && depth < base_depth_max; ++depth) {
    if (at->type == type && !at->is_profile) return true;
    at = at->base.empty() ? nullptr : find(at->base);
  }
  return false;
}

}  // namespace bb::fhir
