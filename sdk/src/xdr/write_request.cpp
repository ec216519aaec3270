#include <fmt/format.h>

#include <algorithm>
#include <span>

#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/xdr/request.hpp>

#include "ebrim.hpp"
#include "soap.hpp"

namespace bb::xdr {
namespace {

constexpr std::string_view set_id = "SubmissionSet01";
constexpr std::string_view content_id_domain = "xdr.bluebridge";

std::string content_id_of(std::string_view document) { return fmt::format("{}@{}", document, content_id_domain); }

std::string slot(std::string_view name, std::string_view value) {
  return fmt::format(R"(<rim:Slot name="{}"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>)", name,
                     escape_markup(value));
}

std::string classification(const std::string& of, const std::string& id, std::string_view scheme, std::string_view code,
                           const std::string& inside) {
  return fmt::format(
      R"(<rim:Classification id="{}" classificationScheme="{}" classifiedObject="{}" nodeRepresentation="{}">{}</rim:Classification>)",
      id, scheme, of, escape_markup(code), inside);
}

std::string name_element(std::string_view name) {
  return fmt::format(R"(<rim:Name><rim:LocalizedString value="{}"/></rim:Name>)", escape_markup(name));
}

// ebRIM wants slots before classifications before identifiers.
std::string write_object(const std::string& id, std::span<const AttributePlace> places, const Attributes& attributes) {
  std::string slots, classifications, identifiers, author;
  std::string_view author_scheme;
  int number = 0;
  for (const auto& place : places) {
    const auto found = attributes.find(place.name);
    if (found == attributes.end() || found->second.empty()) continue;
    const auto own_id = fmt::format("{}-{}", id, ++number);
    switch (place.place) {
      case Place::attribute:
        break;  // of the start tag
      case Place::slot:
        slots += slot(place.name, found->second);
        break;
      case Place::author_slot:
        author_scheme = place.scheme;
        author += slot(place.name, found->second);
        break;
      case Place::classification: {
        const auto code = split(found->second, '^');
        classifications += classification(
            id, own_id, place.scheme, code[0],
            slot("codingScheme", code.size() > 2 ? code[2] : "") + name_element(code.size() > 1 ? code[1] : code[0]));
        break;
      }
      case Place::identifier:
        identifiers += fmt::format(
            R"(<rim:ExternalIdentifier id="{}" registryObject="{}" identificationScheme="{}" value="{}">{}</rim:ExternalIdentifier>)",
            own_id, id, place.scheme, escape_markup(found->second), name_element(place.name));
        break;
    }
  }
  if (!author.empty()) classifications += classification(id, id + "-author", author_scheme, "", author);
  return slots + classifications + identifiers;
}

std::string write_header(const Request& request) {
  std::string to;
  for (const auto& address : request.to) to += fmt::format("<direct:to>mailto:{}</direct:to>", escape_markup(address));
  std::string more;
  if (!request.relates_to.empty())
    more += fmt::format(R"(<direct:notification relatesTo="{}"/>)", escape_markup(request.relates_to));
  if (request.asks_final_delivery) more += fmt::format("<direct:{0}>true</direct:{0}>", final_delivery);
  return fmt::format(
      R"(<soapenv:Header><direct:metadata-level>{level}</direct:metadata-level>)"
      R"(<direct:addressBlock soapenv:role="{role}" soapenv:relay="true"><direct:from>mailto:{from}</direct:from>)"
      R"({to}{more}</direct:addressBlock>)"
      R"(<wsa:To soapenv:mustUnderstand="true">{endpoint}</wsa:To>)"
      R"(<wsa:MessageID soapenv:mustUnderstand="true">{id}</wsa:MessageID>)"
      R"(<wsa:Action soapenv:mustUnderstand="true">{action}</wsa:Action></soapenv:Header>)",
      fmt::arg("level", word_of(request.level)), fmt::arg("role", destination_role),
      fmt::arg("from", escape_markup(request.from)), fmt::arg("to", to), fmt::arg("more", more),
      fmt::arg("endpoint", escape_markup(request.endpoint)), fmt::arg("id", escape_markup(request.message_id)),
      fmt::arg("action", provide_and_register));
}

std::string write_body(const Request& request) {
  std::string objects, members, contents;
  for (const auto& document : request.documents) {
    const auto mime_type = document.attributes.find("mimeType");
    objects += fmt::format(
        R"(<rim:ExtrinsicObject id="{}" objectType="{}"{}>{}</rim:ExtrinsicObject>)", document.id, extrinsic_type,
        mime_type == document.attributes.end() ? ""
                                               : fmt::format(R"( mimeType="{}")", escape_markup(mime_type->second)),
        write_object(document.id, document_places, document.attributes));
    members += fmt::format(
        R"(<rim:Association id="{0}-member" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember")"
        R"( sourceObject="{1}" targetObject="{0}">{2}</rim:Association>)",
        document.id, set_id, slot("SubmissionSetStatus", "Original"));
    contents += fmt::format(R"(<xdsb:Document id="{}"><xop:Include href="cid:{}"/></xdsb:Document>)", document.id,
                            percent_encode(content_id_of(document.id)));
  }
  return fmt::format(
      R"(<soapenv:Body><xdsb:ProvideAndRegisterDocumentSetRequest><lcm:SubmitObjectsRequest><rim:RegistryObjectList>)"
      R"({objects}<rim:RegistryPackage id="{set}">{described}</rim:RegistryPackage>)"
      R"(<rim:Classification id="{set}-kind" classifiedObject="{set}" classificationNode="{node}"/>{members})"
      R"(</rim:RegistryObjectList></lcm:SubmitObjectsRequest>{contents}</xdsb:ProvideAndRegisterDocumentSetRequest>)"
      R"(</soapenv:Body>)",
      fmt::arg("objects", objects), fmt::arg("set", set_id),
      fmt::arg("described", write_object(std::string(set_id), set_places, request.set.attributes)),
      fmt::arg("node", submission_set_node), fmt::arg("members", members), fmt::arg("contents", contents));
}

}  // namespace

std::string write_envelope(const Request& request) {
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{}" xmlns:wsa="{}" xmlns:direct="{}")"
      R"( xmlns:xdsb="{}" xmlns:lcm="{}" xmlns:rim="{}" xmlns:xop="{}">{}{}</soapenv:Envelope>)",
      soap_space, addressing_space, direct_space, xdsb_space, lcm_space, rim_space, xop_space, write_header(request),
      write_body(request));
}

Packaged package(std::string_view envelope, const std::vector<Document>& documents) {
  const auto is_inside = [&](const std::string& boundary) {
    return envelope.find(boundary) != std::string_view::npos ||
           std::any_of(documents.begin(), documents.end(),
                       [&](const Document& one) { return one.bytes.find(boundary) != std::string::npos; });
  };
  auto boundary = "MIMEBoundary_" + sha256_hex(envelope).substr(0, 32);
  while (is_inside(boundary)) boundary = "MIMEBoundary_" + sha256_hex(boundary).substr(0, 32);

  const auto start = content_id_of("envelope");
  Packaged made;
  made.content_type = fmt::format(
      R"(multipart/related; boundary="{}"; type="application/xop+xml"; start="<{}>"; start-info="{}"; action="{}")",
      boundary, start, "application/soap+xml", provide_and_register);
  made.body = fmt::format(
      "--{}\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"\r\n"
      "Content-Transfer-Encoding: binary\r\nContent-ID: <{}>\r\n\r\n{}\r\n",
      boundary, start, envelope);
  for (const auto& document : documents) {
    const auto mime_type = document.attributes.find("mimeType");
    made.body += fmt::format(
        "--{}\r\nContent-Type: {}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{}>\r\n\r\n", boundary,
        mime_type == document.attributes.end() ? "application/octet-stream" : one_line(mime_type->second),
        content_id_of(document.id));
    made.body += document.bytes;
    made.body += "\r\n";
  }
  made.body += fmt::format("--{}--\r\n", boundary);
  return made;
}

}  // namespace bb::xdr
