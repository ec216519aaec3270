// harness/engine/verbs.hpp - from a verb of a suite to operations of the ABI.
//
// docs/reference/operations.md lists the operations. A verb may take several:
// `view` by kind lists, then reads. What a step sees is one reply.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/host/host.hpp>
#include "harness/evidence/message.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

// No listing is followed further: a system that never stops must not stop us.
inline constexpr std::size_t list_items_max = 10'000;

struct VerbCall {
  std::string verb;
  Value arguments = Value::object();         // resolved
  const suite::Person* person = nullptr;     // who acts; null = nobody in particular
  const suite::Target* target = nullptr;     // for acting_for
  const suite::RoleBinding* role = nullptr;  // whose connector it is; null = the target has none
  const host::Connector* connector = nullptr;
  const std::set<std::string>* secrets = nullptr;  // names the instance was granted
  std::string idempotency_key;                     // share, transmit
  std::string state;                               // sign_in: unguessable
  std::string redirect_uri;                        // sign_in by redirect; empty: nobody comes back
  // Waits before a verb asks again; false where the step's time is over or the run was cancelled.
  std::function<bool()> pause = nullptr;
};

// Runs one operation on the step's instance and records it.
using Invoke = std::function<host::Reply(const host::Operation&)>;

struct VerbReply {
  host::Reply reply;
  bool is_composed = false;  // put together here from several replies
};
// Wrong arguments are BB_E_INVALID_ARGUMENT with a sentence, as if the
// connector had said so.
VerbReply run_verb(const VerbCall& call, const Invoke& invoke);

// How a sign_in step signs in: what it says, else what the target does.
std::string sign_in_method(const VerbCall& call);

// Whether the operation makes something leave the system.
bool is_sending(const host::Operation& operation);

// What claims see of a reply.
evidence::Message message_from(const host::Reply& reply);

// A reply of our own: the status and one sentence.
host::Reply own_reply(bb_status status, std::string sentence);

// All items of a listing, cursors followed: {"items": [...]}.
VerbReply list_all(const std::string& interface, const std::string& function, Value query, const Invoke& invoke);

// The id of a form of a received message ("opened", "decrypted") among the items that an inbox
// lists; null where it has none.
Value form_of(const Value& items, const Value& received, std::string_view form);

}  // namespace bb::engine
