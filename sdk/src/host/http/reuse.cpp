#include "reuse.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::host {
namespace {

constexpr std::int64_t idle_s_usual = 4;
constexpr std::int64_t idle_s_max = 60;
constexpr std::int64_t on_its_way_s = 1;  // the peer's clock began when it sent the answer

// Keep-Alive: timeout=5, max=100 (RFC 2068, 19.7.1.1). A number too large to
// read is a long time.
std::optional<std::int64_t> timeout_s(std::string_view field) {
  constexpr std::string_view name = "timeout=";
  for (const std::string& parameter : split(field, ',')) {
    const std::string_view one = trim(parameter);
    if (one.size() <= name.size() || !iequals(one.substr(0, name.size()), name)) continue;
    const std::string_view digits = one.substr(name.size());
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (end != digits.data() + digits.size() || digits.front() == '-') continue;
    return failure == std::errc() ? seconds : idle_s_max + on_its_way_s;
  }
  return std::nullopt;
}

}  // namespace

std::int64_t idle_ns_max(const AnswerHead& head) {
  const std::string* const field = head.field("keep-alive");
  const auto said_s = field ? timeout_s(*field) : std::nullopt;
  if (!said_s) return idle_s_usual * ns_per_second;
  return std::clamp<std::int64_t>(*said_s - on_its_way_s, 0, idle_s_max) * ns_per_second;
}

bool is_quiet(int socket, SSL* ssl) {
  char byte = 0;
  if (!ssl) return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  // Looking takes in what is no content (a session ticket) and finds a
  // close_notify, also one that was read together with the answer.
  ERR_clear_error();
  const int got = SSL_peek(ssl, &byte, 1);
  return got <= 0 && SSL_get_error(ssl, got) == SSL_ERROR_WANT_READ;
}

bool may_send_again(std::string_view method, bool has_sent) {
  constexpr std::array<std::string_view, 6> idempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return !has_sent || std::find(idempotent.begin(), idempotent.end(), method) != idempotent.end();
}

}  // namespace bb::host
