// bb/sdk/content.hpp - items and content: what listings and reads give, and the
// writers that carry them to the host.
//
// A writer throws Failure when the host says stop, so that a connector's loop
// ends by itself; after that it never calls the host again.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/ext/content.h>
#include <bb/sdk/failure.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// Borrowed text; fields that are not set mean "unknown".
struct Item {
  std::string_view id = {};
  std::string_view kind = {};
  std::string_view media_type = {};
  std::string_view title = {};
  std::string_view subject = {};
  std::string_view version = {};
  std::string_view parent = {};
  std::int64_t updated_unix_ns = 0;
  std::uint64_t size = UINT64_MAX;
  std::uint32_t flags = 0;  // BB_ITEM_DELETED ...
};

// The value of a query's search term, or empty.
inline std::string_view term(const bb_query& query, std::string_view key) noexcept {
  for (std::uint64_t i = 0; i < query.term_count; ++i)
    if (to_view(query.terms[i].key) == key) return to_view(query.terms[i].value);
  return {};
}

namespace detail {

inline bb_item raw_item(const Item& item) noexcept {
  bb_item raw{};
  raw.struct_size = sizeof raw;
  raw.flags = item.flags;
  raw.id = to_str(item.id);
  raw.kind = to_str(item.kind);
  raw.media_type = to_str(item.media_type);
  raw.title = to_str(item.title);
  raw.subject = to_str(item.subject);
  raw.version = to_str(item.version);
  raw.parent = to_str(item.parent);
  raw.updated_unix_ns = item.updated_unix_ns;
  raw.size = item.size;
  return raw;
}

// Remembers the first "stop" of the host and repeats it.
class Flow {
 public:
  template <class Emit>
  void send(Emit&& emit) {
    if (status_ == BB_OK) status_ = emit();
    if (status_ != BB_OK) throw Failure{status_, "the host takes no more results"};
  }

 private:
  bb_status status_ = BB_OK;
};

}  // namespace detail

// Where a listing goes.
class Items {
 public:
  explicit Items(bb_item_sink* sink) noexcept : sink_(sink) {}
  Items(const Items&) = delete;
  Items& operator=(const Items&) = delete;

  void emit(const Item& item) {
    const bb_item raw = detail::raw_item(item);
    flow_.send([&] { return sink_->item(sink_, &raw); });
  }
  void emit(std::string_view id, std::string_view kind, std::string_view title = {}) {
    emit(Item{.id = id, .kind = kind, .title = title});
  }
  // What continues the listing after the items emitted so far.
  void cursor(std::string_view cursor) {
    flow_.send([&] { return sink_->cursor(sink_, to_str(cursor)); });
  }

 private:
  bb_item_sink* sink_;
  detail::Flow flow_;
};

// Where the one message of a read goes: head() once, then write() until done.
class Content {
 public:
  // Names have a dot ("content.filename"); header fields are the host's.
  using Attribute = std::pair<std::string_view, std::string_view>;

  explicit Content(bb_content_sink* sink) noexcept : sink_(sink) {}
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  void head(const Item& item, std::initializer_list<Attribute> attributes = {}) {
    head(item, std::span<const Attribute>(attributes.begin(), attributes.size()));
  }
  void head(const Item& item, std::span<const Attribute> attributes) {
    if (has_head_) throw std::logic_error("head() was called a second time: a read gives one item");
    std::vector<bb_pair> pairs;
    pairs.reserve(attributes.size());
    for (const auto& [name, value] : attributes) {
      if (name.starts_with(':') || name.find('.') == std::string_view::npos)
        throw std::logic_error("attribute '" + std::string(name) + "' needs a dot in its name, as in content.filename");
      pairs.push_back({to_str(name), to_str(value)});
    }
    has_head_ = true;
    const bb_item raw = detail::raw_item(item);
    flow_.send([&] { return sink_->head(sink_, &raw, pairs.data(), pairs.size()); });
  }
  void head(std::string_view id, std::string_view kind, std::string_view media_type) {
    head(Item{.id = id, .kind = kind, .media_type = media_type});
  }
  void write(std::string_view bytes) {
    if (!has_head_) throw std::logic_error("write() was called before head()");
    flow_.send([&] { return sink_->write(sink_, to_bytes(bytes)); });
  }

  bool has_head() const noexcept { return has_head_; }

 private:
  bb_content_sink* sink_;
  detail::Flow flow_;
  bool has_head_ = false;
};

namespace detail {

// Runs a read and makes sure that it gave its message.
template <class Read>
void with_content(bb_content_sink* sink, const char* function, Read&& read) {
  Content content(sink);
  std::forward<Read>(read)(content);
  if (!content.has_head()) throw std::logic_error(std::string(function) + " returned without calling head()");
}

}  // namespace detail
}  // namespace bb
