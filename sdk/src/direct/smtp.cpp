#include <bb/direct/smtp.hpp>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "line_stream.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t line_bytes_max = 4096;  // RFC 5321, 4.5.3.1.5 asks for 512
constexpr std::size_t reply_lines_max = 200;

std::string upper(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

// RFC 5321, 4.5.2: a line that begins with a dot gets another.
std::string with_dots(std::string_view message) {
  std::string lines;
  lines.reserve(message.size() + message.size() / 256 + 8);
  for (std::size_t at = 0; at < message.size();) {
    const auto end = message.find('\n', at);
    const auto next = end == std::string_view::npos ? message.size() : end + 1;
    if (message[at] == '.') lines += '.';
    lines += message.substr(at, next - at);
    at = next;
  }
  if (!lines.ends_with("\r\n")) lines += "\r\n";
  return lines + ".\r\n";
}

// What would end a command early.
bool breaks_line(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0<> ", 6)) != text.npos; }

}  // namespace

std::string_view word_of(SmtpStep step) {
  switch (step) {
    case SmtpStep::connect:
      return "connect";
    case SmtpStep::greeting:
      return "greeting";
    case SmtpStep::hello:
      return "hello";
    case SmtpStep::start_tls:
      return "start_tls";
    case SmtpStep::sign_in:
      return "sign_in";
    case SmtpStep::sender:
      return "sender";
    case SmtpStep::recipient:
      return "recipient";
    case SmtpStep::message:
      return "message";
  }
  return "unknown";
}

class SmtpClient::Conversation {
 public:
  explicit Conversation(std::unique_ptr<Stream> stream) : lines_(std::move(stream)) {}

  Result<SmtpReply> ask(std::string_view line) {
    BB_CHECK(lines_.write(std::string(line) + "\r\n"));
    return reply();
  }

  // RFC 5321, 4.2.1: lines of one code, the last with a blank behind it.
  Result<SmtpReply> reply() {
    SmtpReply read;
    for (std::size_t count = 0; count < reply_lines_max; ++count) {
      BB_TRY(const auto line, lines_.read_line(line_bytes_max));
      int code = 0;
      const auto digits = std::string_view(line).substr(0, 3);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code);
      const bool is_code = error == std::errc() && end == digits.data() + 3 && code >= 200 && code <= 599;
      const bool goes_on = line.size() > 3 && line[3] == '-';
      if (!is_code || (line.size() > 3 && line[3] != ' ' && !goes_on) || (read.code != 0 && read.code != code))
        return Error{fmt::format("'{}' is no reply of SMTP (RFC 5321, 4.2)", to_utf8_lossy(shorten(line, 80)))};
      read.code = code;
      if (!read.text.empty()) read.text += '\n';
      if (line.size() > 4) read.text += std::string_view(line).substr(4);
      if (!goes_on) return read;
    }
    return Error{fmt::format("a reply of more than {} lines", reply_lines_max)};
  }

  Status write(std::string_view bytes) { return lines_.write(bytes); }
  Status start_tls() { return lines_.start_tls(); }
  Trouble trouble() const { return lines_.trouble() == Trouble::none ? Trouble::unavailable : lines_.trouble(); }

  bool is_protected = false;

 private:
  LineStream lines_;
};

SmtpClient::SmtpClient(Connections& connections, MailServer server, std::string hello_name)
    : connections_(connections), server_(std::move(server)), hello_name_(std::move(hello_name)) {}
SmtpClient::~SmtpClient() = default;

Result<SmtpReply> SmtpClient::command(std::string_view line) {
  if (conversation_ == nullptr) return Error{"there is no connection"};
  return conversation_->ask(line);
}

namespace {

SmtpFailure refused(SmtpStep step, SmtpReply reply) {
  auto what = fmt::format("the server answered {} {}", reply.code, to_utf8_lossy(shorten(reply.text, 200)));
  return {step, Trouble::none, std::move(reply), std::move(what)};
}

}  // namespace

std::optional<SmtpFailure> SmtpClient::begin() {
  if (conversation_ != nullptr) return std::nullopt;
  auto stream = connections_.open(endpoint_of(server_, "smtp"));
  if (!stream) return SmtpFailure{SmtpStep::connect, connections_.trouble(), {}, stream.error().what};
  auto conversation = std::make_unique<Conversation>(*std::move(stream));
  conversation->is_protected = server_.protection == Protection::tls;
  const auto broken = [&](SmtpStep step, const Error& error) {
    return SmtpFailure{step, conversation->trouble(), {}, error.what};
  };
  auto greeting = conversation->reply();
  if (!greeting) return broken(SmtpStep::greeting, greeting.error());
  if (greeting->code != 220) return refused(SmtpStep::greeting, *std::move(greeting));

  const auto greet = [&]() -> std::optional<SmtpFailure> {
    auto reply = conversation->ask("EHLO " + hello_name_);
    if (!reply) return broken(SmtpStep::hello, reply.error());
    if (reply->code != 250) return refused(SmtpStep::hello, *std::move(reply));
    offers_ = split(upper(reply->text), '\n');
    offers_.erase(offers_.begin());  // the server's name
    return std::nullopt;
  };
  if (auto failure = greet()) return failure;

  if (server_.protection == Protection::starttls) {
    if (std::find(offers_.begin(), offers_.end(), "STARTTLS") == offers_.end())
      return SmtpFailure{SmtpStep::start_tls, Trouble::none, {}, "the server does not offer STARTTLS"};
    auto reply = conversation->ask("STARTTLS");
    if (!reply) return broken(SmtpStep::start_tls, reply.error());
    if (reply->code != 220) return refused(SmtpStep::start_tls, *std::move(reply));
    if (const auto started = conversation->start_tls(); !started) return broken(SmtpStep::start_tls, started.error());
    conversation->is_protected = true;
    if (auto failure = greet()) return failure;  // RFC 3207, 4.2: what was offered before does not count
  }

  if (!server_.user.empty()) {
    if (!conversation->is_protected && !server_.may_be_heard)
      return SmtpFailure{SmtpStep::sign_in, Trouble::none, {}, "a password is not sent without TLS"};
    const auto offer =
        std::find_if(offers_.begin(), offers_.end(), [](const std::string& each) { return each.starts_with("AUTH "); });
    const auto ways = offer == offers_.end() ? std::vector<std::string>{} : split(*offer, ' ');
    const auto has = [&](std::string_view way) { return std::find(ways.begin(), ways.end(), way) != ways.end(); };
    Result<SmtpReply> reply = Error{"the server offers neither AUTH PLAIN nor AUTH LOGIN"};
    if (has("PLAIN")) {
      auto secret = std::string("\0", 1) + server_.user + std::string("\0", 1) + server_.password;
      reply = conversation->ask("AUTH PLAIN " + base64_encode(secret));
      wipe(secret);
    } else if (has("LOGIN")) {
      reply = conversation->ask("AUTH LOGIN");
      if (reply && reply->code == 334) reply = conversation->ask(base64_encode(server_.user));
      if (reply && reply->code == 334) reply = conversation->ask(base64_encode(server_.password));
    } else {
      return SmtpFailure{SmtpStep::sign_in, Trouble::none, {}, reply.error().what};
    }
    if (!reply) return broken(SmtpStep::sign_in, reply.error());
    if (reply->code != 235) return refused(SmtpStep::sign_in, *std::move(reply));
  }
  conversation_ = std::move(conversation);
  return std::nullopt;
}

std::optional<SmtpFailure> SmtpClient::send(std::string_view from, const std::vector<std::string>& to,
                                            std::string_view message, SmtpReceipt& receipt) {
  receipt = {};
  if (auto failure = begin()) return failure;
  const auto broken = [&](SmtpStep step, const Error& error) {
    SmtpFailure failure{step, conversation_->trouble(), {}, error.what};
    conversation_.reset();
    return failure;
  };
  if (breaks_line(from))
    return SmtpFailure{
        SmtpStep::sender, Trouble::none, {}, "the sender's address holds a blank, a bracket or a line end"};
  auto reply = conversation_->ask(fmt::format("MAIL FROM:<{}>", from));
  if (!reply) return broken(SmtpStep::sender, reply.error());
  if (!reply->is_positive()) return refused(SmtpStep::sender, *std::move(reply));
  for (const auto& recipient : to) {
    if (breaks_line(recipient)) {
      receipt.refused.push_back({recipient, {0, "the address holds a blank, a bracket or a line end"}});
      continue;
    }
    reply = conversation_->ask(fmt::format("RCPT TO:<{}>", recipient));
    if (!reply) return broken(SmtpStep::recipient, reply.error());
    if (reply->is_positive())
      receipt.accepted.push_back(recipient);
    else
      receipt.refused.push_back({recipient, *std::move(reply)});
  }
  if (receipt.accepted.empty()) {
    static_cast<void>(conversation_->ask("RSET"));
    return refused(SmtpStep::recipient, receipt.refused.empty() ? SmtpReply{} : receipt.refused.front().reply);
  }
  reply = conversation_->ask("DATA");
  if (!reply) return broken(SmtpStep::message, reply.error());
  if (reply->code != 354) return refused(SmtpStep::message, *std::move(reply));
  if (const auto sent = conversation_->write(with_dots(message)); !sent) return broken(SmtpStep::message, sent.error());
  reply = conversation_->reply();
  if (!reply) {
    auto failure = broken(SmtpStep::message, reply.error());
    failure.is_uncertain = true;
    return failure;
  }
  receipt.reply = *std::move(reply);
  if (receipt.reply.code != 250) return refused(SmtpStep::message, receipt.reply);
  return std::nullopt;
}

void SmtpClient::end() {
  if (conversation_ != nullptr) static_cast<void>(conversation_->ask("QUIT"));
  conversation_.reset();
}

}  // namespace bb::direct
