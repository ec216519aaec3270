// libxml2.hpp - what of libxml2 is one for the whole process.
#pragma once

#include <bb/xml/xsd.hpp>

namespace bb::xml {

// Starts libxml2 and sees to it that it loads nothing by itself.
void prepare_libxml2();

// While it lives, libxml2 may load these files in this thread, by paths that
// begin with schema_scheme. One at a time.
inline constexpr const char* schema_scheme = "schema:/";
class AllowedFiles {
 public:
  explicit AllowedFiles(const SchemaFiles& files);
  ~AllowedFiles();
  AllowedFiles(const AllowedFiles&) = delete;
  AllowedFiles& operator=(const AllowedFiles&) = delete;
};

}  // namespace bb::xml
