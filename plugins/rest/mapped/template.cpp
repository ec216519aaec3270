#include "mapped/template.hpp"

#include <algorithm>
#include <optional>

#include <bb/core/text.hpp>
#include <bb/sdk/failure.hpp>

namespace bb::rest {
namespace {

const std::set<std::string, std::less<>>& any_name() {
  static const std::set<std::string, std::less<>> none;
  return none;
}

// What is left out is no value.
std::optional<Value> filled(const Value& body, const Bindings& bindings) {
  if (const auto* const text = body.string()) {
    const auto parsed = Template::parse(*text, any_name());
    std::set<std::string, std::less<>> names;
    parsed->collect(names);
    const auto texts = parsed->texts(bindings);
    if (names.size() == 1 && is_list_placeholder(*names.begin()))
      return texts.empty() ? std::nullopt : std::optional(Value::strings(texts));
    return texts.empty() ? std::nullopt : std::optional(Value(texts.front()));
  }
  if (const auto* const items = body.items()) {
    auto out = Value::array();
    for (const auto& item : *items)
      if (auto value = filled(item, bindings)) out.push(*std::move(value));
    return out;
  }
  if (const auto* const members = body.members()) {
    auto out = Value::object();
    for (const auto& [key, member] : *members)
      if (auto value = filled(member, bindings)) out.set(key, *std::move(value));
    return out;
  }
  return body;
}

}  // namespace

Bindings& Bindings::set(std::string_view name, std::string_view text) {
  return set(name, text.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(text)});
}

Bindings& Bindings::set(std::string_view name, std::vector<std::string> list) {
  values_.insert_or_assign(std::string(name), std::move(list));
  return *this;
}

const std::vector<std::string>& Bindings::of(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

bool is_list_placeholder(std::string_view name) { return name == "to" || name == "confirmed" || name == "items"; }

Result<Template> Template::parse(std::string_view text, const std::set<std::string, std::less<>>& known) {
  Template out;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty()) out.parts_.push_back({std::exchange(literal, {}), false});
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
      continue;
    }
    const auto end = text.find('}', i);
    if (c == '}' || end == std::string_view::npos)
      return Error{"expected braces in pairs ('{{' is one brace), got '" + shorten(text, 80) + "'"};
    const std::string name(text.substr(i + 1, end - i - 1));
    if (!known.empty() && !known.contains(name)) {
      const std::vector<std::string> names(known.begin(), known.end());
      const auto meant = nearest(name, names);
      return Error{"expected a placeholder among {" + join(names, "}, {") + "}, got {" + shorten(name, 40) + "}" +
                   (meant ? "; did you mean {" + *meant + "}?" : "")};
    }
    end_literal();
    out.parts_.push_back({name, true});
    i = end;
  }
  end_literal();
  for (const auto& part : out.parts_)
    if (part.is_placeholder && is_list_placeholder(part.text) && out.parts_.size() > 1)
      return Error{"expected {" + part.text + "}, a list, to stand alone, got '" + shorten(text, 80) + "'"};
  return out;
}

bool Template::has_placeholders() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.is_placeholder; });
}

void Template::collect(std::set<std::string, std::less<>>& names) const {
  for (const auto& part : parts_)
    if (part.is_placeholder) names.insert(part.text);
}

std::string Template::text(const Bindings& bindings) const {
  std::string out;
  for (const auto& part : parts_) {
    if (!part.is_placeholder)
      out += part.text;
    else if (const auto& values = bindings.of(part.text); !values.empty())
      out += values.front();
  }
  return out;
}

std::string Template::path(const Bindings& bindings) const {
  std::string out;
  for (const auto& part : parts_) {
    if (!part.is_placeholder) {
      out += part.text;
      continue;
    }
    const auto& values = bindings.of(part.text);
    if (values.empty()) throw Failure{BB_E_INVALID_ARGUMENT, "the mapping's path needs {" + part.text + "}, got none"};
    out += percent_encode(values.front());
  }
  for (const auto& segment : split(out, '/'))
    if (segment == "." || segment == "..")
      throw Failure{BB_E_INVALID_ARGUMENT, "'" + segment + "' cannot be a part of a path"};
  return out;
}

std::vector<std::string> Template::texts(const Bindings& bindings) const {
  if (parts_.size() == 1 && parts_.front().is_placeholder) return bindings.of(parts_.front().text);
  if (has_placeholders() && std::none_of(parts_.begin(), parts_.end(), [&](const Part& part) {
        return part.is_placeholder && !bindings.of(part.text).empty();
      }))
    return {};
  return {text(bindings)};
}

Value fill_json(const Value& body, const Bindings& bindings) {
  return filled(body, bindings).value_or(Value::object());
}

}  // namespace bb::rest
