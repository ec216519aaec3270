// bb/xml/builder.hpp - a tree made by hand: of what is no XML, for who asks
// with XPath.
#pragma once

#include <string_view>

#include <bb/xml/document.hpp>

namespace bb::xml {

// Makes a document element by element, in document order. Names are NCNames of
// ours and stand in no namespace; texts may be any bytes, they become printable()
// (bb/core/printable.hpp).
class Builder {
 public:
  explicit Builder(std::string_view root);

  // An element below the one that is open, which it becomes.
  void open(std::string_view name);
  // An attribute of the element that is open; the last one of a name counts.
  void set(std::string_view name, std::string_view value);
  // Text of the element that is open.
  void text(std::string_view text);
  // The element around the one that is open is open again; the root stays.
  void close();

  // The document. The builder is done.
  Document take() &&;

 private:
  Document document_;
  _xmlNode* open_;
};

}  // namespace bb::xml
