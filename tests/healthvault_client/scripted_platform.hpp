// healthvault_client/scripted_platform.hpp - a platform that answers as a test tells it, and the
// line to it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/client.hpp>
#include <bb/healthvault/request.hpp>

namespace bb::test {

namespace hv = bb::healthvault;

inline constexpr std::string_view app_id = "11111111-1111-1111-1111-111111111111";
inline constexpr std::string_view person_id = "22222222-2222-2222-2222-222222222222";
inline constexpr std::string_view record_id = "33333333-3333-3333-3333-333333333333";
inline constexpr std::int64_t begin_ns = 1'400'000'000 * ns_per_second;

inline std::string guid(int number) {
  const auto digits = std::to_string(number);
  return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}

// What a platform was asked.
struct Asked {
  hv::Header header;
  std::string info;
  bool is_signed = false;  // by the secret of the session that its token names
};

// Serves sessions itself; everything else is the test's.
class ScriptedPlatform {
 public:
  using Handler = std::function<hv::Reply(const Asked& asked)>;

  static hv::Reply ok(std::string info = {}) { return {200, hv::write_response({.info = std::move(info)}), {}}; }
  static hv::Reply refusal(int code) { return {200, hv::write_response({.code = code, .message = "no"}), {}}; }
  static hv::Reply lost() { return {0, {}, "the connection broke"}; }
  template <class Method>
  static hv::Reply answer(const typename Method::Answer& given, int version = Method::latest) {
    return ok(hv::write_answer_info<Method>(given, version));
  }

  // What a method is answered, and what a blob's URL is.
  std::map<std::string, Handler> methods;
  std::function<hv::Reply(const hv::Exchange& exchange)> blobs;

  hv::Reply exchange(const hv::Exchange& exchange) {
    const std::scoped_lock lock(mutex_);
    if (exchange.url != platform_url) return blobs ? blobs(exchange) : hv::Reply{404, {}, {}};
    const auto received = hv::read_request(exchange.body);
    if (!received) return refusal(hv::status("INVALID_XML"));
    Asked asked{received->header, std::string(received->info_bytes)};
    if (asked.header.session && received->code)
      asked.is_signed =
          hv::is_info_intact(*received) && hv::is_header_intact(*received, secret_of(asked.header.session->token));
    seen.push_back(asked);
    if (asked.header.method == "CreateAuthenticatedSessionToken" && !methods.contains(asked.header.method))
      return new_session(asked);
    const auto handler = methods.find(asked.header.method);
    return handler == methods.end() ? refusal(hv::status("BAD_METHOD")) : handler->second(asked);
  }

  std::size_t count(std::string_view method) const {
    const std::scoped_lock lock(mutex_);
    std::size_t found = 0;
    for (const auto& asked : seen) found += asked.header.method == method;
    return found;
  }

  static constexpr std::string_view platform_url = "https://platform.test/platform/wildcat.ashx";
  std::vector<Asked> seen;

 private:
  static std::string secret_of(std::string_view token) { return "secret of " + std::string(token); }
  hv::Reply new_session(const Asked& asked) {
    const auto request = hv::read_request_info<hv::CreateAuthenticatedSessionToken>(asked.info);
    if (!request) return refusal(hv::status("INVALID_XML"));
    const auto token = "token-" + std::to_string(++sessions_);
    return answer<hv::CreateAuthenticatedSessionToken>({.token = token,
                                                        .app_id = request->app_id,
                                                        .app_record_auth_action = "NoActionRequired",
                                                        .shared_secret = base64_encode(secret_of(token))});
  }

  mutable std::mutex mutex_;
  int sessions_ = 0;
};

// Time passes by pauses alone.
class ScriptedLine final : public hv::Line {
 public:
  explicit ScriptedLine(ScriptedPlatform& platform) : platform_(platform) {}

  hv::Reply exchange(const hv::Exchange& exchange) override {
    if (is_over()) return {0, {}, "the time is over"};
    return platform_.exchange(exchange);
  }
  std::int64_t now_unix_ns() override { return begin_ns + (now_ms + ahead_ms) * ns_per_ms; }
  std::string random_bytes(std::size_t count) override { return bb::random_bytes(count); }
  void pause_ms(std::int64_t duration_ms) override { now_ms += duration_ms; }
  bool is_over() override { return now_ms >= end_ms; }
  Result<hv::SessionProof> sign(std::string_view content) override {
    signed_contents.emplace_back(content);
    if (!key_problem.empty()) return Error{key_problem};
    return hv::SessionProof{hv::SessionSignature{hv::SignatureMethod::rsa_sha1, "00AA", "signature"}};
  }

  std::int64_t now_ms = 0, ahead_ms = 0, end_ms = 1'000'000;
  std::string key_problem;
  std::vector<std::string> signed_contents;

 private:
  ScriptedPlatform& platform_;
};

}  // namespace bb::test
