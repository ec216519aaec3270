#include "fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <bb/core/bytes.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/ids.hpp>

namespace bb::healthvault {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// XML 1.0, 2.2: neither U+FFFE nor U+FFFF, which begin with these two bytes.
bool is_noncharacter_at(std::string_view text, std::size_t at) {
  return text.substr(at, 2) == "\xEF\xBF" && at + 2 < text.size() && (text[at + 2] == '\xBE' || text[at + 2] == '\xBF');
}

std::string_view escape_of(char c, bool is_attribute) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#13;";  // else a reader makes a line feed of it
    case '"':
      return is_attribute ? "&quot;" : "";
    case '\n':
      return is_attribute ? "&#10;" : "";
    case '\t':
      return is_attribute ? "&#9;" : "";
    default:
      return static_cast<unsigned char>(c) < 0x20 ? replacement : "";
  }
}

// Of each byte whether it stands in text and attributes as it is: most do.
constexpr auto plain_bytes = [] {
  std::array<bool, 256> is_plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) is_plain[byte] = true;
  for (const char c : {'&', '<', '>', '"'}) is_plain[static_cast<unsigned char>(c)] = false;
  return is_plain;
}();

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return plain_bytes[static_cast<unsigned char>(c)]; });
}

void append(std::string& out, std::string_view text, bool is_attribute) {
  if (is_plain(text)) {
    out += text;
    return;
  }
  std::string mended;
  if (!is_utf8(text)) text = mended = to_utf8_lossy(text);
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80 && c != 0xEF) continue;
    std::size_t length = 1;
    std::string_view escaped;
    if (c != 0xEF) {
      escaped = escape_of(text[at], is_attribute);
    } else if (is_noncharacter_at(text, at)) {
      escaped = replacement;
      length = 3;
    }
    if (escaped.empty()) continue;
    out += text.substr(kept, at - kept);
    out += escaped;
    at += length - 1;
    kept = at + 1;
  }
  out += text.substr(kept);
}

}  // namespace

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string word_of(bool value) { return value ? "true" : "false"; }

std::optional<bool> boolean_of(std::string_view text) {
  text = trim(text);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return std::nullopt;
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_text(std::string& out, std::string_view text) { append(out, text, false); }
void append_attribute(std::string& out, std::string_view text) { append(out, text, true); }

void Writer::attribute(std::string_view name, Kind kind, const std::string& value) {
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  append_attribute(out_, kind == Kind::base64 ? base64_encode(value) : value);
  out_ += '"';
}

void Writer::content(Kind kind, const std::string& value) {
  close_tag();
  if (kind == Kind::base64)
    out_ += base64_encode(value);
  else
    append_text(out_, value);
}

const xmlNode* Reader::take(std::string_view name) {
  if (error_) return nullptr;
  const auto* next = level_.next;
  if (next != nullptr && next->ns == nullptr && xml::name_of(next) == name) {
    level_.next = next_element(next);
    level_.looked_for.clear();
    return next;
  }
  level_.looked_for.push_back(name);
  return nullptr;
}

void Reader::missing(bool or_end) {
  if (error_) return;
  std::string expected;
  for (const auto name : level_.looked_for) {
    if (!expected.empty()) expected += ", ";
    expected += fmt::format("'{}'", name);
  }
  if (or_end)
    expected += fmt::format("{}the end of '{}'", expected.empty() ? "" : " or ", xml::name_of(level_.element));
  const auto* found = level_.next;
  refuse(
      found == nullptr ? level_.element : found,
      fmt::format("expected {}, found {}", expected,
                  found == nullptr       ? fmt::format("the end of '{}'", xml::name_of(level_.element))
                  : found->ns == nullptr ? fmt::format("'{}'", shorten(xml::name_of(found), 60))
                                         : fmt::format("'{}' of the namespace '{}'", shorten(xml::name_of(found), 60),
                                                       shorten(xml::view(found->ns->href), 100))));
}

void Reader::leave() {
  if (error_) return;
  if (level_.next != nullptr) return missing(true);
  if (attribute_count(level_.element) > level_.attributes_read)
    return refuse(level_.element,
                  fmt::format("'{}' has an attribute that it has no use for", xml::name_of(level_.element)));
  if (!level_.is_text && has_text(level_.element))
    refuse(level_.element, fmt::format("'{}' holds text beside its elements", xml::name_of(level_.element)));
}

void Reader::refuse(const xmlNode* where, std::string_view what) {
  if (!error_) error_ = Error{fmt::format("{}: {}", markup_.place_of(where), one_line(what))};
}

void Reader::refuse_content(std::string_view what, std::size_t characters) {
  refuse(level_.element, fmt::format("'{}' is not {} but {}", xml::name_of(level_.element), what,
                                     characters == 0 ? "empty" : "a text of " + counted(characters, "byte")));
}

const xmlAttr* Reader::find_attribute(std::string_view name) {
  if (error_) return nullptr;
  // "xml:lang" is the one attribute in a namespace.
  const bool is_xml = name.starts_with("xml:");
  const auto local = is_xml ? name.substr(4) : name;
  for (const xmlAttr* one = level_.element->properties; one != nullptr; one = one->next) {
    if ((one->ns != nullptr) != is_xml || (is_xml && xml::view(one->ns->prefix) != "xml")) continue;
    if (xml::view(one->name) != local) continue;
    ++level_.attributes_read;
    return one;
  }
  return nullptr;
}

void Reader::attribute(std::string_view name, Kind kind, std::string& value) {
  if (error_) return;
  const auto* found = find_attribute(name);
  if (found == nullptr)
    return refuse(level_.element, fmt::format("'{}' lacks its attribute '{}'", xml::name_of(level_.element), name));
  value = found->children == nullptr ? std::string_view{} : xml::view(found->children->content);
  if (!accept(kind, value))
    refuse(level_.element,
           fmt::format("the attribute '{}' is not what it has to be: {}", name, counted(value.size(), "byte")));
}

void Reader::attribute(std::string_view name, std::int64_t& value) {
  std::string text;
  attribute(name, Kind::text, text);
  if (error_) return;
  if (const auto number = integer_of(text))
    value = *number;
  else
    refuse(level_.element, fmt::format("the attribute '{}' is no number", name));
}

void Reader::maybe_attribute(std::string_view name, Kind kind, std::string& value) {
  if (error_ || find_attribute(name) == nullptr) return;
  --level_.attributes_read;
  attribute(name, kind, value);
}

void Reader::maybe_attribute(std::string_view name, std::optional<bool>& value) {
  if (error_) return;
  const auto* found = find_attribute(name);
  if (found == nullptr) return;
  value = boolean_of(found->children == nullptr ? std::string_view{} : xml::view(found->children->content));
  if (!value) refuse(level_.element, fmt::format("the attribute '{}' is neither true nor false", name));
}

void Reader::maybe_attribute(std::string_view name, std::optional<std::int64_t>& value) {
  if (error_) return;
  const auto* found = find_attribute(name);
  if (found == nullptr) return;
  value = integer_of(found->children == nullptr ? std::string_view{} : xml::view(found->children->content));
  if (!value) refuse(level_.element, fmt::format("the attribute '{}' is no number", name));
}

std::string Reader::plain_text() {
  level_.is_text = true;
  return text_of(level_.element);
}

bool Reader::accept(Kind kind, std::string& text) {
  switch (kind) {
    case Kind::text:
      return true;
    case Kind::filled:
      return !text.empty();
    case Kind::guid:
      if (!is_guid(text)) return false;
      text = to_lower(text);
      return true;
    case Kind::date_time:
      text = trim(text);
      return date_time_ns(text).has_value();
    case Kind::base64: {
      auto bytes = base64_decode(text);
      if (!bytes) return false;
      text = *std::move(bytes);
      return true;
    }
  }
  return false;
}

void Reader::content(Kind kind, std::string& value) {
  if (error_) return;
  value = plain_text();
  const auto size = value.size();
  if (accept(kind, value)) return;
  const std::string_view what = kind == Kind::guid        ? "a GUID"
                                : kind == Kind::date_time ? "a dateTime"
                                : kind == Kind::base64    ? "base64"
                                                          : "a text";
  refuse_content(what, size);
}

void Reader::content(bool& value) {
  if (error_) return;
  const auto text = plain_text();
  if (const auto found = boolean_of(text))
    value = *found;
  else
    refuse_content("true or false", text.size());
}

void Reader::content(std::int64_t& value) {
  if (error_) return;
  const auto text = plain_text();
  if (const auto found = integer_of(text))
    value = *found;
  else
    refuse_content("a number", text.size());
}

void Reader::maybe(std::string_view name, std::optional<std::uint32_t>& value) {
  const auto* next = take(name);
  if (next == nullptr) return;
  enter(next, [&] {
    std::int64_t number = 0;
    content(number);
    if (number < 0 || number > UINT32_MAX) refuse_content("a number from 0 to 4294967295", text_of(next).size());
    value = static_cast<std::uint32_t>(number);
  });
}

void Reader::keep(const xmlNode* element, Markup::Part part, std::string_view bytes, std::string& out) {
  if (auto alone = markup_.check_alone(element, part); !alone)
    error_ = alone.error();
  else
    out = bytes;
}

void Reader::inside(std::string& bytes) {
  if (error_) return;
  level_.next = nullptr;
  level_.is_text = true;
  keep(level_.element, Markup::Part::inside, markup_.inside_of(level_.element), bytes);
}

void Reader::until(std::initializer_list<std::string_view> names, std::string& bytes) {
  if (error_) return;
  const auto* begin = level_.next;
  const xmlNode* last = nullptr;
  while (level_.next != nullptr && std::find(names.begin(), names.end(), xml::name_of(level_.next)) == names.end()) {
    last = level_.next;
    level_.next = next_element(last);
  }
  if (last == nullptr) return;
  const auto from = markup_.bytes_of(begin);
  const auto to = markup_.bytes_of(last);
  keep(level_.element, Markup::Part::inside,
       {from.data(), static_cast<std::size_t>(to.data() + to.size() - from.data())}, bytes);
}

void Reader::maybe_element(std::string_view name, std::string_view uri, std::string& bytes) {
  if (error_) return;
  const auto* next = level_.next;
  if (next == nullptr || xml::name_of(next) != name) return;
  if (uri.empty() ? next->ns != nullptr : (next->ns == nullptr || xml::view(next->ns->href) != uri)) return;
  level_.next = next_element(next);
  level_.looked_for.clear();
  keep(next, Markup::Part::whole, markup_.bytes_of(next), bytes);
}

void Reader::check(bool holds, std::string_view expected) {
  if (!holds) refuse(level_.element, fmt::format("'{}' needs {}", xml::name_of(level_.element), expected));
}

}  // namespace bb::healthvault
