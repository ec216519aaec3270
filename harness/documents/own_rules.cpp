#include "harness/documents/own_rules.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>

#include "harness/documents/named_checks.hpp"
#include "harness/schematron/evaluator.hpp"
#include "harness/schematron/match.hpp"

namespace bb::documents {
namespace {

// Of digits alone.
std::optional<int> number_from(std::string_view digits) {
  int number = 0;
  if (digits.empty() || digits.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

namespace fs = std::filesystem;

constexpr std::string_view is_in_name = "is-in";

// Where a JSON Pointer of the tree stands; of a member its key.
Place place_of(const YamlNode& root, std::string_view pointer) {
  const auto* node = &root;
  Place place = root.place;
  auto parts = split(pointer, '/');
  for (auto part = parts.begin() + 1; part < parts.end(); ++part) {
    const auto key = replace_all(replace_all(*part, "~1", "/"), "~0", "~");
    if (node->is_list()) {
      const auto index = static_cast<std::size_t>(std::stoul(key));
      if (index >= node->items.size()) return place;
      node = &node->items[index];
      place = node->place;
      continue;
    }
    const auto member = std::find_if(node->members.begin(), node->members.end(),
                                     [&](const YamlMember& each) { return each.key == key; });
    if (member == node->members.end()) return place;
    node = &member->value;
    place = part + 1 == parts.end() ? member->key_place : node->place;
  }
  return place;
}

std::vector<std::string> texts_of(const YamlNode* list) {
  std::vector<std::string> texts;
  if (list != nullptr)
    for (const auto& item : list->items) texts.push_back(item.text);
  return texts;
}

// The names of value sets that an expression asks for: bb:is-in('NAME', ...).
std::vector<std::string> sets_of(std::string_view xpath) {
  std::vector<std::string> names;
  const auto call = fmt::format("bb:{}('", is_in_name);
  for (auto at = xpath.find(call); at != std::string_view::npos; at = xpath.find(call, at + 1)) {
    const auto begin = at + call.size();
    names.emplace_back(xpath.substr(begin, xpath.find('\'', begin) - begin));
  }
  return names;
}

// The names of functions of ours that an expression calls.
std::vector<std::string> functions_of(std::string_view xpath) {
  std::vector<std::string> names;
  for (auto at = xpath.find("bb:"); at != std::string_view::npos; at = xpath.find("bb:", at + 1)) {
    const auto begin = at + 3;
    names.emplace_back(xpath.substr(begin, xpath.find('(', begin) - begin));
  }
  return names;
}

// Whether one of a rule's expressions may ask for a key.
bool asks_for(const OwnRule& rule, const schematron::Key& key) {
  return (rule.context + rule.test + rule.found).find(key.name) != std::string::npos;
}

// The rule files of each folder below, in order of name.
Result<std::vector<fs::path>> rule_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator below(folder, failed), end; !failed && below != end; below.increment(failed)) {
    if (!below->is_directory()) continue;
    for (fs::directory_iterator at(below->path(), failed); !failed && at != end; at.increment(failed))
      if (at->path().extension() == ".yaml") files.push_back(at->path());
  }
  if (failed)
    return Error{fmt::format("the rules for documents in {} cannot be read: {}", folder.string(), failed.message())};
  std::sort(files.begin(), files.end());
  return files;
}

Level level_of(std::string_view word) {
  return word.starts_with("SHALL") ? Level::error : word.starts_with("SHOULD") ? Level::warning : Level::note;
}

}  // namespace

class OwnRules::Reader {
 public:
  Reader(Value form, const Formats& formats) : form_(std::move(form)), formats_(formats) {}

  void read(const fs::path& file) {
    auto text = read_text(file, yaml_bytes_max);
    if (!text) return add({nullptr, 0, 0, 0}, text.error().what);
    const auto source = std::make_shared<const Source>(Source{file.string(), *std::move(text)});
    auto yaml = parse_yaml(source);
    diagnostics_.insert(diagnostics_.end(), yaml.diagnostics.begin(), yaml.diagnostics.end());
    if (!yaml.is_good()) return;
    auto& root = files_.emplace_back(*std::move(yaml.root));
    const auto findings = validate(form_, to_value(root));
    for (const auto& finding : findings) add(place_of(root, finding.pointer), finding.message);
    if (!findings.empty()) return files_.pop_back();
    if (const auto* sets = root.find("value_sets"))
      for (const auto& set : sets->members) {
        const auto codes = texts_of(set.value.find("codes"));
        if (!rules_->value_sets_.emplace(set.key, std::set<std::string, std::less<>>(codes.begin(), codes.end()))
                 .second)
          add(set.key_place, fmt::format("the value set '{}' is there already", set.key));
      }
    if (const auto* keys = root.find("keys"))
      for (const auto& key : keys->members)
        rules_->keys_.push_back({key.key, key.value.find("match")->text, key.value.find("use")->text});
  }

  Result<std::shared_ptr<const OwnRules>> finish() {
    for (const auto& root : files_) read_rules(root);
    if (rules_->rules_.empty() && diagnostics_.empty()) return Error{"there are no rules for documents"};
    frame_ = rules_->frame();
    for (const auto& rule : rules_->rules_) check_expressions(rule);
    if (has_errors(diagnostics_)) return Error{render(std::move(diagnostics_))};
    return std::shared_ptr<const OwnRules>(rules_);
  }

 private:
  void add(Place place, std::string message, std::string note = {}) {
    diagnostics_.push_back({Severity::error, std::move(place), std::move(message), std::move(note)});
  }

  void read_rules(const YamlNode& root) {
    for (const auto& member : root.find("rules")->members) {
      if (!ids_.insert(member.key).second)
        add(member.key_place, fmt::format("the rule '{}' is there already", member.key));
      const auto& node = member.value;
      const auto formats = formats_of(root, node);
      const auto* each = node.find("each");
      if (each == nullptr) {
        make_rule(member, formats, {});
        continue;
      }
      const auto* tables = root.find("tables");
      const auto* table = tables == nullptr ? nullptr : tables->find(each->text);
      if (table == nullptr) {
        add(each->place, fmt::format("there is no table '{}'", each->text));
        continue;
      }
      const std::size_t count_before = diagnostics_.size();
      for (const auto& row : table->items) {
        make_rule(member, formats, row.members);
        if (diagnostics_.size() > count_before) break;
      }
    }
  }

  // The text of a key, with the columns of a table row in the place of their {names}.
  std::string text_of(const YamlNode& node, std::string_view key, const std::vector<YamlMember>& row) {
    const auto* found = node.find(key);
    if (found == nullptr) return {};
    std::string text = collapse_whitespace(found->text);
    for (const auto& column : row) text = replace_all(text, "{" + column.key + "}", column.value.text);
    if (const auto open = text.find('{'); open != std::string::npos)
      add(found->place,
          fmt::format("'{}' is no column of the rule's table", text.substr(open, text.find('}', open) - open + 1)));
    return text;
  }

  // What a rule applies to: that is said of it, or of its file.
  std::set<std::string> formats_of(const YamlNode& root, const YamlNode& rule) {
    const auto* applies = rule.find("applies");
    if (applies == nullptr) applies = root.find("applies");
    std::set<std::string> formats;
    for (const auto& format : applies->items) {
      if (!formats_.has(format.text))
        add(format.place, fmt::format("unknown format '{}'", format.text),
            fmt::format("formats: {}", join(formats_.ids(), ", ")));
      formats.insert(format.text);
    }
    return formats;
  }

  void make_rule(const YamlMember& member, const std::set<std::string>& formats, const std::vector<YamlMember>& row) {
    const auto& node = member.value;
    OwnRule rule;
    rule.id = member.key;
    rule.place = member.key_place;
    rule.requirement = text_of(node, "requirement", row);
    if (rule.requirement.empty()) rule.requirement = rule.id.substr(0, rule.id.find('.'));
    rule.level = level_of(node.find("level")->text);
    rule.text = text_of(node, "text", row);
    rule.context = text_of(node, "context", row);
    rule.test = text_of(node, "test", row);
    rule.expected = text_of(node, "expected", row);
    rule.found = text_of(node, "found", row);
    rule.hint = text_of(node, "hint", row);
    rule.source = text_of(node, "source", row);
    rule.conformance = conformance_in(rule.source);
    rule.formats = formats;
    std::vector<std::string> types = texts_of(node.find("types"));
    for (const auto& column : row)
      if (column.key == "type") types.push_back(column.value.text);
    for (const auto& type : types) {
      if (!formats_.has_type(type)) add(member.key_place, fmt::format("unknown document type '{}'", type));
      rule.types.insert(type);
    }
    rules_->rules_.push_back(std::move(rule));
  }

  void check_expressions(const OwnRule& rule) {
    if (const auto branches = schematron::read_context(frame_, rule.context); !branches)
      add(rule.place, fmt::format("{}: {}", rule.id, branches.error().what));
    for (const auto* xpath : {&rule.test, &rule.found}) {
      if (xpath->empty()) continue;
      if (const auto mistake = schematron::find_mistake(*xpath))
        add(rule.place, fmt::format("{}: '{}' is not XPath 1.0: {}", rule.id, *xpath, *mistake));
      for (const auto& name : functions_of(*xpath))
        if (name != schematron::first_by_key_name && !frame_.functions.contains(name))
          add(rule.place, fmt::format("{}: there is no function 'bb:{}'", rule.id, name),
              fmt::format("functions: {}", join(names_of(frame_.functions), ", ")));
      for (const auto& name : sets_of(*xpath))
        if (!rules_->value_sets_.contains(name))
          add(rule.place, fmt::format("{}: there is no value set '{}'", rule.id, name),
              fmt::format("value sets: {}", join(names_of(rules_->value_sets_), ", ")));
    }
  }

  template <class Map>
  static std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
  }

  Value form_;
  const Formats& formats_;
  std::shared_ptr<OwnRules> rules_ = std::make_shared<OwnRules>();
  std::vector<YamlNode> files_;
  std::set<std::string> ids_;
  schematron::Schema frame_;
  std::vector<Diagnostic> diagnostics_;
};

Result<std::shared_ptr<const OwnRules>> OwnRules::read(const fs::path& folder, const fs::path& form,
                                                       const Formats& formats) {
  BB_TRY(const auto form_text, read_text(form));
  BB_TRY(auto form_value, parse_json(form_text));
  BB_TRY(const auto files, rule_files(folder));
  Reader reader(std::move(form_value), formats);
  for (const auto& file : files) reader.read(file);
  return reader.finish();
}

// A schema without rules: prefixes, functions, keys.
schematron::Schema OwnRules::frame() const {
  schematron::Schema schema;
  schema.name = "the rules of BlueBridge";
  schema.namespaces = {
      {"cda", "urn:hl7-org:v3"}, {"sdtc", "urn:hl7-org:sdtc"}, {"xsi", "http://www.w3.org/2001/XMLSchema-instance"}};
  schema.keys = keys_;
  schema.functions = named_checks();
  schema.functions[std::string(is_in_name)] = {2, [this](const std::vector<std::string>& arguments) {
                                                 const auto set = value_sets_.find(arguments[0]);
                                                 return set != value_sets_.end() &&
                                                        set->second.contains(trim(arguments[1]));
                                               }};
  return schema;
}

std::set<std::string> conformance_in(std::string_view source) {
  constexpr int range_max = 100;
  std::set<std::string> numbers;
  std::string_view guide;
  int last = 0;
  bool is_range = false;  // "to" came before
  for (const auto& word : split(source, ' ')) {
    auto text = std::string_view(word);
    while (!text.empty() && std::string_view(",;()").find(text.back()) != std::string_view::npos) text.remove_suffix(1);
    while (!text.empty() && text.front() == '(') text.remove_prefix(1);
    const auto dash = text.find('-');
    const auto number = dash == std::string_view::npos ? std::nullopt : number_from(text.substr(dash + 1));
    if (number && dash > 1 && number_from(text.substr(0, dash))) guide = source.substr(source.find(text), dash);
    const bool is_cited = number && !guide.empty() && (dash == 0 || dash > 1);
    if (is_cited) {
      const int first = is_range && *number - last < range_max ? last + 1 : *number;
      for (int i = first; i <= *number; ++i) numbers.insert(fmt::format("{}-{}", guide, i));
      last = *number;
    }
    is_range = word == "to" && last > 0;
  }
  return numbers;
}

OwnSchema OwnRules::schema_for(std::string_view format, std::string_view type, Level least) const {
  OwnSchema out;
  auto schema = std::make_shared<schematron::Schema>(frame());
  std::map<std::string_view, std::size_t> by_context;
  std::vector<std::vector<const OwnRule*>> parallel;  // to patterns and their assertions
  for (const auto& rule : rules_) {
    if (rule.level > least || !rule.formats.contains(std::string(format))) continue;
    if (!rule.types.empty() && !rule.types.contains(std::string(type))) continue;
    const auto [slot, is_new] = by_context.emplace(rule.context, schema->patterns.size());
    if (is_new) {
      auto& pattern = schema->patterns.emplace_back();
      pattern.rules.emplace_back().context = rule.context;
      parallel.emplace_back();
    }
    auto& assertion = schema->patterns[slot->second].rules.front().assertions.emplace_back();
    assertion.id = rule.id;
    assertion.test = rule.test;
    assertion.written = rule.test;
    assertion.message.push_back({schematron::MessagePart::Kind::text, rule.text});
    if (!rule.found.empty()) {
      assertion.message.push_back({schematron::MessagePart::Kind::text, std::string(1, found_mark)});
      assertion.message.push_back({schematron::MessagePart::Kind::value, rule.found});
    }
    parallel[slot->second].push_back(&rule);
  }
  for (std::size_t p = 0; p < parallel.size(); ++p)
    for (std::size_t a = 0; a < parallel[p].size(); ++a)
      out.rules.emplace(&schema->patterns[p].rules.front().assertions[a], parallel[p][a]);
  // Each key is a look at every node of every document.
  std::erase_if(schema->keys, [&](const schematron::Key& key) {
    return std::none_of(out.rules.begin(), out.rules.end(),
                        [&](const auto& made) { return asks_for(*made.second, key); });
  });
  if (!schema->patterns.empty()) out.schema = std::move(schema);
  return out;
}

}  // namespace bb::documents
