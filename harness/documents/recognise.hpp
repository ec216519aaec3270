// harness/documents/recognise.hpp - what a file is, by its content alone.
//
// Requirements: FMT-01, FMT-04, FMT-05, FMT-07.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>

#include "harness/fhir/release.hpp"

namespace bb::documents {

struct Recognition {
  std::string format;         // "ccda-2.1", "c32", "c62", "ccd-1.0", "ccr", "cda", "xml", or "unknown"
  std::string title;          // for people
  std::string document_type;  // "ccd"; empty where the document claims none
  std::string document_title;
  std::vector<std::string> claims;  // titles of every format that it claims, strongest first

  bool is_cda() const {
    return format == "cda" || format == "c32" || format == "c62" || format == "ccd-1.0" || is_ccda();
  }
  bool is_ccda() const { return format.starts_with("ccda-"); }
  // "C-CDA R2.1, Continuity of Care Document"
  std::string full_title() const { return document_title.empty() ? title : title + ", " + document_title; }
};

// The table of formats (conformance/documents/formats.yaml).
class Formats {
 public:
  // The error names the file and what is wrong with it.
  static Result<Formats> read(const std::filesystem::path& file);

  Recognition recognise(const xml::Document& document) const;
  // Of a file of no kind (kinds.hpp) and no well-formed XML: what it looks like.
  static Recognition recognise_other(std::string_view bytes);
  // Of a kind that is no CDA.
  Recognition recognition_of(std::string_view kind) const;
  // Whether an id is one of a clinical document.
  bool has(std::string_view format) const;
  std::vector<std::string> ids() const;
  // Whether an id is one of a document type, as "ccd".
  bool has_type(std::string_view type) const;
  std::vector<std::string> type_ids() const;
  // Extensions of C-CDA's document templates, one for each release that has one.
  std::vector<std::string> releases() const;
  // False for a template of C-CDA's header or document types with another extension.
  bool is_known_release(std::string_view root, std::string_view extension) const;
  // Whether a format is another, or builds on it: "ccda-4.1" on "ccda-2.1".
  bool is_one_of(std::string_view format, std::string_view wanted) const;
  // What FHIR of other releases than R4 is known by.
  const std::vector<fhir::Release>& fhir_releases() const { return fhir_releases_; }

 private:
  struct Entry {
    std::string id;
    std::string title;
    std::string header;  // of C-CDA
    std::string extension;
    std::vector<std::string> templates;
    std::string builds_on;
  };
  struct Type {
    std::string id;
    std::string title;
    std::string root;
  };
  struct OtherKind {
    std::string id;
    std::string title;
  };
  std::vector<Entry> formats_;
  std::vector<Type> types_;
  std::vector<OtherKind> other_kinds_;
  std::vector<fhir::Release> fhir_releases_;
};

}  // namespace bb::documents
