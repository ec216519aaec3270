// markup.hpp - a message as a tree whose elements know their bytes.
//
// What is hashed, signed or carried unread is bytes, not what a parser makes of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::healthvault {

class Markup {
 public:
  // Refuses what bb::xml refuses, and another encoding than UTF-8. The bytes outlive this.
  static Result<Markup> read(std::string_view bytes, std::size_t bytes_max);
  // Of a document that was read of these bytes, which are in UTF-8; nothing where its tags
  // cannot be told apart.
  static std::optional<Markup> of(std::string_view bytes, xml::Document document);

  const xmlNode* root() const { return document_.root(); }
  // From start tag to end tag.
  std::string_view bytes_of(const xmlNode* element) const;
  // Between the tags; empty of an empty element.
  std::string_view inside_of(const xmlNode* element) const;
  // "line 3, column 7": where the start tag begins.
  std::string place_of(const xmlNode* element) const;
  enum class Part { inside, whole };
  // Whether that part of the element can stand elsewhere as it is: the error names a prefix
  // in it that is declared outside of it.
  Status check_alone(const xmlNode* element, Part part) const;
  // Whether the element has neither attributes nor text beside its elements, as a message's root.
  Status check_bare(const xmlNode* element) const;

 private:
  struct Range {
    std::size_t begin, inside_begin, inside_end, end;
  };
  Markup(std::string_view bytes, xml::Document document) : bytes_(bytes), document_(std::move(document)) {}
  bool find_ranges();
  const Range& range_of(const xmlNode* element) const;

  std::string_view bytes_;
  xml::Document document_;
  std::vector<Range> ranges_;  // in document order; an element's _private is one more than its place here
};

// The element children, in order, without what stands between them.
const xmlNode* first_element(const xmlNode* parent);
const xmlNode* next_element(const xmlNode* element);
const xmlNode* last_element(const xmlNode* parent);

// The attributes of an element that are not for its XML Schema ("xsi:type").
std::size_t attribute_count(const xmlNode* element);
// Whether an element holds text of its own other than white space.
bool has_text(const xmlNode* element);
// The text of an element, from all its parts.
std::string text_of(const xmlNode* element);

}  // namespace bb::healthvault
