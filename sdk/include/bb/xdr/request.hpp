// bb/xdr/request.hpp - one submission of documents by XDR: SOAP 1.2, packaged as MTOM.
//
// Sources: IHE ITI TF-2, 3.41 (Provide and Register Document Set-b) and Appendix V;
// SOAP 1.2; WS-Addressing 1.0; MTOM and XOP; XDR and XDM for Direct Messaging 1.0, 4.1;
// the catalogue's rows DIRECT-XDR-01 to -05.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xdr/metadata.hpp>

namespace bb::xdr {

inline constexpr std::string_view provide_and_register = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";

struct Request {
  std::string message_id;  // a URI, "urn:uuid:..."
  std::string endpoint;    // wsa:To
  std::string from;        // addresses, without "mailto:"
  std::vector<std::string> to;
  MetadataLevel level = MetadataLevel::minimal;
  std::string relates_to = {};       // of a notification: the message it speaks of
  bool asks_final_delivery = false;  // X-DIRECT-FINAL-DESTINATION-DELIVERY
  SubmissionSet set = {};
  std::vector<Document> documents = {};
};

// A body for HTTP and what Content-Type says of it.
struct Packaged {
  std::string content_type;
  std::string body;
};

// The SOAP envelope, its documents as XOP includes of `cid:` and their ids.
std::string write_envelope(const Request& request);
// The envelope and the documents as multipart/related.
Packaged package(std::string_view envelope, const std::vector<Document>& documents);

struct RequestLimits {
  std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
  std::size_t documents_max = 100;
  std::size_t recipients_max = 100;
};

// The error says what a receiver cannot take: a package that is none, no SOAP 1.2, a
// header without action, addresses or level, a body that submits nothing, a document
// that is named and not there. What metadata lack is for missing_metadata() to say.
[[nodiscard]] Result<Request> read_request(std::string_view content_type, std::string_view body,
                                           const RequestLimits& limits = {});

}  // namespace bb::xdr
