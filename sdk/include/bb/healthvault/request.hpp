// bb/healthvault/request.hpp - the envelope of a request: header, authentication, info.
//
// The bytes that are hashed and signed are the bytes that are sent (HV-ENV-09), so an
// envelope is made in two steps, with the signature between them:
//
//   auto prepared = prepare(header, write_request_info<GetThings>(request));
//   auto code = mac(MacAlgorithm::hmac_sha256, secret.bytes(), prepared.header);  // or at the host
//   auto body = finish(prepared, HeaderCode{MacAlgorithm::hmac_sha256, code});
//
// Source: the catalogue's rows HV-ENV-01 to -15. No schema of the envelope is published
// with those of the methods.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/healthvault/signing.hpp>

namespace bb::healthvault {

class Markup;

inline constexpr std::string_view platform_path = "/platform/wildcat.ashx";  // HV-ENV-01
inline constexpr std::string_view request_media_type = "text/xml; charset=utf-8";
inline constexpr std::int64_t time_to_live_s = 1800;  // what the published clients send

// HV-ENV-04: for whom, beside the token: nobody, a person known by id, or one who is signed in.
struct AuthSession {
  std::string token;
  std::string offline_person_id = {};
  std::string user_token = {};  // `user-auth-token`, from the shell
};

// HV-ENV-03, in the order of the message.
struct Header {
  std::string method;
  int method_version = 1;
  std::string target_person_id = {};
  std::string record_id = {};
  std::optional<AuthSession> session = {};  // HV-ENV-05: either this
  std::string app_id = {};                  // or, of an anonymous method, this
  std::string culture_code = {};            // "en-US"
  std::string msg_time = {};                // HV-ENV-06: UTC, see date_time()
  std::int64_t msg_ttl_s = time_to_live_s;
  std::string version = {};    // of the caller's program
  std::string info_hash = {};  // base64 of SHA-256; prepare() fills it in
};

// The code over the header, of the session's secret (HV-ENV-08).
struct HeaderCode {
  MacAlgorithm algorithm = MacAlgorithm::hmac_sha256;
  std::string code;  // raw
};

// The two parts of an envelope, byte by byte.
struct Prepared {
  std::string header;  // "<header>...</header>": what is signed
  std::string info;    // "<info>...</info>": what is hashed
};

// `info` is an element `info` (write_request_info() of bb/healthvault/method.hpp); the header gets its hash.
Prepared prepare(Header header, std::string info);

// The body of the POST. An anonymous request has no code.
std::string finish(const Prepared& prepared, const std::optional<HeaderCode>& code = {});

// A request as it arrived. The views are into the bytes that were read.
struct Received {
  Header header;
  std::optional<HeaderCode> code = {};
  std::string_view header_bytes = {};
  std::string_view info_bytes = {};
  std::shared_ptr<const Markup> markup = {};  // for this toolkit: the parsed body
};

struct EnvelopeLimits {
  std::size_t bytes_max = std::size_t{64} * 1024 * 1024;
};

// The error is of what a platform answers with 3 INVALID_XML: no XML, a DOCTYPE, another
// encoding than UTF-8, elements in another order or namespace, both an app-id and a session.
[[nodiscard]] Result<Received> read_request(std::string_view body, const EnvelopeLimits& limits = {});

// The message of a request that arrived, by the version in its header. As read_request_info() of
// bb/healthvault/method.hpp of `info_bytes`, but parses nothing a second time; an error names the place in
// the body. The bytes of the body are still there.
template <class Method>
[[nodiscard]] Result<typename Method::Request> read_request_info(const Received& request);

// Whether the hash in the header is that of the info's bytes (HV-ENV-07); a header without
// a hash is false.
bool is_info_intact(const Received& request);
// Whether the code is that of the header's bytes by the session's secret (HV-ENV-08).
bool is_header_intact(const Received& request, std::string_view secret);
// `msg-ttl`, from 0 to ten years however much is named.
std::int64_t time_to_live_ns(const Header& header);
// HV-ENV-06: whether the request is older than its time to live, or from further ahead
// than `skew_ns` (0 or more). One without a readable time is.
bool is_expired(const Header& header, std::int64_t now_ns, std::int64_t skew_ns);

}  // namespace bb::healthvault
