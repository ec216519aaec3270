// bb/sdk/capabilities/activity.hpp - bb.activity/1: who did what to the record.
#pragma once

#include <string_view>

#include <bb/abi/ext/activity.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Activity {
 public:
  // Newest first, items of kind BB_ACTIVITY_KIND.
  virtual void list_events(Call& call, const bb_query& query, Items& out) = 0;
  // The event as JSON, in the shape of bb/abi/ext/activity.h.
  virtual void read_event(Call& call, std::string_view item_id, Content& out) = 0;

 protected:
  ~Activity() = default;
};

namespace detail {

template <class T>
inline constexpr bb_activity activity_table{
    sizeof(bb_activity), 0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Activity>(c).list_events(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(item_id, "the item id");
        with_content(out, "read_event()",
                     [&](Content& content) { capability<T, Activity>(c).read_event(running, id, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
