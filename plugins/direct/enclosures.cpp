#include "enclosures.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

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

// ---- a package (IHE ITI TF-2, 3.32), stored without compression

// CRC-32 as PKZIP has it: the polynomial 0xEDB88320.
std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

class StoredZip {
 public:
  void add(const std::string& name, std::string_view bytes) {
    const auto offset = static_cast<std::uint32_t>(files_.size());
    const auto size = static_cast<std::uint32_t>(bytes.size());
    // What both headers say: version 1.0, no flags, stored, 1980-01-01.
    std::string common;
    put(common, {10, 0, 0, 0, 0x21}, 2);
    put(common, {crc_of(bytes), size, size}, 4);
    put(common, {static_cast<std::uint32_t>(name.size()), 0}, 2);
    files_ += "PK\x03\x04" + common + name + std::string(bytes);
    directory_ += "PK\x01\x02";
    put(directory_, {10}, 2);
    directory_ += common;
    put(directory_, {0, 0, 0}, 2);
    put(directory_, {0, offset}, 4);
    directory_ += name;
    ++count_;
  }
  std::string bytes() const {
    std::string end = "PK\x05\x06";
    put(end, {0, 0, count_, count_}, 2);
    put(end, {static_cast<std::uint32_t>(directory_.size()), static_cast<std::uint32_t>(files_.size())}, 4);
    put(end, {0}, 2);
    return files_ + directory_ + end;
  }

 private:
  static void put(std::string& out, std::initializer_list<std::uint32_t> values, int size) {
    for (const auto value : values)
      for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
  }

  std::string files_, directory_;
  std::uint32_t count_ = 0;
};

std::string metadata(std::string_view document, std::string_view media_type) {
  const auto text = R"(<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
  xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
<RegistryObjectList>
  <ExtrinsicObject id="Document01" mimeType="MEDIA" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">
    <Slot name="creationTime"><ValueList><Value>20260101</Value></ValueList></Slot>
    <Slot name="hash"><ValueList><Value>HASH</Value></ValueList></Slot>
    <Slot name="size"><ValueList><Value>SIZE</Value></ValueList></Slot>
    <Slot name="URI"><ValueList><Value>DOC00001.XML</Value></ValueList></Slot>
    <ExternalIdentifier id="D1" identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
      registryObject="Document01" value="1.2.840.113619.21.1.1">
      <Name><LocalizedString value="XDSDocumentEntry.uniqueId"/></Name></ExternalIdentifier>
  </ExtrinsicObject>
  <RegistryPackage id="SubmissionSet01">
    <Slot name="submissionTime"><ValueList><Value>20260101120000</Value></ValueList></Slot>
    <ExternalIdentifier id="S1" identificationScheme="urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
      registryObject="SubmissionSet01" value="1.2.840.113619.21.1.3">
      <Name><LocalizedString value="XDSSubmissionSet.uniqueId"/></Name></ExternalIdentifier>
    <ExternalIdentifier id="S2" identificationScheme="urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
      registryObject="SubmissionSet01" value="1.2.840.113619.21.1">
      <Name><LocalizedString value="XDSSubmissionSet.sourceId"/></Name></ExternalIdentifier>
  </RegistryPackage>
  <Classification id="C1" classifiedObject="SubmissionSet01"
    classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>
  <Association id="A1" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
    sourceObject="SubmissionSet01" targetObject="Document01">
    <Slot name="SubmissionSetStatus"><ValueList><Value>Original</Value></ValueList></Slot></Association>
</RegistryObjectList>
</lcm:SubmitObjectsRequest>
)";
  const auto named = replace_all(replace_all(text, "MEDIA", media_type), "HASH", sha1_hex(document));
  return replace_all(named, "SIZE", std::to_string(document.size()));
}

constexpr std::string_view good_index =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
    "<title>Contents</title></head><body><p><a href=\"IHE_XDM/SUBSET01/DOC00001.XML\">A document</a></p></body>"
    "</html>\n";
constexpr std::string_view bad_index = "<html><head><title>Contents</head><body><p><a href=DOC00001.XML>A document\n";

std::string package(std::string_view index = good_index, std::string_view media_type = "text/xml") {
  const auto document = ccda();
  StoredZip zip;
  zip.add("README.TXT", "A package of a test.\r\n");
  zip.add("INDEX.HTM", index);
  zip.add("IHE_XDM/SUBSET01/METADATA.XML", metadata(document, media_type));
  zip.add("IHE_XDM/SUBSET01/DOC00001.XML", document);
  return zip.bytes();
}

MimePart part(const char* media_type, const char* filename, std::string body) {
  return {media_type, "attachment", filename, std::move(body)};
}

constexpr std::array<std::pair<std::string_view, MakeEnclosure>, 11> enclosures{{
    {"text", [] { return part("text/plain", "note.txt", "A note.\r\n"); }},
    {"html", [] { return part("text/html", "page.html", "<!DOCTYPE html><title>A page</title><p>A page.\n"); }},
    {"pdf", [] { return part("application/pdf", "page.pdf", pdf()); }},
    {"binary", [] { return part("application/octet-stream", "bytes.bin", std::string("\0\x80\xff\r\n", 5)); }},
    {"ccda", [] { return part("application/xml", "record.xml", ccda()); }},
    {"ccda-with-stylesheet", [] { return part("application/xml", "record.xml", ccda(stylesheet_line)); }},
    {"bad-stylesheet", [] { return part("application/xml", "probe.xsl", "<xsl:stylesheet><xsl:template>\n"); }},
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
