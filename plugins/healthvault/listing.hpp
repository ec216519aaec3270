// plugins/healthvault/listing.hpp - queries of the ABI as filters, and pages of a listing.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/thing_methods.hpp>
#include <bb/sdk/connector.hpp>

#include "platform.hpp"

namespace bb::healthvault_connector {

namespace hv = healthvault;

// Active things, updated from `from` to before `until`.
inline hv::ThingFilter filter_of(const bb_query& query) {
  hv::ThingFilter filter{.states = {"Active"}};
  if (query.from_unix_ns != 0) filter.updated_date_min = hv::date_time(query.from_unix_ns);
  if (query.until_unix_ns != 0) filter.updated_date_max = hv::date_time(query.until_unix_ns);
  return filter;
}

// Things with their data: those of the ids, where there are none those of the selection's time.
inline hv::ThingQuery query_of(const bb_query& selection, const std::vector<std::string>& ids) {
  hv::ThingQuery query{.format = hv::ThingFormat{.sections = {"core"}, .xml = {""}}};
  if (ids.empty())
    query.filters = {filter_of(selection)};
  else
    query.ids = ids;
  return query;
}

// The items that a request to download or share names.
template <class Request>
std::vector<std::string> ids_of(const Request& request) {
  std::vector<std::string> ids;
  for (std::uint64_t i = 0; i < request.item_count; ++i) ids.push_back(to_lower(to_view(request.item_ids[i])));
  return ids;
}

inline std::int64_t updated_ns(const hv::Thing& thing) {
  const auto& audit = thing.updated ? thing.updated : thing.created;
  return audit ? hv::date_time_ns(audit->timestamp).value_or(0) : 0;
}

// A cursor of ours is how many entries came before. BB_E_INVALID_ARGUMENT for another.
inline std::uint64_t offset_of(const bb_query& query, std::string_view doing) {
  const auto text = to_view(query.cursor);
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size()))
    throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": the cursor is none of this connector's"};
  return offset;
}

// Emits the entries of one page of a whole listing.
class Paged {
 public:
  Paged(Call& call, const bb_query& query, std::uint64_t first, Items& out)
      : call_(call), first_(first), limit_(query.limit), out_(out) {}

  void emit(const Item& item) {
    call_.check();
    const auto at = count_++;
    if (at >= first_ && (limit_ == 0 || at < first_ + limit_)) out_.emit(item);
  }
  void end() {
    if (limit_ != 0 && count_ > first_ + limit_) out_.cursor(std::to_string(first_ + limit_));
  }

 private:
  Call& call_;
  std::uint64_t first_, limit_, count_ = 0;
  Items& out_;
};

}  // namespace bb::healthvault_connector
