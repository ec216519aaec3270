// bb.host.random/1
#include <cstring>

#include <bb/core/crypto.hpp>
#include "../instance.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

extern "C" bb_status random_fill(const bb_host* host, void* buffer, std::uint64_t size) {
  if (size == 0) return BB_OK;
  if (!buffer) return BB_E_INVALID_ARGUMENT;
  const auto& repeatable = instance_of(host).repeatable;
  const auto count = static_cast<std::size_t>(size);
  std::string bytes = repeatable ? repeatable->next(count) : random_bytes(count);
  std::memcpy(buffer, bytes.data(), bytes.size());
  wipe(bytes);
  return BB_OK;
}

}  // namespace

const bb_host_random& random_service() {
  static const bb_host_random table{sizeof(bb_host_random), 0, random_fill};
  return table;
}

}  // namespace bb::host
