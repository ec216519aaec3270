// content.hpp - the inside of data-xml: the element of the type and `common`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/nodes.hpp>

#include "../markup.hpp"

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
  std::string_view content() const;
  // Those of the element alone, from its start tag to its end tag.
  std::string_view element_bytes() const { return markup_.bytes_of(element_); }

  // The elements of `common` as they stand there, and its start tag; "<common>" where there is none.
  struct Part {
    std::string_view name;  // empty of one with a prefix
    std::string_view bytes;
  };
  std::vector<Part> common_parts() const;
  std::string common_tag() const;

 private:
  Content(std::unique_ptr<const std::string> whole, Markup markup)
      : whole_(std::move(whole)), markup_(std::move(markup)) {}

  std::unique_ptr<const std::string> whole_;  // the bytes of the markup, with a tag around
  Markup markup_;
  const xmlNode* element_ = nullptr;
  const xmlNode* common_ = nullptr;
};

}  // namespace bb::healthvault::types
