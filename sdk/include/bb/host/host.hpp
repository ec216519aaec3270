// bb/host/host.hpp - find, load and serve connectors. Embed it anywhere.
//
// A Host knows the manifests of its plugin folders, loads a library when the
// first instance of one of its types is made, compares it with its manifest,
// and never unloads it. Everything a connector may do goes through the
// services that its instance is given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/json_schema.hpp>
#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/call.hpp>
#include <bb/host/clock.hpp>
#include <bb/host/manifest.hpp>
#include <bb/host/pace.hpp>
#include <bb/host/people.hpp>
#include <bb/host/recorder.hpp>
#include <bb/host/redactor.hpp>
#include <bb/host/sandbox_layer.hpp>
#include <bb/host/secrets.hpp>
#include <bb/host/stream_permit.hpp>

namespace bb::host {

// Limits and policy of the HTTP service and of streams.
struct HttpPolicy {
  std::filesystem::path ca_file;      // extra trust anchors (PEM); empty = the system's
  bool is_cleartext_allowed = false;  // http:// URLs; else a refusal by policy
  std::uint64_t response_bytes_max = 64ull * 1024 * 1024;
  std::uint64_t request_bytes_max = 64ull * 1024 * 1024;
  std::int64_t connect_ms_max = 10'000;
};

// What one instance is made of. One instance serves one role and one person.
struct InstanceOptions {
  std::string type_id;             // "org.bluebridge.rest.portal"
  std::string name;                // "portal/alice"
  Value config = Value::object();  // checked against the type's config_schema
  std::map<std::string, SecretOrigin> secrets;
  HttpPolicy http;
  // Sockets of its own, for a type whose manifest says `network: own` (such a
  // type is not made without), and bb.host.stream/1 where the manifest asks.
  bool is_network_allowed = false;
  // Streams that it may open without that.
  std::vector<StreamPermit> stream_permits;
  Clock* clock = nullptr;        // required; outlives the instance
  Recorder* recorder = nullptr;  // required; outlives the instance
  Pace* pace = nullptr;          // of the system it speaks to; null: none; outlives the instance
  Redactor* redactor = nullptr;  // required; shared by a run
  People* people = nullptr;      // null: nobody answers; outlives the instance
  bb_log_level log_level = BB_LOG_INFO;
  std::string random_seed;  // what bb.host.random gives follows from it; empty = the kernel's randomness
  // Ends create(): the pause before a process is started again, its start, and
  // the connector's own part, which has 2 s to end then. Outlives create().
  const Cancellation* cancellation = nullptr;
};

// How one call is bounded.
struct CallOptions {
  std::uint64_t call_id = 1;         // joins log, evidence and report; never 0
  std::int64_t timeout_ms = 30'000;  // real time; 0 = none
  const Cancellation* cancellation = nullptr;
  bool has_turn = false;  // its first request has waited for the pace already
};

// A live instance. [any thread]: calls wait for each other unless may_overlap().
class Connector {
 public:
  virtual ~Connector() = default;
  virtual const std::string& type_id() const = 0;
  virtual const std::string& name() const = 0;
  // Whether this instance has the capability ("bb.view/1").
  virtual bool offers(const std::string& interface) const = 0;
  // Bits of bb_session::methods, 0 without a session capability.
  virtual std::uint32_t session_methods() const = 0;
  // Whether the optional function (bb_inbox::allocate) is there.
  virtual bool has_function(const std::string& interface, const std::string& function) const = 0;
  // Runs one ABI function. Never throws and always answers: an unknown
  // interface or function is BB_E_UNSUPPORTED, malformed arguments are
  // BB_E_INVALID_ARGUMENT, both without entering the connector.
  virtual Reply invoke(const Operation& operation, const CallOptions& options) = 0;
  // Whether the process it ran in has ended. Its session is gone, and every
  // call is answered BB_E_CONNECTOR_LOST; make a new one. [any thread]
  virtual bool is_lost() const { return false; }
  // Whether invoke() runs while others of this instance do: the type says
  // BB_CONNECTOR_CONCURRENT, and its manifest asks for no streams. Calls of
  // bb.session/1 are for the caller to keep apart from all others.
  virtual bool may_overlap() const { return false; }
};

// What a loaded library says of one of its types.
struct TypeInfo {
  std::string id, name, vendor, version, url;
  std::vector<std::string> interfaces;
  Value config_schema;  // null when there is nothing to configure
  bool is_concurrent = false;
  bool has_own_network = false;       // its manifest says `network: own`
  bool wants_streams = false;         // its manifest asks for bb.host.stream/1
  std::vector<SandboxLayer> sandbox;  // of the process it was loaded in; empty: none, it was loaded here
};

// Where a configuration departs from what its type takes. Empty = nowhere.
// Texts that the schema gives the format "url" are addresses the connector
// calls: they must be such that the host's HTTP service can and may use them.
std::vector<SchemaFinding> check_config(const TypeInfo& type, const Value& config, const HttpPolicy& policy);
// Whether the files a policy names can be used.
[[nodiscard]] Status check_policy(const HttpPolicy& policy);

class Host {
 public:
  struct Options {
    std::vector<std::filesystem::path> plugin_folders;
    std::string version;  // of the program that embeds this
    // bluebridge-connector-host: each connector runs in a process of its own.
    // Empty: connectors are loaded into this process.
    std::filesystem::path connector_host{};
    // Watches every call and callback of the connectors and reports rules of the
    // contract that are broken to Recorder::notice(). Changes no reply, but for
    // callbacks after the end of their call, which are refused.
    bool are_connectors_checked = false;
  };
  explicit Host(Options options);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // What lies in the plugin folders; no library is opened.
  const Discovery& discovery() const;
  // The manifest that offers a type, or an error that names the nearest type
  // id and the folders searched.
  Result<Manifest> find_type(const std::string& type_id) const;
  // Loads the library (here once, or in a process for the purpose) and says
  // what the type is.
  Result<TypeInfo> describe(const std::string& type_id);
  // Loads the library (here once, or in the instance's own process), checks the
  // configuration, makes an instance. Where a process of the plugin has died, it
  // waits before the next: 0.1 s, 1 s, 10 s.
  Result<std::unique_ptr<Connector>> create(const InstanceOptions& options);
  // Why no process of the type's plugin is started any more, as a sentence:
  // three have died within 60 s. Empty where they are. [any thread]
  std::string quarantine(const std::string& type_id) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::host
