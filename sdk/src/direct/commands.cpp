#include <bb/direct/commands.hpp>

#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "line_stream.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t line_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t kept_bytes_max = 1000;
constexpr std::size_t kept_lines_max = 200;
constexpr std::size_t lines_max = 100'000;
constexpr std::size_t literal_bytes_max = std::size_t{64} * 1024 * 1024;

std::string_view name_of(MailProtocol protocol) {
  return protocol == MailProtocol::smtp ? "smtp" : protocol == MailProtocol::imap ? "imap" : "pop3";
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

class Conversation final : public CommandLine {
 public:
  Conversation(std::unique_ptr<Stream> stream, MailProtocol protocol, bool is_protected)
      : lines_(std::move(stream)), protocol_(protocol), is_protected_(is_protected) {}

  Result<CommandAnswer> greeting() override { return answer(protocol_ == MailProtocol::imap ? "*" : "", false); }

  Result<CommandAnswer> ask(std::string_view command) override {
    if (has_line_end(command)) return Error{"a line end in a command"};
    const auto tag = protocol_ == MailProtocol::imap ? fmt::format("b{}", ++tag_count_) : std::string();
    const auto line = tag.empty() ? std::string(command) : fmt::format("{} {}", tag, command);
    BB_CHECK(lines_.write(line + "\r\n"));
    BB_TRY(auto given, answer(tag, has_list(command)));
    const auto word = first_word(command);
    if (given.is_positive && (iequals(word, "STARTTLS") || iequals(word, "STLS"))) {
      BB_CHECK(lines_.start_tls());
      is_protected_ = true;
    }
    return given;
  }

  Result<bool> waits_for_close() override {
    for (std::size_t count = 0; count < kept_lines_max; ++count) {
      const auto line = lines_.read_line(line_bytes_max);
      if (line) continue;
      if (lines_.trouble() == Trouble::unavailable) return true;
      return line.error();
    }
    return false;
  }

  bool is_protected() const override { return is_protected_; }
  Trouble trouble() const override { return lines_.trouble(); }

 private:
  // Whether a positive answer of POP3 goes on up to a dot.
  bool has_list(std::string_view command) const {
    if (protocol_ != MailProtocol::pop3) return false;
    const auto word = first_word(command);
    if (iequals(word, "RETR") || iequals(word, "TOP") || iequals(word, "CAPA")) return true;
    return (iequals(word, "LIST") || iequals(word, "UIDL")) && word.size() == command.size();
  }

  Result<CommandAnswer> answer(const std::string& tag, bool has_list) {
    switch (protocol_) {
      case MailProtocol::smtp:
        return answer_of_smtp();
      case MailProtocol::imap:
        return answer_of_imap(tag);
      case MailProtocol::pop3:
        break;
    }
    return answer_of_pop3(has_list);
  }

  static void keep(CommandAnswer& given, std::string_view line) {
    if (given.lines.size() < kept_lines_max) given.lines.push_back(to_utf8_lossy(line.substr(0, kept_bytes_max)));
  }

  Result<CommandAnswer> answer_of_smtp() {
    CommandAnswer given;
    for (std::size_t count = 0; count < lines_max; ++count) {
      BB_TRY(const auto line, lines_.read_line(line_bytes_max));
      keep(given, line);
      if (line.size() > 3 && line[3] == '-') continue;
      given.word = to_utf8_lossy(std::string_view(line).substr(0, 3));
      given.is_positive = given.word.starts_with('2') || given.word.starts_with('3');
      return given;
    }
    return Error{"an answer without end"};
  }

  Result<CommandAnswer> answer_of_pop3(bool has_list) {
    CommandAnswer given;
    BB_TRY(const auto line, lines_.read_line(line_bytes_max));
    keep(given, line);
    given.word = to_utf8_lossy(shorten(first_word(line), 20));
    given.is_positive = given.word == "+OK";
    if (!given.is_positive || !has_list) return given;
    for (std::size_t count = 0; count < lines_max; ++count) {
      BB_TRY(const auto more, lines_.read_line(line_bytes_max));
      if (more == ".") return given;
      keep(given, more);
    }
    return Error{"a list without end"};
  }

  // Up to the tagged line; a continuation is an answer too.
  Result<CommandAnswer> answer_of_imap(const std::string& tag) {
    CommandAnswer given;
    for (std::size_t count = 0; count < lines_max; ++count) {
      BB_TRY(const auto line, lines_.read_line(line_bytes_max));
      keep(given, line);
      BB_CHECK(skip_literal(line));
      const bool is_last = line.starts_with(tag + " ");
      if (!is_last && !line.starts_with("+")) continue;
      given.word =
          is_last ? to_utf8_lossy(shorten(first_word(std::string_view(line).substr(tag.size() + 1)), 20)) : "+";
      given.is_positive = given.word == "+" || iequals(given.word, "OK") || iequals(given.word, "PREAUTH");
      return given;
    }
    return Error{"an answer without end"};
  }

  Status skip_literal(std::string_view line) {
    const auto size = literal_bytes(line);
    if (!size) return {};
    if (*size > literal_bytes_max) return Error{fmt::format("a literal of {} bytes", *size)};
    BB_TRY(const auto skipped, lines_.read_exactly(*size));
    static_cast<void>(skipped);
    return {};
  }

  LineStream lines_;
  const MailProtocol protocol_;
  bool is_protected_;
  std::size_t tag_count_ = 0;
};

}  // namespace

Result<std::unique_ptr<CommandLine>> CommandLine::open(Connections& connections, const MailServer& server,
                                                       MailProtocol protocol) {
  BB_TRY(auto stream, connections.open(endpoint_of(server, std::string(name_of(protocol)))));
  return std::unique_ptr<CommandLine>(
      std::make_unique<Conversation>(std::move(stream), protocol, server.protection == Protection::tls));
}

}  // namespace bb::direct
