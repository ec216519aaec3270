#include "libxml2.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <mutex>
#include <string_view>

namespace bb::xml {
namespace {

thread_local const SchemaFiles* allowed_files = nullptr;

xmlParserInputPtr load(const char* url, const char*, xmlParserCtxtPtr context) {
  const std::string_view place = url == nullptr ? "" : url;
  if (allowed_files == nullptr || !place.starts_with(schema_scheme)) return nullptr;
  const auto bytes = (*allowed_files)(std::string(place.substr(std::string_view(schema_scheme).size())));
  if (!bytes) return nullptr;
  auto* buffer = xmlParserInputBufferCreateMem(bytes->data(), static_cast<int>(bytes->size()), XML_CHAR_ENCODING_NONE);
  if (buffer == nullptr) return nullptr;
  auto* input = xmlNewIOInputStream(context, buffer, XML_CHAR_ENCODING_NONE);
  if (input == nullptr)
    xmlFreeParserInputBuffer(buffer);
  else
    input->filename = reinterpret_cast<char*>(xmlCharStrdup(url));
  return input;
}

}  // namespace

void prepare_libxml2() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(load);
  });
}

AllowedFiles::AllowedFiles(const SchemaFiles& files) { allowed_files = &files; }
AllowedFiles::~AllowedFiles() { allowed_files = nullptr; }

}  // namespace bb::xml
