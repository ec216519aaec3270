#include <bb/host/call.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace bb::host {
namespace {

constexpr std::array<std::pair<bb_status, std::string_view>, 24> named_statuses{{
    {BB_OK, "BB_OK"},
    {BB_E_INVALID_ARGUMENT, "BB_E_INVALID_ARGUMENT"},
    {BB_E_NOT_FOUND, "BB_E_NOT_FOUND"},
    {BB_E_UNSUPPORTED, "BB_E_UNSUPPORTED"},
    {BB_E_STATE, "BB_E_STATE"},
    {BB_E_CANCELLED, "BB_E_CANCELLED"},
    {BB_E_DEADLINE, "BB_E_DEADLINE"},
    {BB_E_UNAUTHENTICATED, "BB_E_UNAUTHENTICATED"},
    {BB_E_FORBIDDEN, "BB_E_FORBIDDEN"},
    {BB_E_CONSENT_REQUIRED, "BB_E_CONSENT_REQUIRED"},
    {BB_E_UNTRUSTED_PEER, "BB_E_UNTRUSTED_PEER"},
    {BB_E_UNAVAILABLE, "BB_E_UNAVAILABLE"},
    {BB_E_RATE_LIMITED, "BB_E_RATE_LIMITED"},
    {BB_E_REJECTED, "BB_E_REJECTED"},
    {BB_E_CONFLICT, "BB_E_CONFLICT"},
    {BB_E_PROTOCOL, "BB_E_PROTOCOL"},
    {BB_E_CORRUPT, "BB_E_CORRUPT"},
    {BB_E_TOO_LARGE, "BB_E_TOO_LARGE"},
    {BB_E_INTERNAL, "BB_E_INTERNAL"},
    {BB_E_OUT_OF_MEMORY, "BB_E_OUT_OF_MEMORY"},
    {BB_E_HOST_FAULT, "BB_E_HOST_FAULT"},
    {BB_E_CONNECTOR_LOST, "BB_E_CONNECTOR_LOST"},
    {BB_E_CONNECTOR_STUCK, "BB_E_CONNECTOR_STUCK"},
    {BB_E_PENDING, "BB_E_PENDING"},
}};

// What the status means when the system under test gave it.
std::string_view system_word(bb_status status) {
  switch (status) {
    case BB_OK:
      return "ok";
    case BB_E_NOT_FOUND:
      return "not_found";
    case BB_E_UNSUPPORTED:
      return "unsupported";
    case BB_E_CANCELLED:
      return "cancelled";
    case BB_E_DEADLINE:
      return "timeout";
    case BB_E_UNTRUSTED_PEER:
      return "untrusted";
    case BB_E_PROTOCOL:
    case BB_E_CORRUPT:
      return "malformed";
    case BB_E_OUT_OF_MEMORY:
      return "out_of_memory";
    case BB_E_HOST_FAULT:
      return "host_fault";
    case BB_E_CONNECTOR_LOST:
      return "connector_lost";
    case BB_E_CONNECTOR_STUCK:
      return "connector_stuck";
    default:
      break;
  }
  switch (status / 100) {
    case 1:
      return "invalid";
    case 2:
    case 4:
      return "refused";
    case 3:
      return "unavailable";
    case 6:
      return "pending";
    default:
      return "internal";
  }
}

}  // namespace

std::string_view result_word(const Reply& reply) {
  const std::string_view word = system_word(reply.status);
  if (reply.status == BB_E_CANCELLED || reply.status == BB_E_PENDING || reply.blame == Blame::system) return word;
  // A question that nobody answered in time is nobody's mistake.
  if (reply.blame == Blame::host && reply.status == BB_E_DEADLINE) return "pending";
  if (reply.blame == Blame::host) return word == "host_fault" ? word : "invalid";
  const bool is_own = word == "out_of_memory" || word == "connector_lost" || word == "connector_stuck";
  return is_own ? word : "internal";
}

bool is_judged(std::string_view word) {
  constexpr std::array<std::string_view, 8> judged{"ok",        "refused",   "not_found", "unsupported",
                                                   "malformed", "untrusted", "timeout",   "unavailable"};
  return std::find(judged.begin(), judged.end(), word) != judged.end();
}

std::string status_name(bb_status status) {
  for (const auto& [value, name] : named_statuses)
    if (value == status) return std::string(name);
  if (status < 100 || status > 699) return "status " + std::to_string(status);
  return "BB_E_" + std::to_string(status / 100) + "xx (" + std::to_string(status) + ")";
}

}  // namespace bb::host
