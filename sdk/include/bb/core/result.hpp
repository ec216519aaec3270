// bb/core/result.hpp - errors as values: Result<T>, Status and BB_TRY.
//
// Functions that can fail return Result<T> or Status. An Error is a sentence
// for people; who needs to branch on the kind of failure returns an enum of
// their own. Constructors do not fail: fallible construction is create().
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace bb {

// Why something did not work: lower case, both values, place, next step. May
// be several lines (rendered diagnostics). Never holds secrets.
struct Error {
  std::string what;
};

// A value or an Error. Reading the value of a failed result is our mistake and
// asserts; it is never a way to handle input.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& value() & {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    assert(*this);
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& {
    assert(!*this);
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!*this);
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

// Success or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return !error_; }
  const Error& error() const& {
    assert(error_);
    return *error_;
  }
  Error&& error() && {
    assert(error_);
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace bb

#define BB_CONCAT_(a, b) a##b
#define BB_CONCAT(a, b) BB_CONCAT_(a, b)

// BB_TRY(auto text, read_text(file)); declares `text` or returns the error.
#define BB_TRY(declaration, expression)                                                      \
  auto BB_CONCAT(bb_try_, __LINE__) = (expression);                                          \
  if (!BB_CONCAT(bb_try_, __LINE__)) return std::move(BB_CONCAT(bb_try_, __LINE__)).error(); \
  declaration = *std::move(BB_CONCAT(bb_try_, __LINE__))

// BB_CHECK(write_text(file, text)); returns the error of a Status.
#define BB_CHECK(expression) \
  if (auto bb_status_ = (expression); !bb_status_) return std::move(bb_status_).error()
