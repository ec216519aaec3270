// bb/sdk/capabilities/messaging.hpp - bb.messaging/1, a draft: conversation between a person and a care team.
#pragma once

#include <string_view>

#include <bb/abi/draft/messaging.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/delivery.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Messaging {
 public:
  virtual void list_threads(Call& call, const bb_query& query, Items& out) = 0;
  // The thread as JSON, in the shape of bb/abi/draft/messaging.h.
  virtual void read_thread(Call& call, std::string_view thread_id, Content& out) = 0;
  virtual void list_recipients(Call& call, Items& out) = 0;
  // An empty thread_id begins a thread. At least one receipt per destination, one where there is none.
  virtual void post(Call& call, std::string_view thread_id, const bb_outgoing& message, Receipts& out) = 0;

 protected:
  ~Messaging() = default;
};

namespace detail {

template <class T>
inline constexpr bb_messaging messaging_table{
    sizeof(bb_messaging),
    0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Messaging>(c).list_threads(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str thread_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(thread_id, "the thread id");
        with_content(out, "read_thread()",
                     [&](Content& content) { capability<T, Messaging>(c).read_thread(running, id, content); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Messaging>(c).list_recipients(running, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str thread_id, const bb_outgoing* message,
       bb_receipt_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(message->idempotency_key, "the idempotency key");
        const auto id = checked_text(thread_id, "the thread id");
        with_receipts(out, message->destination_count == 0 ? 1 : message->destination_count,
                      [&](Receipts& receipts) { capability<T, Messaging>(c).post(running, id, *message, receipts); });
      });
    }};

}  // namespace detail
}  // namespace bb
