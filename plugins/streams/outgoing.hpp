// plugins/streams/outgoing.hpp - what a caller wants sent, as a mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/records/mime.hpp>
#include <bb/sdk/connector.hpp>

namespace bb::plugins {

// Its idempotency key; BB_E_INVALID_ARGUMENT where it has none.
std::string_view key_of(const bb_outgoing& message);

// The addresses of all destinations; BB_E_INVALID_ARGUMENT where one is none.
// `scheme` is what their scheme has to be, else BB_E_UNSUPPORTED with `why`: "and this
// connector ...". Every one is looked at before a byte goes out.
std::vector<std::string> recipients_of(const bb_outgoing& message, std::string_view scheme, std::string_view why);

// Subject, text and attachments, which have at most 32 MiB in all (BB_E_TOO_LARGE).
// Sender, recipients, Message-ID and date are for the caller to fill in.
records::OutgoingMail mail_of(Call& call, const bb_outgoing& message);

}  // namespace bb::plugins
