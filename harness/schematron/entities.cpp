#include "harness/schematron/entities.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/markup.hpp>

namespace bb::schematron {
namespace {

constexpr std::size_t expanded_bytes_max = 64u * 1024 * 1024;
constexpr int depth_max = 16;
constexpr std::size_t replacement_count_max = 100'000;
constexpr std::string_view blank = " \t\r\n";

struct Entity {
  bool is_external = false;
  std::string value;  // the text, or the system id
};

// The DOCTYPE of a text, taken apart.
struct Doctype {
  std::size_t begin = 0;
  std::size_t end = 0;  // 0: there is none
  std::map<std::string, Entity, std::less<>> entities;
};

class DoctypeReader {
 public:
  DoctypeReader(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  Result<Doctype> read() {
    Doctype doctype;
    at_ = first_markup();
    if (text_.substr(at_, 9) != "<!DOCTYPE") return doctype;
    doctype.begin = at_;
    at_ = text_.find_first_of("[>", at_);
    if (at_ == std::string_view::npos) return refuse("the DOCTYPE is never closed");
    if (text_[at_] == '[') {
      ++at_;
      BB_CHECK(read_declarations(doctype));
      at_ = text_.find('>', at_);
      if (at_ == std::string_view::npos) return refuse("the DOCTYPE is never closed");
    }
    doctype.end = at_ + 1;
    return doctype;
  }

 private:
  // Where the DOCTYPE or the root's start tag begins.
  std::size_t first_markup() const {
    auto at = text_.find('<');
    while (at < text_.size()) {
      const auto length = xml::opaque_length(text_.substr(at));
      if (length == 0) return at;
      at = text_.find('<', at + length);
    }
    return text_.size();
  }

  Error refuse(std::string_view what) const { return Error{fmt::format("{}: {}", name_, what)}; }

  void skip_blank() { at_ = std::min(text_.find_first_not_of(blank, at_), text_.size()); }

  std::string_view take_word() {
    skip_blank();
    const auto end = std::min(text_.find_first_of(" \t\r\n>'\"", at_), text_.size());
    const auto word = text_.substr(at_, end - at_);
    at_ = end;
    return word;
  }

  Result<std::string> take_literal() {
    skip_blank();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"'))
      return refuse("a declaration in the DOCTYPE cannot be read");
    const auto end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return refuse("a text in the DOCTYPE is never closed");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  Status read_declarations(Doctype& doctype) {
    while (true) {
      skip_blank();
      const auto rest = text_.substr(at_);
      if (rest.empty()) return refuse("the DOCTYPE is never closed");
      if (rest[0] == ']') return {};
      if (rest.starts_with("<!--")) {
        const auto end = text_.find("-->", at_);
        if (end == std::string_view::npos) return refuse("a comment in the DOCTYPE is never closed");
        at_ = end + 3;
      } else if (rest.starts_with("<!ENTITY")) {
        at_ += 8;
        BB_CHECK(read_entity(doctype));
      } else {
        return refuse(fmt::format("the DOCTYPE may declare general entities alone, not '{}'", shorten(rest, 30)));
      }
    }
  }

  Status read_entity(Doctype& doctype) {
    const std::string name(take_word());
    if (name.empty() || name == "%") return refuse("the DOCTYPE declares a parameter entity; none is read");
    Entity entity;
    skip_blank();
    if (text_.substr(at_, 6) == "SYSTEM") {
      at_ += 6;
      entity.is_external = true;
    } else if (text_.substr(at_, 6) == "PUBLIC") {
      at_ += 6;
      entity.is_external = true;
      BB_CHECK(skip_literal());
    }
    BB_TRY(entity.value, take_literal());
    skip_blank();
    if (text_.substr(at_, 1) != ">")
      return refuse(fmt::format("the declaration of the entity '{}' cannot be read", name));
    ++at_;
    // XML 1.0, 4.6: these may be declared, and mean what they mean.
    const bool is_predefined = name == "lt" || name == "gt" || name == "amp" || name == "apos" || name == "quot";
    if (!is_predefined) doctype.entities.emplace(name, std::move(entity));
    return {};
  }

  Status skip_literal() {
    auto literal = take_literal();
    return literal ? Status{} : Status{std::move(literal).error()};
  }

  const std::string& name_;
  std::string_view text_;
  std::size_t at_ = 0;
};

class Expander {
 public:
  Expander(const std::string& name, const Doctype& doctype, const FileResolver& resolve)
      : name_(name), doctype_(doctype), resolve_(resolve) {}

  // Appends `text` with its entities in place; they are not looked for in
  // comments, CDATA sections and processing instructions.
  Status append(std::string_view text, int depth) {
    if (depth > depth_max) return refuse(fmt::format("entities name each other deeper than {}", depth_max));
    std::size_t at = 0;
    while (at < text.size()) {
      const auto next = std::min(text.find_first_of("&<", at), text.size());
      BB_CHECK(append_plain(text.substr(at, next - at)));
      at = next;
      if (at == text.size()) break;
      const auto rest = text.substr(at);
      if (const auto opaque = xml::opaque_length(rest); opaque > 0) {
        BB_CHECK(append_plain(rest.substr(0, opaque)));
        at += opaque;
        continue;
      }
      const auto end = rest.find(';');
      const auto name = end == std::string_view::npos ? std::string_view{} : rest.substr(1, end - 1);
      const auto entity = rest[0] == '&' ? doctype_.entities.find(name) : doctype_.entities.end();
      if (entity == doctype_.entities.end()) {
        BB_CHECK(append_plain(rest.substr(0, 1)));
        ++at;
        continue;
      }
      BB_CHECK(append_entity(entity->first, entity->second, depth));
      at += end + 1;
    }
    return {};
  }

  std::string take() { return std::move(expanded_); }

 private:
  Error refuse(std::string_view what) const { return Error{fmt::format("{}: {}", name_, what)}; }

  Status append_plain(std::string_view text) {
    if (expanded_.size() + text.size() > expanded_bytes_max)
      return refuse(fmt::format("with its entities in place it has more than {} bytes", expanded_bytes_max));
    expanded_ += text;
    return {};
  }

  Status append_entity(const std::string& name, const Entity& entity, int depth) {
    if (++replacement_count_ > replacement_count_max)
      return refuse(fmt::format("entities are used more than {} times", replacement_count_max));
    if (!entity.is_external) return append(entity.value, depth + 1);
    auto found = files_.find(entity.value);
    if (found == files_.end()) {
      auto text = resolve_(entity.value);
      if (!text) return refuse(fmt::format("the entity '{}' is not at hand: '{}'", name, shorten(entity.value, 200)));
      found = files_.emplace(entity.value, without_declaration(std::move(*text))).first;
    }
    return append(found->second, depth + 1);
  }

  // Without byte order mark and text declaration (XML 1.0, 4.3.1).
  static std::string without_declaration(std::string text) {
    auto rest = without_utf8_mark(text);
    if (rest.starts_with("<?xml ")) rest.remove_prefix(std::min(rest.find("?>"), rest.size() - 2) + 2);
    return std::string(rest);
  }

  const std::string& name_;
  const Doctype& doctype_;
  const FileResolver& resolve_;
  std::map<std::string, std::string> files_;
  std::string expanded_;
  std::size_t replacement_count_ = 0;
};

}  // namespace

Result<std::string> expand_entities(const std::string& name, std::string_view text, const FileResolver& resolve) {
  BB_TRY(const auto doctype, DoctypeReader(name, text).read());
  if (doctype.end == 0) return std::string(text);
  Expander expander(name, doctype, resolve);
  BB_CHECK(expander.append(text.substr(0, doctype.begin), 0));
  BB_CHECK(expander.append(text.substr(doctype.end), 0));
  return expander.take();
}

}  // namespace bb::schematron
