#include <bb/healthvault/blob.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>

namespace bb::healthvault {

// A running hash of the block that is open, and the hashes of those before it.
struct BlobHasher::State {
  using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;
  DigestContext block{EVP_MD_CTX_new()};
  DigestContext whole{EVP_MD_CTX_new()};
  std::size_t block_bytes;
  std::size_t left;  // of the open block
  bool has_block = false;

  static void begin(EVP_MD_CTX* context) {
    if (EVP_DigestInit_ex2(context, EVP_sha256(), nullptr) != 1) std::abort();  // only without memory
  }
  static void add(EVP_MD_CTX* context, std::string_view bytes) {
    if (EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1) std::abort();
  }
  static std::string end(EVP_MD_CTX* context) {
    std::string hash(32, '\0');
    if (EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(hash.data()), nullptr) != 1) std::abort();
    return hash;
  }
  void end_block() {
    add(whole.get(), end(block.get()));
    begin(block.get());
    left = block_bytes;
    has_block = true;
  }
};

BlobHasher::BlobHasher(std::int64_t block_bytes) : state_(std::make_unique<State>()) {
  state_->block_bytes = static_cast<std::size_t>(block_bytes);
  state_->left = state_->block_bytes;
  State::begin(state_->block.get());
  State::begin(state_->whole.get());
}

BlobHasher::BlobHasher(BlobHasher&&) noexcept = default;
BlobHasher& BlobHasher::operator=(BlobHasher&&) noexcept = default;
BlobHasher::~BlobHasher() = default;

void BlobHasher::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = std::min(bytes.size(), state_->left);
    State::add(state_->block.get(), bytes.substr(0, count));
    bytes.remove_prefix(count);
    state_->left -= count;
    if (state_->left == 0) state_->end_block();
  }
}

std::string BlobHasher::finish() && {
  if (state_->left < state_->block_bytes || !state_->has_block) state_->end_block();
  return base64_encode(State::end(state_->whole.get()));
}

std::string blob_hash(std::string_view bytes, std::int64_t block_bytes) {
  BlobHasher hasher(block_bytes);
  hasher.add(bytes);
  return std::move(hasher).finish();
}

std::string content_range(const ChunkRange& range) {
  return "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + "/*";
}

std::optional<ChunkRange> read_content_range(std::string_view value) {
  constexpr std::string_view unit = "bytes ";
  if (!value.starts_with(unit) || !value.ends_with("/*")) return std::nullopt;
  value = value.substr(unit.size(), value.size() - unit.size() - 2);
  const auto dash = value.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t found = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '-') return std::nullopt;
    return found;
  };
  const auto first = number(value.substr(0, dash));
  const auto last = number(value.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return ChunkRange{*first, *last};
}

}  // namespace bb::healthvault
