// stream_service.hpp - bb.host.stream/1 of one instance: policy, the streams
// that are open, and the record of every byte.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <bb/abi/host_stream.h>
#include <bb/host/host.hpp>
#include <bb/host/manifest.hpp>
#include "../http/shared_parts.hpp"
#include "stream_info.hpp"

namespace bb::host {

struct CallState;
struct Instance;

struct StreamPolicy {
  std::vector<NetworkGrant> grants;   // of the manifest
  bool is_network_allowed = false;    // by the target: all of them
  std::vector<StreamPermit> permits;  // by the target: these
  HttpPolicy limits;                  // trust anchors, sizes of a call, time to connect
};

// A stream is a number, never used again; 0 is none. What a caller gives as one
// is looked up, so a wrong one harms nothing.
class StreamService {
 public:
  using Id = std::uint64_t;
  static constexpr std::size_t stream_count_max = 16;
  static constexpr std::size_t read_bytes_max = 1024 * 1024;  // at once
  static constexpr std::size_t datagram_bytes_max = 65'507;   // over IPv4

  StreamService(Instance& instance, StreamPolicy policy, std::shared_ptr<SharedParts> shared);
  ~StreamService();

  // bb_host_stream's functions. [the thread of the call]
  bb_status open(CallState& state, const bb_stream_request& request, Id& id);
  bb_status read(CallState& state, Id id, char* buffer, std::size_t capacity, std::size_t& got);
  bb_status write(CallState& state, Id id, std::string_view bytes);
  bb_status start_tls(CallState& state, Id id, const bb_stream_request& request);
  // nullptr for a stream that is not open. Until start_tls or close.
  const DescribedStream* describe(Id id) const;
  void close(Id id);  // [any thread]

  // Records what the call left open. [the thread of the call]
  void end_call();
  // Nobody is there any more to use them. [any thread]
  void close_all();

 private:
  struct Stream;
  std::shared_ptr<Stream> find(Id id) const;
  std::shared_ptr<Stream> usable(CallState& state, Id id, bb_status& refusal) const;
  bb_status check(CallState& state, const struct StreamRequest& request) const;
  bb_status secure(CallState& state, Stream& stream, const struct TlsWish& wish, const char* step,
                   std::int64_t limit_ns);

  Instance& instance_;
  const StreamPolicy policy_;
  const std::shared_ptr<SharedParts> shared_;
  mutable std::mutex mutex_;
  std::map<Id, std::shared_ptr<Stream>> streams_;
  Id last_id_ = 0;
};

}  // namespace bb::host
