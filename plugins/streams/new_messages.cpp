#include "streams/new_messages.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "streams/host_connections.hpp"
#include "streams/mail_failure.hpp"

namespace bb::plugins {

void NewMessages::look(Call& call, const Streams& streams, const Secret& secret,
                       const std::function<void(const Reader&)>& read, int wait_ms_max) {
  HostConnections connections(streams, call);
  const auto box = config_.open(connections, call, secret, wait_ms_max);
  std::vector<direct::MailboxEntry> entries;
  if (const auto failure = box->list(entries)) throw failure_of(*failure, doing_);
  std::set<std::string> listed;
  for (const auto& entry : entries) {
    call.check();
    listed.insert(entry.id);
    if (looked_at_.contains(entry.id)) continue;
    read(Reader(*box, entry, doing_));
    looked_at_.insert(entry.id);
  }
  looked_at_ = std::move(listed);
  box->end();
}

std::string NewMessages::Reader::header() const {
  std::string text;
  const auto failure = box_.fetch_header(entry_.id, header_bytes_max, text);
  if (failure && !failure->is_missing) throw failure_of(*failure, doing_);
  return text;
}

std::string NewMessages::Reader::message() const {
  std::string text;
  if (entry_.bytes > message_bytes_max) return text;
  const auto failure = box_.fetch(entry_.id, message_bytes_max, text);
  if (failure && !failure->is_missing) throw failure_of(*failure, doing_);
  return text;
}

}  // namespace bb::plugins
