// bb/sdk/capabilities/transmit.hpp - bb.transmit/1: the connector sends content
// of the caller's.
#pragma once

#include <string_view>

#include <bb/abi/ext/transmit.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/delivery.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Transmit {
 public:
  // At least one receipt per destination; the same idempotency key never sends
  // twice.
  virtual void transmit(Call& call, const bb_outgoing& message, Receipts& out) = 0;
  // Receipts known by now, also those emitted before.
  virtual void track_transmit(Call& call, std::string_view message_id, Receipts& out) = 0;

 protected:
  ~Transmit() = default;
};

namespace detail {

template <class T>
inline constexpr bb_transmit transmit_table{
    sizeof(bb_transmit), 0,
    [](bb_connector* c, bb_call* call, const bb_outgoing* message, bb_receipt_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(message->idempotency_key, "the idempotency key");
        with_receipts(out, message->destination_count,
                      [&](Receipts& receipts) { capability<T, Transmit>(c).transmit(running, *message, receipts); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_str message_id, bb_receipt_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Receipts receipts(out);
        capability<T, Transmit>(c).track_transmit(running, checked_text(message_id, "the message id"), receipts);
      });
    }};

}  // namespace detail
}  // namespace bb
