#include "harness/checks/scope.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::checks {
namespace {

constexpr std::string_view document_mark = "$document";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

Error wrong(std::string_view text, std::string_view what) {
  return {fmt::format("'{}' is no reference: {}", shorten(text, 200), what)};
}

// One name with its instance, if any: "download[ccda-2.1]".
Result<std::string> take_segment(std::string_view& rest, std::string_view whole) {
  std::size_t length = 0;
  while (length < rest.size() && is_name_char(rest[length])) ++length;
  if (length == 0)
    return wrong(whole, rest.empty() ? "a name is missing at the end"
                                     : fmt::format("expected a name, got '{}'", shorten(rest, 20)));
  if (length < rest.size() && rest[length] == '[') {
    const auto close = rest.find(']', length);
    if (close == std::string_view::npos) return wrong(whole, "a '[' has no ']'");
    if (close == length + 1) return wrong(whole, "an instance is named between '[' and ']'");
    length = close + 1;
  }
  std::string segment(rest.substr(0, length));
  rest.remove_prefix(length);
  return segment;
}

const Value* element(const Value::Array& items, std::string_view name) {
  std::size_t index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() || index >= items.size()) return nullptr;
  return &items[index];
}

const Value* find_from(const Value& at, const std::vector<std::string>& path, std::size_t begin) {
  if (begin == path.size()) return at.is_null() ? nullptr : &at;
  if (const auto* items = at.items()) {
    const Value* item = element(*items, path[begin]);
    return item ? find_from(*item, path, begin + 1) : nullptr;
  }
  for (std::size_t end = path.size(); end > begin; --end) {
    std::string name = path[begin];
    for (std::size_t i = begin + 1; i < end; ++i) name += "." + path[i];
    if (const Value* member = at.find(name))
      if (const Value* found = find_from(*member, path, end)) return found;
  }
  return nullptr;
}

Result<std::string> text_of(const Value& value, const Reference& reference) {
  if (const auto* text = value.string()) return *text;
  if (auto document = as_document(value)) return std::move(document->body);
  if (const auto* items = value.items()) {
    std::vector<std::string> words;
    for (const auto& item : *items) {
      BB_TRY(auto word, text_of(item, reference));
      words.push_back(std::move(word));
    }
    return join(words, ", ");
  }
  if (value.is_object()) return Error{fmt::format("'${}' is an object and cannot stand inside text", reference.text)};
  return to_json(value);
}

// Calls `on_text` and `on_reference` for the parts of "... ${a.b} ...".
template <class OnText, class OnReference>
Status split_template(std::string_view text, const OnText& on_text, const OnReference& on_reference) {
  for (;;) {
    const auto open = text.find("${");
    on_text(text.substr(0, open));
    if (open == std::string_view::npos) return {};
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return wrong(text.substr(open), "'${' has no '}'");
    BB_TRY(const auto reference, parse_reference(fmt::format("${}", text.substr(open + 2, close - open - 2))));
    BB_CHECK(on_reference(reference));
    text.remove_prefix(close + 1);
  }
}

Error nothing_behind(const Reference& reference) { return {fmt::format("'${}' has no value", reference.text)}; }

}  // namespace

Value make_document(Document document) {
  return Value::object({{document_mark, true},
                        {"media_type", std::move(document.media_type)},
                        {"filename", std::move(document.filename)},
                        {"body", std::move(document.body)}});
}

std::optional<Document> as_document(const Value& value) {
  if (!value[document_mark].boolean_or(false)) return std::nullopt;
  return Document{value["media_type"].string_or(""), value["filename"].string_or(""), value["body"].string_or("")};
}

Result<Reference> parse_reference(std::string_view text) {
  if (text.empty() || text.front() != '$') return wrong(text, "it begins with '$'");
  std::string_view rest = text.substr(1);
  Reference reference{{}, std::string(rest)};
  if (rest.empty() || !is_letter(rest.front())) return wrong(text, "a name begins with a letter");
  for (;;) {
    BB_TRY(auto segment, take_segment(rest, text));
    reference.path.push_back(std::move(segment));
    if (rest.empty()) return reference;
    if (rest.front() != '.') return wrong(text, fmt::format("expected '.' or the end, got '{}'", shorten(rest, 20)));
    rest.remove_prefix(1);
  }
}

bool is_reference(std::string_view text) { return static_cast<bool>(parse_reference(text)); }

Result<std::vector<Reference>> references_in(std::string_view text) {
  if (auto whole = parse_reference(text)) return std::vector<Reference>{*std::move(whole)};
  std::vector<Reference> found;
  BB_CHECK(split_template(
      text, [](std::string_view) {},
      [&](const Reference& reference) -> Status {
        found.push_back(reference);
        return {};
      }));
  return found;
}

void Scope::save(std::string_view test, std::string_view name, Value value) {
  Value* saved = root_.find(test);
  if (!saved || !saved->is_object()) saved = &root_.set(test, Value::object());
  saved->set(name, std::move(value));
}

void Scope::set(std::string_view name, Value value) { root_.set(name, std::move(value)); }

const Value* Scope::find(const Reference& reference) const { return find_from(root_, reference.path, 0); }

Result<std::string> Scope::text(const Reference& reference) const {
  const Value* found = find(reference);
  if (!found) return nothing_behind(reference);
  return text_of(*found, reference);
}

Result<Value> Scope::resolve(const Value& value) const {
  if (const auto* items = value.items()) {
    Value resolved = Value::array();
    for (const auto& item : *items) {
      BB_TRY(auto one, resolve(item));
      resolved.push(std::move(one));
    }
    return resolved;
  }
  if (const auto* members = value.members()) {
    Value resolved = Value::object();
    for (const auto& member : *members) {
      BB_TRY(auto one, resolve(member.value));
      resolved.set(member.key, std::move(one));
    }
    return resolved;
  }
  const auto* text = value.string();
  if (!text || text->find('$') == std::string::npos) return value;
  if (const auto whole = parse_reference(*text)) {
    const Value* found = find(*whole);
    if (!found) return nothing_behind(*whole);
    return *found;
  }
  BB_TRY(auto filled, fill(*text, [](std::string_view word) { return std::string(word); }));
  return Value(std::move(filled));
}

Result<std::string> Scope::fill(std::string_view text, const Write& write) const {
  std::string filled;
  BB_CHECK(split_template(
      text, [&](std::string_view part) { filled += part; },
      [&](const Reference& reference) -> Status {
        BB_TRY(const auto word, this->text(reference));
        filled += write(word);
        return {};
      }));
  return filled;
}

}  // namespace bb::checks
