#include <fmt/format.h>

#include "harness/report/difference_words.hpp"
#include "harness/report/page_template.hpp"
#include "harness/report/page_text.hpp"
#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

std::string_view css_class(bool is_worse) { return is_worse ? "fail" : "attested"; }

void add_section(Value& sections, std::string_view anchor, std::string_view title, Value items) {
  if (items.size() == 0) return;
  sections.push(Value::object({{"section_anchor", anchor}, {"section_title", title}, {"items", std::move(items)}}));
}

Value item(bool is_worse, std::string_view badge, const std::string& sentence, Value details) {
  return Value::object({{"item_class", css_class(is_worse)},
                        {"item_badge", badge},
                        {"item_sentence", one_line(sentence)},
                        {"has_details", details.size() > 0},
                        {"details", std::move(details)}});
}

void add_detail(Value& details, std::string_view label, const std::string& text) {
  if (!text.empty()) details.push(Value::object({{"detail_label", label}, {"detail_text", one_line(text)}}));
}

Value requirement_items(const Difference& difference) {
  auto items = Value::array();
  for (const auto& change : difference.requirements) {
    auto details = Value::array();
    add_detail(details, "Rule", change.cites);
    for (const auto& test : change.tests) add_detail(details, "Test", test);
    items.push(item(change.is_worse, to_word(change.kind), in_words(change), std::move(details)));
  }
  return items;
}

Value test_items(const Difference& difference) {
  auto items = Value::array();
  for (const auto& change : difference.tests) {
    auto details = Value::array();
    for (const auto& claim : change.claims_before) add_detail(details, "Did not hold", in_words(claim));
    for (const auto& claim : change.claims_after) add_detail(details, "Does not hold", in_words(claim));
    add_detail(details, "Cause", change.cause);
    for (const auto& rule : change.cites) add_detail(details, "Rule", rule);
    items.push(item(change.is_worse, change.after, in_words(change), std::move(details)));
  }
  return items;
}

Value field_items(const std::vector<FieldChange>& changes) {
  auto items = Value::array();
  for (const auto& change : changes) items.push(item(false, "changed", in_words(change), Value::array()));
  return items;
}

}  // namespace

std::string difference_page(const Difference& difference, const evidence::RunView& before,
                            const evidence::RunView& after) {
  auto sections = Value::array();
  add_section(sections, "requirements", "Requirements", requirement_items(difference));
  add_section(sections, "tests", "Tests", test_items(difference));
  add_section(sections, "waivers", "Waivers", field_items(difference.waivers));
  add_section(sections, "answers", "Answers of people", field_items(difference.attestations));
  add_section(sections, "setup", "What else changed", field_items(difference.setup));
  auto apart = Value::array();
  for (const auto& sentence : difference.not_comparable)
    apart.push(item(false, "not comparable", sentence, Value::array()));
  add_section(sections, "not-comparable", "What is not comparable", std::move(apart));
  auto page = Value::object({{"style", page_css},
                             {"headline", headline(difference)},
                             {"verdict_class", difference.is_worse() ? "bad" : "good"},
                             {"verdict_sentence", one_line(in_words(difference.verdict))},
                             {"run_before", one_line(run_sentence(before))},
                             {"run_after", one_line(run_sentence(after))},
                             {"program_version", after.program_version},
                             {"sections", std::move(sections)}});
  const auto filled = fill_template(difference_page_mustache, page);
  return filled ? *filled : "<!doctype html><title>BlueBridge</title><p>" + filled.error().what + "</p>\n";
}

}  // namespace bb::report
