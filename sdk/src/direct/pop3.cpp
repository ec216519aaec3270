#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "mailbox.hpp"

namespace bb::direct {
namespace {

// RFC 1939, 7, which allows 70 bytes; some servers take more.
bool is_unique_id(std::string_view id) {
  constexpr std::size_t bytes_max = 255;
  return !id.empty() && id.size() <= bytes_max &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
}

class Pop3 : public LineMailbox {
 public:
  Pop3(Connections& connections, MailServer server) : LineMailbox(connections, std::move(server), "pop3") {}

  std::optional<MailboxFailure> list(std::vector<MailboxEntry>& entries) override {
    entries.clear();
    numbers_.clear();
    if (auto failure = begin()) return failure;
    std::map<std::string, std::size_t> sizes;
    std::vector<std::pair<std::string, std::string>> rows;
    if (auto failure = table("LIST", rows)) return failure;
    for (const auto& [number, size] : rows) {
      std::size_t bytes = 0;
      std::from_chars(size.data(), size.data() + size.size(), bytes);
      sizes[number] = bytes;
    }
    if (auto failure = table("UIDL", rows)) return failure;
    for (const auto& [number, id] : rows) {
      if (!is_unique_id(id))
        return broken(MailboxStep::list, Error{fmt::format("'{}' is no unique id of a message (RFC 1939, 7)",
                                                           printable(shorten(id, 80)))});
      entries.push_back({id, sizes[number]});
      numbers_[id] = number;
    }
    return std::nullopt;
  }

  std::optional<MailboxFailure> fetch(const std::string& id, std::size_t bytes_max, std::string& message) override {
    message.clear();
    if (auto failure = find(MailboxStep::fetch, id)) return failure;
    if (auto failure = ask(MailboxStep::fetch, "RETR " + numbers_[id])) return failure;
    return body(bytes_max, Beyond::fails, message);
  }

  std::optional<MailboxFailure> fetch_header(const std::string& id, std::size_t bytes_max,
                                             std::string& header) override {
    header.clear();
    if (auto failure = find(MailboxStep::fetch, id)) return failure;
    if (auto failure = ask(MailboxStep::fetch, fmt::format("TOP {} 0", numbers_[id]))) return failure;
    return body(bytes_max, Beyond::is_cut, header);
  }

  std::optional<MailboxFailure> remove(const std::string& id) override {
    if (auto failure = find(MailboxStep::remove, id)) return failure;
    return ask(MailboxStep::remove, "DELE " + numbers_[id]);
  }

  void end() override {
    if (lines_ != nullptr) static_cast<void>(ask(MailboxStep::remove, "QUIT"));
    lines_.reset();
    numbers_.clear();
  }

 private:
  // "+OK" or "-ERR" (RFC 1939, 3).
  std::optional<MailboxFailure> answer(MailboxStep step) {
    const auto line = lines_->read_line(mailbox_line_bytes_max);
    if (!line) return broken(step, line.error());
    if (line->starts_with("+OK")) return std::nullopt;
    return MailboxFailure{step, Trouble::none, "the server answered " + to_utf8_lossy(shorten(*line, 200))};
  }

  std::optional<MailboxFailure> ask(MailboxStep step, const std::string& command) {
    if (has_line_end(command)) return MailboxFailure{step, Trouble::none, "a line end in what is sent to the server"};
    if (const auto sent = lines_->write(command + "\r\n"); !sent) return broken(step, sent.error());
    return answer(step);
  }

  std::optional<MailboxFailure> sign_in(bool is_protected) override {
    if (auto failure = answer(MailboxStep::greeting)) return failure;
    if (server_.protection == Protection::starttls) {
      if (auto failure = ask(MailboxStep::start_tls, "STLS")) return failure;  // RFC 2595, 4
      if (const auto started = lines_->start_tls(); !started)
        return MailboxFailure{MailboxStep::start_tls, lines_->trouble(), started.error().what};
      is_protected = true;
    }
    if (server_.user.empty()) return std::nullopt;
    if (!is_protected && !server_.may_be_heard)
      return MailboxFailure{MailboxStep::sign_in, Trouble::none, "a password is not sent without TLS"};
    if (auto failure = ask(MailboxStep::sign_in, "USER " + server_.user)) return failure;
    return ask(MailboxStep::sign_in, "PASS " + server_.password);
  }

  std::optional<MailboxFailure> find(MailboxStep step, const std::string& id) {
    if (lines_ == nullptr || numbers_.empty()) {
      std::vector<MailboxEntry> entries;
      if (auto failure = list(entries)) return failure;
    }
    if (numbers_.contains(id)) return std::nullopt;
    return missing(step, id);
  }

  // Lines of a number and a word.
  std::optional<MailboxFailure> table(const std::string& command,
                                      std::vector<std::pair<std::string, std::string>>& rows) {
    rows.clear();
    if (auto failure = ask(MailboxStep::list, command)) return failure;
    std::size_t bytes = 0;
    for (;;) {
      const auto line = lines_->read_line(mailbox_line_bytes_max);
      if (!line) return broken(MailboxStep::list, line.error());
      if (*line == ".") return std::nullopt;
      const auto blank = line->find(' ');
      bytes += line->size();
      if (blank == std::string::npos || rows.size() == mailbox_entries_max || bytes > mailbox_answer_bytes_max)
        return broken(MailboxStep::list, Error{"a list that is none of POP3, or is endless"});
      rows.emplace_back(line->substr(0, blank), line->substr(blank + 1));
    }
  }

  // RFC 1939, 3: lines up to one that is a dot; a dot before others is taken off.
  enum class Beyond { fails, is_cut };
  std::optional<MailboxFailure> body(std::size_t bytes_max, Beyond beyond, std::string& message) {
    std::size_t bytes_cut = 0;
    for (;;) {
      const auto line = lines_->read_line(std::max(bytes_max, mailbox_line_bytes_max));
      if (!line) return broken(MailboxStep::fetch, line.error());
      if (*line == ".") return std::nullopt;
      message += line->starts_with('.') ? std::string_view(*line).substr(1) : std::string_view(*line);
      message += "\r\n";
      if (message.size() > bytes_max && beyond == Beyond::is_cut) {
        bytes_cut += message.size() - bytes_max;
        message.resize(bytes_max);
      }
      if (message.size() > bytes_max || bytes_cut > mailbox_answer_bytes_max)
        return broken(MailboxStep::fetch, Error{fmt::format("a message of more than {} bytes", bytes_max)});
    }
  }

  std::map<std::string, std::string> numbers_;  // of this connection, by id
};

}  // namespace

std::unique_ptr<Mailbox> make_pop3(Connections& connections, MailServer server) {
  return std::make_unique<Pop3>(connections, std::move(server));
}

}  // namespace bb::direct
