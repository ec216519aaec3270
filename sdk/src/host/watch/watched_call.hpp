// watched_call.hpp - one call under watch: its bb_call, its sinks and sources,
// and what is known of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <bb/abi/ext/delivery.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/share.h>
#include <bb/abi/ext/transmit.h>
#include <bb/abi/ext/trust.h>
#include <bb/abi/host_services.h>
#include "watch.hpp"

namespace bb::host {

// A struct of the ABI with the call that it belongs to behind it.
template <class Abi>
struct OfCall {
  Abi abi{};
  Abi* real = nullptr;
  WatchedCall* call = nullptr;
};

template <class Abi>
OfCall<Abi>& of_call(Abi* abi) {
  return *reinterpret_cast<OfCall<Abi>*>(abi);
}

inline constexpr std::string_view allocate_function = "inbox.allocate";

class WatchedCall {
 public:
  WatchedCall(Watch& watch, bb_call& call, std::string_view function);
  WatchedCall(const WatchedCall&) = delete;
  WatchedCall& operator=(const WatchedCall&) = delete;

  bb_call* abi() { return &abi_.abi; }
  // The call returned; what it left undone is told.
  void end(bb_status status);
  void let_exception_out();

  // --- what goes into the connector: sinks and sources are watched, the rest
  // goes on as it is ---
  template <class Any>
  Any wrap(Any argument) {
    return argument;
  }
  bb_str wrap(bb_str text);
  bb_item_sink* wrap(bb_item_sink* sink);
  bb_content_sink* wrap(bb_content_sink* sink);
  bb_format_sink* wrap(bb_format_sink* sink);
  bb_receipt_sink* wrap(bb_receipt_sink* sink);
  bb_probe_sink* wrap(bb_probe_sink* sink);
  bb_session_sink* wrap(bb_session_sink* sink);
  bb_certificate_sink* wrap(bb_certificate_sink* sink);
  bb_sink* wrap(bb_sink* sink);
  const bb_auth_request* wrap(const bb_auth_request* request);
  const bb_share_request* wrap(const bb_share_request* request);
  const bb_outgoing* wrap(const bb_outgoing* message);

  // --- what the functions behind them note ---
  // Of a [call] function: whether it may go on to the host.
  bool takes(std::string_view function);
  // Of what may be called on any thread while the call runs.
  bool lives(std::string_view function);
  void breach(std::string_view rule, std::string what);
  void host_breach(std::string_view rule, std::string what);
  void check_text(bb_str text, std::string_view name);
  void check_item(const bb_item& item);
  // Passes one emission on and keeps what the sink said.
  template <class Forward>
  bb_status emit(std::string_view function, const Forward& forward) {
    if (!takes(function)) return BB_E_STATE;
    note_emission(function);
    const bb_status status = forward();
    note_answer(function, status);
    return status;
  }
  // What a service or the host's flag told the connector.
  void note_told(bb_status status);

  struct Content {
    int heads = 0;
    std::uint64_t declared = UINT64_MAX, written = 0;
    bool is_used = false;
  } content;
  struct Exchanges {
    int all = 0, marked = 0;
  } exchanges;
  struct Session {
    int challenges = 0;
    bool is_used = false;
  } session;
  int receipts = 0;
  bool has_message = false;
  std::string address;  // of an inbox, as written

  bb_call& real() { return *abi_.real; }
  Watch& watch() { return watch_; }
  bool is_create() const { return function_ == "create"; }
  // As notices have it.
  std::uint64_t call_id() const { return is_over_ || is_create() ? 0 : abi_.abi.call_id; }
  bool was_cancelled() const { return cancelled_ns_ != 0; }

 private:
  friend struct CallFunctions;
  void note_emission(std::string_view function);
  void note_answer(std::string_view function, bb_status status);
  void check_time(bb_status status);
  void check_content(bb_status status);

  Watch& watch_;
  std::string function_;  // "view.list", "create"
  const std::thread::id thread_ = std::this_thread::get_id();
  std::atomic<bool> is_over_ = false;
  OfCall<bb_call> abi_;
  bb_status stop_ = BB_OK;  // the first that a sink said
  bool was_given_deadline_ = false;
  std::atomic<std::int64_t> cancelled_ns_ = 0;  // when the connector was told; 0 = not. [any]
  std::string tag_;                             // of inbox.allocate
  bb_auth_method method_ = BB_AUTH_NONE;
  std::uint64_t destinations_ = 0;

  OfCall<bb_item_sink> items_;
  OfCall<bb_content_sink> content_;
  OfCall<bb_format_sink> formats_;
  OfCall<bb_receipt_sink> receipts_;
  OfCall<bb_probe_sink> probes_;
  OfCall<bb_session_sink> session_;
  OfCall<bb_certificate_sink> certificates_;
  OfCall<bb_sink> text_sink_;
  std::deque<OfCall<bb_source>> sources_;
  bb_outgoing outgoing_{};
  std::deque<bb_attachment> attachments_;
  std::vector<const bb_attachment*> attachment_pointers_;
};

// The call behind a bb_call that the watch made; NULL for another.
WatchedCall* watched_call(const bb_call* call);

}  // namespace bb::host
