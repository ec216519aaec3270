#include "portal/record_line.hpp"

#include <httplib.h>

#include <algorithm>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "portal/timed_send.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{32} * 1024 * 1024;
constexpr auto look_again = std::chrono::milliseconds(50);  // whether the portal is stopping

}  // namespace

RecordLine::RecordLine(const RecordOptions& options, const std::string& trust_file,
                       const std::atomic<bool>& is_stopping, Limits limits)
    : options_(options),
      trust_file_(trust_file),
      is_stopping_(is_stopping),
      limits_(limits),
      end_(std::chrono::steady_clock::now() + limits.delivery) {}

healthvault::Reply RecordLine::exchange(const healthvault::Exchange& exchange) {
  // Blobs go where the platform says, which is a URL of its own.
  const auto place = parse_destination(exchange.url);
  if (!place) return {0, {}, place.error().what};
  httplib::SSLClient client(place->host, place->port);
  verify_server(client, trust_file_);
  httplib::Request request;
  request.method = exchange.method;
  request.path = place->target;
  for (const auto& [name, value] : exchange.headers) request.set_header(name, value);
  request.body = exchange.body;
  std::string got;
  request.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    if (got.size() + size > answer_bytes_max) return false;
    got.append(bytes, size);
    return true;
  };
  const auto result = send_within(client, request, limits_.exchange);
  if (!result) return {0, {}, "the platform could not be reached, did not answer in time, or broke the connection"};
  return {result->status, std::move(got), {}};
}

std::int64_t RecordLine::now_unix_ns() { return bb::now_unix_ns(); }

std::string RecordLine::random_bytes(std::size_t count) { return bb::random_bytes(count); }

void RecordLine::pause_ms(std::int64_t duration_ms) {
  const auto end = std::min(end_, std::chrono::steady_clock::now() + std::chrono::milliseconds(duration_ms));
  while (!is_stopping_ && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(look_again);
}

bool RecordLine::is_over() { return is_stopping_ || std::chrono::steady_clock::now() >= end_; }

Result<healthvault::SessionProof> RecordLine::sign(std::string_view content) {
  constexpr auto method = healthvault::SignatureMethod::rsa_sha1;  // the protocol's own
  BB_TRY(auto signature, options_.key.sign(method, content));
  return healthvault::SessionProof{healthvault::SessionSignature{method, options_.thumbprint, std::move(signature)}};
}

}  // namespace bb::portal
