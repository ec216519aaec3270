// plugins/rest/mapped/field.hpp - where in an answer something stands: a JSONPath, or a fixed text
// where the system does not say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/json_path.hpp>
#include <bb/core/value.hpp>

#include "mapped/template.hpp"

namespace bb::rest {

// How the system writes times.
enum class TimeForm { rfc3339, date, unix_seconds, unix_milliseconds };

// Bounded, RFC 3339 or the system's own form; what goes into {from} and {until}. Empty for 0.
std::string write_time(std::int64_t unix_ns, TimeForm form);

// BB_E_PROTOCOL, which names the JSONPath, for what is not as the mapping says.
class Field {
 public:
  Field() = default;
  Field(std::string pointer, std::string path, JsonPath parsed);
  Field(std::string pointer, Template fixed);

  bool is_mapped() const { return parsed_.has_value() || fixed_.has_value(); }
  bool is_fixed() const { return fixed_.has_value(); }
  const std::string& path() const { return path_; }

  // Text, or an integer in decimal. Empty where there is none, or null.
  std::string text_or_empty(const Value& from, std::string_view doing, const Bindings& bindings = {}) const;
  std::string text(const Value& from, std::string_view doing) const;
  // The same for what has to be a text: a token that is a number would not be known as a secret.
  std::string only_text(const Value& from, std::string_view doing) const;
  std::vector<std::string> texts(const Value& from, std::string_view doing) const;
  // An integer, or one as text; 0 where there is none.
  std::int64_t integer_or_zero(const Value& from, std::string_view doing) const;
  // 0 where there is none.
  std::int64_t time_or_zero(const Value& from, TimeForm form, std::string_view doing) const;
  // Whether there is anything at the place.
  bool stands_in(const Value& from, std::string_view doing) const;
  // The elements of the one array it names, or the nodes that it finds otherwise.
  std::vector<const Value*> entries(const Value& from, std::string_view doing) const;

 private:
  std::vector<const Value*> nodes(const Value& from, std::string_view doing) const;
  const Value* one(const Value& from, std::string_view doing) const;
  std::string readable(const Value& found, std::string_view doing) const;

  std::string pointer_;  // of the mapping's key
  std::string path_;
  std::optional<JsonPath> parsed_;
  std::optional<Template> fixed_;
};

// The system's words, and the connector's for them.
using Words = std::map<std::string, std::string, std::less<>>;

}  // namespace bb::rest
