// harness/documents/mail_forms.hpp - what header fields of a mail have to look like,
// for rules. Pure functions of a field's value, unfolded.
//
// Rules call them by name (named_checks.hpp). Sources: RFC 5322, RFC 2045.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bb::documents {

// A date of mail, comments and obsolete zones and years too (RFC 5322, 3.3 and 4.3):
// seconds since 1970.
std::optional<std::int64_t> mail_time(std::string_view text);
// The same as it has to be written today: a year of four digits, a zone of four.
bool is_mail_date(std::string_view text);

// One or more mailboxes or groups (RFC 5322, 3.4), the address of each an addr-spec.
bool are_mailboxes(std::string_view text);
// One mailbox.
bool is_mailbox(std::string_view text);
// The same, the domain of each a fully qualified name (Applicability Statement, 1.0).
bool are_direct_addresses(std::string_view text);
// "<" addr-spec ">", or "<>" (RFC 5322, 3.6.7).
bool is_return_path(std::string_view text);
// Words, ";" and a date (RFC 5322, 3.6.7).
bool is_received(std::string_view text);

// "<" left "@" right ">" (RFC 5322, 3.6.4); comments around it do no harm.
bool is_message_id(std::string_view text);
// One or more of them.
bool are_message_ids(std::string_view text);
// Phrases with commas between them (RFC 5322, 3.6.5).
bool are_keywords(std::string_view text);
// A value and parameters (RFC 2045, 5.1).
bool is_with_parameters(std::string_view text);

}  // namespace bb::documents
