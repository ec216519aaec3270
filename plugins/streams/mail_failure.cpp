#include "streams/mail_failure.hpp"

#include <string>

#include "streams/host_connections.hpp"

namespace bb::plugins {
namespace {

// RFC 4954, 6: 530 to 538 are about who signs in. 538 asks for encryption.
bool is_about_sign_in(int code) { return code == 530 || code == 534 || code == 535; }

bb_status status_of_refusal(const direct::SmtpFailure& failure) {
  if (failure.step == direct::SmtpStep::start_tls) return BB_E_UNTRUSTED_PEER;
  if (failure.reply.code >= 400 && failure.reply.code < 500) return BB_E_UNAVAILABLE;
  if (failure.step == direct::SmtpStep::sign_in || is_about_sign_in(failure.reply.code)) return BB_E_UNAUTHENTICATED;
  return BB_E_REJECTED;
}

bb_status status_of_refusal(const direct::MailboxFailure& failure) {
  if (failure.is_missing) return BB_E_NOT_FOUND;
  if (failure.step == direct::MailboxStep::start_tls) return BB_E_UNTRUSTED_PEER;
  if (failure.step == direct::MailboxStep::sign_in) return BB_E_UNAUTHENTICATED;
  return BB_E_REJECTED;
}

template <class Of>
bb_status status_for(const Of& failure) {
  return failure.trouble == direct::Trouble::none ? status_of_refusal(failure) : status_of(failure.trouble);
}

std::string sentence(std::string_view doing, std::string_view step, const std::string& what) {
  return std::string(doing) + ": at " + std::string(step) + ": " + what;
}

}  // namespace

Failure failure_of(const direct::SmtpFailure& failure, std::string_view doing) {
  return {status_for(failure), sentence(doing, word_of(failure.step), failure.what), "smtp", failure.reply.code};
}

Failure failure_of(const direct::MailboxFailure& failure, std::string_view doing) {
  return {status_for(failure), sentence(doing, word_of(failure.step), failure.what), "mailbox"};
}

}  // namespace bb::plugins
