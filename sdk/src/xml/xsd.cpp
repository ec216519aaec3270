#include <bb/xml/xsd.hpp>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "libxml2.hpp"

namespace bb::xml {
namespace {

constexpr std::size_t compile_messages_max = 10;

std::string message_of(const xmlError& error) {
  return shorten(collapse_whitespace(to_utf8_lossy(error.message == nullptr ? "no reason given" : error.message)), 400);
}

void collect_message(void* user, xmlErrorPtr error) {
  auto& messages = *static_cast<std::vector<std::string>*>(user);
  if (error->level < XML_ERR_ERROR || messages.size() >= compile_messages_max) return;
  std::string_view file = error->file == nullptr ? "" : error->file;
  if (file.starts_with(schema_scheme)) file.remove_prefix(std::string_view(schema_scheme).size());
  messages.push_back(fmt::format("{}:{}: {}", file, error->line, message_of(*error)));
}

struct Violations {
  std::vector<Violation> found;
  std::size_t count_max = 0;
};

void collect_violation(void* user, xmlErrorPtr error) {
  auto& violations = *static_cast<Violations*>(user);
  // A warning tells of a schemaLocation that nobody follows.
  if (error->level < XML_ERR_ERROR || violations.found.size() >= violations.count_max) return;
  violations.found.push_back({static_cast<const xmlNode*>(error->node), error->line, message_of(*error)});
}

}  // namespace

Result<std::shared_ptr<const Xsd>> Xsd::compile(const std::string& entry, const SchemaFiles& files) {
  prepare_libxml2();
  const AllowedFiles allowed(files);
  const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> context(
      xmlSchemaNewParserCtxt((schema_scheme + entry).c_str()), xmlSchemaFreeParserCtxt);
  if (context == nullptr) return Error{"out of memory for a schema"};
  std::vector<std::string> messages;
  xmlSchemaSetParserStructuredErrors(context.get(), collect_message, &messages);
  auto* schema = xmlSchemaParse(context.get());
  if (schema == nullptr)
    return Error{messages.empty() ? fmt::format("{}: cannot be compiled", entry) : join(messages, "\n")};
  return std::shared_ptr<const Xsd>(new Xsd(schema));
}

Xsd::~Xsd() { xmlSchemaFree(schema_); }

std::vector<Violation> Xsd::validate(const Document& document, std::size_t count_max) const {
  const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> context(xmlSchemaNewValidCtxt(schema_),
                                                                                       xmlSchemaFreeValidCtxt);
  Violations violations{.found = {}, .count_max = count_max};
  if (context == nullptr) return {{nullptr, 1, "out of memory for validation"}};
  xmlSchemaSetValidStructuredErrors(context.get(), collect_violation, &violations);
  const int result = xmlSchemaValidateDoc(context.get(), document.get());
  if (result != 0 && violations.found.empty()) violations.found.push_back({nullptr, 1, "it could not be validated"});
  return std::move(violations.found);
}

}  // namespace bb::xml
