// plugins/rest/local_pages.hpp - pages of a listing that a portal gives whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include <bb/core/value.hpp>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>

namespace bb::rest {

// Emits the entries that `query` asks for by limit and cursor, which is the place of the first one.
// BB_E_INVALID_ARGUMENT for a cursor that is none of this listing.
template <class Emit>
void emit_page(Call& call, const Value::Array& entries, const bb_query& query, Items& out, const Emit& emit) {
  std::size_t at = 0;
  for (const char digit : to_view(query.cursor)) {
    if (digit < '0' || digit > '9' || at > entries.size())
      throw Failure{BB_E_INVALID_ARGUMENT, "the cursor is not one of this listing"};
    at = at * 10 + static_cast<std::size_t>(digit - '0');
  }
  if (query.cursor.size != 0 && (at == 0 || at >= entries.size()))
    throw Failure{BB_E_INVALID_ARGUMENT, "the cursor is not one of this listing"};
  const auto end = query.limit == 0 ? entries.size() : std::min<std::size_t>(entries.size(), at + query.limit);
  for (; at < end; ++at) {
    call.check();
    emit(entries[at]);
  }
  if (end < entries.size()) out.cursor(std::to_string(end));
}

}  // namespace bb::rest
