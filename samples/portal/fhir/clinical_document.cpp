#include "portal/fhir/clinical_document.hpp"

#include <charconv>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/ccda.hpp>

#include "portal/fhir/ids.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/instants.hpp"

namespace bb::portal::fhir {
namespace {

std::string stem_of(const Patient& patient) { return "ccd-" + id_of(patient.id).substr(0, 16); }

// Seconds since 1970, or "x" where the range is open.
std::string end_of(const std::optional<std::int64_t>& ns) {
  return ns ? std::to_string(*ns / ns_per_second) : std::string("x");
}

bool read_end(std::string_view text, std::optional<std::int64_t>& into) {
  if (text == "x") return true;
  constexpr std::int64_t seconds_max = 9'000'000'000;  // what fits as nanoseconds
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds > seconds_max || seconds < -seconds_max)
    return false;
  into = seconds * ns_per_second;
  return true;
}

}  // namespace

std::string clinical_document_id(const Patient& patient, const DateRange& range) {
  auto id = stem_of(patient);
  if (!range.is_open()) id += "." + end_of(range.from_ns) + "." + end_of(range.until_ns);
  return id;
}

ClinicalDocument clinical_document(const Patient& patient, std::string_view base_url, const DateRange& range) {
  const auto id = clinical_document_id(patient, range);
  std::string bytes = patient.document;
  if (!range.is_open()) {
    Selection selection;
    selection.range = range;
    if (const auto part = select(patient.record, selection)) bytes = records::write_ccda(*part);
  }
  const auto subject = reference_to("Patient/" + patient_id_of(patient.id));
  ClinicalDocument document{begin_resource("DocumentReference", id, "us-core-documentreference"), {}};
  auto& content = document.reference;
  content.set("identifier",
              list_of(Value::object({{"system", std::string(base_url) + "/document-ids"}, {"value", id}})));
  content.set("status", "current");
  content.set("type", concept_of("http://loinc.org", summary_loinc_code, "Summary of episode note"));
  content.set("category",
              list_of(concept_of("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                                 "clinical-note", "Clinical Note")));
  content.set("subject", subject);
  const auto created = instants_of(patient.record.created);
  if (created) content.set("date", format_utc(created->first_ns));
  const auto &author = patient.record.author, &custodian = patient.record.custodian;
  if (!author.empty()) content.set("author", list_of(Value::object({{"display", author}})));
  if (!custodian.empty()) content.set("custodian", Value::object({{"display", custodian}}));
  auto attachment = Value::object({{"contentType", ccda_media_type},
                                   {"url", std::string(base_url) + "/Binary/" + id},
                                   {"size", bytes.size()},
                                   {"title", "Health summary (C-CDA)"}});
  auto format = Value::object({{"system", "http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem"},
                               {"code", "urn:hl7-org:sdwg:ccda-structuredBody:2.1"},
                               {"display", "Documents following C-CDA constraints using a structured body"}});
  content.set("content",
              list_of(Value::object({{"attachment", std::move(attachment)}, {"format", std::move(format)}})));
  if (!range.is_open()) {
    auto period = Value::object();
    if (range.from_ns) period.set("start", format_utc(*range.from_ns));
    if (range.until_ns) period.set("end", format_utc(*range.until_ns));
    content.set("context", Value::object({{"period", std::move(period)}}));
  }
  document.binary = Value::object({{"resourceType", "Binary"},
                                   {"id", id},
                                   {"contentType", ccda_media_type},
                                   {"securityContext", reference_to("DocumentReference/" + id)},
                                   {"data", base64_encode(bytes)}});
  return document;
}

std::optional<DateRange> range_of_id(std::string_view id, const Patient& patient) {
  const auto parts = split(id, '.');
  DateRange range;
  if (parts.size() != 3 || parts[0] != stem_of(patient)) return std::nullopt;
  if (!read_end(parts[1], range.from_ns) || !read_end(parts[2], range.until_ns) || range.is_open()) return std::nullopt;
  return range;
}

}  // namespace bb::portal::fhir
