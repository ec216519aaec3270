// bench.hpp - what a check works with: the library, loaded when first asked
// for, and one connector of it under a fake host.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/ext/activity.h>
#include <bb/abi/ext/inbox.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/share.h>
#include <bb/abi/ext/transmit.h>
#include <bb/abi/ext/trust.h>
#include <bb/abi/ext/view.h>
#include <bb/core/value.hpp>
#include "fake_host.hpp"
#include "lender.hpp"
#include "subject.hpp"
#include "verdict.hpp"

namespace bb::kit {

class Bench {
 public:
  Bench(const Subject& subject, std::string seed) : subject_(subject), seed_(std::move(seed)) {}

  const Subject& subject() const { return subject_; }
  const std::string& seed() const { return seed_; }

  // Opens the library; the loader's words when it cannot be.
  Result<void*> load();
  // How far standard error had come when the library was open, where it is a file.
  std::int64_t printed_at_load() const { return printed_at_load_; }
  // What bb_plugin_v1 gives, however it looks. Fails as lib-loads-now does.
  Result<const bb_plugin*> entry();

  // Skips where another check says what is wrong: the library does not load,
  // or its table cannot be used. On a pass `plugin` can be called.
  Verdict usable();
  // The same, and the types that can be used.
  Verdict usable_types();
  const bb_plugin* plugin = nullptr;
  std::vector<const bb_connector_type*> types;

  // The manifest's entry of a type, or nullptr.
  const host::ManifestType* in_manifest(std::string_view type_id) const;

 private:
  const Subject& subject_;
  std::string seed_;
  void* handle_ = nullptr;
  std::int64_t printed_at_load_ = 0;
};

inline constexpr std::uint32_t type_count_max = 256;

// Why a table cannot be used; empty when it can.
std::string table_defect(const bb_plugin* plugin);
std::vector<std::string> interface_list(const bb_connector_type& type);
// What is wrong with the table of an interface; empty when nothing is, or when
// there is none. Tail functions that are marked optional may be NULL.
std::string interface_defect(const char* id, const void* table);
inline constexpr const char* known_interfaces[] = {BB_SESSION, BB_VIEW,     BB_DOWNLOAD, BB_SHARE, BB_TRANSMIT,
                                                   BB_INBOX,   BB_ACTIVITY, BB_PROBE,    BB_TRUST};

// Runs a check on every type: the worst verdict counts, and says which type.
Verdict on_each_type(Bench& bench, const std::function<Verdict(const bb_connector_type&)>& check);

// What a call came to.
struct Done {
  bb_status status = 0;
  std::int64_t took_ms = 0;
  std::optional<ErrorSeen> error;
};

// Text of an operation's arguments, for checks that vary them.
struct Arguments {
  std::string id, cursor, kind, subject, key = "kit-key-1", name;
  std::uint32_t limit = 0;
  std::int64_t from_unix_ns = 0, until_unix_ns = 0;
  Pairs terms;
  std::size_t source_step = 4096;  // bytes that a source gives at a time
  int source_fails_at = -1;        // the read of this index fails
  int destination_count = 1;
  std::string certificate;  // DER; `id` is the address, `name` the use
  std::string method, state = "kit-state-4711", resume_state, response;
};

// How the host behaves during one call.
struct Conduct {
  bool is_cancelled = false;
  std::int64_t deadline_in_ms = 0;  // 0 = none; negative = passed
  int stop_at = -1;
  bb_status stop_status = BB_E_TOO_LARGE;
  int cancel_at = -1;
  std::int64_t cancel_after_ms = -1;
  std::int64_t pause_ms = 0;
  Lender::How lends = Lender::How::keep;
  bool is_data_not_null = false;  // empty texts are {p, 0}
};

// One connector under one fake host.
class Driver {
 public:
  Driver(Bench& bench, const bb_connector_type& type, Lender::How host_how = Lender::How::keep,
         std::string_view seed_suffix = {});
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // Makes the connector; passes, or skips with what a vendor has to give.
  // A connector whose tables are not whole is skipped, unless any will do.
  enum class Tables { whole, any };
  Verdict make(Tables tables = Tables::whole);
  // Signs in, where there is a session.
  Verdict sign_in();
  // make() and sign_in().
  Verdict ready();
  Done create(std::string_view type_id, const Value& config, bb_connector** out);
  void destroy();
  // The configuration: the setup's, else what the schema's defaults give.
  // Skips when neither is valid.
  Verdict config(Value& out) const;

  template <class Table>
  const Table* table(const char* id) {
    return static_cast<const Table*>(plugin_.get_interface(connector, id));
  }

  // One operation by its address, "view.list". Keeps what came in `got`.
  Done call(std::string_view operation, const Arguments& arguments = {}, const Conduct& conduct = {});
  // The same from any thread, beside other calls; what came lies in `into`,
  // which lives as long as the connector. Not for sessions.
  Done call_beside(std::string_view operation, std::unique_ptr<Gather>& into, const Arguments& arguments = {},
                   const Conduct& conduct = {});
  // Operations of this connector that exist, in order. `ids` are learnt from
  // listings, so that reads have something to read.
  std::vector<std::string> operations();
  // Arguments with which the operation works: the first item of its listing ...
  Verdict arguments_of(std::string_view operation, Arguments& out);
  // Calls every operation that can be driven, once; statuses are not judged. Its
  // peers are good until the arguments are known.
  void call_everything(const Conduct& conduct = {}, PeerFault fault = PeerFault::none);
  // A skip when the call's failure is the missing peer's; else a pass.
  Verdict peer_is_there(const Done& done);
  bb_auth_method method() const { return method_; }

  Bench& bench;
  const bb_connector_type& type;
  const TypeSetup& setup;
  FakeHost host;
  bb_connector* connector = nullptr;
  std::unique_ptr<Gather> got;  // of the last call

 private:
  bb_status invoke(std::string_view operation, const Arguments& arguments, const Conduct& conduct, FakeCall& call,
                   Gather& into, Lender& lender);

  const bb_plugin& plugin_;
  bb_auth_method method_ = BB_AUTH_NONE;
  std::mutex calls_mutex_;
  std::vector<std::unique_ptr<FakeCall>> calls_;  // a late callback finds its call
  std::vector<std::unique_ptr<Gather>> gathers_;
};

// What Driver::operations() gives of a type, by a connector that is gone again. Else why there is none that works.
Verdict operations_of(Bench& bench, const bb_connector_type& type, std::vector<std::string>& operations);

// The ABI's name of a status, with its number: "BB_E_NOT_FOUND (101)".
std::string status_name(bb_status status);
inline bb_status status_class(bb_status status) { return status / 100; }

}  // namespace bb::kit
