// bb/sdk/capabilities/refills.hpp - bb.refills/1, a draft: prescriptions, and asking for more of them.
#pragma once

#include <string_view>

#include <bb/abi/draft/refills.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Refills {
 public:
  virtual void list_prescriptions(Call& call, const bb_query& query, Items& out) = 0;
  // These three give JSON in the shapes of bb/abi/draft/refills.h.
  virtual void read_prescription(Call& call, std::string_view prescription_id, Content& out) = 0;
  // The same idempotency key never orders twice.
  virtual void request_refill(Call& call, const bb_refill_request& request, Content& out) = 0;
  virtual void refill_status(Call& call, std::string_view refill_id, Content& out) = 0;

 protected:
  ~Refills() = default;
};

namespace detail {

template <class T>
inline constexpr bb_refills refills_table{
    sizeof(bb_refills),
    0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Refills>(c).list_prescriptions(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str prescription_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(prescription_id, "the prescription id");
        with_content(out, "read_prescription()",
                     [&](Content& content) { capability<T, Refills>(c).read_prescription(running, id, content); });
      });
    },
    [](bb_connector* c, bb_call* call, const bb_refill_request* request, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(request->idempotency_key, "the idempotency key");
        with_content(out, "request_refill()",
                     [&](Content& content) { capability<T, Refills>(c).request_refill(running, *request, content); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_str refill_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(refill_id, "the refill id");
        with_content(out, "refill_status()",
                     [&](Content& content) { capability<T, Refills>(c).refill_status(running, id, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
