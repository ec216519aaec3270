// harness/checks/xml_document.hpp - XML and HTML for claims: XPath and edits.
//
// libxml2 stays behind this header. Bounded: 64 MiB, depth 256, a limited
// number of XPath steps; declared entities are refused; nothing is loaded from
// disk or network.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

struct _xmlDoc;

namespace bb::checks {

// Whether bytes are an HTML page: by media type, else by how they begin.
bool is_html(std::string_view media_type, std::string_view body);

// What is wrong with an XPath, as far as can be said without a document.
struct XPathMistake {
  std::string what;      // "it ends too early"
  std::size_t at = 0;    // bytes before it in the expression
  std::string expected;  // for people
};
std::optional<XPathMistake> find_xpath_mistake(const std::string& xpath);

class XmlDocument {
 public:
  // HTML is read as a browser does, and its elements get XHTML's namespace, so
  // that "html:h1" finds both kinds; everything else must be well-formed XML.
  // The error begins with "not XML: ".
  static Result<XmlDocument> parse(std::string_view body, std::string_view media_type);

  // XPath 1.0 with the prefixes cda, sdtc, xsi, html and atom. The error says
  // what is wrong with the expression.
  struct Selection {
    bool is_node_set = false;
    std::vector<Value> values;  // string values of nodes; else the one result
  };
  Result<Selection> evaluate(const std::string& xpath) const;

  // Changes every node that the expression selects; the error says why none
  // could be. `text` is the new content for set.
  enum class Edit { drop, set, dup };
  Status edit(const std::string& xpath, Edit edit, const std::string& text);
  std::string serialize() const;

  bool is_clinical_document() const;
  // What a C-CDA says to a person: title, the patient's name and birth time as
  // the standard stylesheet shows them, and the narrative of every section.
  std::string narrative() const;
  // What it says to a program: attribute values and texts, outside of the
  // narrative; with the pieces of narrative that entries refer to by id.
  std::vector<std::string> program_values() const;

 private:
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  XmlDocument(_xmlDoc* document, bool is_html) : document_(document), is_html_(is_html) {}

  std::unique_ptr<_xmlDoc, Free> document_;
  bool is_html_ = false;
};

}  // namespace bb::checks
