// Any bytes as rules: they are refused, or say something of a small document,
// and what they say is SVRL that can be read.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/schematron/svrl.hpp"

namespace {

using namespace bb::schematron;

constexpr std::string_view document_text =
    "<c:ClinicalDocument xmlns:c='urn:hl7-org:v3'><?go now?><!--note--><c:templateId root='1.2'/>"
    "<c:id root='1.2' extension='x'/><c:section k='1'><c:templateId root='1.2' extension='2015'/><c:title>T</c:title>"
    "<c:entry k='2'>&lt;text<![CDATA[s]]></c:entry></c:section><plain/></c:ClinicalDocument>";

std::optional<std::string> resolve(const std::string& name) {
  if (name == "voc.xml")
    return "<systems><system valueSetOid='1.2'><code value='1'/><code value='2'/></system></systems>";
  return name == "part" ? std::optional<std::string>("<let name='p' value='1'/>") : std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto document = bb::xml::read(document_text);
  const auto schema = read_schema("rules.sch", {reinterpret_cast<const char*>(data), size}, resolve);
  if (!schema) {
    if (schema.error().what.empty()) std::abort();
    return 0;
  }
  const auto vocabulary = Vocabulary::read(**schema, resolve);
  if (!vocabulary) return 0;
  const auto ruleset = Ruleset::create(*schema, *vocabulary, "#ALL");
  if (!ruleset) std::abort();  // its contexts were read with the schema
  const auto report = Checker(*ruleset).check(std::get<bb::xml::Document>(document), 1'000'000);
  if (!report) return 0;
  if ((*schema)->patterns.empty()) return 0;
  if (std::holds_alternative<bb::xml::Problem>(bb::xml::read(write_svrl(**ruleset, *report)))) std::abort();
  return 0;
}
