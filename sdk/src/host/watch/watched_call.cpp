#include "watched_call.hpp"

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/call.hpp>
#include "../abi_text.hpp"
#include "../plugin_call.hpp"

namespace bb::host {

namespace {

// More than a busy machine takes to go on after a call was told to end.
constexpr std::int64_t late_ms_max = 1000;

constexpr std::string_view call_has_ended = " was called after its call had ended";

bool has_known_class(bb_status status) { return status == BB_OK || (status >= 100 && status <= 699); }

bool needs_message(bb_status status) { return status != BB_OK && status != BB_E_CANCELLED && status != BB_E_PENDING; }

}  // namespace

// The functions of a watched bb_call.
struct CallFunctions {
  static std::int32_t BB_CALL is_cancelled(const bb_call* abi) {
    WatchedCall& call = *watched_call(abi);
    if (!call.lives("bb_call::is_cancelled")) return 1;
    const std::int32_t is_cancelled = call.real().is_cancelled(&call.real());
    if (is_cancelled != 0) call.note_told(BB_E_CANCELLED);
    return is_cancelled;
  }
  static void BB_CALL set_error(bb_call* abi, const bb_error* error) {
    WatchedCall& call = *watched_call(abi);
    if (!call.takes("bb_call::set_error")) return;
    if (BB_HAS(error, remote_detail)) {
      call.check_text(error->domain, "bb_error::domain");
      call.check_text(error->message, "bb_error::message");
      call.has_message = error->message.size != 0;
    } else {
      call.breach("BB-R064", "bb_error has a struct_size that is too small");
    }
    call.real().set_error(&call.real(), error);
  }
  static void BB_CALL progress(bb_call* abi, std::uint64_t done, std::uint64_t total, bb_str note) {
    WatchedCall& call = *watched_call(abi);
    if (!call.takes("bb_call::progress")) return;
    call.check_text(note, "the note of bb_call::progress");
    call.real().progress(&call.real(), done, total, note);
  }
};

WatchedCall* watched_call(const bb_call* call) {
  if (!call || call->is_cancelled != &CallFunctions::is_cancelled) return nullptr;
  return reinterpret_cast<const OfCall<bb_call>*>(call)->call;
}

WatchedCall::WatchedCall(Watch& watch, bb_call& call, std::string_view function)
    : watch_(watch), function_(function), abi_{call, &call, this} {
  abi_.abi.is_cancelled = &CallFunctions::is_cancelled;
  abi_.abi.set_error = &CallFunctions::set_error;
  abi_.abi.progress = &CallFunctions::progress;
}

void WatchedCall::breach(std::string_view rule, std::string what) {
  watch_.tell({rule, function_ + ": " + std::move(what), false, call_id()});
}

void WatchedCall::host_breach(std::string_view rule, std::string what) {
  watch_.tell({rule, function_ + ": " + std::move(what), true, call_id()});
}

bool WatchedCall::lives(std::string_view function) {
  if (!is_over_) return true;
  breach("BB-R024", std::string(function) + std::string(call_has_ended));
  return false;
}

bool WatchedCall::takes(std::string_view function) {
  if (is_over_) {
    breach("BB-R056", std::string(function) + std::string(call_has_ended));
    return false;
  }
  if (std::this_thread::get_id() != thread_)
    breach("BB-R056", std::string(function) + " was called on a thread that does not run the call");
  return true;
}

void WatchedCall::check_text(bb_str text, std::string_view name) {
  if (!text.data && text.size != 0)
    breach("BB-R064", std::string(name) + " is NULL with a size");
  else if (!is_utf8(from_abi(text)))
    breach("BB-R064", std::string(name) + " is not UTF-8");
}

void WatchedCall::check_item(const bb_item& item) {
  const std::pair<bb_str, std::string_view> texts[]{
      {item.id, "bb_item::id"},        {item.kind, "bb_item::kind"},       {item.media_type, "bb_item::media_type"},
      {item.title, "bb_item::title"},  {item.subject, "bb_item::subject"}, {item.version, "bb_item::version"},
      {item.parent, "bb_item::parent"}};
  for (const auto& [text, name] : texts) check_text(text, name);
  if (item.id.size == 0) breach("BB-R064", "bb_item::id is empty");
  if ((item.flags & BB_ITEM_OPENED) != 0 && item.parent.size == 0)
    breach("BB-R044", "an item that was opened names no parent");
}

void WatchedCall::note_emission(std::string_view function) {
  if (stop_ != BB_OK)
    breach("BB-R023", std::string(function) + " was called after the sink had said " + status_name(stop_));
}

void WatchedCall::note_answer(std::string_view function, bb_status status) {
  if (!has_known_class(status))
    host_breach("BB-R028", "the host's " + std::string(function) + " gave " + std::to_string(status));
  if (stop_ == BB_OK) stop_ = status;
  note_told(status);
}

void WatchedCall::note_told(bb_status status) {
  std::int64_t not_told = 0;
  if (status == BB_E_CANCELLED) cancelled_ns_.compare_exchange_strong(not_told, monotonic_ns());
  if (status == BB_E_DEADLINE) was_given_deadline_ = true;
}

void WatchedCall::check_time(bb_status status) {
  const std::int64_t now_ns = monotonic_ns();
  const std::int64_t cancelled_ns = cancelled_ns_;
  if (was_given_deadline_ && status != BB_E_DEADLINE && status != BB_E_CANCELLED)
    breach("BB-R032", "the host said BB_E_DEADLINE, and the call gave " + status_name(status));
  if (abi_.abi.deadline_ns != 0 && now_ns > abi_.abi.deadline_ns + late_ms_max * ns_per_ms)
    breach("BB-R032",
           "the call ended " + std::to_string((now_ns - abi_.abi.deadline_ns) / ns_per_ms) + " ms after its deadline");
  if (cancelled_ns != 0 && now_ns > cancelled_ns + late_ms_max * ns_per_ms)
    breach("BB-R033",
           "the call ended " + std::to_string((now_ns - cancelled_ns) / ns_per_ms) + " ms after it was cancelled");
}

void WatchedCall::check_content(bb_status status) {
  if (!content.is_used || status != BB_OK) return;
  if (content.heads == 0) breach("BB-R025", "the call gave BB_OK without head()");
  if (content.heads != 0 && content.declared != UINT64_MAX && content.declared != content.written)
    breach("BB-R025", "head() declared " + std::to_string(content.declared) + " bytes, " +
                          std::to_string(content.written) + " were written");
  if (exchanges.all > 0 && exchanges.marked == 0)
    breach("BB-R035", "of " + std::to_string(exchanges.all) +
                          " HTTP exchanges none was marked BB_HTTP_ANSWER, expected the one that answers");
}

void WatchedCall::end(bb_status status) {
  if (!has_known_class(status)) breach("BB-R028", "the call gave " + std::to_string(status) + ", which is no status");
  if (status == BB_E_CONNECTOR_LOST || status == BB_E_CONNECTOR_STUCK)
    breach("BB-R029", "the call gave " + status_name(status) + ", which only the host may say");
  if (needs_message(status) && !has_message)
    breach("BB-R030", "the call gave " + status_name(status) + " without a message");
  if (stop_ != BB_OK && status != stop_)
    breach("BB-R023", "the sink said " + status_name(stop_) + ", and the call gave " + status_name(status));
  check_time(status);
  check_content(status);
  const bool is_for_challenge = session.is_used && !plugin_call_of(abi_.real).waits_for_person;
  if (status == BB_E_PENDING && is_for_challenge && session.challenges == 0)
    breach("BB-R049", "the call gave BB_E_PENDING without a challenge");
  if (status == BB_OK && method_ != BB_AUTH_NONE &&
      (watch_.tables().real<bb_session>().methods & (1u << static_cast<unsigned>(method_))) == 0)
    breach("BB-R048", "the call gave BB_OK for a method that is not in bb_session::methods");
  if (status == BB_OK && static_cast<std::uint64_t>(receipts) < destinations_)
    breach("BB-R042", "the call gave " + std::to_string(receipts) + " receipts for " + std::to_string(destinations_) +
                          " destinations");
  if (status == BB_OK && function_ == allocate_function && watch_.is_other_address(tag_, address))
    breach("BB-R045", "another address than before for the same tag");
  is_over_ = true;
  watch_.end();
}

void WatchedCall::let_exception_out() {
  breach("BB-R062", "an exception came out");
  is_over_ = true;
  watch_.end();
}

}  // namespace bb::host
