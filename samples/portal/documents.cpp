#include "portal/documents.hpp"

#include <algorithm>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/pdf.hpp>
#include <bb/records/va_text.hpp>

#include "portal/editions.hpp"

namespace bb::portal {
namespace {

constexpr Format formats[] = {
    {"blue-button-text", "text/plain", "Blue Button\u00ae text", "txt"},
    {"ccda-2.1", "application/xml", "C-CDA R2.1 (XML)", "xml"},
    {"ccda-1.1", "application/xml", "C-CDA R1.1 (XML)", "xml"},
    {"fhir-bundle", "application/fhir+json", "FHIR R4 bundle (JSON)", "json"},
    {"pdf", "application/pdf", "PDF, for printing", "pdf"},
    {"html", "text/html", "Page (HTML)", "html"},
};

constexpr std::size_t name_bytes_max = 80;

void drop_name(records::Code& code) { code.display = code.code; }

// For a browser without the portal: nothing is loaded from elsewhere.
std::string write_page(const records::Record& record) {
  const auto title = escape_markup("Health record of " + record.patient.name.full());
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + title +
         "</title>\n</head>\n<body>\n<main>\n<h1>" + title + "</h1>\n" + records::write_html_fragment(record) +
         "</main>\n</body>\n</html>\n";
}

std::string words(const records::Code& code) { return code.display.empty() ? code.code : code.display; }

}  // namespace

std::span<const Format> all_formats() { return formats; }

const Format* find_format(std::string_view id) {
  const auto* const found =
      std::find_if(std::begin(formats), std::end(formats), [&](const Format& f) { return f.id == id; });
  return found == std::end(formats) ? nullptr : found;
}

std::optional<std::string> original_of(const Format& format, const std::string& document) {
  if (format.id == "ccda-2.1") return document;
  if (format.id == "ccda-1.1") return as_release_1_1(document);
  return std::nullopt;
}

std::string content_type_of(const Format& format) {
  // XML and JSON say their encoding themselves; an original document may be in any.
  return std::string(format.media_type) + (format.media_type.starts_with("text/") ? "; charset=utf-8" : "");
}

std::string write_document(const Format& format, const records::Record& record, long long now_unix_ns,
                           const records::CcdaHead& head) {
  if (format.id == "blue-button-text") return records::write_va_text(record, now_unix_ns);
  if (format.id == "ccda-2.1") return records::write_ccda_version(record, head);
  if (format.id == "ccda-1.1") return as_release_1_1(records::write_ccda_version(record, head));
  if (format.id == "html") return write_page(record);
  if (format.id == "pdf") return records::write_pdf(record);
  return records::write_fhir_bundle(record);
}

std::string file_name(const records::Record& record, std::string_view part, const Format& format) {
  auto name = collapse_whitespace(record.patient.name.full());
  for (auto& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ||
        std::string_view("/\\:*?\"<>|%").find(c) != std::string_view::npos)
      c = '_';
  name = shorten(name, name_bytes_max);
  if (name.empty()) name = "record";
  return name + "-" + std::string(part) + "." + std::string(format.extension);
}

std::string attachment_disposition(std::string_view file_name) {
  std::string ascii;
  for (const char c : file_name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xc0) continue;  // one '_' for each character beyond ASCII
    ascii += byte >= 0x80 ? '_' : c;
  }
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + percent_encode(file_name);
}

std::string write_prose(const records::Record& record) {
  std::vector<std::string> parts;
  parts.push_back("this is about " + record.patient.name.full() +
                  (record.patient.birth_date.empty()
                       ? ""
                       : " who was born on " + records::date_for_people(record.patient.birth_date)));
  for (const auto& entry : record.allergies) parts.push_back("does not tolerate " + words(entry.substance));
  for (const auto& entry : record.problems) parts.push_back("has or had " + words(entry.problem));
  for (const auto& entry : record.medications) parts.push_back("takes or took " + words(entry.drug) + " " + entry.dose);
  for (const auto& entry : record.immunizations) parts.push_back("got " + words(entry.vaccine) + " on " + entry.date);
  for (const auto& panel : record.results)
    for (const auto& entry : panel.observations)
      parts.push_back(words(entry.test) + " came out as " + entry.value + " " + entry.unit);
  for (const auto& entry : record.vital_signs)
    parts.push_back(words(entry.test) + " was measured as " + entry.value + " " + entry.unit);
  return collapse_whitespace(join(parts, " and then ")) + "\n";
}

records::Record without_names(records::Record record) {
  for (auto& entry : record.allergies) {
    drop_name(entry.substance);
    drop_name(entry.type);
    drop_name(entry.severity);
    for (auto& reaction : entry.reactions) drop_name(reaction);
  }
  for (auto& entry : record.problems) drop_name(entry.problem);
  for (auto& entry : record.medications) drop_name(entry.drug);
  for (auto& entry : record.immunizations) drop_name(entry.vaccine);
  for (auto& panel : record.results) {
    drop_name(panel.panel);
    for (auto& entry : panel.observations) drop_name(entry.test);
  }
  for (auto& entry : record.vital_signs) drop_name(entry.test);
  for (auto& entry : record.encounters) drop_name(entry.type);
  for (auto* code : {&record.patient.race, &record.patient.ethnicity, &record.patient.marital_status}) drop_name(*code);
  return record;
}

std::string without_narrative(std::string ccda) {
  constexpr std::string_view close = "</text>";
  std::string out;
  std::size_t at = 0;
  while (true) {
    const auto begin = ccda.find("<text>", at);
    const auto end = begin == std::string::npos ? begin : ccda.find(close, begin);
    if (end == std::string::npos) break;
    out += ccda.substr(at, begin - at) + "<text/>";
    at = end + close.size();
  }
  return out + ccda.substr(at);
}

}  // namespace bb::portal
