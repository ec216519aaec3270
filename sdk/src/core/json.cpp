#include <bb/core/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include <bb/core/json_events.hpp>
#include <bb/core/text.hpp>

namespace bb {
namespace {

Value to_number(std::string_view digits) {
  const auto* end = digits.data() + digits.size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(digits.data(), end, integer); read.ec == std::errc() && read.ptr == end)
    return Value(integer);
  double number = 0;
  std::from_chars(digits.data(), end, number);
  return Value(number);
}

// Builds a Value. An object's members are checked for duplicates when it ends,
// so that wide objects stay linear.
class Builder : public JsonHandler {
 public:
  bool on_null(std::size_t) override { return add(Value()); }
  bool on_boolean(std::size_t, bool value) override { return add(Value(value)); }
  bool on_number(std::size_t, std::string_view digits) override { return add(to_number(digits)); }
  bool on_string(std::size_t, std::string_view value) override { return add(Value(std::string(value))); }
  bool on_object(std::size_t) override { return open(Value::object()); }
  bool on_object_end(std::size_t) override {
    std::vector<std::string_view> keys;
    for (const auto& member : *stack_.back().members()) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) return refuse(fmt::format("the key '{}' occurs twice in one object", *twice));
    return close();
  }
  bool on_key(std::size_t, std::string_view name) override {
    keys_.back() = name;
    return true;
  }
  bool on_array(std::size_t) override { return open(Value::array()); }
  bool on_array_end(std::size_t) override { return close(); }
  Value root;
  std::string problem;

 private:
  bool add(Value value) {
    if (stack_.empty()) {
      root = std::move(value);
    } else if (auto* array = stack_.back().items()) {
      array->push_back(std::move(value));
    } else {
      stack_.back().members()->push_back({std::move(keys_.back()), std::move(value)});
    }
    return true;
  }
  bool open(Value value) {
    if (stack_.size() >= json_depth_max) return refuse(fmt::format("nested deeper than {} levels", json_depth_max));
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value value = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(value));
  }
  bool refuse(std::string why) {
    if (problem.empty()) problem = std::move(why);
    return false;
  }

  std::vector<Value> stack_;
  std::vector<std::string> keys_;
};

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += c;
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
}

void append_string(std::string& out, std::string_view text) {
  if (!is_utf8(text)) return append_string(out, to_utf8_lossy(text));
  out += '"';
  while (!text.empty()) {
    const auto special = std::find_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out.append(text, 0, plain);
    if (special != text.end()) append_escaped(out, *special);
    text.remove_prefix(std::min(plain + 1, text.size()));
  }
  out += '"';
}

// Shortest text that reads back as the same number; JSON has no infinities.
void append_number(std::string& out, double number) {
  if (number != number || number > std::numeric_limits<double>::max() ||
      number < std::numeric_limits<double>::lowest()) {
    out += "null";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{}", number);
}

void append(std::string& out, const Value& value, int indent) {
  const auto line_break = [&](int depth) {
    if (indent >= 0) out.append("\n").append(static_cast<std::size_t>(depth) * 2, ' ');
  };
  const int inner = indent >= 0 ? indent + 1 : indent;
  if (const auto* text = value.string()) {
    append_string(out, *text);
  } else if (const auto* flag = value.boolean()) {
    out += *flag ? "true" : "false";
  } else if (const auto* integer = value.integer()) {
    const fmt::format_int digits(*integer);
    out.append(digits.data(), digits.size());
  } else if (value.is_number()) {
    append_number(out, value.number());
  } else if (const auto* items = value.items()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i) out += ',';
      line_break(inner);
      append(out, (*items)[i], inner);
    }
    if (!items->empty()) line_break(indent);
    out += ']';
  } else if (const auto* members = value.members()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i) out += ',';
      line_break(inner);
      append_string(out, (*members)[i].key);
      out += indent >= 0 ? ": " : ":";
      append(out, (*members)[i].value, inner);
    }
    if (!members->empty()) line_break(indent);
    out += '}';
  } else {
    out += "null";
  }
}

}  // namespace

Result<Value> parse_json(std::string_view text) {
  Builder builder;
  const auto reading = read_json_events(text, builder);
  if (reading.is_complete) return std::move(builder.root);
  if (!reading.fault) return Error{"not JSON: " + builder.problem};
  const auto before = text.substr(0, reading.fault->at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = before.size() - (before.rfind('\n') + 1) + 1;
  return Error{fmt::format("not JSON: line {}, column {}: {}", line, column, reading.fault->what)};
}

std::string to_json(const Value& value) {
  std::string out;
  append(out, value, -1);
  return out;
}

std::string to_json_pretty(const Value& value) {
  std::string out;
  append(out, value, 0);
  return out;
}

}  // namespace bb
