// published_schema.hpp - the platform's schemas of its methods, mended where a schema processor cannot take them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <bb/core/bytes.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/method.hpp>
#include <bb/xml/xsd.hpp>

#include "support/published_folder.hpp"

namespace bb::healthvault::test {

inline std::filesystem::path healthvault_folder() { return bb::test::published_folder() / "healthvault"; }

// The two schemas of the W3C that the platform's import and its publisher left out, with what is used of them.
inline constexpr std::string_view xml_schema = R"(<schema targetNamespace="http://www.w3.org/XML/1998/namespace"
  xmlns="http://www.w3.org/2001/XMLSchema"><attribute name="lang" type="language"/></schema>)";
inline constexpr std::string_view signature_schema = R"(<schema targetNamespace="http://www.w3.org/2000/09/xmldsig#"
  xmlns="http://www.w3.org/2001/XMLSchema"><element name="Signature"/></schema>)";

// For the type `common` of things, which no element of the published schemas has alone.
inline constexpr std::string_view common_schema = R"(<schema xmlns="http://www.w3.org/2001/XMLSchema"
  xmlns:t="urn:com.microsoft.wc.thing" targetNamespace="urn:common">
  <import namespace="urn:com.microsoft.wc.thing" schemaLocation="thing.xsd"/>
  <element name="common" type="t:common"/></schema>)";

inline std::optional<std::string> schema_file(const std::string& path) {
  const auto name = std::filesystem::path(path).filename().string();
  if (name == "xml.xsd") return std::string{xml_schema};
  if (name == "xmldsig-core-schema.xsd") return std::string{signature_schema};
  if (name == "common-alone.xsd") return std::string{common_schema};
  auto read = read_text(healthvault_folder() / "xsd" / name);
  if (!read) read = read_text(healthvault_folder() / "xsd" / to_lower(name));  // "Meaningful-Use.xsd"
  if (!read) return std::nullopt;
  std::string text{without_utf8_mark(*read)};
  // vocab.xsd uses xml:lang without the import of its namespace.
  if (name == "vocab.xsd")
    text = replace_all(text, "schemaLocation=\"types.xsd\" />",
                       "schemaLocation=\"types.xsd\" /><import namespace=\"http://www.w3.org/XML/1998/namespace\" "
                       "schemaLocation=\"xml.xsd\" />");
  // subscription.xsd writes its pattern for a language in which '^' and '$' are anchors.
  if (name == "subscription.xsd") text = replace_all(text, "^[a-zA-Z0-9-]*$", "[a-zA-Z0-9-]*");
  // notification.xsd defines the type Things, and where it says `things` names another.
  if (name == "notification.xsd")
    text = replace_all(text, "name=\"things\" type=\"this:Thing\"", "name=\"things\" type=\"this:Things\"");
  return text;
}

// "method-getthings3.xsd"; where a version has none of its own, that of the name. Empty: not published.
inline std::string schema_of(std::string_view kind, std::string_view method, int version) {
  const auto base = std::string{kind} + "-" + to_lower(method);
  for (const auto& name : {base + std::to_string(version) + ".xsd", base + ".xsd"})
    if (std::filesystem::exists(healthvault_folder() / "xsd" / name)) return name;
  return {};
}

// The namespace that a schema is of.
inline std::string space_of(std::string_view schema_text) {
  const auto begin = schema_text.find('"', schema_text.find("targetNamespace")) + 1;
  return std::string{schema_text.substr(begin, schema_text.find('"', begin) - begin)};
}

inline std::shared_ptr<const xml::Xsd> compiled(const std::string& name) {
  static std::map<std::string, std::shared_ptr<const xml::Xsd>> known;
  auto& schema = known[name];
  if (schema == nullptr) {
    auto made = xml::Xsd::compile(name, schema_file);
    if (!made) throw std::runtime_error(made.error().what);
    schema = *made;
  }
  return schema;
}

// What the schema has against an `info`; empty: it is valid. A request's is put into the schema's namespace first:
// on the wire it is in none.
inline std::string violations(const std::string& schema, std::string info) {
  if (schema.starts_with("method-")) {
    info = "<m:info xmlns:m=\"" + space_of(*schema_file(schema)) + "\"" + info.substr(5);
    info.insert(info.rfind("</info>") + 2, "m:");
  }
  const auto document = xml::read(info);
  if (const auto* problem = std::get_if<xml::Problem>(&document)) return describe(*problem);
  std::string all;
  for (const auto& violation : compiled(schema)->validate(std::get<xml::Document>(document)))
    all += violation.what + "\n";
  return all;
}

}  // namespace bb::healthvault::test
