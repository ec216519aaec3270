// bb/core/value.hpp - a JSON-shaped value that everything here passes around.
//
// YAML readers, connector arguments, events and reports all speak Value, so
// that the JSON library stays in json.cpp. Objects keep the order in which
// members were added; keys are unique.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bb {

class Value {
 public:
  struct Member;
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  Value();
  // Whole or not at all, also where memory ends in the middle of a copy.
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(std::nullptr_t);  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> B>
  Value(B value);  // NOLINT(google-explicit-constructor)
  template <std::integral I>
  requires(!std::same_as<I, bool>) Value(I value);  // NOLINT(google-explicit-constructor)
  Value(double value);                              // NOLINT(google-explicit-constructor)
  Value(std::string value);                         // NOLINT(google-explicit-constructor)
  Value(std::string_view value);                    // NOLINT(google-explicit-constructor)
  Value(const char* value);                         // NOLINT(google-explicit-constructor)
  Value(Array value);                               // NOLINT(google-explicit-constructor)
  Value(Object value);                              // NOLINT(google-explicit-constructor)

  static Value array();
  static Value object();
  static Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
  static Value strings(const std::vector<std::string>& items);

  bool is_null() const { return data_.index() == 0; }
  bool is_bool() const { return data_.index() == 1; }
  bool is_integer() const { return data_.index() == 2; }
  bool is_number() const { return data_.index() == 2 || data_.index() == 3; }
  bool is_string() const { return data_.index() == 4; }
  bool is_array() const { return data_.index() == 5; }
  bool is_object() const { return data_.index() == 6; }
  // "null", "boolean", "integer", "number", "string", "array" or "object".
  std::string_view kind() const;

  // The content, or nullptr where the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Array* items() const { return std::get_if<Array>(&data_); }
  Array* items() { return std::get_if<Array>(&data_); }
  const Object* members() const { return std::get_if<Object>(&data_); }
  Object* members() { return std::get_if<Object>(&data_); }
  // Integer or number as double; 0 for other kinds.
  double number() const;

  // The content or a fallback; for reading optional members.
  std::string string_or(std::string_view fallback) const;
  std::int64_t integer_or(std::int64_t fallback) const;
  bool boolean_or(bool fallback) const;

  // Member by key, or nullptr when absent or when this is no object.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Member by key; a shared null value when absent. Chains: v["a"]["b"].
  const Value& operator[](std::string_view key) const;
  // Element by index; a shared null value when absent.
  const Value& operator[](std::size_t index) const;
  // Elements of an array or members of an object, else 0.
  std::size_t size() const;

  // Sets or replaces a member; a null value becomes an object first.
  Value& set(std::string_view key, Value value);
  // Appends; a null value becomes an array first.
  Value& push(Value value);
  // Removes a member; false when there was none.
  bool erase(std::string_view key);

  friend bool operator==(const Value& a, const Value& b);

 private:
  using Data = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object>;
  static Data copy_of(const Data& data);

  Data data_;
};

struct Value::Member {
  std::string key;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// Out of the class, because the variant needs Member complete.
inline Value::Value() = default;
inline Value::Value(const Value& other) : data_(copy_of(other.data_)) {}
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) { return *this = Value(other); }
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(std::nullptr_t) {}
template <std::same_as<bool> B>
Value::Value(B value) : data_(value) {}
template <std::integral I>
requires(!std::same_as<I, bool>) Value::Value(I value) : data_(static_cast<std::int64_t>(value)) {}
inline Value::Value(double value) : data_(value) {}
inline Value::Value(std::string value) : data_(std::move(value)) {}
inline Value::Value(std::string_view value) : data_(std::string(value)) {}
inline Value::Value(const char* value) : data_(std::string(value)) {}
inline Value::Value(Array value) : data_(std::move(value)) {}
inline Value::Value(Object value) : data_(std::move(value)) {}
inline Value Value::array() { return Value(Array{}); }

// Equal as JSON: 1 and 1.0 are equal, the order of members does not matter.
bool operator==(const Value& a, const Value& b);

// The texts of an array in order; empty where it is none. What is no text is left out.
std::vector<std::string> strings_of(const Value& value);

}  // namespace bb
