// fake_host.hpp - the instrument: a host that watches what a connector does to
// it, and can be told to be less than a whole host.
//
// Not bb::host: it shares no code with what it stands in for.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/delivery.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/trust.h>
#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/host/manifest.hpp>
#include "fake_streams.hpp"
#include "lender.hpp"
#include "subject.hpp"

namespace bb::kit {

inline std::string_view view(bb_str text) {
  return text.data ? std::string_view(text.data, static_cast<std::size_t>(text.size)) : std::string_view();
}
inline std::string_view view(bb_bytes bytes) {
  return bytes.data ? std::string_view(static_cast<const char*>(bytes.data), static_cast<std::size_t>(bytes.size))
                    : std::string_view();
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Exchange {
  std::string method, url, body;
  Pairs headers;
  bool is_answer = false;
  bool is_answered = false;  // false: no answer of the script fits
  std::uint64_t call_id = 0;
};

// What goes wrong with the network, over bb.host.http/1 and bb.host.stream/1.
// `wrong_length` and `huge_header` are HTTP's, `closed` is a stream's.
enum class PeerFault { none, denied, reset, truncated, closed, drip, wrong_length, huge_header, huge_body, silent };

// What a connector broke while it was watched; `topic` is the check that
// reports it.
struct Breach {
  std::string topic, what;
};

class FakeCall;

class FakeHost {
 public:
  FakeHost(const TypeSetup& setup, std::string seed, Lender::How how = Lender::How::keep);
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const bb_host* raw() const { return host_; }

  // What kind of host this is; set before create.
  bool offers_nothing = false;
  std::set<std::string> denied;
  std::vector<host::NetworkGrant> grants;  // of the manifest: the peers of streams
  std::atomic<PeerFault> peer_fault{PeerFault::none};
  std::atomic<bool> is_clock_frozen{false};
  std::atomic<std::int64_t> clock_offset_ns{0};
  std::function<void(std::string& body)> spoils;  // what becomes of the body of an answer; empty = nothing

  FakeStreams streams;

  // What was seen.
  std::vector<Exchange> exchanges() const;  // over HTTP
  // What was begun over the network: exchanges over HTTP, and of streams what
  // was opened, written and made TLS.
  std::size_t exchange_count() const { return exchange_count_ + streams.exchange_count(); }
  std::size_t fault_count() const { return fault_count_; }  // how often `peer_fault` struck
  std::vector<std::string> logs() const;
  std::vector<std::string> evidence() const;  // what was recorded without the sensitive flag
  std::vector<std::string> secrets_asked() const;
  std::set<std::string> services_asked() const;
  std::vector<Breach> breaches() const;
  std::size_t random_bytes_drawn() const { return random_drawn_; }
  // A request that the script has no answer for: "GET https://...". Empty = none.
  std::string unanswered() const;

  // For what the host serves.
  void breach(std::string topic, std::string what);
  void miss_answer(std::string request);
  bool is_granted(std::string_view protocol, std::string_view host) const;
  bool strikes(PeerFault fault);  // whether it is this one
  bb_status interruption(const FakeCall& call) const;
  // Where the fault is silence, or this peer's way. For at most `wait_ms_max` (0: the
  // call's deadline), which ends as BB_E_UNAVAILABLE.
  bb_status keep_silent(const FakeCall& call, std::int64_t wait_ms_max = 0, bool is_mute = false);
  static std::string secret_value(std::string_view name);
  // Notes a breach unless the text is well-formed UTF-8.
  void expect_utf8(bb_str text, std::string_view what);
  // Notes a breach unless this thread runs a call of the instance.
  void expect_running(std::string_view function);

 private:
  friend struct Services;
  friend class FakeCall;
  bb_status perform(FakeCall& call, const bb_http_request& request, bb_http_response_sink& response);
  bb_status answer(const PeerRule& rule, const Exchange& exchange, bb_http_response_sink& response);
  const PeerRule* find_answer(const Exchange& exchange) const;

  const TypeSetup& setup_;
  std::string seed_;
  Lender lender_;
  bb_host* host_;
  mutable std::mutex mutex_;
  std::vector<Exchange> exchanges_;
  std::atomic<std::size_t> exchange_count_{0}, fault_count_{0};
  std::multiset<std::thread::id> running_;  // the threads of calls
  std::vector<std::string> logs_, evidence_, secrets_asked_;
  std::map<std::string, std::string> secrets_stored_;
  std::set<std::string> services_asked_;
  std::vector<Breach> breaches_;
  std::string unanswered_;
  std::uint64_t random_state_ = 0;
  std::atomic<std::size_t> random_drawn_{0};
};

struct ErrorSeen {
  bb_status status = 0;
  std::string domain, message, remote_detail;
};

// One operation. Its bb_call is lent memory.
class FakeCall {
 public:
  FakeCall(FakeHost& host, Lender& lender, std::int64_t deadline_ns = 0);
  FakeCall(const FakeCall&) = delete;
  FakeCall& operator=(const FakeCall&) = delete;

  bb_call* raw() { return raw_; }
  static FakeCall& of(const bb_call* call) { return *static_cast<FakeCall*>(call->host_data); }
  // Notes a breach where a [call] function is used from another thread or after
  // the call.
  void expect_here(std::string_view function);
  void end();

  FakeHost& host;
  std::atomic<bool> is_cancelled{false};
  std::atomic<bool> is_running{true};
  std::atomic<int> polls{0};
  std::int64_t deadline_ns;
  std::thread::id thread = std::this_thread::get_id();
  std::optional<ErrorSeen> error;

 private:
  bb_call* raw_;
};

struct ItemSeen {
  std::string id, kind, media_type, title, subject, version, parent;
  std::int64_t updated_unix_ns = 0;
  std::uint64_t size = UINT64_MAX;
  std::uint32_t flags = 0;
};
struct FormatSeen {
  std::string id, media_type;
};
struct ReceiptSeen {
  bb_delivery delivery = 0;
  std::string message_id, recipient;
};
struct ProbeSeen {
  std::string name, schema;
};
struct CertificateSeen {
  std::string der, source;
  std::uint32_t flags = 0;
};
struct ChallengeSeen {
  std::string url, resume_state;
};
struct InfoSeen {
  std::string subject, patient;
  std::int64_t expires_unix_ns = 0;
};

// Every kind of sink in one: keeps what comes, and says stop at the k-th thing.
class Gather {
 public:
  Gather(FakeCall& call, Lender& lender);
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;

  bb_item_sink* items_sink() { return items_sink_; }
  bb_content_sink* content_sink() { return content_sink_; }
  bb_session_sink* session_sink() { return session_sink_; }
  bb_format_sink* format_sink() { return format_sink_; }
  bb_receipt_sink* receipt_sink() { return receipt_sink_; }
  bb_probe_sink* probe_sink() { return probe_sink_; }
  bb_certificate_sink* certificate_sink() { return certificate_sink_; }
  bb_sink* text_sink() { return text_sink_; }

  int stop_at = -1;  // refuse the thing of this index
  bb_status stop_status = BB_E_TOO_LARGE;
  int cancel_at = -1;         // cancel the call when this thing comes
  std::int64_t pause_ms = 0;  // taken by each thing

  int emitted = 0;
  int after_stop = 0;
  std::vector<ItemSeen> items;
  std::string cursor;
  int heads = 0, writes_before_head = 0;
  ItemSeen head;
  Pairs attributes;
  std::string body;
  std::vector<FormatSeen> formats;
  std::vector<ReceiptSeen> receipts;
  std::vector<ProbeSeen> probes;
  std::vector<CertificateSeen> certificates;
  std::vector<ChallengeSeen> challenges;
  std::vector<InfoSeen> infos;
  std::string text;

 private:
  friend struct Sinks;
  bb_status thing(std::string_view function);

  FakeCall& call_;
  bool is_stopped_ = false;
  bb_item_sink* items_sink_;
  bb_content_sink* content_sink_;
  bb_session_sink* session_sink_;
  bb_format_sink* format_sink_;
  bb_receipt_sink* receipt_sink_;
  bb_probe_sink* probe_sink_;
  bb_certificate_sink* certificate_sink_;
  bb_sink* text_sink_;
};

}  // namespace bb::kit
