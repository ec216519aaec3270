#include "portal/destination.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <mutex>
#include <set>

#include <bb/core/text.hpp>

#include "portal/timed_send.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t url_bytes_max = 2'048;
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr auto send_time_max = std::chrono::seconds(10);

std::string reason_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "no connection to the destination";
    case httplib::Error::SSLServerVerification:
      return "the certificate of the destination is not trusted";
    case httplib::Error::SSLConnection:
      return "no TLS connection to the destination: it speaks no TLS, or its certificate is not trusted";
    default:
      return "the destination did not answer within 10 s, or broke the connection";
  }
}

}  // namespace

Result<Destination> parse_destination(std::string_view url, std::string_view scheme) {
  const auto wrong = [&](std::string_view why) {
    return Error{"destination '" + shorten(url, 120) + "' cannot be used: " + std::string(why)};
  };
  const auto beginning = std::string(scheme) + "://";
  if (url.size() > url_bytes_max) return wrong("longer than 2048 bytes");
  if (std::any_of(url.begin(), url.end(), [](char c) { return c <= 0x20 || c >= 0x7f || c == '\\' || c == '"'; }))
    return wrong("blanks, control characters and characters beyond ASCII must be percent-encoded");
  if (!iequals(url.substr(0, beginning.size()), beginning)) return wrong("it must start with " + beginning);
  if (url.find('#') != std::string_view::npos) return wrong("a fragment (#) goes nowhere");
  const auto rest = url.substr(beginning.size());
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  auto authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos) return wrong("it must not hold a user name");

  Destination destination;
  destination.url = std::string(url);
  if (scheme == "http") destination.port = 80;
  const auto path = rest.substr(end);
  destination.target = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  const auto colon =
      authority.find(':', authority.starts_with('[') ? std::min(authority.find(']'), authority.size()) : 0);
  if (colon != std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), destination.port);
    if (error != std::errc{} || stop != digits.data() + digits.size() || destination.port < 1 ||
        destination.port > 65535)
      return wrong("its port is no number from 1 to 65535");
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return wrong("it names no host");
  destination.host = std::string(authority);
  return destination;
}

std::string_view without_mail_scheme(std::string_view text) {
  if (iequals(text.substr(0, mail_scheme.size()), mail_scheme)) text.remove_prefix(mail_scheme.size());
  return text;
}

Result<Destination> parse_any_destination(std::string_view text, const Ways& ways) {
  const auto wrong = [&](std::string_view why) {
    return Error{"destination '" + shorten(text, 120) + "' cannot be used: " + std::string(why)};
  };
  if (healthvault::without_record_scheme(text).size() < text.size()) {
    if (!ways.has_records) return wrong("this portal delivers into no records");
    auto record = healthvault::read_record_address(text);
    if (!record) return wrong(record.error().what);
    Destination destination;
    destination.url = record->text();
    destination.host = record->record_id;
    destination.record = *std::move(record);
    return destination;
  }
  const auto written = without_mail_scheme(text);
  const bool is_mail = written.size() < text.size();
  const bool is_direct = text.find('@') != std::string_view::npos && text.find(':') == std::string_view::npos;
  if (is_mail && !ways.has_mail) return wrong("this portal sends no plain e-mail");
  if (!is_mail && !(is_direct && ways.has_direct)) return parse_destination(text);
  // RFC 6068: headers and further addresses, which a patient did not type.
  if (is_mail && written.find_first_of("?,%") != std::string_view::npos)
    return wrong("expected one address behind mailto:, without '?', ',' and '%'");
  auto address = direct::read_address(written);
  if (!address) return wrong(address.error().what);
  Destination destination;
  destination.url = std::string(is_mail ? mail_scheme : "") + address->text();
  destination.host = address->domain;
  (is_mail ? destination.mail : destination.direct) = *std::move(address);
  return destination;
}

class Sender::Impl {
 public:
  explicit Impl(std::string trust_file) : trust_file_(std::move(trust_file)) {}

  Status post(const Destination& destination, const std::string& message) {
    httplib::SSLClient client(destination.host, destination.port);
    verify_server(client, trust_file_);
    if (!enlist(client)) return Error{"the portal is stopping"};

    httplib::Request request;
    request.method = "POST";
    request.path = destination.target;
    request.set_header("Content-Type", "message/rfc822");
    request.body = message;
    std::size_t answer_bytes = 0;
    request.content_receiver = [&](const char*, std::size_t size, std::uint64_t, std::uint64_t) {
      return (answer_bytes += size) <= answer_bytes_max;
    };
    const auto result = send_within(client, request, send_time_max);
    take_off(client);
    if (!result) return Error{reason_of(result.error())};
    if (result->status < 200 || result->status > 299)
      return Error{fmt::format("the destination answered {}, expected 2xx", result->status)};
    return {};
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (auto* client : clients_) client->stop();
  }

 private:
  bool enlist(httplib::SSLClient& client) {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_) clients_.insert(&client);
    return !is_stopping_;
  }
  void take_off(httplib::SSLClient& client) {
    const std::lock_guard lock(mutex_);
    clients_.erase(&client);
  }

  std::string trust_file_;
  std::mutex mutex_;
  bool is_stopping_ = false;
  std::set<httplib::SSLClient*> clients_;
};

Sender::Sender(std::string trust_file) : impl_(std::make_unique<Impl>(std::move(trust_file))) {}
Sender::~Sender() = default;
Status Sender::post(const Destination& destination, const std::string& message) const {
  return impl_->post(destination, message);
}
void Sender::stop() const { impl_->stop(); }

}  // namespace bb::portal
