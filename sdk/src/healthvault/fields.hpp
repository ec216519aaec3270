// fields.hpp - a message described once, written and read.
//
// A message's describe(Fields&, message) names its attributes, then its elements in the
// order of the published schema; with a Writer they go out, with a Reader they come in.
// Attributes of an element are named before anything else of it.
//
//   template <class A>
//   void describe(A& a, typename A::template Of<Instance>& instance) {
//     a.one("id", Kind::filled, instance.id);
//     a.maybe("note", Kind::text, instance.note);
//   }
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "markup.hpp"

namespace bb::healthvault {

// What a text has to be. A text that may be left out (maybe) is empty where it is.
enum class Kind {
  text,
  filled,     // at least one character
  guid,       // in lower case once read
  date_time,  // xs:dateTime
  base64,     // decoded once read
};

// Whether a text is one of the words of a schema's list.
inline bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}
inline bool are_all_of(const std::vector<std::string>& texts, std::initializer_list<std::string_view> words) {
  return std::all_of(texts.begin(), texts.end(), [&](const auto& text) { return is_one_of(text, words); });
}

// Not bytes, as lengths of schemas are counted.
std::size_t character_count(std::string_view text);

// "true", "1", "-7" ...: text that stands for a value, as XML Schema has it.
std::string word_of(bool value);
std::optional<bool> boolean_of(std::string_view text);
std::optional<std::int64_t> integer_of(std::string_view text);

// Appends what XML can hold of a text, escaped; an ill-formed sequence or a control
// character becomes U+FFFD.
void append_text(std::string& out, std::string_view text);
void append_attribute(std::string& out, std::string_view text);

class Writer {
 public:
  template <class T>
  using Of = const T;
  static constexpr bool is_reading = false;

  Writer(std::string& out, int version) : out_(out), version_(version) {}

  int version() const { return version_; }

  // <name ...>...</name>, whose content `content()` writes.
  template <class Content>
  void element(std::string_view name, Content content) {
    close_tag();
    out_ += '<';
    out_ += name;
    is_tag_open_ = true;
    content();
    // A name may carry its namespace declaration; the end tag does not.
    end_element(name.substr(0, name.find(' ')));
  }

  void attribute(std::string_view name, Kind kind, const std::string& value);
  void maybe_attribute(std::string_view name, Kind kind, const std::string& value) {
    if (!value.empty()) attribute(name, kind, value);
  }
  void maybe_attribute(std::string_view name, const std::optional<bool>& value) {
    if (value) attribute(name, Kind::text, word_of(*value));
  }
  void maybe_attribute(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) attribute(name, Kind::text, std::to_string(*value));
  }
  void attribute(std::string_view name, std::int64_t value) { attribute(name, Kind::text, std::to_string(value)); }

  // The text of the element itself.
  void content(Kind kind, const std::string& value);

  void one(std::string_view name, Kind kind, const std::string& value) {
    close_tag();
    append_tag("<", name);
    content(kind, value);
    append_tag("</", name);
  }
  void one(std::string_view name, bool value) { one(name, Kind::text, word_of(value)); }
  void one(std::string_view name, std::int64_t value) { one(name, Kind::text, std::to_string(value)); }
  template <class T>
  requires(!std::convertible_to<T, std::string>) &&
      (!std::is_arithmetic_v<T>)void one(std::string_view name, const T& value) {
    element(name, [&] { describe(*this, value); });
  }

  void maybe(std::string_view name, Kind kind, const std::string& value) {
    if (!value.empty()) one(name, kind, value);
  }
  void maybe(std::string_view name, Kind kind, const std::optional<std::string>& value) {
    if (value) one(name, kind, *value);
  }
  void maybe(std::string_view name, const std::optional<std::uint32_t>& value) {
    if (value) one(name, std::int64_t{*value});
  }
  template <class T>
  void maybe(std::string_view name, const std::optional<T>& value) {
    if (value) one(name, *value);
  }

  // An element that is there or not, and what stands in it; a Reader does not ask.
  template <class Content>
  void optional(std::string_view name, bool is_there, Content content) {
    if (is_there) element(name, content);
  }
  // As maybe() and many(), of what has more than one description.
  template <class T, class Describe>
  void maybe_with(std::string_view name, const std::optional<T>& value, Describe describe_it) {
    if (value) element(name, [&] { describe_it(*value); });
  }
  template <class T, class Describe>
  void many_with(std::string_view name, const std::vector<T>& values, Describe describe_it, std::size_t = 0) {
    for (const auto& value : values) element(name, [&] { describe_it(value); });
  }

  void many(std::string_view name, Kind kind, const std::vector<std::string>& values, std::size_t = 0) {
    for (const auto& value : values) one(name, kind, value);
  }
  template <class T>
  void many(std::string_view name, const std::vector<T>& values, std::size_t = 0) {
    for (const auto& value : values) one(name, value);
  }

  // Elements `name` in an element `list`, which stands there also without any.
  template <class... Of>
  void list(std::string_view list, std::string_view name, Of&&... values) {
    element(list, [&] { many(name, values...); });
  }
  // As list(), but without any element there is no list.
  template <class T>
  void maybe_list(std::string_view list, std::string_view name, const std::vector<T>& values) {
    if (!values.empty()) this->list(list, name, values);
  }
  void maybe_list(std::string_view list, std::string_view name, Kind kind, const std::vector<std::string>& values) {
    if (!values.empty()) this->list(list, name, kind, values);
  }
  void maybe_list(std::string_view list, std::string_view name, Kind kind,
                  const std::optional<std::vector<std::string>>& values) {
    if (values && !values->empty()) this->list(list, name, kind, *values);
  }

  // The inside of the element itself, or of one by name, as it stands.
  void inside(const std::string& bytes) { raw(bytes); }
  void maybe_inside(std::string_view name, const std::optional<std::string>& bytes) {
    if (bytes) element(name, [&] { raw(*bytes); });
  }
  void maybe_inside(std::string_view name, const std::string& bytes) {
    if (!bytes.empty()) element(name, [&] { raw(bytes); });
  }
  // Elements until one of these names, as they stand.
  void until(std::initializer_list<std::string_view>, const std::string& bytes) { raw(bytes); }
  // An element that may be left out, of that name in that namespace, as it stands.
  void maybe_element(std::string_view, std::string_view, const std::string& bytes) { raw(bytes); }

  // What a schema says and the elements do not. Writers write what they are given.
  void check(bool, std::string_view) {}

 private:
  void close_tag() {
    if (is_tag_open_) out_ += '>';
    is_tag_open_ = false;
  }
  void append_tag(std::string_view begin, std::string_view name) {
    out_ += begin;
    out_ += name;
    out_ += '>';
  }
  void end_element(std::string_view name) {
    close_tag();
    append_tag("</", name);
  }
  void raw(const std::string& bytes) {
    if (bytes.empty()) return;
    close_tag();
    out_ += bytes;
  }

  std::string& out_;
  int version_;
  bool is_tag_open_ = false;
};

// The first error counts; after it nothing more is read.
class Reader {
 public:
  template <class T>
  using Of = T;
  static constexpr bool is_reading = true;

  Reader(const Markup& markup, int version) : markup_(markup), version_(version) {}

  int version() const { return version_; }

  // Reads an element of `content()`, which may hold nothing else.
  template <class Content>
  void enter(const xmlNode* element, Content content) {
    Level outer = std::move(level_);
    level_ = {element, first_element(element), {}, 0, false};
    content();
    leave();
    level_ = std::move(outer);
  }
  // The next element, which has to be one of that name.
  template <class Content>
  void element(std::string_view name, Content content) {
    if (const auto* next = take(name))
      enter(next, content);
    else
      missing();
  }

  void attribute(std::string_view name, Kind kind, std::string& value);
  void attribute(std::string_view name, std::int64_t& value);
  void maybe_attribute(std::string_view name, Kind kind, std::string& value);
  void maybe_attribute(std::string_view name, std::optional<bool>& value);
  void maybe_attribute(std::string_view name, std::optional<std::int64_t>& value);

  void content(Kind kind, std::string& value);

  void one(std::string_view name, Kind kind, std::string& value) {
    element(name, [&] { content(kind, value); });
  }
  void one(std::string_view name, bool& value) {
    element(name, [&] { content(value); });
  }
  void one(std::string_view name, std::int64_t& value) {
    element(name, [&] { content(value); });
  }
  template <class T>
  requires(!std::convertible_to<T, std::string>) &&
      (!std::is_arithmetic_v<T>)void one(std::string_view name, T& value) {
    element(name, [&] { describe(*this, value); });
  }

  void maybe(std::string_view name, Kind kind, std::string& value) {
    if (const auto* next = take(name)) enter(next, [&] { content(kind, value); });
  }
  void maybe(std::string_view name, Kind kind, std::optional<std::string>& value) {
    if (const auto* next = take(name)) enter(next, [&] { content(kind, value.emplace()); });
  }
  void maybe(std::string_view name, std::optional<bool>& value) {
    if (const auto* next = take(name)) enter(next, [&] { content(value.emplace()); });
  }
  void maybe(std::string_view name, std::optional<std::int64_t>& value) {
    if (const auto* next = take(name)) enter(next, [&] { content(value.emplace()); });
  }
  void maybe(std::string_view name, std::optional<std::uint32_t>& value);
  template <class T>
  void maybe(std::string_view name, std::optional<T>& value) {
    if (const auto* next = take(name)) enter(next, [&] { describe(*this, value.emplace()); });
  }

  template <class Content>
  void optional(std::string_view name, bool, Content content) {
    if (const auto* next = take(name)) enter(next, content);
  }
  template <class T, class Describe>
  void maybe_with(std::string_view name, std::optional<T>& value, Describe describe_it) {
    if (const auto* next = take(name)) enter(next, [&] { describe_it(value.emplace()); });
  }
  template <class T, class Describe>
  void many_with(std::string_view name, std::vector<T>& values, Describe describe_it, std::size_t count_min = 0) {
    while (const auto* next = take(name)) enter(next, [&] { describe_it(values.emplace_back()); });
    if (values.size() < count_min) missing();
  }

  void many(std::string_view name, Kind kind, std::vector<std::string>& values, std::size_t count_min = 0) {
    while (const auto* next = take(name)) enter(next, [&] { content(kind, values.emplace_back()); });
    if (values.size() < count_min) missing();
  }
  template <class T>
  void many(std::string_view name, std::vector<T>& values, std::size_t count_min = 0) {
    while (const auto* next = take(name)) enter(next, [&] { describe(*this, values.emplace_back()); });
    if (values.size() < count_min) missing();
  }

  template <class... Of>
  void list(std::string_view list, std::string_view name, Of&&... values) {
    element(list, [&] { many(name, values...); });
  }
  template <class T>
  void maybe_list(std::string_view list, std::string_view name, std::vector<T>& values) {
    if (const auto* next = take(list)) enter(next, [&] { many(name, values, 1); });
  }
  void maybe_list(std::string_view list, std::string_view name, Kind kind, std::vector<std::string>& values) {
    if (const auto* next = take(list)) enter(next, [&] { many(name, kind, values, 1); });
  }
  void maybe_list(std::string_view list, std::string_view name, Kind kind,
                  std::optional<std::vector<std::string>>& values) {
    if (const auto* next = take(list)) enter(next, [&] { many(name, kind, values.emplace(), 1); });
  }

  void inside(std::string& bytes);
  void maybe_inside(std::string_view name, std::optional<std::string>& bytes) {
    if (const auto* next = take(name)) enter(next, [&] { inside(bytes.emplace()); });
  }
  void maybe_inside(std::string_view name, std::string& bytes) {
    if (const auto* next = take(name)) enter(next, [&] { inside(bytes); });
  }
  void until(std::initializer_list<std::string_view> names, std::string& bytes);
  void maybe_element(std::string_view name, std::string_view uri, std::string& bytes);

  void check(bool holds, std::string_view expected);

  // The bytes of the element that is read, tags and all.
  std::string_view bytes() const { return markup_.bytes_of(level_.element); }
  const std::optional<Error>& error() const { return error_; }

 private:
  struct Level {
    const xmlNode* element;
    const xmlNode* next;                       // of the children
    std::vector<std::string_view> looked_for;  // where `next` stands
    std::size_t attributes_read;
    bool is_text;
  };

  const xmlNode* take(std::string_view name);
  // What stands next is none of what may; `or_end`: or nothing.
  void missing(bool or_end = false);
  void leave();
  void refuse(const xmlNode* where, std::string_view what);
  // Of the element that is read: its text has to be `what`.
  void refuse_content(std::string_view what, std::size_t characters);
  const xmlAttr* find_attribute(std::string_view name);
  std::string plain_text();
  bool accept(Kind kind, std::string& text);
  void content(bool& value);
  void content(std::int64_t& value);
  // The bytes, of that part of the element, unless they cannot stand elsewhere.
  void keep(const xmlNode* element, Markup::Part part, std::string_view bytes, std::string& out);

  const Markup& markup_;
  int version_;
  Level level_{nullptr, nullptr, {}, 0, false};
  std::optional<Error> error_;
};

}  // namespace bb::healthvault
