#include "call_state.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/redact_value.hpp>
#include "stream/stream_service.hpp"

namespace bb::host {
namespace {

bool has_known_class(bb_status status) { return status == BB_OK || (status >= 100 && status <= 699); }

bool needs_message(bb_status status) {
  return status != BB_OK && status != BB_E_CANCELLED && status != BB_E_PENDING && status != BB_E_DEADLINE;
}

// "text/html; charset=utf-8" -> "text/html"
std::string bare_media_type(std::string_view media_type) {
  return to_lower(trim(media_type.substr(0, media_type.find(';'))));
}

std::string media_type_of(const Reply& reply) {
  const std::string declared = reply.item["media_type"].string_or("");
  if (!declared.empty()) return bare_media_type(declared);
  for (const auto& [name, value] : reply.attributes)
    if (name == "content-type") return bare_media_type(value);
  return {};
}

void redact(Reply& reply, Redactor& redactor) {
  for (auto& [name, value] : reply.attributes) value = redactor.redact_header(name, value);
  if (const Value* const challenge = reply.emitted.find("challenge")) reply.challenge = *challenge;
  reply.emitted = redacted(redactor, std::move(reply.emitted));
  reply.item = redacted(redactor, std::move(reply.item));
  reply.body = redactor.redact(reply.body);
  for (std::string* const text : {&reply.error.domain, &reply.error.message, &reply.error.remote_detail})
    *text = redactor.redact_sentence(*text);
}

}  // namespace

CallState::CallState(Instance& owner, const CallOptions& options)
    : PluginCall(options.call_id, options.timeout_ms > 0 ? monotonic_ns() + options.timeout_ms * ns_per_ms : 0,
                 options.cancellation),
      instance(owner),
      started_ns(monotonic_ns()),
      has_turn(options.has_turn) {}

std::int64_t CallState::elapsed_ms() const { return (monotonic_ns() - started_ns) / ns_per_ms; }

bb_status CallState::end_exchange(Fault fault, const std::string& reason) {
  switch (fault) {
    case Fault::unavailable:
      return refuse(BB_E_UNAVAILABLE, Blame::system, reason);
    case Fault::untrusted:
      return refuse(BB_E_UNTRUSTED_PEER, Blame::system, reason);
    case Fault::protocol:
      return refuse(BB_E_PROTOCOL, Blame::system, reason);
    case Fault::cancelled:
      return BB_E_CANCELLED;
    case Fault::deadline:
      was_in_flight = true;
      return refuse(BB_E_DEADLINE, Blame::system, reason);
    case Fault::none:
    case Fault::stopped:
      break;
  }
  refusals.clear();
  return BB_OK;
}

bb_status CallState::await_turn() {
  if (std::exchange(has_turn, false) || !instance.pace) return BB_OK;
  Pace::Bounds bounds;
  if (abi.deadline_ns != 0) bounds.ns_max = std::max<std::int64_t>(abi.deadline_ns - monotonic_ns(), 0);
  const Pace::Waited waited = instance.pace->wait(cancellation, bounds);
  paced_ms += waited.ms;
  if (waited.turn == Pace::Turn::cancelled) return BB_E_CANCELLED;
  if (waited.turn == Pace::Turn::now) return BB_OK;
  const std::int64_t until_ns = instance.pace->throttled_until_unix_ns();
  if (until_ns <= instance.clock.now_unix_ns())
    return refuse(BB_E_DEADLINE, Blame::host,
                  "not sent: requests_per_second of the target leaves no room for it in time");
  return refuse(BB_E_RATE_LIMITED, Blame::system,
                "not sent: the system asked by Retry-After to be left alone until " + format_utc(until_ns) +
                    ", which is after the call's deadline");
}

bb_status CallState::read_client_identity(const std::string& name, std::string& pem) {
  if (name.empty()) return BB_OK;
  SecretStore::Refusal why = SecretStore::Refusal::none;
  auto found = instance.secrets.read(name, &why);
  if (!found)
    return refuse(why == SecretStore::Refusal::not_granted ? BB_E_FORBIDDEN : BB_E_NOT_FOUND, Blame::host,
                  "client certificate '" + name + "' is no secret of " + instance.name);
  pem = *std::move(found);
  return BB_OK;
}

void CallState::conclude(bb_status returned, Reply& reply) {
  instance.streams->end_call();
  instance.tell_dropped(abi.call_id);
  reply.status = returned;
  reply.error = std::move(error);
  if (returned == BB_E_CONNECTOR_LOST || returned == BB_E_CONNECTOR_STUCK)
    breach("returned " + status_name(returned) + ", which only the host may say");
  if (!has_known_class(returned)) breach("returned " + std::to_string(returned) + ", which is no status");

  // A status that a service gave and the connector passed on is the service's.
  const auto passed_on = std::find_if(refusals.rbegin(), refusals.rend(),
                                      [&](const Refusal& refusal) { return refusal.status == returned; });
  if (passed_on != refusals.rend()) {
    reply.blame = passed_on->blame;
    if (reply.error.message.empty()) reply.error.message = passed_on->message;
    if (reply.error.domain.empty()) reply.error.domain = "host";
  } else if (returned == BB_E_CANCELLED && !is_cancelled()) {
    breach("returned BB_E_CANCELLED though nobody had cancelled");
  } else if (returned == BB_E_DEADLINE) {
    reply.blame = was_in_flight ? Blame::system : Blame::connector;
    if (reply.error.message.empty())
      reply.error.message =
          was_in_flight ? "no answer before the deadline" : "the connector used up its time with nothing in flight";
  } else if (returned == BB_E_HOST_FAULT || (returned >= 500 && returned <= 599)) {
    reply.blame = returned == BB_E_HOST_FAULT ? Blame::host : Blame::connector;
  }
  if (needs_message(returned) && reply.error.message.empty())
    breach("returned " + status_name(returned) + " without saying why (bb_call::set_error)");
  if (first_breach.empty()) return;
  reply.status = BB_E_INTERNAL;
  reply.blame = Blame::connector;
  reply.error.domain = "abi";
  reply.error.message = "connector broke its contract: it " + first_breach;
}

Reply CallState::reply_to(RawResult result) {
  Reply reply;
  reply.emitted = std::move(result.emitted);
  reply.item = std::move(result.item);
  reply.attributes = std::move(result.attributes);
  reply.body = std::move(result.body);
  conclude(result.status, reply);
  reply.attributes.insert(reply.attributes.begin(), answer.begin(), answer.end());
  if (reply.status != BB_OK && reply.body.empty() && !answer.empty()) {
    // A refusal that comes with the record in it is none: claims see what was answered.
    reply.body = std::move(answer_body);
    result.has_content = true;
  }
  redact(reply, instance.redactor);
  if (result.has_content) {
    reply.media_type = media_type_of(reply);
  } else if (!reply.emitted.is_null()) {
    reply.body = to_json(reply.emitted);
    reply.media_type = "application/json";
  }
  reply.first_byte_ms = first_byte_ms;
  reply.total_ms = elapsed_ms();
  reply.paced_ms = paced_ms;
  return reply;
}

}  // namespace bb::host
