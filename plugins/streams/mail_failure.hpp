// plugins/streams/mail_failure.hpp - what a mail server's refusal means to the caller.
#pragma once

#include <string_view>

#include <bb/direct/mailbox.hpp>
#include <bb/direct/smtp.hpp>
#include <bb/sdk/failure.hpp>

namespace bb::plugins {

// `doing` is what was asked for: "sending". Wrong user or password, and a server that
// asks for one, are BB_E_UNAUTHENTICATED; a server without STARTTLS where it is asked
// for BB_E_UNTRUSTED_PEER; a reply of 4xx BB_E_UNAVAILABLE, of 5xx BB_E_REJECTED.
Failure failure_of(const direct::SmtpFailure& failure, std::string_view doing);
// A message that is not there is BB_E_NOT_FOUND.
Failure failure_of(const direct::MailboxFailure& failure, std::string_view doing);

}  // namespace bb::plugins
