#include "value_codec.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace bb::host {
namespace {

template <class Number>
void put(Number number, std::string& out) {
  for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
    out += static_cast<char>(static_cast<unsigned char>(number >> (8 * byte)));
}

void put_text(std::string_view text, std::string& out) {
  put(static_cast<std::uint32_t>(text.size()), out);
  out += text;
}

void put_value(const Value& value, std::string& out) {
  if (value.is_null()) {
    out += 'n';
  } else if (const bool* const truth = value.boolean()) {
    out += *truth ? 't' : 'f';
  } else if (const std::int64_t* const integer = value.integer()) {
    out += 'i';
    put(static_cast<std::uint64_t>(*integer), out);
  } else if (const std::string* const text = value.string()) {
    out += 's';
    put_text(*text, out);
  } else if (const auto* const items = value.items()) {
    out += 'a';
    put(static_cast<std::uint32_t>(items->size()), out);
    for (const Value& item : *items) put_value(item, out);
  } else if (const auto* const members = value.members()) {
    out += 'o';
    put(static_cast<std::uint32_t>(members->size()), out);
    for (const auto& [key, member] : *members) {
      put_text(key, out);
      put_value(member, out);
    }
  } else {
    out += 'd';
    put(std::bit_cast<std::uint64_t>(value.number()), out);
  }
}

bool has_repeated_key(const Value::Object& members) {
  std::vector<std::string_view> keys;
  for (const auto& member : members) keys.emplace_back(member.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// Walks with a stack of its own: depth is the sender's choice.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  Result<Value> decode() {
    for (;;) {
      Value value;
      std::uint32_t count = 0;
      if (!take_value(value, count)) return Error{problem_};
      // What is whole goes into what it is a part of, which may make that whole.
      if (count != 0) {
        if (open_.size() == encoded_depth_max) return Error{"a value deeper than " + std::to_string(encoded_depth_max)};
        open_.push_back({std::move(value), count});
      } else {
        for (;;) {
          if (open_.empty()) return finish(std::move(value));
          Open& around = open_.back();
          add(around.value, std::move(value));
          if (--around.left != 0) break;
          value = std::move(around.value);
          open_.pop_back();
          if (const auto* const members = value.members(); members && has_repeated_key(*members))
            return Error{"an object with a key twice"};
        }
      }
      if (Value* const object = open_.back().value.is_object() ? &open_.back().value : nullptr) {
        std::string_view key;
        if (!take_text(key)) return Error{problem_};
        object->members()->push_back({std::string(key), Value()});
      }
    }
  }

 private:
  struct Open {
    Value value;
    std::uint32_t left;
  };

  static void add(Value& around, Value value) {
    if (auto* const items = around.items())
      items->push_back(std::move(value));
    else
      around.members()->back().value = std::move(value);
  }

  Result<Value> finish(Value value) {
    if (!bytes_.empty()) return Error{std::to_string(bytes_.size()) + " bytes after a value"};
    return value;
  }

  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  template <class Number>
  bool take(Number& number) {
    if (bytes_.size() < sizeof(Number)) return refuse("a value that ends in the middle");
    number = 0;
    for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
      number = static_cast<Number>(
          number | static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes_[byte])) << (8 * byte)));
    bytes_.remove_prefix(sizeof(Number));
    return true;
  }

  bool take_text(std::string_view& text) {
    std::uint32_t length = 0;
    if (!take(length)) return false;
    if (length > bytes_.size()) return refuse("a text longer than what holds it");
    text = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return true;
  }

  // A scalar, or an empty array or object of which `count` parts are to come.
  bool take_value(Value& value, std::uint32_t& count) {
    if (++value_count_ > encoded_value_count_max)
      return refuse("over " + std::to_string(encoded_value_count_max) + " values");
    std::uint8_t tag = 0;
    std::uint64_t number = 0;
    std::string_view text;
    if (!take(tag)) return false;
    switch (tag) {
      case 'n':
        return true;
      case 't':
      case 'f':
        value = tag == 't';
        return true;
      case 'i':
        if (!take(number)) return false;
        value = static_cast<std::int64_t>(number);
        return true;
      case 'd':
        if (!take(number)) return false;
        value = std::bit_cast<double>(number);
        return true;
      case 's':
        if (!take_text(text)) return false;
        value = text;
        return true;
      case 'a':
      case 'o':
        value = tag == 'a' ? Value::array() : Value::object();
        if (!take(count)) return false;
        return count <= bytes_.size() || refuse("a list longer than what holds it");
      default:
        return refuse("a value of unknown kind " + std::to_string(tag));
    }
  }

  std::string_view bytes_;
  std::vector<Open> open_;
  std::size_t value_count_ = 0;
  std::string problem_;
};

}  // namespace

std::string encode_value(const Value& value) {
  std::string out;
  put_value(value, out);
  return out;
}

Result<Value> decode_value(std::string_view bytes) { return Decoder(bytes).decode(); }

}  // namespace bb::host
