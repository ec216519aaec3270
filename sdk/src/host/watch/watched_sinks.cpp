// The sinks and sources of a watched call, and what is asked of those who use them.
#include "../abi_text.hpp"
#include "watched_call.hpp"

namespace bb::host {
namespace {

std::string too_small(std::string_view name) { return std::string(name) + " has a struct_size that is too small"; }

bb_status BB_CALL take_item(bb_item_sink* abi, const bb_item* item) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_item_sink::item", [&] {
    if (BB_HAS(item, size))
      call.check_item(*item);
    else
      call.breach("BB-R064", too_small("bb_item"));
    return real->item(real, item);
  });
}

bb_status BB_CALL take_cursor(bb_item_sink* abi, bb_str cursor) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_item_sink::cursor", [&] {
    call.check_text(cursor, "a cursor");
    return real->cursor(real, cursor);
  });
}

void check_attributes(WatchedCall& call, const bb_pair* attributes, std::uint64_t count) {
  for (std::uint64_t index = 0; attributes && index < count; ++index) {
    const std::string_view name = from_abi(attributes[index].key);
    call.check_text(attributes[index].key, "the name of an attribute");
    call.check_text(attributes[index].value, "the value of an attribute");
    if (name.starts_with(':') || name.find('.') == std::string_view::npos)
      call.breach("BB-R035", "attribute " + std::to_string(index + 1) + " has no dot in its name, or begins with ':'");
  }
}

bb_status BB_CALL take_head(bb_content_sink* abi, const bb_item* item, const bb_pair* attributes, std::uint64_t count) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_content_sink::head", [&] {
    if (++call.content.heads > 1) call.breach("BB-R025", "head() came again");
    if (BB_HAS(item, size)) {
      call.check_item(*item);
      call.content.declared = item->size;
    } else {
      call.breach("BB-R064", too_small("bb_item"));
    }
    check_attributes(call, attributes, count);
    return real->head(real, item, attributes, count);
  });
}

bb_status BB_CALL take_content(bb_content_sink* abi, bb_bytes chunk) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_content_sink::write", [&] {
    if (call.content.heads == 0) call.breach("BB-R025", "write() came before head()");
    call.content.written += chunk.size;
    return real->write(real, chunk);
  });
}

bb_status BB_CALL take_format(bb_format_sink* abi, const bb_format* format) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_format_sink::format", [&] {
    if (BB_HAS(format, title)) {
      call.check_text(format->id, "bb_format::id");
      call.check_text(format->media_type, "bb_format::media_type");
      call.check_text(format->title, "bb_format::title");
      if (format->id.size == 0) call.breach("BB-R064", "bb_format::id is empty");
    } else {
      call.breach("BB-R064", too_small("bb_format"));
    }
    return real->format(real, format);
  });
}

bb_status BB_CALL take_receipt(bb_receipt_sink* abi, const bb_receipt* receipt) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_receipt_sink::receipt", [&] {
    ++call.receipts;
    if (BB_HAS(receipt, at_unix_ns)) {
      call.check_text(receipt->message_id, "bb_receipt::message_id");
      call.check_text(receipt->recipient, "bb_receipt::recipient");
      call.check_text(receipt->detail, "bb_receipt::detail");
    } else {
      call.breach("BB-R064", too_small("bb_receipt"));
    }
    return real->receipt(real, receipt);
  });
}

bb_status BB_CALL take_probe(bb_probe_sink* abi, const bb_probe_info* probe) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_probe_sink::probe", [&] {
    if (BB_HAS(probe, arguments_schema)) {
      call.check_text(probe->name, "bb_probe_info::name");
      call.check_text(probe->title, "bb_probe_info::title");
      call.check_text(probe->arguments_schema, "bb_probe_info::arguments_schema");
    } else {
      call.breach("BB-R064", too_small("bb_probe_info"));
    }
    return real->probe(real, probe);
  });
}

void BB_CALL take_challenge(bb_session_sink* abi, const bb_challenge* challenge) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  if (!call.takes("bb_session_sink::challenge")) return;
  if (++call.session.challenges > 1) call.breach("BB-R049", "challenge() came again");
  if (BB_HAS(challenge, expires_unix_ns)) {
    call.check_text(challenge->url, "bb_challenge::url");
    call.check_text(challenge->resume_state, "bb_challenge::resume_state");
  } else {
    call.breach("BB-R064", too_small("bb_challenge"));
  }
  real->challenge(real, challenge);
}

void BB_CALL take_info(bb_session_sink* abi, const bb_session_info* info) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  if (!call.takes("bb_session_sink::info")) return;
  if (BB_HAS(info, expires_unix_ns)) {
    call.check_text(info->subject, "bb_session_info::subject");
    call.check_text(info->patient, "bb_session_info::patient");
    call.check_text(info->acting_for, "bb_session_info::acting_for");
    call.check_text(info->scopes, "bb_session_info::scopes");
  } else {
    call.breach("BB-R064", too_small("bb_session_info"));
  }
  real->info(real, info);
}

bb_status BB_CALL take_certificate(bb_certificate_sink* abi, const bb_certificate* certificate) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_certificate_sink::certificate", [&] {
    if (BB_HAS(certificate, source)) {
      call.check_text(certificate->source, "bb_certificate::source");
      if (!certificate->der.data || certificate->der.size == 0) call.breach("BB-R064", "bb_certificate::der is empty");
    } else {
      call.breach("BB-R064", too_small("bb_certificate"));
    }
    return real->certificate(real, certificate);
  });
}

bb_status BB_CALL take_text(bb_sink* abi, bb_bytes chunk) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  return call.emit("bb_sink::write", [&] {
    call.address += from_abi(chunk);
    return real->write(real, chunk);
  });
}

bb_status BB_CALL give_bytes(bb_source* abi, void* buffer, std::uint64_t capacity, std::uint64_t* got) {
  auto* const real = of_call(abi).real;
  WatchedCall& call = *of_call(abi).call;
  if (!call.takes("bb_source::read")) {
    *got = 0;
    return BB_E_STATE;
  }
  return real->read(real, buffer, capacity, got);
}

// The host's struct again, with the call behind it.
template <class Abi>
Abi* watch_sink(OfCall<Abi>& kept, Abi* real, WatchedCall& call) {
  kept = {*real, real, &call};
  return &kept.abi;
}

}  // namespace

bb_str WatchedCall::wrap(bb_str text) {
  // Others may hold what nobody should keep: the answer of a sign-in, an id.
  if (function_ == allocate_function) tag_ = from_abi(text);
  return text;
}

bb_item_sink* WatchedCall::wrap(bb_item_sink* sink) {
  bb_item_sink* const watched = watch_sink(items_, sink, *this);
  watched->item = take_item;
  watched->cursor = take_cursor;
  return watched;
}

bb_content_sink* WatchedCall::wrap(bb_content_sink* sink) {
  bb_content_sink* const watched = watch_sink(content_, sink, *this);
  content.is_used = true;
  watched->head = take_head;
  watched->write = take_content;
  return watched;
}

bb_format_sink* WatchedCall::wrap(bb_format_sink* sink) {
  bb_format_sink* const watched = watch_sink(formats_, sink, *this);
  watched->format = take_format;
  return watched;
}

bb_receipt_sink* WatchedCall::wrap(bb_receipt_sink* sink) {
  bb_receipt_sink* const watched = watch_sink(receipts_, sink, *this);
  watched->receipt = take_receipt;
  return watched;
}

bb_probe_sink* WatchedCall::wrap(bb_probe_sink* sink) {
  bb_probe_sink* const watched = watch_sink(probes_, sink, *this);
  watched->probe = take_probe;
  return watched;
}

bb_session_sink* WatchedCall::wrap(bb_session_sink* sink) {
  bb_session_sink* const watched = watch_sink(session_, sink, *this);
  session.is_used = true;
  watched->challenge = take_challenge;
  watched->info = take_info;
  return watched;
}

bb_certificate_sink* WatchedCall::wrap(bb_certificate_sink* sink) {
  bb_certificate_sink* const watched = watch_sink(certificates_, sink, *this);
  watched->certificate = take_certificate;
  return watched;
}

bb_sink* WatchedCall::wrap(bb_sink* sink) {
  bb_sink* const watched = watch_sink(text_sink_, sink, *this);
  watched->write = take_text;
  return watched;
}

const bb_auth_request* WatchedCall::wrap(const bb_auth_request* request) {
  method_ = request->method;
  return request;
}

const bb_share_request* WatchedCall::wrap(const bb_share_request* request) {
  destinations_ = request->destination_count;
  return request;
}

const bb_outgoing* WatchedCall::wrap(const bb_outgoing* message) {
  destinations_ = message->destination_count;
  outgoing_ = *message;
  for (std::uint64_t index = 0; index < message->attachment_count; ++index) {
    bb_attachment& attachment = attachments_.emplace_back(*message->attachments[index]);
    bb_source* const watched = watch_sink(sources_.emplace_back(), attachment.content, *this);
    watched->read = give_bytes;
    attachment.content = watched;
    attachment_pointers_.push_back(&attachment);
  }
  outgoing_.attachments = attachment_pointers_.data();
  return &outgoing_;
}

}  // namespace bb::host
