// POP3 (RFC 1939) with CAPA (RFC 2449) and STLS (RFC 2595, 4).
#include <charconv>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "mailroom/mail_session.hpp"

namespace bb::mailroom {
namespace {

class Pop3 {
 public:
  Pop3(Peer& peer, Mailboxes& mailboxes) : peer_(peer), mailboxes_(mailboxes) {}

  void run() {
    say("+OK mail room for tests");
    while (is_open_ && mistakes_ < mistakes_max) {
      const auto line = peer_.read_line(command_bytes_max);
      if (!line) return;
      const auto [word, rest] = first_word(*line);
      if (is_signed_in_ ? !read_mail(word, rest) : !sign_in(word, rest)) refuse("not possible here");
    }
  }

 private:
  void say(std::string_view text) { is_open_ = peer_.write(std::string(text) + "\r\n") && is_open_; }
  void refuse(std::string_view why) {
    ++mistakes_;
    say("-ERR " + std::string(why));
  }

  // False: not a command of before the sign-in.
  bool sign_in(const std::string& word, const std::string& rest) {
    if (word == "CAPA") {
      say(fmt::format("+OK\r\nUIDL\r\n{}\r\n.", peer_.is_protected() ? "USER" : "STLS"));
    } else if (word == "STLS" && !peer_.is_protected()) {
      say("+OK begin");
      is_open_ = peer_.start_tls();
      user_.clear();
    } else if (word == "USER" && peer_.is_protected()) {
      user_ = rest;
      say("+OK");
    } else if (word == "PASS" && peer_.is_protected()) {
      if (user_.empty() || !mailboxes_.is_password(user_, rest)) return refuse("[AUTH] who is this?"), true;
      is_signed_in_ = true;
      mails_ = mailboxes_.list(user_);
      say("+OK welcome");
    } else if (word == "USER" || word == "PASS") {
      refuse("begin TLS first");
    } else if (word == "QUIT") {
      quit();
    } else {
      return false;
    }
    return true;
  }

  bool read_mail(const std::string& word, const std::string& rest) {
    if (word == "STAT") {
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < mails_.size(); ++i)
        if (!deleted_.contains(i)) bytes += mails_[i].bytes;
      say(fmt::format("+OK {} {}", mails_.size() - deleted_.size(), bytes));
    } else if (word == "LIST" || word == "UIDL") {
      const bool is_sizes = word == "LIST";
      if (rest.empty()) return table(is_sizes), true;
      const auto i = number(rest);
      i ? say("+OK " + row(*i, is_sizes)) : refuse("there is no such message");
    } else if (word == "RETR") {
      const auto i = number(rest);
      const auto message = i ? mailboxes_.read(user_, mails_[*i].uid) : nullptr;
      message ? give(*message) : refuse("there is no such message");
    } else if (word == "TOP") {  // RFC 1939, 7; of the body nothing alone
      const auto [which, lines] = first_word(rest);
      const auto i = number(which);
      const auto message = i ? mailboxes_.read(user_, mails_[*i].uid) : nullptr;
      if (lines != "0") return refuse("TOP gives the header alone: say 0 lines"), true;
      message ? give(std::string(header_of(*message))) : refuse("there is no such message");
    } else if (word == "DELE") {
      const auto i = number(rest);
      if (!i) return refuse("there is no such message"), true;
      deleted_.insert(*i);
      say("+OK");
    } else if (word == "RSET") {
      deleted_.clear();
      say("+OK");
    } else if (word == "NOOP") {
      say("+OK");
    } else if (word == "CAPA") {
      say("+OK\r\nTOP\r\nUIDL\r\n.");
    } else if (word == "QUIT") {
      for (const auto i : deleted_) mailboxes_.remove(user_, mails_[i].uid);
      quit();
    } else {
      return false;
    }
    return true;
  }

  void quit() {
    say("+OK goodbye");
    is_open_ = false;
  }

  // Of a message that is there and not deleted: its place in the list.
  std::optional<std::size_t> number(std::string_view text) const {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > mails_.size() ||
        deleted_.contains(value - 1))
      return std::nullopt;
    return value - 1;
  }

  std::string row(std::size_t i, bool is_sizes) const {
    if (is_sizes) return fmt::format("{} {}", i + 1, mails_[i].bytes);
    return fmt::format("{} {}.{}", i + 1, mailboxes_.generation(), mails_[i].uid);
  }

  void table(bool is_sizes) {
    std::string lines = "+OK\r\n";
    for (std::size_t i = 0; i < mails_.size(); ++i)
      if (!deleted_.contains(i)) lines += row(i, is_sizes) + "\r\n";
    say(lines + ".");
  }

  void give(const std::string& message) {
    std::string lines = "+OK\r\n";
    for (std::size_t at = 0; at < message.size();) {
      const auto end = message.find('\n', at);
      const auto next = end == std::string::npos ? message.size() : end + 1;
      if (message[at] == '.') lines += '.';
      lines.append(message, at, next - at);
      at = next;
    }
    say(lines + ".");
  }

  Peer& peer_;
  Mailboxes& mailboxes_;
  bool is_open_ = true;
  bool is_signed_in_ = false;
  int mistakes_ = 0;
  std::string user_;
  std::vector<Mailboxes::Entry> mails_;  // as they were at the sign-in
  std::set<std::size_t> deleted_;
};

}  // namespace

void serve_pop3(Peer& peer, Mailboxes& mailboxes, const MailOptions&) { Pop3(peer, mailboxes).run(); }

}  // namespace bb::mailroom
