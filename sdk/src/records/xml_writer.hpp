// xml_writer.hpp - writes indented XML; what XML cannot carry is left out.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bb::records {

// Attributes with an empty value are not written.
using XmlAttributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class XmlWriter {
 public:
  XmlWriter();
  void open(std::string_view name, XmlAttributes attributes = {});
  void close();
  void empty(std::string_view name, XmlAttributes attributes = {});
  // <name>text</name> on one line.
  void text(std::string_view name, std::string_view text, XmlAttributes attributes = {});
  std::string take() { return std::move(out_); }

 private:
  void start(std::string_view name, XmlAttributes attributes);
  std::string out_;
  std::vector<std::string> open_;
};

// Closes its element at the end of the scope.
class XmlScope {
 public:
  XmlScope(XmlWriter& writer, std::string_view name, XmlAttributes attributes = {}) : writer_(writer) {
    writer_.open(name, attributes);
  }
  XmlScope(const XmlScope&) = delete;
  XmlScope& operator=(const XmlScope&) = delete;
  ~XmlScope() { writer_.close(); }

 private:
  XmlWriter& writer_;
};

}  // namespace bb::records
