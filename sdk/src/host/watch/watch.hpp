// watch.hpp - the debug layer: stands between a connector and what it is given,
// passes everything on, and tells which rules were broken on the way.
//
// Exists only where connectors are checked. The bb_host, the bb_call, the sinks
// and the tables that go through it are copies with the checks before the real
// functions; host_data in them stays the host's own, so that what the watch
// does not know (a newer interface or service) goes past it and works.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/abi/host_stream.h>
#include <bb/abi/plugin.h>
#include "notices.hpp"
#include "watched_tables.hpp"

namespace bb::host {

class Watch;
class WatchedCall;

// What the connector gets as its host.
struct WatchedHost {
  bb_host abi;
  Watch* watch;
};

// The services that the watch knows, as the real host gave them.
struct RealServices {
  const bb_host_log* log = nullptr;
  const bb_host_clock* clock = nullptr;
  const bb_host_cancel* cancel = nullptr;
  const bb_host_secret* secret = nullptr;
  const bb_host_http* http = nullptr;
  const bb_host_evidence* evidence = nullptr;
  const bb_host_person* person = nullptr;
  const bb_host_stream* stream = nullptr;
};

class Watch {
 public:
  // `host` and `plugin` outlive it; `type` may be NULL.
  Watch(const bb_plugin& plugin, const bb_connector_type* type, const bb_host& host, Tell tell);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // bb_plugin::create under watch. What it made is asked for its interfaces.
  bb_status create(bb_call& call, const bb_create_args& args, bb_connector** out);
  // The table to call instead of the one that get_interface gave; NULL for NULL.
  const void* table(std::string_view interface, const void* given);

  // --- for the functions behind what it hands out ---
  void tell(Seen seen);
  // A call that begins. It is kept for a while after its end, so that late
  // callbacks find it.
  std::shared_ptr<WatchedCall> begin(bb_call& call, std::string_view function);
  void end();  // of a call
  const bb_host& real_host() const { return real_host_; }
  const RealServices& real() const { return real_; }
  const void* service(const char* id);
  WatchedTables& tables() { return tables_; }
  // Whether the tag had another address before.
  bool is_other_address(std::string_view tag, std::string_view address);

 private:
  void check_interfaces(bb_connector* connector);

  const bb_plugin& plugin_;
  const bb_host& real_host_;
  Tell tell_;
  NoticeLimit limit_;
  bool is_concurrent_ = false;
  std::set<std::string, std::less<>> listed_;  // interfaces of the type
  bool has_type_ = false;
  WatchedHost host_;
  RealServices real_;
  struct Services;
  std::unique_ptr<Services> services_;
  std::mutex tables_mutex_;
  WatchedTables tables_;

  std::mutex mutex_;
  int running_ = 0;
  std::deque<std::shared_ptr<WatchedCall>> calls_;             // the newest last
  std::map<std::string, std::string, std::less<>> addresses_;  // by tag
};

inline Watch& watch_of(const bb_host* host) { return *reinterpret_cast<const WatchedHost*>(host)->watch; }

}  // namespace bb::host
