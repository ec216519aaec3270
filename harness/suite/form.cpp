#include "harness/suite/form.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::suite {
namespace {

constexpr std::size_t shown_bytes_max = 60;
constexpr std::size_t shown_words_max = 40;

std::string quoted(std::string_view key) { return fmt::format("'{}'", key); }

std::vector<std::string> to_strings(Words words) { return {words.begin(), words.end()}; }

bool is_among(std::string_view word, Words words) { return std::find(words.begin(), words.end(), word) != words.end(); }

bool is_id_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string suggest(std::string_view word, std::vector<std::string> known, std::string_view things) {
  std::string out;
  if (const auto near = nearest(word, known)) out = fmt::format("did you mean '{}'?", *near);
  if (known.empty()) return out;
  const bool is_cut = known.size() > shown_words_max;
  if (is_cut) known.resize(shown_words_max);
  return fmt::format("{}{}{}: {}{}", out, out.empty() ? "" : " ", things, join(known, ", "), is_cut ? " ..." : "");
}

std::string describe(const YamlNode& node) {
  if (node.is_map()) return "a map";
  if (node.is_list()) return "a list";
  const Value value = to_value(node);
  if (value.is_null()) return "nothing";
  if (value.is_bool()) return node.text;
  if (value.is_number()) return "the number " + node.text;
  return fmt::format("the text '{}'", shorten(collapse_whitespace(node.text), shown_bytes_max));
}

bool is_id(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' && std::all_of(text.begin(), text.end(), is_id_letter);
}

bool is_dotted_id(std::string_view text) {
  const auto parts = split(text, '.');
  return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return is_id(part); });
}

std::shared_ptr<const Source> open_source(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics) {
  auto text = read_text(file, yaml_bytes_max);
  if (text) return std::make_shared<const Source>(Source{file.string(), *std::move(text)});
  diagnostics.push_back({Severity::error, {}, text.error().what, ""});
  return nullptr;
}

std::optional<OpenedFile> open_yaml_file(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics) {
  OpenedFile out;
  out.source = open_source(file, diagnostics);
  if (!out.source) return std::nullopt;
  Yaml yaml = parse_yaml(out.source);
  diagnostics.insert(diagnostics.end(), yaml.diagnostics.begin(), yaml.diagnostics.end());
  if (!yaml.root) return std::nullopt;
  out.tree = std::make_shared<const YamlNode>(*std::move(yaml.root));
  return out;
}

Form::Form(std::vector<Diagnostic>& diagnostics) : diagnostics_(diagnostics), mistake_count_(diagnostics.size()) {
  for (const auto& each : diagnostics) told_.emplace(each.place.source.get(), each.place.line, each.place.column);
}

void Form::error(const Place& place, std::string message, std::string note) {
  ++mistake_count_;
  if (told_.contains({place.source.get(), place.line, place.column})) return;
  diagnostics_.push_back({Severity::error, place, std::move(message), std::move(note)});
}

bool Form::expect_map(const YamlNode& node, std::string_view what) {
  if (node.is_map()) return true;
  error(node.place, fmt::format("{} is a map, got {}", what, describe(node)));
  return false;
}

bool Form::expect_map(const YamlNode& node, std::string_view what, Words keys, Words later) {
  if (!expect_map(node, what)) return false;
  for (const auto& member : node.members)
    if (!is_among(member.key, keys) && !is_among(member.key, later))
      error(member.key_place, fmt::format("unknown key '{}' in {}", shorten(member.key, shown_bytes_max), what),
            suggest(member.key, to_strings(keys), "keys here"));
  return true;
}

void Form::refuse_unknown_keys(const YamlNode& map, std::string_view what, const std::vector<std::string>& keys) {
  for (const auto& member : map.members)
    if (std::find(keys.begin(), keys.end(), member.key) == keys.end())
      error(member.key_place, fmt::format("unknown key '{}' in {}", shorten(member.key, shown_bytes_max), what),
            suggest(member.key, keys, "keys here"));
}

const YamlNode* Form::require(const YamlNode& map, std::string_view key, std::string_view what) {
  const YamlNode* found = map.find(key);
  if (!found) error(map.place, fmt::format("{} lacks '{}'", what, key));
  return found;
}

std::optional<std::string> Form::text(const YamlNode& node, std::string_view name) {
  const Value value = node.is_scalar() ? to_value(node) : Value();
  if (const auto* content = value.string()) {
    if (!trim(*content).empty()) return *content;
    error(node.place, fmt::format("{} is empty, expected a text", name));
    return std::nullopt;
  }
  error(node.place, fmt::format("{} takes a text, got {}", name, describe(node)),
        value.is_null() ? "" : "put it in quotes to make it a text");
  return std::nullopt;
}

std::optional<bool> Form::flag(const YamlNode& node, std::string_view name) {
  const Value value = node.is_scalar() ? to_value(node) : Value();
  if (const auto* content = value.boolean()) return *content;
  error(node.place, fmt::format("{} takes true or false, got {}", name, describe(node)));
  return std::nullopt;
}

std::optional<std::int64_t> Form::integer(const YamlNode& node, std::string_view name, std::int64_t min,
                                          std::int64_t max) {
  const Value value = node.is_scalar() ? to_value(node) : Value();
  const auto* content = value.integer();
  if (content && *content >= min && *content <= max) return *content;
  error(node.place, fmt::format("{} takes a whole number from {} to {}, got {}", name, min, max, describe(node)));
  return std::nullopt;
}

std::optional<double> Form::number(const YamlNode& node, std::string_view name, double min, double max) {
  const Value value = node.is_scalar() ? to_value(node) : Value();
  const double content = value.number();
  if (value.is_number() && content >= min && content <= max) return content;
  error(node.place, fmt::format("{} takes a number from {} to {}, got {}", name, min, max, describe(node)));
  return std::nullopt;
}

std::optional<std::int64_t> Form::duration_ms(const YamlNode& node, std::string_view name) {
  if (node.is_scalar())
    if (const auto ms = parse_duration_ms(node.text); ms && *ms > 0) return ms;
  constexpr std::string_view form = "a whole number and ms, s, m, h or d: 250ms, 30s, 70m";
  const Value value = node.is_scalar() ? to_value(node) : Value();
  const bool lacks_unit = value.integer_or(0) > 0;
  error(node.place, fmt::format("{} takes a duration above zero, got {}", name, describe(node)),
        lacks_unit ? fmt::format("it lacks its unit, '{}s' for seconds; {}", node.text, form) : std::string(form));
  return std::nullopt;
}

std::optional<std::string> Form::word(const YamlNode& node, std::string_view name, Words known) {
  if (node.is_scalar() && std::find(known.begin(), known.end(), node.text) != known.end()) return node.text;
  error(node.place, fmt::format("{} takes one word of a few, got {}", name, describe(node)),
        suggest(node.text, to_strings(known), "words here"));
  return std::nullopt;
}

std::optional<std::string> Form::id(const YamlNode& node, std::string_view name) {
  if (node.is_scalar() && is_id(node.text)) return node.text;
  error(node.place, fmt::format("{} takes an id, got {}", name, describe(node)),
        "an id is a lower-case letter, then lower-case letters, digits and '_'");
  return std::nullopt;
}

std::vector<std::string> Form::texts(const YamlNode& node, std::string_view name) {
  std::vector<std::string> out;
  if (!node.is_list()) {
    if (auto one = text(node, name)) out.push_back(std::move(*one));
    return out;
  }
  if (node.items.empty()) error(node.place, fmt::format("{} is an empty list", name), "leave it out");
  for (const auto& item : node.items)
    if (auto one = text(item, name)) out.push_back(std::move(*one));
  return out;
}

std::optional<Value> Form::scalar(const YamlNode& node, std::string_view name) {
  Value value = node.is_scalar() ? to_value(node) : Value();
  if (!value.is_null()) return value;
  error(node.place, fmt::format("{} takes a text, a number, true or false, got {}", name, describe(node)));
  return std::nullopt;
}

std::vector<Value> Form::scalars(const YamlNode& node, std::string_view name) {
  std::vector<Value> out;
  if (!node.is_list()) {
    error(node.place, fmt::format("{} takes a list, got {}", name, describe(node)), "write [a, b]");
    return out;
  }
  if (node.items.empty()) error(node.place, fmt::format("{} is an empty list, expected at least one value", name));
  for (const auto& item : node.items)
    if (auto one = scalar(item, name)) out.push_back(std::move(*one));
  return out;
}

bool Form::expect_id(const YamlMember& member, std::string_view what) {
  if (is_id(member.key)) return true;
  error(member.key_place, fmt::format("'{}' cannot name {}", shorten(member.key, shown_bytes_max), what),
        "an id is a lower-case letter, then lower-case letters, digits and '_'");
  return false;
}

void Form::take(const YamlNode& map, std::string_view key, std::string& into) {
  if (const auto* node = map.find(key))
    if (auto value = text(*node, quoted(key))) into = std::move(*value);
}

void Form::take(const YamlNode& map, std::string_view key, bool& into) {
  if (const auto* node = map.find(key)) into = flag(*node, quoted(key)).value_or(into);
}

void Form::take(const YamlNode& map, std::string_view key, std::vector<std::string>& into) {
  if (const auto* node = map.find(key)) into = texts(*node, quoted(key));
}

void Form::take_duration(const YamlNode& map, std::string_view key, std::optional<std::int64_t>& into_ms) {
  if (const auto* node = map.find(key)) into_ms = duration_ms(*node, quoted(key));
}

void Form::take_word(const YamlNode& map, std::string_view key, Words known, std::string& into) {
  if (const auto* node = map.find(key))
    if (auto value = word(*node, quoted(key), known)) into = std::move(*value);
}

bool Form::expect_format(const YamlNode& root, std::string_view format, const Place& beginning) {
  if (!root.is_map()) {
    error(root.place, fmt::format("the file is a map of keys, got {}", describe(root)));
    return false;
  }
  const YamlNode* node = root.find("format");
  if (!node) {
    error(beginning, fmt::format("the file does not say its format, expected 'format: {}'", format),
          "write it as the first line");
    return false;
  }
  if (node->is_scalar() && node->text == format) return true;
  error(node->place, fmt::format("unknown format: got {}, expected '{}'", describe(*node), format));
  return false;
}

}  // namespace bb::suite
