// bb/xml/document.hpp - the one way in which XML from outside is read.
//
// Bounded in every direction, without entities, DTD or network: a hostile file
// is one Problem with a place. libxml2 stays behind this header; who walks the
// tree includes its tree.h and uses get().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct _xmlDoc;
struct _xmlNode;

namespace bb::xml {

struct Limits {
  std::size_t bytes_max = 64ull * 1024 * 1024;
  int depth_max = 256;
  std::size_t element_count_max = 2'000'000;
  int attribute_count_max = 256;  // of one element
};

// What is wrong with a document, and where. Line and column count from 1,
// columns in bytes.
struct Problem {
  int line = 1;
  int column = 1;
  std::string what;  // lower case
};
// "line 3, column 7: what".
std::string describe(const Problem& problem);

// A well-formed document. Move only; freed with everything in it. The names of its
// elements and attributes stand in its dictionary (xmlDict): one name, one address.
class Document {
 public:
  _xmlDoc* get() const { return document_.get(); }
  _xmlNode* root() const;

 private:
  friend class Builder;
  friend class HtmlReader;
  friend class Reader;
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  explicit Document(_xmlDoc* document) : document_(document) {}
  std::unique_ptr<_xmlDoc, Free> document_;
};

// Refuses what is not well-formed, any DOCTYPE, and what exceeds the limits.
std::variant<Document, Problem> read(std::string_view bytes, const Limits& limits = {});

// Where an element's start tag begins.
struct Position {
  int line = 1;
  int column = 1;  // in bytes of the document as UTF-8
};
// The start of each start tag, in document order, of a well-formed document
// in UTF-8, UTF-16 or a superset of ASCII; of any other encoding an empty list.
std::vector<Position> element_positions(std::string_view bytes);

}  // namespace bb::xml
