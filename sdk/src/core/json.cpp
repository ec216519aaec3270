#include <bb/core/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include <bb/core/text.hpp>

namespace bb {
namespace {

// nlohmann quotes the bytes it stopped at: what a system sent, of any encoding
// and with anybody's data in it. The place is enough to find them.
std::string without_last_read(std::string_view text) {
  const auto begin = text.find("; last read: '");
  if (begin == std::string_view::npos) return std::string(text);
  const auto after = text.rfind("'; expected ");
  const auto rest = after == std::string_view::npos || after < begin ? std::string_view() : text.substr(after + 1);
  return std::string(text.substr(0, begin)) + std::string(rest);
}

// Builds a Value from nlohmann's SAX events. An object's members are checked
// for duplicates when it ends, so that wide objects stay linear.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return add(Value()); }
  bool boolean(bool value) { return add(Value(value)); }
  bool number_integer(number_integer_t value) { return add(Value(value)); }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return add(Value(static_cast<double>(value)));
    return add(Value(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) { return add(Value(value)); }
  bool string(string_t& value) { return add(Value(std::move(value))); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Value::object()); }
  bool end_object() {
    std::vector<std::string_view> keys;
    for (const auto& member : *stack_.back().members()) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) return refuse(fmt::format("the key '{}' occurs twice in one object", *twice));
    return close();
  }
  bool key(string_t& name) {
    keys_.back() = std::move(name);
    return true;
  }
  bool start_array(std::size_t) { return open(Value::array()); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& e) {
    position_ = position;
    // nlohmann: "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ..."
    std::string_view text = e.what();
    if (const auto colon = text.find(": "); colon != std::string_view::npos) text.remove_prefix(colon + 2);
    return refuse(without_last_read(text));
  }

  Value root;
  std::string problem;
  std::size_t position_ = 0;

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
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return std::move(builder.root);
  const auto at = text.substr(0, builder.position_ > 0 ? builder.position_ - 1 : 0);
  const auto line = 1 + std::count(at.begin(), at.end(), '\n');
  const auto line_start = at.rfind('\n');
  const auto column = 1 + (line_start == std::string_view::npos ? at.size() : at.size() - line_start - 1);
  if (builder.position_ == 0) return Error{"not JSON: " + builder.problem};
  return Error{fmt::format("not JSON: line {}, column {}: {}", line, column, builder.problem)};
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
