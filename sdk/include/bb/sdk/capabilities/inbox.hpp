// bb/sdk/capabilities/inbox.hpp - bb.inbox/1: receive content.
#pragma once

#include <string>
#include <string_view>

#include <bb/abi/ext/inbox.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Inbox {
 public:
  // What is waiting; removes nothing. The term "address" narrows it.
  virtual void poll(Call& call, const bb_query& query, Items& out) = 0;
  // As received: message/rfc822, byte for byte.
  virtual void read_message(Call& call, std::string_view item_id, Content& out) = 0;
  // Idempotent.
  virtual void acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) = 0;

 protected:
  ~Inbox() = default;
};

// An inbox that can make an address for one run alone. Derive from this one
// instead of Inbox.
class AllocatingInbox : public Inbox {
 public:
  // The same tag gives the same address until the connector is destroyed.
  virtual std::string allocate(Call& call, std::string_view tag) = 0;

 protected:
  ~AllocatingInbox() = default;
};

// Whether a text is what allocate() may be given: [a-z0-9-]{1,32}.
constexpr bool is_inbox_tag(std::string_view tag) noexcept {
  if (tag.empty() || tag.size() > 32) return false;
  for (const char c : tag)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}

namespace detail {

using Allocate = bb_status(BB_CALL*)(bb_connector*, bb_call*, bb_str, bb_sink*);

template <class T>
constexpr Allocate allocate_function() {
  if constexpr (has_capability<T, AllocatingInbox>()) {
    return [](bb_connector* c, bb_call* call, bb_str tag, bb_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto address = capability<T, AllocatingInbox>(c).allocate(running, checked_text(tag, "the tag"));
        Flow{}.send([&] { return out->write(out, to_bytes(address)); });
      });
    };
  } else {
    return nullptr;
  }
}

template <class T>
inline constexpr bb_inbox inbox_table{
    sizeof(bb_inbox),
    0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Inbox>(c).poll(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(item_id, "the item id");
        with_content(out, "read_message()",
                     [&](Content& content) { capability<T, Inbox>(c).read_message(running, id, content); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_str item_id, bb_disposition disposition) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        capability<T, Inbox>(c).acknowledge(running, checked_text(item_id, "the item id"), disposition);
      });
    },
    allocate_function<T>()};

}  // namespace detail
}  // namespace bb
