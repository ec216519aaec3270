// bb/healthvault/blob.hpp - how the bytes of a blob travel, and their hash.
//
// Source: the catalogue's rows HV-BLOB-02 and -03.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bb::healthvault {

inline constexpr std::string_view blob_path = "/streaming/wildcatblob.ashx";
inline constexpr std::string_view blob_token_parameter = "blob-ref-token";
inline constexpr std::string_view blob_complete_header = "x-hv-blob-complete";  // "1" with the last chunk
inline constexpr std::string_view blob_hash_algorithm = "SHA256Block";
inline constexpr std::int64_t blob_block_bytes = 2'097'152;

// SHA256Block: SHA-256 of each block, then SHA-256 of these one behind the other. The last
// block may be shorter; of no bytes there is one block without any.
class BlobHasher {
 public:
  // `block_bytes` above 0.
  explicit BlobHasher(std::int64_t block_bytes = blob_block_bytes);
  BlobHasher(BlobHasher&&) noexcept;
  BlobHasher& operator=(BlobHasher&&) noexcept;
  ~BlobHasher();

  void add(std::string_view bytes);
  // Base64. The hasher is done.
  std::string finish() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string blob_hash(std::string_view bytes, std::int64_t block_bytes = blob_block_bytes);

// Of "Content-Range: bytes FIRST-LAST/*".
struct ChunkRange {
  std::int64_t first = 0;
  std::int64_t last = 0;  // included
};
std::string content_range(const ChunkRange& range);
// Nothing where it is none, or its last byte stands before its first.
std::optional<ChunkRange> read_content_range(std::string_view value);

}  // namespace bb::healthvault
