// instance.hpp - what the services of one connector instance work with.
//
// bb_host::host_data of an instance points here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bb/abi/plugin.h>
#include <bb/core/crypto.hpp>
#include <bb/host/host.hpp>
#include "http/shared_parts.hpp"
#include "services/record_limit.hpp"
#include "watch/notices.hpp"

namespace bb::host {

class HttpService;
class AskedQuestions;
class StreamService;

struct Instance {
  // Of the manifest only the grants are read.
  Instance(const InstanceOptions& options, const Manifest& manifest, std::shared_ptr<SharedParts> shared,
           std::string program_version, bool is_checked = false);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  std::string name;
  std::string host_version;
  std::vector<std::string> grants;      // host services the manifest asks for
  std::vector<std::string> algorithms;  // weak ones that it asks for
  Clock& clock;
  Recorder& recorder;
  Redactor& redactor;
  Pace* pace;  // may be null
  bb_log_level log_level;
  RecordLimit log_limit{log_lines_in_call, log_lines_in_all};
  RecordLimit note_limit{notes_in_call, notes_in_all};
  SecretStore secrets;
  std::unique_ptr<RepeatableBytes> repeatable;  // null: random bytes come from the kernel
  std::unique_ptr<HttpService> http;
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<AskedQuestions> questions;
  bb_host abi;
  std::unique_ptr<NoticeLimit> notice_limit;  // null: the connector is not checked

  // Whether calls of a type with these flags (bb_connector_type::flags) are made while others of the instance run.
  // Streams are for one call at a time.
  bool may_overlap(std::uint32_t flags) const;
  // Records what a watch saw; what a child says of a rule that there is not is
  // dropped. [any thread]
  void note(const Seen& seen);
  // Records how much of what the connector said since the call before was
  // dropped; nothing where all was kept. `call_id` 0: outside any call.
  void tell_dropped(std::uint64_t call_id);
};

inline Instance& instance_of(const bb_host* host) { return *static_cast<Instance*>(host->host_data); }

}  // namespace bb::host
