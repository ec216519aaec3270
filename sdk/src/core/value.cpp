#include <bb/core/value.hpp>

#include <algorithm>
#include <type_traits>

namespace bb {
namespace {

const Value& null_value() {
  static const Value value;
  return value;
}

}  // namespace

// Not by the variant's own copy: libstdc++ holds a variant of texts and vectors
// for one that always has a content, and when copying that content throws, its
// destructor jumps by an index that is none.
Value::Data Value::copy_of(const Data& data) {
  return std::visit(
      [](const auto& content) { return Data(std::in_place_type<std::remove_cvref_t<decltype(content)>>, content); },
      data);
}

Value Value::object() { return Value(Object{}); }

Value Value::object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Object object;
  object.reserve(members.size());
  for (const auto& [key, value] : members) object.push_back({std::string(key), value});
  return Value(std::move(object));
}

Value Value::strings(const std::vector<std::string>& items) { return Value(Array(items.begin(), items.end())); }

std::string_view Value::kind() const {
  constexpr std::string_view names[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
  return names[data_.index()];
}

double Value::number() const {
  if (const auto* value = integer()) return static_cast<double>(*value);
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  return 0;
}

std::string Value::string_or(std::string_view fallback) const {
  const auto* value = string();
  return value ? *value : std::string(fallback);
}

std::int64_t Value::integer_or(std::int64_t fallback) const {
  const auto* value = integer();
  return value ? *value : fallback;
}

bool Value::boolean_or(bool fallback) const {
  const auto* value = boolean();
  return value ? *value : fallback;
}

const Value* Value::find(std::string_view key) const {
  const auto* object = members();
  if (!object) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(), [&](const Member& m) { return m.key == key; });
  return found == object->end() ? nullptr : &found->value;
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Value& Value::operator[](std::string_view key) const {
  const auto* value = find(key);
  return value ? *value : null_value();
}

const Value& Value::operator[](std::size_t index) const {
  const auto* array = items();
  return array && index < array->size() ? (*array)[index] : null_value();
}

std::size_t Value::size() const {
  if (const auto* array = items()) return array->size();
  if (const auto* object = members()) return object->size();
  return 0;
}

Value& Value::set(std::string_view key, Value value) {
  if (is_null()) data_ = Object{};
  if (auto* existing = find(key)) {
    *existing = std::move(value);
    return *existing;
  }
  auto& object = std::get<Object>(data_);
  object.push_back({std::string(key), std::move(value)});
  return object.back().value;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = Array{};
  auto& array = std::get<Array>(data_);
  array.push_back(std::move(value));
  return array.back();
}

bool Value::erase(std::string_view key) {
  auto* object = members();
  if (!object) return false;
  return std::erase_if(*object, [&](const Member& m) { return m.key == key; }) > 0;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return *a.integer() == *b.integer();
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.is_object() && b.is_object()) {
    const auto& members = *a.members();
    return members.size() == b.size() && std::all_of(members.begin(), members.end(), [&](const Value::Member& m) {
             const auto* other = b.find(m.key);
             return other && *other == m.value;
           });
  }
  return a.data_ == b.data_;
}

std::vector<std::string> strings_of(const Value& value) {
  std::vector<std::string> strings;
  if (const auto* items = value.items())
    for (const auto& item : *items)
      if (const auto* text = item.string()) strings.push_back(*text);
  return strings;
}

}  // namespace bb
