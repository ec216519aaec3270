#include "enclosures.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/sdk/failure.hpp>
#include <bb/xdr/write_objects.hpp>
#include <bb/xdr/zip_file.hpp>

namespace bb::direct_connector {
namespace {

using records::MimePart;

constexpr std::string_view stylesheet_line = "<?xml-stylesheet type=\"text/xsl\" href=\"probe.xsl\"?>\n";

std::string ccda(std::string_view before_root = {}) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::string(before_root) +
         R"(<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
  <id root="1.2.840.113619.21.1.1"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
  <title>A document of a test</title>
  <effectiveTime value="20260101"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
  <recordTarget><patientRole><id root="1.2.840.113619.21.1.2" extension="probe"/>
    <patient><name><given>Pat</given><family>Probe</family></name>
      <administrativeGenderCode code="UN" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19700101"/></patient>
  </patientRole></recordTarget>
  <component><structuredBody><component><section>
    <code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>None known.</text>
  </section></component></structuredBody></component>
</ClinicalDocument>
)";
}

std::string pdf() {
  return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
         "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
}

// ---- a package (IHE ITI TF-2, 3.32)

std::string metadata(const std::string& document, std::string_view media_type) {
  const xdr::SubmissionSet set{{{"submissionTime", "20260101120000"},
                                {"uniqueId", "1.2.840.113619.21.1.3"},
                                {"sourceId", "1.2.840.113619.21.1"}}};
  const xdr::Attributes attributes{
      {"mimeType", std::string(media_type)},     {"creationTime", "20260101"}, {"hash", sha1_hex(document)},
      {"size", std::to_string(document.size())}, {"URI", "DOC00001.XML"},      {"uniqueId", "1.2.840.113619.21.1.1"}};
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xdr::write_objects(set, {{"Document01", attributes, ""}});
}

constexpr std::string_view good_index =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
    "<title>Contents</title></head><body><p><a href=\"IHE_XDM/SUBSET01/DOC00001.XML\">A document</a></p></body>"
    "</html>\n";
constexpr std::string_view bad_index = "<html><head><title>Contents</head><body><p><a href=DOC00001.XML>A document\n";

std::string package(std::string_view index = good_index, std::string_view media_type = "text/xml") {
  const auto document = ccda();
  auto zip = xdr::write_zip({{"README.TXT", "A package of a test.\r\n"},
                             {"INDEX.HTM", std::string(index)},
                             {"IHE_XDM/SUBSET01/METADATA.XML", metadata(document, media_type)},
                             {"IHE_XDM/SUBSET01/DOC00001.XML", document}});
  if (!zip) throw Failure{BB_E_INTERNAL, zip.error().what};
  return *std::move(zip);
}

MimePart part(const char* media_type, const char* filename, std::string body) {
  return {media_type, "attachment", filename, std::move(body)};
}

// Shown by who runs no script: "No script ran." (DIRECT-SEC-15)
constexpr std::string_view scripted =
    "<p id=\"told\">No script ran.</p>\n"
    "<script>document.getElementById(\"told\").textContent = \"A SCRIPT RAN.\";</script>\n";

std::string scripted_page() { return "<!DOCTYPE html><title>A page</title>\n" + std::string(scripted); }

std::string scripted_stylesheet() {
  return "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">\n"
         "<xsl:output method=\"html\"/>\n<xsl:template match=\"/\"><html><body>\n" +
         std::string(scripted) + "</body></html></xsl:template>\n</xsl:stylesheet>\n";
}

constexpr std::array<std::pair<std::string_view, MakeEnclosure>, 13> enclosures{{
    {"text", [] { return part("text/plain", "note.txt", "A note.\r\n"); }},
    {"html", [] { return part("text/html", "page.html", "<!DOCTYPE html><title>A page</title><p>A page.\n"); }},
    {"html-with-script", [] { return part("text/html", "script.html", scripted_page()); }},
    {"pdf", [] { return part("application/pdf", "page.pdf", pdf()); }},
    {"binary", [] { return part("application/octet-stream", "bytes.bin", std::string("\0\x80\xff\r\n", 5)); }},
    {"ccda", [] { return part("application/xml", "record.xml", ccda()); }},
    {"ccda-with-stylesheet", [] { return part("application/xml", "record.xml", ccda(stylesheet_line)); }},
    {"bad-stylesheet", [] { return part("application/xml", "probe.xsl", "<xsl:stylesheet><xsl:template>\n"); }},
    {"script-stylesheet", [] { return part("application/xml", "probe.xsl", scripted_stylesheet()); }},
    {"xdm", [] { return part("application/zip", "record.zip", package()); }},
    {"xdm-octet-stream", [] { return part("application/octet-stream", "record.zip", package()); }},
    {"xdm-application-xml",
     [] { return part("application/zip", "record.zip", package(good_index, "application/xml")); }},
    {"xdm-bad-xhtml", [] { return part("application/zip", "record.zip", package(bad_index)); }},
}};

}  // namespace

const MakeEnclosure* find_enclosure(std::string_view name) {
  const auto found =
      std::find_if(enclosures.begin(), enclosures.end(), [&](const auto& row) { return row.first == name; });
  return found == enclosures.end() ? nullptr : &found->second;
}

}  // namespace bb::direct_connector
