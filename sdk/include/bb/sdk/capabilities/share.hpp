// bb/sdk/capabilities/share.hpp - bb.share/1: the patient asks the system to send
// its own record.
#pragma once

#include <string_view>

#include <bb/abi/ext/share.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/delivery.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Share {
 public:
  // At least one receipt per destination; the same idempotency key never sends
  // twice.
  virtual void share(Call& call, const bb_share_request& request, Receipts& out) = 0;
  // Receipts known by now, also those emitted before.
  virtual void track_share(Call& call, std::string_view message_id, Receipts& out) = 0;

 protected:
  ~Share() = default;
};

namespace detail {

template <class T>
inline constexpr bb_share share_table{
    sizeof(bb_share), 0,
    [](bb_connector* c, bb_call* call, const bb_share_request* request, bb_receipt_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(request->idempotency_key, "the idempotency key");
        with_receipts(out, request->destination_count,
                      [&](Receipts& receipts) { capability<T, Share>(c).share(running, *request, receipts); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_str message_id, bb_receipt_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Receipts receipts(out);
        capability<T, Share>(c).track_share(running, checked_text(message_id, "the message id"), receipts);
      });
    }};

}  // namespace detail
}  // namespace bb
