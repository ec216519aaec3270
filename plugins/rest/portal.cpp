#include "portal.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "http/http_status.hpp"

namespace bb::rest {

Portal::Portal(const Context& context)
    : api_(context.require<Http>(), context.config("/base_url")),
      cleartext_base_url_(context.config_if("/cleartext_base_url")),
      source_key_(context.config_if("/source_key")),
      source_url_(context.config_if("/source_url")),
      secret_(context.require<Secret>()),
      clock_(context.find<Clock>()),
      page_size_(static_cast<std::uint32_t>(context.config_integer("/page_size", 0))) {}

std::string Portal::patient_or_own(bb_str subject, std::string_view doing) const {
  if (!api_.has_token()) throw Failure{BB_E_UNAUTHENTICATED, std::string(doing) + ": nobody is signed in"};
  if (subject.size != 0) return std::string(to_view(subject));
  if (patient_.empty()) throw plugins::not_this_api(doing, "no patient was named, and the session has none of its own");
  return patient_;
}

std::uint32_t Portal::limit_of(const bb_query& query) const {
  if (query.limit == 0 || page_size_ == 0) return query.limit + page_size_;
  return std::min(query.limit, page_size_);
}

Portal::QueryPairs Portal::time_range(const bb_query& query) {
  const auto text = [](std::int64_t time) { return time == 0 ? std::string{} : format_utc(time); };
  return {{"from", text(query.from_unix_ns)}, {"until", text(query.until_unix_ns)}};
}

Portal::QueryPairs Portal::paging(const bb_query& query) const {
  auto pairs = time_range(query);
  const auto limit = limit_of(query);
  pairs.emplace_back("limit", limit == 0 ? std::string{} : std::to_string(limit));
  pairs.emplace_back("cursor", std::string(to_view(query.cursor)));
  return pairs;
}

void Portal::give_json(Call& call, const ApiRequest& request, int status_expected, std::string_view kind,
                       std::string_view doing, Content& out) const {
  const JsonAnswer answer(api_.ask(call, request, doing), status_expected, doing);
  const auto id = answer.text("id");
  const auto json = to_json(answer.value());
  out.head({.id = id, .kind = kind, .media_type = "application/json", .size = json.size()});
  out.write(json);
}

void Portal::expect_page(std::size_t count, const bb_query& query, std::string_view doing) const {
  const auto limit = limit_of(query);
  if (limit != 0 && count > limit)
    throw plugins::not_this_api(
        doing, "asked for at most " + std::to_string(limit) + " entries, got " + std::to_string(count));
}

}  // namespace bb::rest
