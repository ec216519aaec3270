#include "sender.hpp"

#include <utility>

#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "streams/outgoing.hpp"
#include "streams/server_config.hpp"

namespace bb::xdr_connector {
namespace {

using plugins::KeptReceipt;

std::string words_of(const xdr::Response& response) {
  std::vector<std::string> words;
  for (const auto& error : response.errors) words.push_back(error.code + " " + error.context);
  return to_utf8_lossy(shorten(collapse_whitespace(join(words, "; ")), 300));
}

}  // namespace

XdrSender::XdrSender(const Context& context)
    : source_{context.config("/endpoint"), plugins::read_own_address(context, "/from").text(),
              context.config("/source_id"), context.config_if("/patient_id").value_or("1^^^&2.25.1&ISO")},
      level_(context.config_if("/metadata_level").value_or("minimal") == "XDS" ? xdr::MetadataLevel::xds
                                                                               : xdr::MetadataLevel::minimal),
      client_certificate_(context.config_if("/client_certificate").value_or("")),
      wrong_certificate_(context.config_if("/wrong_certificate").value_or("")),
      http_(context.require<Http>()),
      clock_(context.require<Clock>()),
      random_(context.require<Random>()) {}

HttpResponse XdrSender::post(Call& call, const xdr::Packaged& packaged, const std::string& certificate) const {
  HttpRequest request;
  request.method = "POST";
  request.url = source_.endpoint;
  request.headers = {{"content-type", packaged.content_type}};
  request.body = packaged.body;
  request.is_answer = true;
  request.client_certificate = certificate;
  return http_.perform(call, request);
}

void XdrSender::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  call.check();
  const auto key = plugins::key_of(message);
  const auto recipients =
      plugins::recipients_of(message, "direct", "and this connector hands over to Direct addresses");
  if (message.attachment_count == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sending: XDR carries documents, and there is no attachment"};
  std::vector<Content> contents;
  for (auto& part : plugins::mail_of(call, message).attachments)
    contents.push_back({std::move(part.content_type), std::move(part.body)});
  const auto request = submission_of(source_, key, clock_.now_unix_ns(), level_, recipients, contents);
  auto sent = sent_.find(request.message_id);
  if (sent == sent_.end()) {
    const auto answer = post(call, xdr::package(xdr::write_envelope(request), request.documents), client_certificate_);
    const auto read = xdr::read_response(answer.header("content-type"), answer.body);
    if (!read && answer.status >= 400) throw plugins::failure_of_answer(answer, "submitting");
    if (!read) throw plugins::not_this_api("submitting", read.error().what);
    const bool is_taken = read->outcome == xdr::Outcome::success;
    std::vector<KeptReceipt> receipts;
    for (const auto& recipient : recipients)
      receipts.push_back(
          {is_taken ? BB_DELIVERY_ACCEPTED : BB_DELIVERY_FAILED, recipient, words_of(*read), clock_.now_unix_ns()});
    sent = sent_.emplace(request.message_id, std::move(receipts)).first;
  }
  plugins::emit(sent->first, sent->second, out);
}

void XdrSender::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  call.check();
  const auto sent = sent_.find(std::string(message_id));
  if (sent == sent_.end())
    throw Failure{BB_E_NOT_FOUND,
                  "tracking: this connector has submitted no message '" + shorten(std::string(message_id), 100) + "'"};
  plugins::emit(sent->first, sent->second, out);
}

}  // namespace bb::xdr_connector
