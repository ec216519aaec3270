// bb/sdk/services/secret.hpp - bb.host.secret/1: secrets by name, at the time of
// use. Algorithms and output forms: bb/abi/host_services.h.
#pragma once

#include <string>
#include <string_view>

#include <bb/sdk/call.hpp>
#include <bb/sdk/detail/string_stream.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

class Secret {
 public:
  using Table = bb_host_secret;
  static constexpr const char* id = BB_HOST_SECRET;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, decrypt); }

  Secret(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // The value itself. Ask late, keep it no longer than the call.
  std::string read(Call& call, std::string_view name) const {
    detail::StringSink out;
    const auto status = table_->read(host_, call.raw(), to_str(name), out.raw());
    detail::expect_ok(status, id, doing("reading", name));
    return out.take();
  }
  // Keeps a value that the remote gave, under a granted name.
  void store(Call& call, std::string_view name, std::string_view value) const {
    const auto status = table_->store(host_, call.raw(), to_str(name), to_bytes(value));
    detail::expect_ok(status, id, doing("storing", name));
  }
  // Signs a digest of the algorithm's own hash.
  std::string sign(Call& call, std::string_view key, std::string_view algorithm, std::string_view digest) const {
    detail::StringSink out;
    const auto status = table_->sign(host_, call.raw(), to_str(key), to_str(algorithm), to_bytes(digest), out.raw());
    detail::expect_ok(status, id, doing("signing with", key));
    return out.take();
  }
  std::string sign_message(Call& call, std::string_view key, std::string_view algorithm,
                           std::string_view message) const {
    detail::StringSink out;
    const auto status =
        table_->sign_message(host_, call.raw(), to_str(key), to_str(algorithm), to_bytes(message), out.raw());
    detail::expect_ok(status, id, doing("signing with", key));
    return out.take();
  }
  std::string mac(Call& call, std::string_view key, std::string_view algorithm, std::string_view message) const {
    detail::StringSink out;
    const auto status = table_->mac(host_, call.raw(), to_str(key), to_str(algorithm), to_bytes(message), out.raw());
    detail::expect_ok(status, id, doing("authenticating with", key));
    return out.take();
  }
  std::string decrypt(Call& call, std::string_view key, std::string_view algorithm, std::string_view ciphertext) const {
    detail::StringSource in(ciphertext);
    detail::StringSink out;
    const auto status = table_->decrypt(host_, call.raw(), to_str(key), to_str(algorithm), in.raw(), out.raw());
    detail::expect_ok(status, id, doing("decrypting with", key));
    return out.take();
  }

 private:
  static std::string doing(const char* what, std::string_view name) {
    return std::string(what) + " the secret '" + std::string(name) + "'";
  }

  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
