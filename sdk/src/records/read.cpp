#include <bb/records/read.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/key_value_text.hpp>
#include <bb/records/pdf.hpp>
#include <bb/records/va_text.hpp>
#include <bb/xml/html.hpp>

#include "readers.hpp"

namespace bb::records {
namespace {

struct Root {
  std::string_view name, space;
  std::string text() const { return fmt::format("{} of namespace {}", name, space); }
};
constexpr Root cda_root{"ClinicalDocument", "urn:hl7-org:v3"};
constexpr Root ccr_root{"ContinuityOfCareRecord", "urn:astm-org:CCR"};

bool has_root(const XmlDocument& document, const Root& root) {
  return document.root_name() == root.name && document.root_namespace() == root.space;
}

Error unexpected_root(const XmlDocument& document, std::string_view expected) {
  const auto space = document.root_namespace();
  return Error{fmt::format("expected the root element {}, found '{}' {}", expected, shorten(document.root_name(), 80),
                           space.empty() ? "without a namespace" : "of namespace " + shorten(space, 80))};
}

}  // namespace

std::size_t statement_count(const Record& r) {
  return r.allergies.size() + r.problems.size() + r.medications.size() + r.immunizations.size() + r.results.size() +
         r.vital_signs.size() + r.encounters.size() + r.procedures.size() + r.social_history.size() + r.plan.size() +
         r.goals.size() + r.care_team.size() + r.functional_status.size() + r.family_history.size() + r.devices.size() +
         r.contacts.size() + r.coverages.size() + r.claims.size() + r.notes.size() + r.absences.size();
}

Status check_statement_count(const Record& record) {
  std::size_t observation_count = 0;
  for (const auto& panel : record.results) observation_count += panel.observations.size();
  if (std::max({statement_count(record), record.sections.size(), record.other_patients.size(), observation_count}) <=
      statement_count_max)
    return {};
  return Error{fmt::format("the document states more than {} facts", statement_count_max)};
}

Result<Record> read_ccda(std::string_view xml) {
  BB_TRY(const auto document, XmlDocument::parse(xml));
  if (!has_root(document, cda_root)) return unexpected_root(document, cda_root.text());
  return read_cda(document);
}

namespace {

Result<Record> read_xml(std::string_view xml) {
  BB_TRY(const auto document, XmlDocument::parse(xml));
  if (has_root(document, cda_root)) return read_cda(document);
  if (has_root(document, ccr_root)) return read_ccr(document);
  return unexpected_root(document, cda_root.text() + " or " + ccr_root.text());
}

// In this order, before XML.
struct Kind {
  bool (*looks_like)(std::string_view bytes);
  Result<Record> (*read)(std::string_view bytes);
};
Error unknown_format(std::string_view found) {
  return Error{fmt::format("expected CDA or CCR in XML, FHIR in JSON or XML, or a Blue Button text; found {}", found)};
}

// Markup in any encoding, or nothing at all, of which the XML reader says it.
bool may_be_xml(std::string_view bytes) {
  const auto first = bytes.substr(0, 64).find_first_not_of(std::string_view("\0\xEF\xBB\xBF\xFE\xFF \t\r\n", 10));
  return first == std::string_view::npos || bytes[first] == '<';
}

constexpr Kind kinds[] = {
    {fhir::looks_like_fhir, read_fhir},
    {looks_like_va_text, read_va_text},
    {looks_like_cms_text, read_cms_text},
    {looks_like_key_value_text, read_key_value_text},
};

}  // namespace

Result<Record> read_record(std::string_view bytes) {
  for (const auto& kind : kinds)
    if (kind.looks_like(bytes)) return kind.read(bytes);
  if (looks_like_pdf(bytes)) return unknown_format("a PDF, which has words for people alone");
  if (bytes.starts_with("PK\3\4")) return unknown_format("a package: unpack it, and name the documents in it");
  if (!may_be_xml(bytes)) return unknown_format("neither of them");
  auto record = read_xml(bytes);
  if (!record && xml::looks_like_html(bytes) && record.error().what.starts_with("line "))
    return unknown_format("a page, which has words for people alone");
  return record;
}

}  // namespace bb::records
