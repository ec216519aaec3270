#include <fmt/format.h>

#include <algorithm>
#include <span>

#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/xdr/request.hpp>
#include <bb/xdr/write_objects.hpp>

#include "soap.hpp"

namespace bb::xdr {
namespace {

constexpr std::string_view content_id_domain = "xdr.bluebridge";

std::string content_id_of(std::string_view document) { return fmt::format("{}@{}", document, content_id_domain); }

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
  std::string contents;
  for (const auto& document : request.documents)
    contents += fmt::format(R"(<xdsb:Document id="{}"><xop:Include href="cid:{}"/></xdsb:Document>)", document.id,
                            percent_encode(content_id_of(document.id)));
  return fmt::format(R"(<soapenv:Body><xdsb:ProvideAndRegisterDocumentSetRequest>{}{})"
                     R"(</xdsb:ProvideAndRegisterDocumentSetRequest></soapenv:Body>)",
                     write_objects(request.set, request.documents), contents);
}

}  // namespace

std::string write_envelope(const Request& request) {
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{}" xmlns:wsa="{}" xmlns:direct="{}")"
      R"( xmlns:xdsb="{}" xmlns:xop="{}">{}{}</soapenv:Envelope>)",
      soap_space, addressing_space, direct_space, xdsb_space, xop_space, write_header(request), write_body(request));
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
