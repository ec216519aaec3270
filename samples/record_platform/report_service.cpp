#include "record_platform/report_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/value.hpp>
#include <bb/healthvault/date_time.hpp>

#include "record_platform/clinical_document.hpp"
#include "record_platform/set_up.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::int64_t page_items_max = 1'000;
constexpr std::int64_t cursor_max = 1'000'000'000;
constexpr std::int64_t subscriptions_max = 100;

// A page of rows: where it begins, and how many it may have. The cursor is that number.
struct Page {
  std::int64_t first = 0;
  std::int64_t count = page_items_max;
};
Page page_of(const std::optional<std::int64_t>& count_max, const std::string& cursor) {
  Page page{.count = std::min(count_max.value_or(page_items_max), page_items_max)};
  if (cursor.empty()) return page;
  const auto* const end = cursor.data() + cursor.size();
  const auto [stop, error] = std::from_chars(cursor.data(), end, page.first);
  if (error != std::errc() || stop != end || page.first < 0 || page.first > cursor_max)
    BB_REFUSE("INVALID_XML", "'cursor' is not that of an answer");
  return page;
}

struct Period {
  std::int64_t from, until;
};
Period period_of(const hv::ReportPeriod& period) {
  return {hv::date_time_ns(period.date_min).value_or(0), hv::date_time_ns(period.date_max).value_or(0)};
}

template <class Source>
Source& source_of(std::vector<Source>& sources, const std::string& id) {
  for (auto& source : sources)
    if (source.id == id) return source;
  sources.emplace_back().id = id;
  return sources.back();
}

// Of the application's own; filters as JSON.
std::string filters_of(const hv::Subscription& subscription) {
  auto filters = Value::array();
  for (const auto& filter : subscription.filters) filters.push(Value::strings(filter));
  return to_json(filters);
}

void check_subscription(const Call& call, const hv::Subscription& subscription) {
  if (!subscription.url.starts_with("https://"))
    BB_REFUSE("SUBSCRIPTION_INVALID", "notices go to an https address alone");
  for (const auto& filter : subscription.filters)
    for (const auto& id : filter) type_of(call, id);
}

struct Code {
  std::string_view value, text;
};
constexpr std::array<Code, 3> genders{{{"f", "Female"}, {"m", "Male"}, {"u", "Unknown"}}};
constexpr std::array<std::string_view, 2> vocabulary_names{"gender-types", "thing-types"};

std::optional<hv::Vocabulary> vocabulary_of(const Call& call, const hv::VocabularyKey& key) {
  hv::Vocabulary vocabulary{.name = key.name, .family = "wc", .version = "1"};
  if (!key.family.empty() && key.family != "wc") return std::nullopt;
  if (key.name == "gender-types") {
    for (const auto& code : genders) vocabulary.items.push_back({std::string(code.value), std::string(code.text)});
    return vocabulary;
  }
  if (key.name != "thing-types") return std::nullopt;
  for (const auto& type : call.world.types.all())
    vocabulary.items.push_back({std::string(type.id), std::string(type.name)});
  return vocabulary;
}

}  // namespace

hv::GetMeaningfulUseVDTReport::Answer vdt_report(Call& call, const hv::GetMeaningfulUseVDTReport::Request& request) {
  const auto page = page_of(request.page_items_max, request.cursor);
  const auto [from, until] = period_of(request.period);
  auto rows = call.t.rows(
      "SELECT i.record, t.data FROM intent i JOIN thing t ON t.version = i.version WHERE t.created_app = ? AND i.time "
      ">= ? AND"
      " i.time <= ? ORDER BY i.rowid LIMIT ? OFFSET ?",
      call.app_id, from, until, page.count + 1, page.first);
  hv::GetMeaningfulUseVDTReport::Answer answer;
  for (std::int64_t count = 0; rows.next(); ++count) {
    if (count == page.count) {
      answer.cursor = std::to_string(page.first + page.count);
      break;
    }
    const auto document = read_clinical_document(rows.text(1)).value_or(ClinicalDocument{});
    source_of(answer.sources, call.app_id)
        .activities.push_back(
            {document.patient_id.empty() ? rows.text(0) : document.patient_id, document.organization_id});
  }
  return answer;
}

hv::GetMeaningfulUseTimelyAccessReport::Answer timely_report(
    Call& call, const hv::GetMeaningfulUseTimelyAccessReport::Request& request) {
  const auto page = page_of(request.page_items_max, request.cursor);
  const auto [from, until] = period_of(request.period);
  hv::GetMeaningfulUseTimelyAccessReport::Answer answer;
  auto rows =
      request.is_of_packages
          ? call.t.rows(
                "SELECT created, code, '' FROM connect WHERE app = ? AND package IS NOT NULL AND created >= ? AND"
                " created <= ? ORDER BY created, code",
                call.app_id, from, until)
          : call.t.rows(
                "SELECT t.created, t.record, t.data FROM thing t JOIN record r ON r.id = t.record WHERE"
                " t.created_app = ? AND t.is_current = 1 AND t.is_deleted = 0 AND (r.opt_in = 1 OR ?) ORDER BY"
                " t.created, t.version",
                call.app_id, call.has(Defect::counts_opted_out));
  std::int64_t place = 0;
  while (rows.next()) {
    hv::GetMeaningfulUseTimelyAccessReport::Document receipt{.available_date = hv::date_time(rows.number(0))};
    if (request.is_of_packages) {
      receipt.package_id = rows.text(1);
    } else {
      // The period is that of the visits, not of the deliveries.
      const auto document = read_clinical_document(rows.text(2));
      if (!document || !document->event_ns || *document->event_ns < from || *document->event_ns > until) continue;
      receipt.patient_id = document->patient_id.empty() ? rows.text(1) : document->patient_id;
      receipt.organization_id = document->organization_id;
      receipt.event_date = hv::date_time(*document->event_ns);
    }
    if (place++ < page.first) continue;
    if (place > page.first + page.count) {
      answer.cursor = std::to_string(page.first + page.count);
      break;
    }
    auto& source = source_of(answer.sources, call.app_id);
    (request.is_of_packages ? source.packages : source.documents).push_back(std::move(receipt));
  }
  return answer;
}

hv::SubscribeToEvent::Answer subscribe(Call& call, const hv::SubscribeToEvent::Request& request) {
  const auto& subscription = request.subscription;
  check_subscription(call, subscription);
  auto count = call.t.rows("SELECT COUNT(*), COALESCE(MAX(number), 0) FROM subscription WHERE app = ?", call.app_id);
  count.next();
  if (count.number(0) >= subscriptions_max)
    BB_REFUSE("SUBSCRIPTION_LIMIT_EXCEEDED",
              fmt::format("an application has at most {} subscriptions", subscriptions_max));
  const auto id = new_guid();
  call.t.execute("INSERT INTO subscription VALUES(?, ?, ?, ?, ?, ?, ?, ?)", id, call.app_id, count.number(1) + 1,
                 subscription.notification_key, subscription.notification_key_version, subscription.url,
                 filters_of(subscription), call.now_ns);
  return {id};
}

hv::GetEventSubscriptions::Answer subscriptions(Call& call, const hv::Nothing&) {
  hv::GetEventSubscriptions::Answer answer;
  auto rows = call.t.rows("SELECT id, key, key_version, url, filters FROM subscription WHERE app = ? ORDER BY number",
                          call.app_id);
  while (rows.next()) {
    hv::Subscription subscription{rows.text(0), rows.text(1), rows.text(2), rows.text(3)};
    const auto filters = parse_json(rows.text(4));
    for (std::size_t i = 0; filters && i < filters->size(); ++i)
      subscription.filters.push_back(strings_of((*filters)[i]));
    answer.subscriptions.push_back(std::move(subscription));
  }
  return answer;
}

hv::Nothing update_subscription(Call& call, const hv::UpdateEventSubscription::Request& request) {
  const auto& subscription = request.subscription;
  check_subscription(call, subscription);
  call.t.execute("UPDATE subscription SET key = ?, key_version = ?, url = ?, filters = ? WHERE id = ? AND app = ?",
                 subscription.notification_key, subscription.notification_key_version, subscription.url,
                 filters_of(subscription), subscription.id, call.app_id);
  if (call.t.changed() == 0) BB_REFUSE("SUBSCRIPTION_NOT_FOUND", "there is no subscription '" + subscription.id + "'");
  return {};
}

hv::Nothing unsubscribe(Call& call, const hv::UnsubscribeToEvent::Request& request) {
  call.t.execute("DELETE FROM subscription WHERE id = ? AND app = ?", request.subscription_id, call.app_id);
  if (call.t.changed() == 0)
    BB_REFUSE("SUBSCRIPTION_NOT_FOUND", "there is no subscription '" + request.subscription_id + "'");
  return {};
}

hv::GetVocabulary::Answer get_vocabulary(Call& call, const hv::GetVocabulary::Request& request) {
  hv::GetVocabulary::Answer answer;
  if (request.keys.empty())
    for (const auto name : vocabulary_names)
      answer.keys.push_back({.name = std::string(name), .family = "wc", .version = "1"});
  for (const auto& key : request.keys) {
    auto vocabulary = vocabulary_of(call, key);
    if (!vocabulary) BB_REFUSE("INVALID_VOCABULARY", "there is no vocabulary '" + shorten(key.name, 60) + "'");
    answer.vocabularies.push_back(*std::move(vocabulary));
  }
  return answer;
}

hv::SearchVocabulary::Answer search_vocabulary(Call& call, const hv::SearchVocabulary::Request& request) {
  const auto is_found = [&](std::string_view text) {
    const auto low = to_lower(text), wanted = to_lower(request.text);
    return request.mode == "Prefix" ? low.starts_with(wanted) : low.find(wanted) != std::string::npos;
  };
  hv::SearchVocabulary::Answer answer;
  if (!request.key) {
    for (const auto name : vocabulary_names)
      if (is_found(name)) answer.keys.push_back({.name = std::string(name), .family = "wc", .version = "1"});
    return answer;
  }
  auto vocabulary = vocabulary_of(call, *request.key);
  if (!vocabulary) BB_REFUSE("INVALID_VOCABULARY", "there is no vocabulary '" + shorten(request.key->name, 60) + "'");
  std::erase_if(vocabulary->items, [&](const hv::VocabularyItem& item) { return !is_found(item.display_text); });
  const auto count_max =
      static_cast<std::size_t>(std::max<std::int64_t>(request.count_max.value_or(page_items_max), 0));
  vocabulary->is_truncated = vocabulary->items.size() > count_max;
  if (*vocabulary->is_truncated) vocabulary->items.resize(count_max);
  answer.found = *std::move(vocabulary);
  return answer;
}

}  // namespace bb::record_platform
