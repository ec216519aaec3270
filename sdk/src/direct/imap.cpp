#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "mailbox.hpp"

namespace bb::direct {
namespace {

// A text as a quoted string (RFC 3501, 4.3). Line ends cannot stand in one.
std::string quoted_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

// The number behind a word: "UID 17" in "* 1 FETCH (UID 17 RFC822.SIZE 300)".
std::optional<std::size_t> number_behind(std::string_view line, std::string_view word) {
  const auto at = to_lower(line).find(to_lower(word));
  if (at == std::string::npos) return std::nullopt;
  const auto digits = line.substr(at + word.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

class Imap : public LineMailbox {
 public:
  Imap(Connections& connections, MailServer server, std::string folder)
      : LineMailbox(connections, std::move(server), "imap"), folder_(std::move(folder)) {}

  std::optional<MailboxFailure> list(std::vector<MailboxEntry>& entries) override {
    entries.clear();
    if (auto failure = begin()) return failure;
    // New messages are told by NOOP (RFC 3501, 7).
    if (auto failure = ask(MailboxStep::list, "NOOP")) return failure;
    // Of an empty mailbox some servers say that "1:*" is no set of messages.
    if (count_ == std::size_t{0}) return std::nullopt;
    std::vector<std::string> lines;
    if (auto failure = ask(MailboxStep::list, "UID FETCH 1:* (UID RFC822.SIZE)", &lines)) return failure;
    for (const auto& line : lines) {
      const auto uid = number_behind(line, "UID ");
      const auto size = number_behind(line, "RFC822.SIZE ");
      if (line.find(" FETCH ") == std::string::npos || !uid || !size) continue;
      entries.push_back({fmt::format("{}.{}", validity_, *uid), *size});
    }
    return std::nullopt;
  }

  std::optional<MailboxFailure> fetch(const std::string& id, std::size_t bytes_max, std::string& message) override {
    return fetch_section(id, "[]", bytes_max, message);
  }
  std::optional<MailboxFailure> fetch_header(const std::string& id, std::size_t bytes_max,
                                             std::string& header) override {
    return fetch_section(id, fmt::format("[HEADER]<0.{}>", bytes_max), bytes_max, header);
  }

  std::optional<MailboxFailure> remove(const std::string& id) override {
    if (auto failure = begin()) return failure;
    std::string uid;
    if (auto failure = uid_of(MailboxStep::remove, id, uid)) return failure;
    if (auto failure = ask(MailboxStep::remove, fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", uid)))
      return failure;
    return ask(MailboxStep::remove, "EXPUNGE");
  }

  void end() override {
    if (lines_ != nullptr) static_cast<void>(ask(MailboxStep::remove, "LOGOUT"));
    lines_.reset();
  }

 private:
  // A part of a message as RFC 3501, 6.4.5 names it.
  std::optional<MailboxFailure> fetch_section(const std::string& id, std::string_view section, std::size_t bytes_max,
                                              std::string& bytes) {
    bytes.clear();
    if (auto failure = begin()) return failure;
    std::string uid;
    if (auto failure = uid_of(MailboxStep::fetch, id, uid)) return failure;
    std::optional<std::string> literal;
    if (auto failure = ask(MailboxStep::fetch, fmt::format("UID FETCH {} (BODY.PEEK{})", uid, section), nullptr,
                           &literal, bytes_max))
      return failure;
    if (!literal) return missing(MailboxStep::fetch, id);
    bytes = *std::move(literal);
    return std::nullopt;
  }

  // A command and what it gives, up to its tagged answer (RFC 3501, 2.2.2). Of the
  // literals the first is kept, if it is asked for.
  std::optional<MailboxFailure> ask(MailboxStep step, const std::string& command,
                                    std::vector<std::string>* lines = nullptr,
                                    std::optional<std::string>* literal = nullptr, std::size_t literal_bytes_max = 0) {
    if (has_line_end(command)) return MailboxFailure{step, Trouble::none, "a line end in what is sent to the server"};
    const auto tag = fmt::format("b{} ", ++tag_count_);
    if (const auto sent = lines_->write(tag + command + "\r\n"); !sent) return broken(step, sent.error());
    std::size_t bytes_left = mailbox_answer_bytes_max + literal_bytes_max;
    for (std::size_t count = 0; count < mailbox_entries_max; ++count) {
      auto line = lines_->read_line(mailbox_line_bytes_max);
      if (!line) return broken(step, line.error());
      if (line->size() > bytes_left) break;
      bytes_left -= line->size();
      if (line->starts_with(tag)) {
        const auto answer = std::string_view(*line).substr(tag.size());
        if (iequals(answer.substr(0, 3), "OK ") || iequals(answer, "OK")) return std::nullopt;
        return MailboxFailure{step, Trouble::none, "the server answered " + to_utf8_lossy(shorten(answer, 200))};
      }
      look_at_count(*line);
      if (auto failure = take_literal(step, *line, literal, std::min(literal_bytes_max, bytes_left), bytes_left))
        return failure;
      if (lines != nullptr) lines->push_back(*std::move(line));
    }
    return broken(step, Error{"an answer without end"});
  }

  // "* 3 EXISTS", "* 2 EXPUNGE" (RFC 3501, 7.3.1 and 7.4.1).
  void look_at_count(std::string_view line) {
    const auto number = number_behind(line, "* ");
    if (!number || !line.starts_with("* ")) return;
    const auto word = line.substr(line.rfind(' ') + 1);
    if (iequals(word, "EXISTS")) count_ = *number;
    if (iequals(word, "EXPUNGE") && count_.value_or(0) > 0) --*count_;
  }

  // What stands behind a line that ends with its size; then the rest of the line comes.
  std::optional<MailboxFailure> take_literal(MailboxStep step, const std::string& line,
                                             std::optional<std::string>* literal, std::size_t bytes_max,
                                             std::size_t& bytes_left) {
    const auto size = literal_bytes(line);
    if (!size) return std::nullopt;
    const auto most = literal == nullptr ? mailbox_line_bytes_max : bytes_max;
    if (*size > most)
      return broken(step, Error{fmt::format("a message of {} bytes; at most {} are read", *size, most)});
    auto bytes = lines_->read_exactly(*size);
    if (!bytes) return broken(step, bytes.error());
    bytes_left -= std::min(*size, bytes_left);
    if (literal != nullptr && !literal->has_value()) *literal = *std::move(bytes);
    return std::nullopt;
  }

  std::optional<MailboxFailure> sign_in(bool is_protected) override {
    const auto greeting = lines_->read_line(mailbox_line_bytes_max);
    if (!greeting) return MailboxFailure{MailboxStep::greeting, lines_->trouble(), greeting.error().what};
    if (!greeting->starts_with("* OK"))
      return MailboxFailure{MailboxStep::greeting, Trouble::none,
                            "the server answered " + to_utf8_lossy(shorten(*greeting, 200))};
    if (server_.protection == Protection::starttls) {
      if (auto failure = ask(MailboxStep::start_tls, "STARTTLS")) return failure;
      if (const auto started = lines_->start_tls(); !started)
        return MailboxFailure{MailboxStep::start_tls, lines_->trouble(), started.error().what};
      is_protected = true;
    }
    if (!server_.user.empty()) {
      if (!is_protected && !server_.may_be_heard)
        return MailboxFailure{MailboxStep::sign_in, Trouble::none, "a password is not sent without TLS"};
      if (auto failure = ask(MailboxStep::sign_in,
                             fmt::format("LOGIN {} {}", quoted_string(server_.user), quoted_string(server_.password))))
        return failure;
    }
    count_.reset();
    std::vector<std::string> lines;
    if (auto failure = ask(MailboxStep::open, "SELECT " + quoted_string(folder_), &lines)) return failure;
    for (const auto& line : lines)
      if (const auto validity = number_behind(line, "[UIDVALIDITY ")) validity_ = *validity;
    return std::nullopt;
  }

  // A mailbox that was made anew counts anew: an id of before is of none there.
  std::optional<MailboxFailure> uid_of(MailboxStep step, const std::string& id, std::string& uid) const {
    const auto point = id.find('.');
    uid = point == std::string::npos ? std::string() : id.substr(point + 1);
    const bool is_number =
        !uid.empty() && std::all_of(uid.begin(), uid.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number && id.substr(0, point) == std::to_string(validity_)) return std::nullopt;
    return missing(step, id);
  }

  std::string folder_;
  std::size_t tag_count_ = 0;
  std::size_t validity_ = 0;
  std::optional<std::size_t> count_;  // of messages, once it was told
};

}  // namespace

std::unique_ptr<Mailbox> make_imap(Connections& connections, MailServer server, std::string folder) {
  return std::make_unique<Imap>(connections, std::move(server), std::move(folder));
}

}  // namespace bb::direct
