#include <bb/core/json_schema.hpp>

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "number_compare.hpp"

namespace bb {
namespace {

constexpr std::size_t findings_max = 100;
constexpr std::size_t schema_depth_max = 256;
// Stops defaults that hold defaults that hold defaults ...
constexpr std::size_t defaults_filled_max = 1'000;
constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view ref_prefix = "#/$defs/";

constexpr std::array<std::string_view, 21> keywords{"type",        "properties", "required",  "additionalProperties",
                                                    "items",       "enum",       "const",     "pattern",
                                                    "minimum",     "maximum",    "minLength", "maxLength",
                                                    "minItems",    "maxItems",   "format",    "default",
                                                    "description", "title",      "$schema",   "$defs",
                                                    "$ref"};
constexpr std::array<std::string_view, 7> types{"null", "boolean", "integer", "number", "string", "array", "object"};

template <class Words>
std::vector<std::string> to_strings(const Words& words) {
  return std::vector<std::string>(words.begin(), words.end());
}

// RFC 6901: "~" and "/" of a member name are written "~0" and "~1".
std::string operator/(const std::string& pointer, std::string_view token) {
  return pointer + "/" + replace_all(replace_all(token, "~", "~0"), "/", "~1");
}
std::string operator/(const std::string& pointer, std::size_t index) { return pointer + "/" + std::to_string(index); }

// A value as a message shows it: its kind and its JSON, shortened.
std::string shown(const Value& value) {
  if (value.is_array() || value.is_object()) return std::string(value.kind());
  return shorten(to_json(value), 80);
}

std::string shown_list(const Value::Array& values) {
  std::vector<std::string> words;
  for (const auto& value : values) words.push_back(shorten(to_json(value), 80));
  return shorten(join(words, ", "), 300);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto near = nearest(word, known);
  return near ? fmt::format("; did you mean '{}'?", *near) : std::string();
}

// A number without a fraction counts as integer: 1.0 is one.
bool is_whole(const Value& value) {
  if (value.is_integer()) return true;
  return value.is_number() && std::isfinite(value.number()) && std::trunc(value.number()) == value.number();
}

bool has_type(const Value& value, std::string_view type) {
  if (type == "integer") return is_whole(value);
  if (type == "number") return value.is_number();
  return value.kind() == type;
}

std::int64_t count_code_points(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::unique_ptr<RE2> compile(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<RE2>(pattern, options);
}

// The schema that "#/$defs/..." names, or nullptr.
const Value* follow(const Value& root, std::string_view ref) {
  if (ref.substr(0, ref_prefix.size()) != ref_prefix) return nullptr;
  const Value* at = &root;
  for (const auto& token : split(ref.substr(2), '/')) {
    const auto decoded = percent_decode(token);
    if (!decoded) return nullptr;
    at = at->find(replace_all(replace_all(*decoded, "~1", "/"), "~0", "~"));
    if (!at) return nullptr;
  }
  return at;
}

const Value* follow_ref(const Value& root, const Value& schema) {
  const Value* ref = schema.find("$ref");
  return ref && ref->string() ? follow(root, *ref->string()) : nullptr;
}

class Findings {
 public:
  void add(const std::string& pointer, std::string message, bool is_unknown_member = false) {
    if (is_full()) return;
    if (list_.size() < findings_max)
      list_.push_back({pointer, std::move(message), is_unknown_member});
    else
      list_.push_back({"", fmt::format("more than {} findings; the rest is not listed", findings_max)});
  }
  bool is_full() const { return list_.size() > findings_max; }
  std::vector<SchemaFinding> take() { return std::move(list_); }

 private:
  std::vector<SchemaFinding> list_;
};

// Judges an instance by a schema that passed SchemaChecker.
class Validator {
 public:
  Validator(const Value& root, Findings& findings, const FormatCheck& check_format = {})
      : root_(root), findings_(findings), check_format_(check_format) {}

  void validate(const Value* schema, const Value& instance, const std::string& at) {
    for (; schema && !findings_.is_full(); schema = follow_ref(root_, *schema)) {
      check_type(*schema, instance, at);
      check_values(*schema, instance, at);
      if (instance.is_number()) check_number(*schema, instance, at);
      if (const auto* text = instance.string()) check_string(*schema, *text, at);
      if (const auto* items = instance.items()) check_array(*schema, *items, at);
      if (const auto* members = instance.members()) check_object(*schema, instance, *members, at);
    }
  }

 private:
  void check_type(const Value& schema, const Value& instance, const std::string& at) {
    const Value* type = schema.find("type");
    if (!type) return;
    std::vector<std::string> wanted;
    if (const auto* word = type->string()) wanted.push_back(*word);
    if (const auto* words = type->items())
      for (const auto& word : *words) wanted.push_back(word.string_or(""));
    const bool is_one = std::any_of(wanted.begin(), wanted.end(), [&](const auto& w) { return has_type(instance, w); });
    if (is_one) return;
    const std::string_view kind = instance.kind();
    const std::string content = shown(instance);
    findings_.add(at, fmt::format("expected {}, got {}{}", join(wanted, " or "), kind,
                                  content == kind ? std::string() : " " + content));
  }

  void check_values(const Value& schema, const Value& instance, const std::string& at) {
    if (const Value* wanted = schema.find("const"); wanted && !(*wanted == instance))
      findings_.add(at, fmt::format("expected {}, got {}", shorten(to_json(*wanted), 80), shown(instance)));
    const Value* choices = schema.find("enum");
    if (!choices || !choices->items()) return;
    const auto& list = *choices->items();
    if (std::find(list.begin(), list.end(), instance) != list.end()) return;
    std::string hint;
    if (const auto* word = instance.string()) {
      std::vector<std::string> known;
      for (const auto& choice : list)
        if (choice.string()) known.push_back(*choice.string());
      hint = did_you_mean(*word, known);
    }
    findings_.add(at, fmt::format("expected one of {}; got {}{}", shown_list(list), shown(instance), hint));
  }

  void check_number(const Value& schema, const Value& instance, const std::string& at) {
    if (const Value* least = schema.find("minimum"); least && compare_numbers(instance, *least) < 0)
      findings_.add(at, fmt::format("expected at least {}, got {}", shown(*least), shown(instance)));
    if (const Value* most = schema.find("maximum"); most && compare_numbers(instance, *most) > 0)
      findings_.add(at, fmt::format("expected at most {}, got {}", shown(*most), shown(instance)));
  }

  void check_size(const Value& schema, std::string_view least_key, std::string_view most_key, std::int64_t size,
                  std::string_view unit, const std::string& at) {
    if (const Value* least = schema.find(least_key); least && compare_numbers(Value(size), *least) < 0)
      findings_.add(at, fmt::format("expected at least {} {}, got {}", shown(*least), unit, size));
    if (const Value* most = schema.find(most_key); most && compare_numbers(Value(size), *most) > 0)
      findings_.add(at, fmt::format("expected at most {} {}, got {}", shown(*most), unit, size));
  }

  void check_string(const Value& schema, const std::string& text, const std::string& at) {
    check_size(schema, "minLength", "maxLength", count_code_points(text), "characters", at);
    if (!check_pattern(schema, text, at) || !check_format_) return;
    const auto format = schema["format"].string_or("");
    if (auto problem = check_format_(format, text); !problem.empty()) findings_.add(at, std::move(problem));
  }

  bool check_pattern(const Value& schema, const std::string& text, const std::string& at) {
    const Value* pattern = schema.find("pattern");
    if (!pattern || !pattern->string()) return true;
    auto& compiled = patterns_[pattern];
    if (!compiled) compiled = compile(*pattern->string());
    if (compiled->ok() && RE2::PartialMatch(text, *compiled)) return true;
    findings_.add(at, fmt::format("expected text that matches '{}', got {}", *pattern->string(), shown(Value(text))));
    return false;
  }

  void check_array(const Value& schema, const Value::Array& items, const std::string& at) {
    check_size(schema, "minItems", "maxItems", static_cast<std::int64_t>(items.size()), "elements", at);
    const Value* rule = schema.find("items");
    if (!rule) return;
    if (const bool* is_allowed = rule->boolean()) {
      if (!*is_allowed && !items.empty())
        findings_.add(at, fmt::format("expected an empty array, got {} elements", items.size()));
      return;
    }
    for (std::size_t i = 0; i < items.size(); ++i) validate(rule, items[i], at / i);
  }

  void check_object(const Value& schema, const Value& instance, const Value::Object& members, const std::string& at) {
    if (const Value* required = schema.find("required"); required && required->items())
      for (const auto& name : *required->items())
        if (!instance.find(name.string_or("")))
          findings_.add(at, fmt::format("expected a member '{}', which is missing", name.string_or("")));
    const Value& properties = schema["properties"];
    const Value* others = schema.find("additionalProperties");
    for (const auto& member : members) {
      if (const Value* rule = properties.find(member.key))
        validate(rule, member.value, at / member.key);
      else if (others && others->is_object())
        validate(others, member.value, at / member.key);
      else if (others && !others->boolean_or(true))
        findings_.add(at / member.key, unknown_member(properties, member.key), true);
    }
  }

  static std::string unknown_member(const Value& properties, const std::string& key) {
    std::vector<std::string> known;
    if (const auto* members = properties.members())
      for (const auto& member : *members) known.push_back(member.key);
    if (known.empty()) return fmt::format("unknown member '{}'; no members are allowed here", key);
    return fmt::format("unknown member '{}'{}; members here: {}", key, did_you_mean(key, known),
                       shorten(join(known, ", "), 300));
  }

  const Value& root_;
  Findings& findings_;
  const FormatCheck check_format_;
  std::map<const Value*, std::unique_ptr<RE2>> patterns_;
};

class DefaultFiller {
 public:
  explicit DefaultFiller(const Value& root) : root_(root) {}

  void fill(const Value* schema, Value& instance) {
    for (; schema; schema = follow_ref(root_, *schema)) {
      const Value& properties = (*schema)["properties"];
      const Value* others = schema->find("additionalProperties");
      if (auto* members = instance.members())
        for (auto& member : *members) {
          if (const Value* rule = properties.find(member.key))
            fill(rule, member.value);
          else if (others)
            fill(others, member.value);
        }
      if (instance.is_object() && properties.members())
        for (const auto& [key, rule] : *properties.members())
          if (!instance.find(key)) add_default(instance, key, &rule);
      if (auto* items = instance.items())
        if (const Value* rule = schema->find("items"))
          for (auto& item : *items) fill(rule, item);
    }
  }

 private:
  void add_default(Value& instance, const std::string& key, const Value* rule) {
    const Value* value = nullptr;
    for (const Value* at = rule; at && !value; at = follow_ref(root_, *at)) value = at->find("default");
    if (!value || ++filled_ > defaults_filled_max) return;
    Value filled = *value;
    fill(rule, filled);
    instance.set(key, std::move(filled));
  }

  const Value& root_;
  std::size_t filled_ = 0;
};

// Judges a schema: shapes first, then references, then defaults.
class SchemaChecker {
 public:
  SchemaChecker(const Value& root, Findings& findings) : root_(root), findings_(findings) {}

  void check() {
    check_node(root_, "", 0);
    if (!is_shape_good_) return;
    for (const auto& [node, at] : places_) check_ref(*node, at);
    if (!is_shape_good_) return;
    for (const auto& [node, at] : places_)
      if (!is_shape_good_ || !check_cycles(node, 0)) return;
    for (const auto& [node, at] : places_) check_default(*node, at);
  }

 private:
  void reject(const std::string& at, std::string message) {
    is_shape_good_ = false;
    findings_.add(at, std::move(message));
  }

  void check_node(const Value& schema, const std::string& at, std::size_t depth) {
    if (!schema.is_object()) return reject(at, fmt::format("expected a schema (an object), got {}", shown(schema)));
    if (depth > schema_depth_max)
      return reject(at, fmt::format("the schema nests deeper than {} levels", schema_depth_max));
    places_.emplace_back(&schema, at);
    nodes_.insert(&schema);
    for (const auto& [key, value] : *schema.members()) check_keyword(key, value, at / key, depth);
  }

  void check_keyword(const std::string& key, const Value& value, const std::string& at, std::size_t depth) {
    if (std::find(keywords.begin(), keywords.end(), key) == keywords.end())
      return reject(at, fmt::format("keyword '{}' is not in the supported subset{}; keywords here: {}", key,
                                    did_you_mean(key, to_strings(keywords)), join(to_strings(keywords), " ")));
    if (key == "type") return check_type(value, at);
    if (key == "properties" || key == "$defs") return check_named_schemas(value, at, depth);
    if (key == "items" || key == "additionalProperties") {
      if (!value.boolean()) check_node(value, at, depth + 1);
      return;
    }
    if (key == "required") return check_required(value, at);
    if (key == "enum") {
      if (!value.items() || value.size() == 0)
        reject(at, fmt::format("expected a list of at least one value, got {}", shown(value)));
      return;
    }
    if (key == "minimum" || key == "maximum") {
      if (!value.is_number()) reject(at, fmt::format("expected a number, got {}", shown(value)));
      return;
    }
    if (key == "minLength" || key == "maxLength" || key == "minItems" || key == "maxItems") {
      if (!is_whole(value) || value.number() < 0)
        reject(at, fmt::format("expected a count of 0 or more, got {}", shown(value)));
      return;
    }
    if (key == "const" || key == "default") return;
    check_text(key, value, at);
  }

  // pattern format description title $schema $ref
  void check_text(const std::string& key, const Value& value, const std::string& at) {
    const auto* text = value.string();
    if (!text) return reject(at, fmt::format("expected text, got {}", shown(value)));
    if (key == "pattern") {
      const auto compiled = compile(*text);
      if (!compiled->ok()) reject(at, fmt::format("'{}' is not a pattern of RE2: {}", *text, compiled->error()));
    }
    if (key == "$schema" && *text != dialect && *text != std::string(dialect) + "#")
      reject(at, fmt::format("expected '{}', got '{}'", dialect, *text));
  }

  void check_type(const Value& value, const std::string& at) {
    const Value::Array one{value};
    const auto& words = value.items() ? *value.items() : one;
    if (words.empty()) reject(at, "expected at least one type, got an empty list");
    std::set<std::string> seen;
    for (const auto& word : words) {
      const auto name = word.string_or("");
      if (std::find(types.begin(), types.end(), name) == types.end())
        reject(at, fmt::format("expected a type ({}), got {}{}", join(to_strings(types), " "), shown(word),
                               did_you_mean(name, to_strings(types))));
      else if (!seen.insert(name).second)
        reject(at, fmt::format("type '{}' is named twice", name));
    }
  }

  void check_required(const Value& value, const std::string& at) {
    if (!value.items()) return reject(at, fmt::format("expected a list of member names, got {}", shown(value)));
    std::set<std::string> seen;
    for (const auto& name : *value.items()) {
      if (!name.string())
        reject(at, fmt::format("expected a member name, got {}", shown(name)));
      else if (!seen.insert(*name.string()).second)
        reject(at, fmt::format("member '{}' is named twice", *name.string()));
    }
  }

  void check_named_schemas(const Value& value, const std::string& at, std::size_t depth) {
    if (!value.members()) return reject(at, fmt::format("expected an object of schemas by name, got {}", shown(value)));
    for (const auto& [name, schema] : *value.members()) check_node(schema, at / name, depth + 1);
  }

  void check_ref(const Value& node, const std::string& at) {
    const Value* ref = node.find("$ref");
    if (!ref) return;
    const auto text = ref->string_or("");
    const Value* target = follow(root_, text);
    if (target && nodes_.count(target) > 0) return;
    std::vector<std::string> known;
    if (const auto* defs = root_["$defs"].members())
      for (const auto& member : *defs) known.push_back("#/$defs/" + member.key);
    reject(at / "$ref", fmt::format("'{}' names no schema of this file; only '#/$defs/name' can be referred to{}", text,
                                    did_you_mean(text, known)));
  }

  // Depth first over "contains" and "$ref"; $defs are reached by reference.
  bool check_cycles(const Value* node, std::size_t depth) {
    auto& state = states_[node];
    if (state == State::done) return true;
    if (state == State::open) {
      reject(place_of(node), "this schema refers to itself, directly or through others; cycles are not supported");
      return false;
    }
    if (depth > schema_depth_max) {
      reject(place_of(node), fmt::format("the schema nests deeper than {} levels", schema_depth_max));
      return false;
    }
    state = State::open;
    for (const Value* child : children(*node))
      if (!check_cycles(child, depth + 1)) return false;
    states_[node] = State::done;
    return true;
  }

  std::vector<const Value*> children(const Value& node) const {
    std::vector<const Value*> found;
    if (const auto* members = node["properties"].members())
      for (const auto& member : *members) found.push_back(&member.value);
    for (const auto key : {"items", "additionalProperties"})
      if (const Value* rule = node.find(key); rule && rule->is_object()) found.push_back(rule);
    if (const Value* target = follow_ref(root_, node)) found.push_back(target);
    return found;
  }

  std::string place_of(const Value* node) const {
    for (const auto& [known, at] : places_)
      if (known == node) return at;
    return "";
  }

  // A default that its own schema refuses would blame the user who left it out.
  void check_default(const Value& node, const std::string& at) {
    const Value* value = node.find("default");
    if (!value) return;
    Value filled = *value;
    DefaultFiller(root_).fill(&node, filled);
    Findings inner;
    Validator(root_, inner).validate(&node, filled, "");
    for (const auto& finding : inner.take())
      findings_.add(at / "default" + finding.pointer, "the default is not valid here: " + finding.message);
  }

  enum class State { unseen, open, done };
  const Value& root_;
  Findings& findings_;
  std::vector<std::pair<const Value*, std::string>> places_;  // document order
  std::set<const Value*> nodes_;
  std::map<const Value*, State> states_;
  bool is_shape_good_ = true;
};

}  // namespace

std::vector<SchemaFinding> check_schema(const Value& schema) {
  Findings findings;
  SchemaChecker(schema, findings).check();
  return findings.take();
}

std::vector<SchemaFinding> validate(const Value& schema, const Value& instance, const FormatCheck& check_format) {
  Findings findings;
  Validator(schema, findings, check_format).validate(&schema, instance, "");
  return findings.take();
}

Value fill_defaults(const Value& schema, Value instance) {
  DefaultFiller(schema).fill(&schema, instance);
  return instance;
}

}  // namespace bb
