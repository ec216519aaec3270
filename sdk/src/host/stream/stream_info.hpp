// stream_info.hpp - what is known of an open stream, here and on the wire.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/host_stream.h>
#include <bb/core/value.hpp>

namespace bb::host {

struct StreamInfo {
  bb_transport transport = BB_TRANSPORT_UNKNOWN;
  std::string peer;  // "192.0.2.1:25", "[2001:db8::1]:25"
  std::string tls_version, cipher, alpn;
  std::vector<std::string> chain;  // DER, leaf first
  bb_status verified = BB_OK;
};

// A longer write goes in pieces of this size, in process as on the wire.
inline constexpr std::size_t stream_piece_bytes = 1024 * 1024;
// Calls `write` with each piece until one is refused.
template <class Write>
bb_status write_in_pieces(std::string_view bytes, const Write& write) {
  bb_status status = BB_OK;
  do {
    const std::string_view piece = bytes.substr(0, stream_piece_bytes);
    bytes.remove_prefix(piece.size());
    status = write(piece);
  } while (status == BB_OK && !bytes.empty());
  return status;
}

Value stream_info_value(const StreamInfo& info);
// What comes over the wire; a wrong kind is a default.
StreamInfo stream_info_from(const Value& value);

// The same as a plugin sees it. Lives as long as what it gives out.
class DescribedStream {
 public:
  explicit DescribedStream(StreamInfo info);
  DescribedStream(const DescribedStream&) = delete;
  DescribedStream& operator=(const DescribedStream&) = delete;
  const bb_stream_info* abi() const { return &abi_; }
  const StreamInfo& info() const { return info_; }

 private:
  const StreamInfo info_;
  std::vector<bb_bytes> chain_;
  bb_stream_info abi_{};
};

}  // namespace bb::host
