// members.hpp - the members of a JSON object from outside, by the kind that each must be of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::smart {

class Members {
 public:
  // `what` begins each error: "the token answer: ...". Never says what a member holds.
  static Result<Members> parse(std::string_view json, std::size_t bytes_max, std::string what);
  static Result<Members> of(Value value, std::string what);

  const Value& value() const { return value_; }
  // Empty where it is absent or null; the error is of another kind.
  Result<std::string> text(std::string_view name) const;
  Result<std::string> needed_text(std::string_view name) const;  // an error too where it is absent or empty
  Result<std::vector<std::string>> texts(std::string_view name) const;
  // Rounded down, of a number or of digits in a text, as some servers write it; nothing where it is absent.
  Result<std::optional<std::int64_t>> seconds(std::string_view name) const;
  Result<std::optional<bool>> truth(std::string_view name) const;

  // The elements of an array, none of anything else.
  static const Value::Array& items_of(const Value& value);

 private:
  Members(Value value, std::string what) : value_(std::move(value)), what_(std::move(what)) {}
  Error wrong(std::string_view name, std::string_view expected) const;

  Value value_;
  std::string what_;
};

}  // namespace bb::smart
