// request_fields.hpp - reading the fields of a query or a form into selections, and whose token a request has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "portal/selection.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::int64_t page_limit_default = 100;
inline constexpr std::int64_t page_limit_max = 500;

// Fields `from` and `until`: RFC 3339 times or dates; empty counts as absent.
[[nodiscard]] Result<DateRange> read_range(const web::Fields& fields);
// The same, and the fields `item`.
[[nodiscard]] Result<Selection> read_selection(const web::Fields& fields);
// Field `limit`, 1 to 500.
[[nodiscard]] Result<std::int64_t> read_limit(const web::Fields& fields);
// Field `cursor`, as a number that an earlier answer gave; 0 when absent.
[[nodiscard]] Result<std::int64_t> read_cursor(const web::Fields& fields);
// What stands behind "Bearer " of a request; empty: there is nothing.
std::string_view bearer_token(const web::HttpRequest& request);
// The id of a message in a path, from 1; nullopt: it is none.
std::optional<std::int64_t> message_number(const std::string& id);

}  // namespace bb::portal
