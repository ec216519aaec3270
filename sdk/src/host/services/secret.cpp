// bb.host.secret/1
#include <array>
#include <optional>
#include <string>

#include <bb/core/crypto.hpp>
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "secret_keys.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

constexpr std::size_t ciphertext_bytes_max = 64 * 1024 * 1024;

bb_status refuse_grant(CallState& state, const std::string& name) {
  return state.refuse(BB_E_FORBIDDEN, Blame::host,
                      "secret '" + name + "' is not among those the target gives to " + state.instance.name);
}

// The value, learnt; or nothing, and `refusal` says what to return.
std::optional<std::string> use_secret(CallState& state, bb_str name, bb_status& refusal) {
  const std::string wanted(from_abi(name));
  SecretStore::Refusal why = SecretStore::Refusal::none;
  auto value = state.instance.secrets.read(wanted, &why);
  if (value) {
    state.instance.redactor.learn(wanted, *value);
    return value;
  }
  refusal = why == SecretStore::Refusal::not_granted
                ? refuse_grant(state, wanted)
                : state.refuse(BB_E_NOT_FOUND, Blame::host,
                               "secret '" + wanted + "' is not there: its environment variable or file is missing");
  return std::nullopt;
}

bb_status give(CallState& state, KeyResult result, bb_sink* out) {
  if (result.status != BB_OK) {
    const bool is_systems = result.status == BB_E_CORRUPT;
    return state.refuse(result.status, is_systems ? Blame::system : Blame::host, std::move(result.problem));
  }
  const bb_status status = out->write(out, {result.bytes.data(), result.bytes.size()});
  wipe(result.bytes);
  return status;
}

template <class Use>
bb_status with_secret(bb_call* call, bb_str name, bb_sink* out, const Use& use) {
  CallState& state = state_of(call);
  bb_status refusal = BB_OK;
  auto value = use_secret(state, name, refusal);
  if (!value) return refusal;
  KeyResult result = use(*value);
  wipe(*value);
  return give(state, std::move(result), out);
}

const AlgorithmGrants& algorithms_of(bb_call* call) { return state_of(call).instance.algorithms; }

extern "C" {

bb_status secret_read(const bb_host*, bb_call* call, bb_str name, bb_sink* out) {
  return with_secret(call, name, out, [](const std::string& value) { return KeyResult{BB_OK, value, {}}; });
}

bb_status secret_store(const bb_host* host, bb_call* call, bb_str name, bb_bytes value) {
  Instance& instance = instance_of(host);
  const std::string wanted(from_abi(name));
  instance.redactor.learn(wanted, from_abi(value));
  return instance.secrets.store(wanted, std::string(from_abi(value))) ? BB_OK : refuse_grant(state_of(call), wanted);
}

bb_status secret_sign(const bb_host*, bb_call* call, bb_str key_name, bb_str algorithm, bb_bytes digest, bb_sink* out) {
  return with_secret(call, key_name, out, [&](const std::string& key) {
    return sign_with_key(key, from_abi(algorithm), from_abi(digest), Signed::digest, algorithms_of(call));
  });
}

bb_status secret_sign_message(const bb_host*, bb_call* call, bb_str key_name, bb_str algorithm, bb_bytes message,
                              bb_sink* out) {
  return with_secret(call, key_name, out, [&](const std::string& key) {
    return sign_with_key(key, from_abi(algorithm), from_abi(message), Signed::message, algorithms_of(call));
  });
}

bb_status secret_mac(const bb_host*, bb_call* call, bb_str key_name, bb_str algorithm, bb_bytes message, bb_sink* out) {
  return with_secret(call, key_name, out, [&](const std::string& key) {
    return mac_with_key(key, from_abi(algorithm), from_abi(message), algorithms_of(call));
  });
}

bb_status secret_decrypt(const bb_host*, bb_call* call, bb_str key_name, bb_str algorithm, bb_source* ciphertext,
                         bb_sink* out) {
  std::string bytes;
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    std::uint64_t got = 0;
    const bb_status status = ciphertext->read(ciphertext, buffer.data(), buffer.size(), &got);
    if (status != BB_OK) return status;
    if (got == 0) break;
    if (got > buffer.size() || bytes.size() + got > ciphertext_bytes_max)
      return state_of(call).refuse(
          BB_E_TOO_LARGE, Blame::connector,
          "the ciphertext is over the host's limit of " + std::to_string(ciphertext_bytes_max) + " bytes");
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return with_secret(call, key_name, out,
                     [&](const std::string& key) { return decrypt_with_key(key, from_abi(algorithm), bytes); });
}

}  // extern "C"

}  // namespace

const bb_host_secret& secret_service() {
  static const bb_host_secret table{sizeof(bb_host_secret), 0,          secret_read,   secret_store, secret_sign,
                                    secret_sign_message,    secret_mac, secret_decrypt};
  return table;
}

}  // namespace bb::host
