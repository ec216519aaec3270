// bb/sdk/capabilities/view.hpp - bb.view/1: list and read records.
#pragma once

#include <string_view>

#include <bb/abi/ext/view.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class View {
 public:
  virtual void list(Call& call, const bb_query& query, Items& out) = 0;
  // BB_E_NOT_FOUND for what list does not give.
  virtual void read(Call& call, std::string_view item_id, Content& out) = 0;

 protected:
  ~View() = default;
};

namespace detail {

template <class T>
inline constexpr bb_view view_table{
    sizeof(bb_view), 0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, View>(c).list(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(item_id, "the item id");
        with_content(out, "read()", [&](Content& content) { capability<T, View>(c).read(running, id, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
