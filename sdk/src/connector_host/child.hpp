// child.hpp - the connector's side of the wire: one plugin, one instance.
//
// Two threads: the reader takes everything that the host sends, answers pings
// and passes cancels on; the main thread runs the plugin. Where calls may overlap
// each of them has a further thread. An upcall may come from any thread of the plugin.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/host/clock.hpp>
#include "isolation/channel.hpp"
#include "library.hpp"
#include "plugin_instance.hpp"
#include "stream/stream_info.hpp"

namespace bb::host {

class Child {
 public:
  Child(int socket, LoadedPlugin plugin);
  // Serves until the host says destroy; then the process should end.
  void run();

  // What an upcall has to do while it runs. [the thread that made it]
  class Duties {
   public:
    virtual ~Duties() = default;
    // Answers with the body of an ack.
    virtual Value pull(const Value& request) = 0;
    virtual Value head(const Value& answer) = 0;
    virtual Value data(std::string_view bytes) = 0;
  };
  // Calls a host service and waits for its end. [any thread]
  Value upcall(const Value& request, Duties* duties = nullptr);
  // Without an answer. [any thread]
  void tell(const Value& request);

  // The number on the wire of the call that runs, 0 outside of any. Where calls may overlap: of this one, or of the
  // thread's own where there is none to name.
  std::uint64_t frame_call(const bb_call* call = nullptr);
  bb_log_level log_level() const { return log_level_; }
  bool is_granted(std::string_view service) const;

  // What the host said of a stream, until it says something else; nullptr for
  // one that is not open. [any thread]
  const bb_stream_info* described_stream(std::uint64_t id);
  void describe_stream(std::uint64_t id, StreamInfo info);
  void forget_stream(std::uint64_t id);

 private:
  struct Work {
    Message message;
    std::shared_ptr<Cancellation> cancellation;
  };
  struct Waiting {
    std::condition_variable came;
    std::deque<Message> messages;
  };
  void read();
  void take(Message message);
  void send(FrameType type, std::uint64_t call, std::string_view body);
  Work next_work();
  void dispatch(Work work);
  void serve_calls();
  void create(const Work& work);
  void invoke(const Work& work);
  void begin_call(const bb_call& call, std::uint64_t number);
  void end_call(const bb_call& call);
  void destroy();

  Channel channel_;
  LoadedPlugin loaded_;
  std::shared_ptr<InitializedPlugin> plugin_;
  std::unique_ptr<PluginInstance> instance_;
  std::string host_version_;
  bb_host host_{};
  std::vector<std::string> grants_;
  bb_log_level log_level_ = BB_LOG_INFO;

  std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<Work> work_;
  std::map<std::uint64_t, Waiting*> waiting_;
  std::map<std::uint64_t, std::weak_ptr<Cancellation>> cancellations_;
  std::map<std::uint64_t, std::unique_ptr<DescribedStream>> streams_;
  std::uint64_t upcall_count_ = 0;
  bool may_overlap_ = false;  // settled by create
  std::condition_variable call_came_;
  std::deque<Work> calls_;  // for the threads of calls that may overlap
  std::size_t free_threads_ = 0, threads_ = 0;
  std::map<const void*, std::uint64_t> frames_;  // of calls that run, by their host_data
  std::atomic<std::uint64_t> frame_call_ = 0;
};

// bb_host::get_interface of the instance; host_data is the Child.
const void* find_proxy(const bb_host* host, const char* id);

// The connection to the host is gone: ends this process and its group.
[[noreturn]] void end_without_host();

}  // namespace bb::host
