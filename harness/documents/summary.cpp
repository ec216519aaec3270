#include "harness/documents/summary.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::size_t lines_max = 50;  // of a table for people

Value whole(std::size_t count) { return Value(static_cast<std::int64_t>(count)); }

template <class Map>
auto values_of(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  for (const auto& [key, value] : map) values.push_back(value);
  return values;
}

// The lines of a table, and how many are left out.
template <class Row, class RenderRow>
std::string table(std::string_view head, const std::vector<Row>& rows, const RenderRow& render_row) {
  if (rows.empty()) return {};
  auto text = fmt::format("\n{}\n", head);
  for (std::size_t i = 0; i < std::min(rows.size(), lines_max); ++i) text += render_row(rows[i]);
  if (rows.size() > lines_max) text += fmt::format("  and {} more; --json lists all\n", rows.size() - lines_max);
  return text;
}

}  // namespace

void Summary::add(const DocumentReport& report) {
  const auto error_count = report.count(Level::error);
  ++document_count_;
  faulty_count_ += error_count > 0;
  unjudged_count_ += report.exit_status() == 3;
  ++formats_[report.recognition.title];
  auto& vendor = vendors_[report.vendor];
  vendor.name = report.vendor;
  ++vendor.document_count;
  vendor.faulty_count += error_count > 0;
  vendor.error_count += error_count;
  std::set<std::string_view> seen;
  for (const auto& finding : report.findings) {
    auto& rule = rules_[finding.rule];
    if (rule.id.empty()) {
      rule.id = finding.rule;
      rule.message = shorten(collapse_whitespace(finding.message), 200);
    }
    ++rule.finding_count;
    rule.level = std::min(rule.level, finding.level);
    rule.document_count += seen.insert(finding.rule).second;
  }
}

std::vector<Summary::Rule> Summary::rules() const {
  auto rules = values_of(rules_);
  std::stable_sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) {
    return std::tuple(a.level, b.document_count, b.finding_count) <
           std::tuple(b.level, a.document_count, a.finding_count);
  });
  return rules;
}

std::vector<Summary::Vendor> Summary::vendors() const {
  auto vendors = values_of(vendors_);
  std::stable_sort(vendors.begin(), vendors.end(), [](const Vendor& a, const Vendor& b) {
    return std::tuple(b.faulty_count, b.error_count) < std::tuple(a.faulty_count, a.error_count);
  });
  return vendors;
}

std::vector<std::pair<std::string, std::size_t>> Summary::formats() const {
  std::vector<std::pair<std::string, std::size_t>> formats(formats_.begin(), formats_.end());
  std::stable_sort(formats.begin(), formats.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return formats;
}

std::string Summary::render() const {
  auto text = fmt::format("{} document{}: {} with errors, {} not judged, {} without\n", document_count_,
                          document_count_ == 1 ? "" : "s", faulty_count_, unjudged_count_,
                          document_count_ - faulty_count_ - unjudged_count_);
  text += table(" documents  what they are", formats(),
                [](const auto& row) { return fmt::format("  {:>8}  {}\n", row.second, one_line(row.first)); });
  text += table(" documents  findings  level    rule", rules(), [](const Rule& row) {
    return fmt::format("  {:>8}  {:>8}  {:<7}  {}: {}\n", row.document_count, row.finding_count, to_word(row.level),
                       one_line(row.id), shorten(one_line(row.message), 70));
  });
  text += table(" documents  with errors  errors  vendor", vendors(), [](const Vendor& row) {
    return fmt::format("  {:>8}  {:>11}  {:>6}  {}\n", row.document_count, row.faulty_count, row.error_count,
                       row.name.empty() ? "(not said)" : one_line(row.name));
  });
  return text;
}

Value Summary::to_value() const {
  Value formats_value = Value::array();
  for (const auto& [title, count] : formats())
    formats_value.push(Value::object({{"title", title}, {"documents", whole(count)}}));
  Value rules_value = Value::array();
  for (const auto& rule : rules())
    rules_value.push(Value::object({{"rule", rule.id},
                                    {"level", std::string(to_word(rule.level))},
                                    {"documents", whole(rule.document_count)},
                                    {"findings", whole(rule.finding_count)},
                                    {"message", rule.message}}));
  Value vendors_value = Value::array();
  for (const auto& vendor : vendors())
    vendors_value.push(Value::object({{"vendor", vendor.name},
                                      {"documents", whole(vendor.document_count)},
                                      {"with_errors", whole(vendor.faulty_count)},
                                      {"errors", whole(vendor.error_count)}}));
  return Value::object({{"documents", whole(document_count_)},
                        {"with_errors", whole(faulty_count_)},
                        {"not_judged", whole(unjudged_count_)},
                        {"formats", std::move(formats_value)},
                        {"rules", std::move(rules_value)},
                        {"vendors", std::move(vendors_value)},
                        {"status", exit_status()}});
}

}  // namespace bb::documents
