// harness/documents/view.hpp - a document that is no XML, as the tree that rules
// look at.
//
// Rules of ours are XPath; a text, a PDF or an archive is for them a tree of
// elements without namespace, each with its place in the file and, where that
// says more, its path in the words of the format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/xml/builder.hpp>
#include <bb/xml/document.hpp>

namespace bb::documents {

struct View {
  xml::Document document;
  // Of each element, in document order. A line of 0: nowhere in particular.
  std::vector<xml::Position> positions;
  std::vector<std::string> paths;  // "Patient.birthDate", "MEDICATIONS > Name"; empty: that of the element around it
};

class ViewBuilder {
 public:
  explicit ViewBuilder(std::string_view root, xml::Position position = {}, std::string path = {});

  // An element below the one that is open, which it becomes.
  void open(std::string_view name, xml::Position position, std::string path = {});
  // An attribute of the element that is open, any bytes.
  void set(std::string_view name, std::string_view value) { tree_.set(name, value); }
  // Text of the element that is open, any bytes.
  void text(std::string_view text) { tree_.text(text); }
  // The element around the one that is open is open again; the root stays.
  void close() { tree_.close(); }

  View take() &&;

 private:
  xml::Builder tree_;
  std::vector<xml::Position> positions_;
  std::vector<std::string> paths_;
};

}  // namespace bb::documents
