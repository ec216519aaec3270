// content.hpp - the inside of data-xml: the element of the type and `common`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::healthvault::types {

class Content {
 public:
  // A byte order mark and an XML declaration before it are passed over. The error says where.
  static Result<Content> read(std::string_view bytes);

  const xmlNode* element() const { return element_; }
  const xmlNode* common() const { return common_; }  // none: nullptr
  // Whether the element is in the namespace; without one in none, or that of its schema.
  bool is_in(std::string_view uri) const;
  // The bytes up to `common`.
  std::string_view content() const { return std::string_view(bytes_).substr(0, common_begin_); }

  // The elements of `common` as they stand there, and its start tag; "<common>" where there is none.
  struct Part {
    std::string_view name;
    std::string_view bytes;
  };
  std::vector<Part> common_parts() const;
  std::string common_tag() const;

 private:
  Content(std::string bytes, xml::Document document) : bytes_(std::move(bytes)), document_(std::move(document)) {}

  std::string bytes_;
  xml::Document document_;
  const xmlNode* element_ = nullptr;
  const xmlNode* common_ = nullptr;
  std::size_t common_begin_ = std::string_view::npos;
  std::vector<std::size_t> part_begins_;  // of the elements of `common`
};

// Where a position is in a text.
std::size_t offset_of(std::string_view text, const xml::Position& position);

// Bytes without the byte order mark, the XML declaration and the white space that they begin with.
std::string_view without_declaration(std::string_view bytes);

}  // namespace bb::healthvault::types
