#include "portal/xdr_door.hpp"

#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/address.hpp>
#include <bb/records/mime.hpp>
#include <bb/xdr/xdm.hpp>

namespace bb::portal {
namespace {

// Of the error codes of IHE TF-3, 4.2.4.1.
constexpr const char* metadata_error = "XDSRepositoryMetadataError";
constexpr const char* content_type = "application/soap+xml; charset=utf-8";
constexpr const char* repository_error = "XDSRepositoryError";

std::string_view extension_of(std::string_view media_type) {
  if (media_type.find("xml") != std::string_view::npos) return ".xml";
  if (media_type == "application/pdf") return ".pdf";
  if (media_type == "text/html") return ".html";
  return media_type == "text/plain" ? ".txt" : ".bin";
}

records::OutgoingMail mail_of(const xdr::Request& request, const std::string& recipient) {
  records::OutgoingMail mail;
  mail.from = request.from;
  mail.to = recipient;
  mail.subject = "Documents";
  mail.message_id = random_token() + "@xdr.bluebridge";
  mail.text = "Documents that were handed over by XDR are attached.\r\n";
  mail.date_unix_ns = now_unix_ns();
  return mail;
}

std::string media_type_of(const xdr::Document& document) {
  const auto found = document.attributes.find("mimeType");
  return found == document.attributes.end() ? "application/octet-stream" : found->second;
}

std::vector<records::MimePart> attachments_of(const xdr::Request& request) {
  std::vector<records::MimePart> parts;
  for (const auto& document : request.documents) {
    const auto type = media_type_of(document);
    parts.push_back({type, "attachment", document.id + std::string(extension_of(type)), document.bytes});
  }
  return parts;
}

// As Direct carries them: one package (DIRECT-XDR-12, DIRECT-MSG-15).
Status put_package(const xdr::Request& request, const direct::Address& from, const direct::Address& to,
                   records::OutgoingMail& mail) {
  xdr::XdmRequest made{from, {to}, {}, mail.message_id, mail.date_unix_ns};
  for (const auto& document : request.documents)
    made.documents.push_back({media_type_of(document), document.id, document.bytes});
  BB_TRY(auto bytes, xdr::write_xdm(made));
  mail.attachments = {{std::string(xdr::xdm_media_type), "attachment", "XDM.ZIP", std::move(bytes)}};
  mail.subject = xdr::xdm_subject;
  return {};
}

web::HttpResponse answer(const xdr::Response& response) {
  // SOAP 1.2 part 2, table 20: a fault of the sender is 400.
  return {response.outcome == xdr::Outcome::fault ? 400 : 200, content_type, xdr::write_response(response), {}};
}

}  // namespace

XdrDoor::XdrDoor(std::string domain, DataHolder& holder) : domain_(std::move(domain)), holder_(holder) {}

web::HttpResponse XdrDoor::handle(const web::HttpRequest& request) const {
  if (request.path != std::vector<std::string>{"xdr"}) return web::HttpResponse::error(404, "not_found", "use /xdr");
  if (request.method != "POST") return web::HttpResponse::error(405, "method", "documents are handed over by POST");
  const auto read = xdr::read_request(request.header("content-type"), request.body);
  if (!read && holder_.defects().is_on(Defect::xdr_accepts_malformed)) return answer({});
  if (!read) return answer({xdr::Outcome::fault, "", {{"soapenv:Sender", read.error().what}}});
  auto response = take(*read);
  response.relates_to = read->message_id;
  return answer(response);
}

xdr::Response XdrDoor::take(const xdr::Request& request) const {
  xdr::Response response;
  for (auto& missing : xdr::missing_metadata(request.level, request.documents, request.set))
    response.errors.push_back({metadata_error, std::move(missing)});
  if (response.errors.empty())
    for (const auto& recipient : request.to)
      if (const auto done = hand_over(request, recipient); !done)
        response.errors.push_back({repository_error, recipient + ": " + done.error().what});
  if (holder_.defects().is_on(Defect::xdr_hides_failure)) response.errors.clear();
  if (!response.errors.empty()) response.outcome = xdr::Outcome::failure;
  return response;
}

Status XdrDoor::hand_over(const xdr::Request& request, const std::string& recipient) const {
  BB_TRY(const auto to, direct::read_address(recipient));
  const bool is_emptied = holder_.defects().is_on(Defect::xdr_loses_documents);
  auto mail = mail_of(request, to.text());
  if (iequals(to.domain, domain_)) {
    if (!is_emptied) mail.attachments = attachments_of(request);
    return holder_.deliver(to.local, records::write_mime(mail));
  }
  BB_TRY(const auto from, direct::read_address(request.from));
  if (!iequals(from.domain, domain_)) return Error{"the portal sends for addresses of " + domain_ + " alone"};
  if (!is_emptied) BB_CHECK(put_package(request, from, to, mail));
  if (holder_.defects().is_on(Defect::xdr_hides_package)) mail.subject = "Documents";
  return holder_.send_direct(from.local, to, mail.message_id, records::write_mime(mail));
}

}  // namespace bb::portal
