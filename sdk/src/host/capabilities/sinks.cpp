#include "sinks.hpp"

#include <utility>

#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include "../abi_text.hpp"

namespace bb::host {
namespace {

template <class Sink, class Abi>
Sink& behind(Abi* sink) {
  return *static_cast<Sink*>(sink->host_data);
}

bb_status keep(PluginCall& state, std::vector<Value>& list, Value value) {
  if (list.size() >= emitted_count_max)
    return state.refuse(BB_E_TOO_LARGE, Blame::connector,
                        "the connector emitted over " + std::to_string(emitted_count_max) + " things in one call");
  list.push_back(std::move(value));
  return BB_OK;
}

Value item_value(const bb_item& item) {
  Value value = Value::object();
  value.set("id", from_abi(item.id));
  value.set("kind", from_abi(item.kind));
  set_text(value, "media_type", item.media_type);
  set_text(value, "title", item.title);
  set_text(value, "subject", item.subject);
  set_text(value, "version", item.version);
  set_text(value, "parent", item.parent);
  set_time(value, "updated", item.updated_unix_ns);
  if (item.size != UINT64_MAX) value.set("size", static_cast<std::int64_t>(item.size));
  if ((item.flags & BB_ITEM_DELETED) != 0) value.set("deleted", true);
  if ((item.flags & BB_ITEM_SUMMARY) != 0) value.set("summary", true);
  if ((item.flags & BB_ITEM_OPENED) != 0) value.set("opened", true);
  return value;
}

// Of an ABI struct that the connector filled, up to its last 1.0 member.
std::string too_small(std::string_view name) { return "gave a " + std::string(name) + " with a struct_size too small"; }

std::string_view delivery_name(bb_delivery delivery) {
  switch (delivery) {
    case BB_DELIVERY_ACCEPTED:
      return "accepted";
    case BB_DELIVERY_PROCESSED:
      return "processed";
    case BB_DELIVERY_DISPATCHED:
      return "dispatched";
    case BB_DELIVERY_FAILED:
      return "failed";
    default:
      return "unknown";
  }
}

}  // namespace

std::string_view auth_method_name(bb_auth_method method) {
  switch (method) {
    case BB_AUTH_NONE:
      return "none";
    case BB_AUTH_CLIENT_CREDENTIALS:
      return "client_credentials";
    case BB_AUTH_USER_REDIRECT:
      return "user_redirect";
    case BB_AUTH_MUTUAL_TLS:
      return "mutual_tls";
    case BB_AUTH_SIGNED_REQUEST:
      return "signed_request";
    case BB_AUTH_PASSWORD:
      return "password";
    default:
      return "unknown";
  }
}

void set_time(Value& object, std::string_view name, std::int64_t unix_ns) {
  if (unix_ns != 0) object.set(name, format_utc(unix_ns));
}

void set_text(Value& object, std::string_view name, bb_str text) {
  if (text.size != 0) object.set(name, from_abi(text));
}

// --- items ---

ItemSink::ItemSink(PluginCall& state)
    : state_(state), abi_{sizeof(bb_item_sink), 0, this, &ItemSink::item, &ItemSink::cursor} {}

bb_status ItemSink::item(bb_item_sink* sink, const bb_item* item) noexcept {
  auto& self = behind<ItemSink>(sink);
  if (self.state_.is_cancelled()) return BB_E_CANCELLED;
  if (!BB_HAS(item, size)) {
    self.state_.breach(too_small("bb_item"));
    return BB_E_INVALID_ARGUMENT;
  }
  return keep(self.state_, self.items_, item_value(*item));
}

bb_status ItemSink::cursor(bb_item_sink* sink, bb_str cursor) noexcept {
  behind<ItemSink>(sink).cursor_ = from_abi(cursor);
  return BB_OK;
}

Value ItemSink::take() {
  Value value = Value::object({{"items", Value(std::move(items_))}});
  if (!cursor_.empty()) value.set("cursor", std::move(cursor_));
  return value;
}

// --- content ---

ContentSink::ContentSink(PluginCall& state)
    : state_(state), abi_{sizeof(bb_content_sink), 0, this, &ContentSink::head, &ContentSink::write} {}

bb_status ContentSink::head(bb_content_sink* sink, const bb_item* item, const bb_pair* attributes,
                            std::uint64_t count) noexcept {
  auto& self = behind<ContentSink>(sink);
  if (self.state_.is_cancelled()) return BB_E_CANCELLED;
  if (std::exchange(self.has_head_, true)) {
    self.state_.breach("called head() twice for one answer");
    return BB_E_STATE;
  }
  if (!BB_HAS(item, size)) {
    self.state_.breach(too_small("bb_item"));
    return BB_E_INVALID_ARGUMENT;
  }
  self.item = item_value(*item);
  self.attributes = from_abi(attributes, count);
  for (const Attribute& attribute : self.attributes)
    if (attribute.name.find('.') == std::string::npos)
      self.state_.breach("gave the attribute '" + attribute.name +
                         "': a connector's own have a dot in their name, header fields are the host's");
  return BB_OK;
}

bb_status ContentSink::write(bb_content_sink* sink, bb_bytes chunk) noexcept {
  auto& self = behind<ContentSink>(sink);
  if (self.state_.is_cancelled()) return BB_E_CANCELLED;
  if (!self.has_head_) {
    self.state_.breach("called write() before head()");
    return BB_E_STATE;
  }
  if (chunk.size > content_bytes_max - self.body.size())
    return self.state_.refuse(BB_E_TOO_LARGE, Blame::connector,
                              "content is over the host's limit of " + std::to_string(content_bytes_max) + " bytes");
  self.body += from_abi(chunk);
  return BB_OK;
}

void ContentSink::check(bb_status status) {
  if (status == BB_OK && !has_head_) state_.breach("returned BB_OK without calling head()");
}

// --- formats, receipts, probes ---

FormatSink::FormatSink(PluginCall& state) : state_(state), abi_{sizeof(bb_format_sink), 0, this, &FormatSink::format} {}

bb_status FormatSink::format(bb_format_sink* sink, const bb_format* format) noexcept {
  auto& self = behind<FormatSink>(sink);
  if (!BB_HAS(format, title)) {
    self.state_.breach(too_small("bb_format"));
    return BB_E_INVALID_ARGUMENT;
  }
  return keep(self.state_, self.formats_,
              Value::object({{"id", from_abi(format->id)},
                             {"media_type", from_abi(format->media_type)},
                             {"title", from_abi(format->title)}}));
}

Value FormatSink::take() { return Value::object({{"formats", Value(std::move(formats_))}}); }

ReceiptSink::ReceiptSink(PluginCall& state)
    : state_(state), abi_{sizeof(bb_receipt_sink), 0, this, &ReceiptSink::receipt} {}

bb_status ReceiptSink::receipt(bb_receipt_sink* sink, const bb_receipt* receipt) noexcept {
  auto& self = behind<ReceiptSink>(sink);
  if (!BB_HAS(receipt, at_unix_ns)) {
    self.state_.breach(too_small("bb_receipt"));
    return BB_E_INVALID_ARGUMENT;
  }
  Value value = Value::object({{"delivery", delivery_name(receipt->delivery)}});
  set_text(value, "message_id", receipt->message_id);
  set_text(value, "recipient", receipt->recipient);
  set_text(value, "detail", receipt->detail);
  set_time(value, "at", receipt->at_unix_ns);
  return keep(self.state_, self.receipts_, std::move(value));
}

Value ReceiptSink::take() { return Value::object({{"receipts", Value(std::move(receipts_))}}); }

ProbeSink::ProbeSink(PluginCall& state) : state_(state), abi_{sizeof(bb_probe_sink), 0, this, &ProbeSink::probe} {}

bb_status ProbeSink::probe(bb_probe_sink* sink, const bb_probe_info* probe) noexcept {
  auto& self = behind<ProbeSink>(sink);
  if (!BB_HAS(probe, arguments_schema)) {
    self.state_.breach(too_small("bb_probe_info"));
    return BB_E_INVALID_ARGUMENT;
  }
  Value value = Value::object({{"name", from_abi(probe->name)}, {"title", from_abi(probe->title)}});
  if (probe->arguments_schema.size != 0) {
    auto schema = parse_json(from_abi(probe->arguments_schema));
    if (!schema || !schema->is_object())
      self.state_.breach("gave an arguments_schema for probe '" + std::string(from_abi(probe->name)) +
                         "' that is no JSON object");
    else
      value.set("arguments_schema", *std::move(schema));
  }
  return keep(self.state_, self.probes_, std::move(value));
}

Value ProbeSink::take() { return Value::object({{"probes", Value(std::move(probes_))}}); }

// --- certificates ---

CertificateSink::CertificateSink(PluginCall& state)
    : state_(state), abi_{sizeof(bb_certificate_sink), 0, this, &CertificateSink::certificate} {}

bb_status CertificateSink::certificate(bb_certificate_sink* sink, const bb_certificate* certificate) noexcept {
  auto& self = behind<CertificateSink>(sink);
  if (self.state_.is_cancelled()) return BB_E_CANCELLED;
  if (!BB_HAS(certificate, source)) {
    self.state_.breach(too_small("bb_certificate"));
    return BB_E_INVALID_ARGUMENT;
  }
  if (certificate->der.size == 0) {
    self.state_.breach("gave a certificate without content");
    return BB_E_INVALID_ARGUMENT;
  }
  if (certificate->der.size > certificate_bytes_max)
    return self.state_.refuse(BB_E_TOO_LARGE, Blame::connector,
                              "a certificate has " + std::to_string(certificate->der.size) + " bytes, at most " +
                                  std::to_string(certificate_bytes_max) + " are allowed");
  Value value = Value::object({{"der", base64_encode(from_abi(certificate->der))}});
  set_text(value, "source", certificate->source);
  if ((certificate->flags & BB_CERT_ANCHOR) != 0) value.set("anchor", true);
  if ((certificate->flags & BB_CERT_ADDRESS_BOUND) != 0) value.set("address_bound", true);
  if ((certificate->flags & BB_CERT_DOMAIN_BOUND) != 0) value.set("domain_bound", true);
  return keep(self.state_, self.certificates_, std::move(value));
}

Value CertificateSink::take() { return Value::object({{"certificates", Value(std::move(certificates_))}}); }

// --- session ---

SessionSink::SessionSink(PluginCall& state)
    : state_(state), abi_{sizeof(bb_session_sink), 0, this, &SessionSink::challenge, &SessionSink::info} {}

void SessionSink::challenge(bb_session_sink* sink, const bb_challenge* challenge) noexcept {
  auto& self = behind<SessionSink>(sink);
  if (!BB_HAS(challenge, expires_unix_ns)) return self.state_.breach(too_small("bb_challenge"));
  if (!self.challenge_.is_null()) return self.state_.breach("gave a second challenge");
  self.challenge_ = Value::object({{"method", auth_method_name(challenge->method)},
                                   {"url", from_abi(challenge->url)},
                                   {"resume_state", from_abi(challenge->resume_state)}});
  set_time(self.challenge_, "expires", challenge->expires_unix_ns);
}

void SessionSink::info(bb_session_sink* sink, const bb_session_info* info) noexcept {
  auto& self = behind<SessionSink>(sink);
  if (!BB_HAS(info, expires_unix_ns)) return self.state_.breach(too_small("bb_session_info"));
  if (!self.session_.is_null()) return self.state_.breach("gave a second session info");
  self.session_ = Value::object({{"method", auth_method_name(info->method)},
                                 {"subject", from_abi(info->subject)},
                                 {"patient", from_abi(info->patient)},
                                 {"acting_for", from_abi(info->acting_for)},
                                 {"scopes", from_abi(info->scopes)}});
  set_time(self.session_, "expires", info->expires_unix_ns);
}

void SessionSink::check(bb_status status) {
  if (status == BB_OK && session_.is_null()) state_.breach("returned BB_OK without a session info");
  if (status == BB_E_PENDING && challenge_.is_null() && !state_.waits_for_person)
    state_.breach("returned BB_E_PENDING without a challenge");
}

Value SessionSink::take() {
  if (!session_.is_null()) return Value::object({{"session", std::move(session_)}});
  if (!challenge_.is_null()) return Value::object({{"challenge", std::move(challenge_)}});
  return Value::object();
}

// --- text ---

TextSink::TextSink() : abi_{sizeof(bb_sink), 0, this, &TextSink::write} {}

bb_status TextSink::write(bb_sink* sink, bb_bytes chunk) noexcept {
  constexpr std::size_t text_bytes_max = 64 * 1024;
  auto& self = behind<TextSink>(sink);
  if (chunk.size > text_bytes_max - self.text.size()) return BB_E_TOO_LARGE;
  self.text += from_abi(chunk);
  return BB_OK;
}

}  // namespace bb::host
