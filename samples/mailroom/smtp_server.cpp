// SMTP (RFC 5321) with SIZE (RFC 1870), STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954):
// as much as a client needs that hands in mail for the boxes of this room.
#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/mail_date.hpp>

#include "mailroom/delivery_report.hpp"
#include "mailroom/mail_session.hpp"

namespace bb::mailroom {
namespace {

constexpr std::size_t recipients_max = 100;                          // RFC 5321, 4.5.3.1.8 asks for as many
constexpr std::size_t client_name_bytes_max = 255;                   // 4.5.3.1.2
constexpr std::size_t data_line_bytes_max = std::size_t{64} * 1024;  // 4.5.3.1.6 asks for 1000

// "<alice@direct.example.org> SIZE=300" behind "FROM:" or "TO:".
struct Path {
  std::string address;
  std::string parameters;
};
std::optional<Path> read_path(std::string_view text, std::string_view keyword) {
  if (!iequals(text.substr(0, keyword.size()), keyword)) return std::nullopt;
  text = trim(text.substr(keyword.size()));
  const auto end = text.find('>');
  if (!text.starts_with('<') || end == std::string_view::npos) return std::nullopt;
  return Path{std::string(text.substr(1, end - 1)), std::string(trim(text.substr(end + 1)))};
}

// Of SIZE among the parameters of MAIL; 0 where it is not there.
std::size_t announced_size(std::string_view parameters) {
  for (const auto& parameter : split(parameters, ' ')) {
    if (!iequals(std::string_view(parameter).substr(0, 5), "SIZE=")) continue;
    std::size_t size = 0;
    std::from_chars(parameter.data() + 5, parameter.data() + parameter.size(), size);
    return size;
  }
  return 0;
}

class Smtp {
 public:
  Smtp(Peer& peer, Mailboxes& mailboxes, const MailOptions& options)
      : peer_(peer), mailboxes_(mailboxes), options_(options) {}

  void run() {
    say(fmt::format("220 {} ESMTP mail room for tests", options_.host_name));
    while (is_open_ && mistakes_ < mistakes_max) {
      const auto line = peer_.read_line(command_bytes_max);
      if (!line) return;
      const auto [word, rest] = first_word(*line);
      obey(word, rest);
    }
    if (is_open_) say("421 too many mistakes");
  }

 private:
  void say(std::string_view line) { is_open_ = peer_.write(std::string(line) + "\r\n") && is_open_; }
  void refuse(std::string_view line) {
    ++mistakes_;
    say(line);
  }

  void obey(const std::string& word, const std::string& rest) {
    if (word == "EHLO" || word == "HELO") return hello(word == "EHLO", rest);
    if (word == "STARTTLS") return start_tls();
    if (word == "AUTH") return sign_in(rest);
    if (word == "MAIL") return mail(rest);
    if (word == "RCPT") return recipient(rest);
    if (word == "DATA") return rest.empty() ? data() : refuse("501 DATA stands alone");
    if (word == "RSET") return forget(), say("250 forgotten");
    if (word == "NOOP") return say("250 nothing done");
    if (word == "VRFY") return say("252 send and see");
    if (word == "QUIT") return say("221 goodbye"), void(is_open_ = false);
    refuse("500 not a command of this server");
  }

  void forget() {
    sender_.reset();
    recipients_.clear();
  }

  void hello(bool is_extended, const std::string& name) {
    if (name.empty()) return refuse("501 expected a name behind it");
    forget();
    is_greeted_ = true;
    client_name_ = shorten(one_line(name), client_name_bytes_max);
    if (!is_extended) return say("250 " + options_.host_name);
    auto lines = fmt::format("250-{}\r\n250-SIZE {}\r\n", options_.host_name, options_.message_bytes_max);
    lines += peer_.is_protected() ? "250-AUTH PLAIN\r\n" : "250-STARTTLS\r\n";
    say(lines + "250 8BITMIME");
  }

  void start_tls() {
    if (peer_.is_protected()) return refuse("503 TLS has begun already");
    say("220 begin");
    is_open_ = peer_.start_tls();
    forget();
    is_greeted_ = false;  // RFC 3207, 4.2
  }

  void sign_in(const std::string& rest) {
    if (!peer_.is_protected()) return refuse("530 begin TLS first");
    auto [way, response] = first_word(rest);
    if (way != "PLAIN") return refuse("504 AUTH PLAIN alone");
    if (response.empty()) {
      say("334 ");
      const auto line = peer_.read_line(command_bytes_max);
      if (!line) return void(is_open_ = false);
      response = *line;
    }
    const auto plain = read_plain(response);
    if (!plain) return refuse("501 not a response of PLAIN");
    if (!mailboxes_.is_password(plain->user, plain->password))
      return refuse("535 user and password do not belong together");
    say("235 welcome");
  }

  void mail(const std::string& rest) {
    if (!is_greeted_) return refuse("503 say EHLO first");
    if (sender_) return refuse("503 there is a sender already");
    const auto path = read_path(rest, "FROM:");
    if (!path) return refuse("501 expected FROM:<address>");
    if (announced_size(path->parameters) > options_.message_bytes_max) return refuse("552 too large");
    sender_ = path->address;
    say("250 go on");
  }

  void recipient(const std::string& rest) {
    if (!sender_) return refuse("503 say MAIL first");
    const auto path = read_path(rest, "TO:");
    if (!path) return refuse("501 expected TO:<address>");
    if (recipients_.size() == recipients_max) return refuse("452 too many recipients");
    const bool is_returned = std::any_of(options_.returned.begin(), options_.returned.end(),
                                         [&](const std::string& each) { return iequals(each, path->address); });
    const auto user = is_returned ? std::optional(std::string()) : mailboxes_.user_of(path->address);
    if (!user) return refuse("550 5.1.1 there is no such mailbox here");
    recipients_.push_back({path->address, *user});
    say("250 go on");
  }

  void data() {
    if (recipients_.empty()) return refuse("503 say RCPT first");
    say("354 end with a line that is a dot");
    std::string message;
    bool is_too_large = false;
    for (;;) {
      const auto line = peer_.read_line(data_line_bytes_max);
      if (!line) return void(is_open_ = false);
      if (*line == ".") break;
      const auto text = line->starts_with('.') ? std::string_view(*line).substr(1) : std::string_view(*line);
      is_too_large = is_too_large || message.size() + text.size() + 2 > options_.message_bytes_max;
      if (!is_too_large) message.append(text).append("\r\n");
    }
    const auto sender = sender_.value_or("");
    const auto recipients = std::move(recipients_);
    forget();
    if (is_too_large) return refuse("552 too large");
    // The way that a message went is read from these fields (RFC 5321, 4.4).
    const auto traced =
        fmt::format("Received: from {} by {} with {};\r\n {}\r\n{}", client_name_, options_.host_name,
                    peer_.is_protected() ? "ESMTPS" : "ESMTP", direct::mail_date(now_unix_ns()), message);
    for (const auto& [address, user] : recipients) {
      const bool is_room = user.empty() ? give_back(sender, address, traced) : deliver(user, sender, address, traced);
      if (!is_room) return refuse("452 the mail room is full");
    }
    say("250 it lies in the mailbox");
  }

  bool deliver(const std::string& user, std::string_view sender, std::string_view address, std::string_view message) {
    return mailboxes_.deliver(
        user, fmt::format("Return-Path: <{}>\r\nDelivered-To: {}\r\n", sender, address).append(message));
  }

  // To a sender who has a mailbox here; a report itself, which has no sender, comes back to nobody.
  bool give_back(const std::string& sender, std::string_view address, std::string_view message) {
    const auto user = mailboxes_.user_of(sender);
    if (!user) return true;
    return deliver(*user, "", sender, write_delivery_report(options_.host_name, sender, address, message));
  }

  struct Recipient {
    std::string address;
    std::string user;  // empty: what is for them comes back
  };
  Peer& peer_;
  Mailboxes& mailboxes_;
  const MailOptions& options_;
  bool is_open_ = true;
  bool is_greeted_ = false;
  std::string client_name_;  // as it named itself
  int mistakes_ = 0;
  std::optional<std::string> sender_;
  std::vector<Recipient> recipients_;
};

}  // namespace

void serve_smtp(Peer& peer, Mailboxes& mailboxes, const MailOptions& options) { Smtp(peer, mailboxes, options).run(); }

}  // namespace bb::mailroom
