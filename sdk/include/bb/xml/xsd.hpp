// bb/xml/xsd.hpp - validation by a W3C XML Schema, compiled once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>

struct _xmlSchema;

namespace bb::xml {

// Bytes of a schema file, by its path from the folder that holds all of them:
// "infrastructure/cda/CDA.xsd". Nothing where there is none.
using SchemaFiles = std::function<std::optional<std::string>(const std::string& path)>;

// An element or attribute that the schema does not allow.
struct Violation {
  const _xmlNode* node = nullptr;  // of the document; may be none
  int line = 1;
  std::string what;  // in libxml2's words
};

// Immutable once compiled; validates in many threads at once.
class Xsd {
 public:
  // Compiles `entry` with what it includes and imports, all of it through
  // `files`; nothing else is loaded. The error names file and line.
  static Result<std::shared_ptr<const Xsd>> compile(const std::string& entry, const SchemaFiles& files);
  ~Xsd();

  // In document order, the first `count_max`; empty: the document is valid.
  std::vector<Violation> validate(const Document& document, std::size_t count_max = 1000) const;

 private:
  explicit Xsd(_xmlSchema* schema) : schema_(schema) {}
  _xmlSchema* schema_;
};

}  // namespace bb::xml
