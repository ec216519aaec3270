// fake_streams.hpp - bb.host.stream/1 of the fake host: peers in memory, which
// say what connector-test.yaml scripts. No byte leaves the process.
//
// What was written since a peer spoke last is one request. It is answered when
// the connector reads; of UDP each datagram is one.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/host_stream.h>
#include "lender.hpp"
#include "stream_script.hpp"

namespace bb::kit {

class FakeCall;
class FakeHost;

class FakeStreams {
 public:
  FakeStreams(FakeHost& host, const std::vector<StreamPeer>& peers, Lender::How how);
  ~FakeStreams();
  FakeStreams(const FakeStreams&) = delete;
  FakeStreams& operator=(const FakeStreams&) = delete;

  static const bb_host_stream& table();
  // The instance is gone, and its streams with it.
  void end();

  // Whether a bb_stream_info can be read no more once it is not valid.
  bool protects_info = false;
  // Answers behind which somebody else puts bytes of his.
  std::set<const StreamPeer::Answer*> injects_behind;
  // Whether a wait that a connector bounded is over at once, where nothing comes.
  std::atomic<bool> skips_waits{false};

  // An address that the connector allocated, for what peers say.
  void set_address(std::string address);

  // What was seen.
  std::size_t opened() const { return opened_; }
  std::size_t unbounded() const { return unbounded_; }            // of them those that wait as long as the call
  std::size_t exchange_count() const { return exchange_count_; }  // opened, written, made TLS: done or refused
  std::string sent() const;                                       // what went out, as one text
  std::set<const StreamPeer::Answer*> go_aheads() const;          // answers that led to start_tls

 private:
  struct Stream;
  struct Functions;
  using Id = std::uintptr_t;
  bb_status open(FakeCall& call, const bb_stream_request& request, Id& id);
  bb_status read(FakeCall& call, Stream& stream, char* buffer, std::size_t capacity, std::size_t& got);
  bb_status write(Stream& stream, std::string_view bytes);
  bb_status start_tls(Stream& stream, const bb_stream_request& request);
  void close(Id id);

  std::shared_ptr<Stream> find(Id id) const;
  bool is_whole(const bb_stream_request* request) const;
  bb_status secure(Stream& stream, const bb_stream_request& request);
  void describe(Stream& stream, std::string_view alpn, bb_status verified);
  void answer(Stream& stream);
  void say(Stream& stream, std::string text);
  void expect_not_misled(const Stream& stream) const;

  FakeHost& host_;
  const std::vector<StreamPeer>& peers_;
  const Lender::How how_;
  mutable std::mutex mutex_;
  std::map<Id, std::shared_ptr<Stream>> streams_;
  std::set<Id> ended_;
  std::set<const StreamPeer::Answer*> go_aheads_;
  std::vector<std::string> sent_;
  std::string address_;
  std::atomic<std::size_t> opened_{0}, unbounded_{0}, exchange_count_{0};
};

}  // namespace bb::kit
