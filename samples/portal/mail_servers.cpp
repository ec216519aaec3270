#include "portal/mail_servers.hpp"

#include <chrono>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <bb/direct/smtp.hpp>

#include "sockets/sockets.hpp"

namespace bb::portal {
namespace {

constexpr int wait_ms_max = 10'000;

}  // namespace

Status hand_over(const direct::MailServer& relay, const std::string& anchors_pem, const direct::Address& from,
                 const direct::Address& to, std::string_view message) {
  sockets::Sockets connections({.anchors_pem = anchors_pem, .wait_ms_max = wait_ms_max});
  direct::SmtpClient client(connections, relay, "[127.0.0.1]");
  direct::SmtpReceipt receipt;
  const auto failure = client.send(from.text(), {to.text()}, message, receipt);
  client.end();
  if (!failure) return {};
  return Error{fmt::format("the mail server did not take it ({}): {}", direct::word_of(failure->step), failure->what)};
}

MailboxWatch::MailboxWatch(MailboxOptions options, std::string anchors_pem, MailboxEvents events)
    : options_(std::move(options)),
      anchors_pem_(std::move(anchors_pem)),
      events_(std::move(events)),
      thread_([this] { run(); }) {}

MailboxWatch::~MailboxWatch() { stop(); }

void MailboxWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool MailboxWatch::must_stop() {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

void MailboxWatch::run() {
  sockets::Sockets connections({.anchors_pem = anchors_pem_, .wait_ms_max = wait_ms_max});
  const auto mailbox = direct::Mailbox::create(options_.protocol, connections, options_.server);
  std::string last_trouble;
  const auto works = [&](const std::optional<direct::MailboxFailure>& failure) {
    const auto trouble = failure ? fmt::format("{}: {}", direct::word_of(failure->step), failure->what) : "";
    if (!trouble.empty() && trouble != last_trouble) events_.broken(trouble);
    last_trouble = trouble;
    return !failure;
  };
  while (!must_stop()) {
    std::vector<direct::MailboxEntry> entries;
    if (works(mailbox->list(entries))) {
      for (const auto& entry : entries) {
        if (must_stop()) break;
        const bool is_too_large = entry.bytes > options_.message_bytes_max;
        std::string message;
        if (!is_too_large) {
          if (!works(mailbox->fetch(entry.id, options_.message_bytes_max, message))) break;
          events_.take(message);
        }
        if (!works(mailbox->remove(entry.id))) break;
        // Else it would stand before all that come later, for good.
        if (is_too_large)
          events_.dropped(fmt::format("a message of {} bytes was removed unread: at most {} are read", entry.bytes,
                                      options_.message_bytes_max));
      }
    }
    // POP3 shows one state for each connection, and removes at its end.
    if (options_.protocol == direct::MailboxProtocol::pop3 || !last_trouble.empty()) mailbox->end();
    events_.looked();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::milliseconds(options_.poll_ms), [this] { return is_stopping_; });
  }
  mailbox->end();
}

}  // namespace bb::portal
