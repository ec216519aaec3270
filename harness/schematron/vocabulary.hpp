// harness/schematron/vocabulary.hpp - the value sets that a schema looks up.
//
// A vocabulary file can be many times larger than what the rules name (C-CDA's
// is 65 MB for 14 sets), so it is read as a stream and only those are kept.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>
#include "harness/schematron/schema.hpp"

namespace bb::schematron {

// Immutable once read; share it between threads.
class Vocabulary {
 public:
  // Reads what `schema` names through `resolve`. A file or a set that is not
  // there is no error: what needs it is not evaluated. The error is a file
  // that cannot be read.
  static Result<std::shared_ptr<const Vocabulary>> read(const Schema& schema, const FileResolver& resolve);

  // The `value` attributes of a set's codes; none where the set is not there.
  const std::vector<_xmlNode*>* codes(const std::string& file, const std::string& value_set) const;
  // A vocabulary file with the sets that were kept of it, in the form in which
  // it was read; nothing where it is not there.
  std::optional<std::string> kept(const std::string& file) const;
  // A document that expressions load by name, or none.
  _xmlNode* document(const std::string& file) const;
  // "file: set" of each set that is named and not there.
  std::vector<std::string> missing(const Schema& schema) const;

 private:
  struct Sets;
  std::map<std::string, std::shared_ptr<const Sets>> files_;
  std::map<std::string, xml::Document> documents_;
};

}  // namespace bb::schematron
