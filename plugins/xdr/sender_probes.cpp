// The probes of org.bluebridge.xdr.sender: one submission that a receiver takes, and
// those that it must not. They never judge: the answer's envelope is the message of the
// call.
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>

#include "http/http_status.hpp"
#include "probe_arguments.hpp"
#include "sender.hpp"

namespace bb::xdr_connector {
namespace {

constexpr std::string_view submit = "xdr-submit";
constexpr std::string_view malformed_header = "xdr-malformed-header";
constexpr std::string_view malformed_body = "xdr-malformed-body";
constexpr std::string_view missing_metadata = "xdr-missing-metadata";
constexpr std::string_view without_certificate = "xdr-without-certificate";
constexpr std::string_view wrong_certificate = "xdr-wrong-certificate";
constexpr std::size_t random_bytes_of_key = 16;

// As ETT's cases 4a/15a and 4b/15b: the header cannot be understood, the body does not
// submit what it says.
std::string spoiled(std::string_view probe, std::string envelope) {
  if (probe == malformed_header) return replace_all(envelope, "direct:addressBlock", "direct:addressBlok");
  if (probe == malformed_body) return replace_all(envelope, "RegistryObjectList", "RegistryObjectLost");
  return envelope;
}

std::string document_of(std::string_view text) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<note>" + escape_markup(text) + "</note>\n";
}

}  // namespace

void XdrSender::list_probes(Call&, Probes& out) {
  out.emit(submit, "Submits a document");
  out.emit(malformed_header, "Submits with a SOAP header that names nobody");
  out.emit(malformed_body, "Submits with a SOAP body that has no objects");
  out.emit(missing_metadata, "Submits without the metadata that are always required");
  out.emit(without_certificate, "Connects without a certificate and submits");
  if (!wrong_certificate_.empty()) out.emit(wrong_certificate, "Connects with a certificate nobody trusts and submits");
}

void XdrSender::run_probe(Call& call, std::string_view name, std::string_view arguments, bb::Content& out) {
  call.check();
  const bool is_known = name == submit || name == malformed_header || name == malformed_body ||
                        name == missing_metadata || name == without_certificate ||
                        (name == wrong_certificate && !wrong_certificate_.empty());
  if (!is_known) throw Failure{BB_E_NOT_FOUND, "there is no probe '" + shorten(std::string(name), 60) + "'"};
  const auto given = plugins::parse_arguments(arguments);
  const auto to = direct::read_address(given["to"].string_or(""));
  if (!to) throw Failure{BB_E_INVALID_ARGUMENT, "probe " + std::string(name) + ": 'to': " + to.error().what};
  const auto word = given["level"].string_or(std::string(xdr::word_of(level_)));
  const auto level = word == "XDS" ? xdr::MetadataLevel::xds : xdr::MetadataLevel::minimal;

  const auto key = to_hex(random_.bytes(random_bytes_of_key));
  const auto text = given["text"].string_or("A document of a test.");
  auto request =
      submission_of(source_, key, clock_.now_unix_ns(), level, {to->text()}, {{"text/xml", document_of(text)}});
  request.asks_final_delivery = given["final_delivery"].boolean_or(false);
  if (name == missing_metadata) {
    request.set.attributes.erase("sourceId");
    request.documents.front().attributes.erase("uniqueId");
  }
  const auto certificate = name == without_certificate ? std::string()
                           : name == wrong_certificate ? wrong_certificate_
                                                       : client_certificate_;
  const auto answer =
      post(call, xdr::package(spoiled(name, xdr::write_envelope(request)), request.documents), certificate);
  const auto envelope = xdr::envelope_of(answer.header("content-type"), answer.body);
  if (!envelope && answer.status >= 400) throw plugins::failure_of_answer(answer, name);
  if (!envelope) throw plugins::not_this_api(name, envelope.error().what);
  out.head({.id = request.message_id, .kind = "probe", .media_type = xdr::soap_media_type, .size = envelope->size()},
           {{"probe.message_id", request.message_id}});
  out.write(*envelope);
}

}  // namespace bb::xdr_connector
