// The page for people: page.mustache filled from a RunView. This file only
// chooses what to say; how it looks is in page.mustache and page.css.
//
// Names in the data are unique across the whole template, because a section
// that lacks a name would find that of the section around it.
#include <fmt/format.h>

#include <algorithm>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/waivers.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/page_template.hpp"
#include "harness/report/page_text.hpp"
#include "harness/report/plain.hpp"
#include "harness/report/report.hpp"
#include "harness/report/sequence.hpp"
#include "harness/report/sequence_picture.hpp"

namespace bb::report {
namespace {

using evidence::AttestationView;
using evidence::ClaimView;
using evidence::ExchangeView;
using evidence::RecordView;
using evidence::RequirementView;
using evidence::RunView;
using evidence::StepView;
using evidence::TestView;

constexpr std::size_t body_bytes_max = 4096;               // of one body on the page
constexpr std::size_t bodies_bytes_max = 8 * 1024 * 1024;  // of all bodies together
constexpr std::size_t log_lines_max = 50;                  // of one step

std::string css_class(std::string_view word) { return replace_all(word, " ", "-"); }

// Ids in HTML hold no blanks; requirement ids are words with dashes and dots.
std::string anchor(std::string_view prefix, std::string_view name) {
  std::string id(prefix);
  for (const char c : one_line(name)) id += c == ' ' ? '_' : c;
  return id;
}

// Of what an event shows; empty for views that were made without events.
std::string event_anchor(std::int64_t number) { return number > 0 ? fmt::format("event-{}", number) : ""; }

std::string step_anchor(const std::string& test, std::size_t step) { return fmt::format("{}-step-{}", test, step + 1); }

std::string facts_line(std::initializer_list<std::string> facts) {
  std::vector<std::string> present;
  for (const auto& fact : facts)
    if (!fact.empty()) present.push_back(one_line(fact));
  return join(present, " \xC2\xB7 ");  // middle dot
}

std::string labelled(std::string_view label, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("{} {}", label, value);
}

std::string headers_text(const std::vector<host::Attribute>& headers) {
  std::string text;
  for (const auto& header : headers) text += fmt::format("{}: {}\n", header.name, one_line(header.value));
  return text;
}

class PageData {
 public:
  PageData(const RunView& run, const HtmlOptions& options) : run_(run), options_(options) {
    for (std::size_t i = 0; i < run.tests.size(); ++i) anchors_[&run.tests[i]] = fmt::format("test-{}", i + 1);
    for (const auto* test : open_tests(run)) open_.insert(test);
  }

  Value build() {
    auto page = Value::object();
    page.set("style", page_css);
    put_verdict(page);
    put_open(page);
    put_sections(page);
    put_untested(page);
    put_waivers(page);
    put_words(page);
    put_facts(page);
    return page;
  }

 private:
  void put_verdict(Value& page) const {
    page.set("verdict", one_line(run_.verdict.word));
    page.set("verdict_class", !run_.is_complete || run_.is_damaged          ? "open"
                              : run_.part && run_.verdict.exit_status == 0  ? "open"
                              : run_.verdict.word.starts_with("conformant") ? "good"
                              : run_.counts.fail > 0                        ? "bad"
                                                                            : "open");
    page.set("verdict_sentence", one_line(run_.verdict.sentence));
    page.set("target", target_name(run_));
    page.set("advice", next_step(run_));
    page.set("incomplete", !run_.is_complete && !run_.is_waiting);
    page.set("is_waiting", run_.is_waiting);
    auto waits = Value::array();
    for (const auto& wait : run_.waits) waits.push(Value::object({{"wait", one_line(sentence_of(wait))}}));
    page.set("waits", std::move(waits));
    page.set("has_arrivals", !run_.arrivals.empty());
    auto arrivals = Value::array();
    for (const auto& arrival : run_.arrivals)
      arrivals.push(Value::object({{"arrival", one_line(sentence_of(arrival, Repeats::all))}}));
    page.set("arrivals", std::move(arrivals));
    page.set("damaged", run_.is_damaged);
    page.set("has_problems", !run_.problems.empty());
    auto problems = Value::array();
    for (const auto& problem : run_.problems) problems.push(Value::object({{"problem", one_line(problem)}}));
    page.set("problems", std::move(problems));

    std::map<std::string_view, int> by_word;
    for (const auto& test : run_.tests) ++by_word[outcome_word(test)];
    auto counts = Value::array();
    for (const auto word :
         {"fail", "error", "cancel", "not attested", "skip", "not run", "attested", "waived", "warn", "pass", "omit"})
      if (const auto it = by_word.find(word); it != by_word.end())
        counts.push(Value::object({{"count", it->second}, {"count_word", word}, {"count_class", css_class(word)}}));
    page.set("counts", std::move(counts));
  }

  void put_open(Value& page) const {
    auto open = Value::array();
    for (const auto* test : open_tests(run_)) {
      std::vector<std::string> steps;
      for (const auto& broken : broken_claims(*test)) {
        const auto step = next_step(*test, *broken.claim);
        if (std::find(steps.begin(), steps.end(), step) == steps.end()) steps.push_back(step);
      }
      if (steps.empty()) steps.push_back(next_step(*test));
      auto advice = Value::array();
      for (const auto& step : steps) advice.push(Value::object({{"open_step", one_line(step)}}));
      const auto word = outcome_word(*test);
      open.push(Value::object({{"open_word", word},
                               {"open_class", css_class(word)},
                               {"open_title", title_of(*test)},
                               {"open_anchor", anchors_.at(test)},
                               {"open_cause", reason(*test)},
                               {"open_steps", std::move(advice)}}));
    }
    page.set("has_open", open.size() > 0);
    page.set("open", std::move(open));
  }

  void put_sections(Value& page) {
    auto tested = Value::array();
    auto attested = Value::array();
    for (const auto& requirement : run_.requirements) {
      if (!requirement.is_tested) continue;
      (is_attested(requirement) ? attested : tested).push(requirement_group(requirement));
    }
    auto others = Value::array();
    for (const auto& test : run_.tests)
      if (!shown_.contains(&test)) others.push(test_group(test));

    auto sections = Value::array();
    const auto add = [&](std::string_view id, std::string_view title, std::string_view intro, Value groups) {
      if (groups.size() == 0) return;
      sections.push(Value::object(
          {{"section_id", id}, {"section_title", title}, {"section_intro", intro}, {"groups", std::move(groups)}}));
    };
    add("requirements", "Requirements",
        "Each requirement with the tests that check it. Open a test to see what was expected, what was found and the "
        "exchanges behind it.",
        std::move(tested));
    add("attested", "Answered by a person",
        "No program can check these. A person answered, with name and date. They are listed apart and never count as "
        "a pass.",
        std::move(attested));
    add("others", "Other tests", "Set-up and tests that no requirement above rests on.", std::move(others));
    page.set("sections", std::move(sections));
  }

  void put_untested(Value& page) const {
    auto untested = Value::array();
    for (const auto& requirement : run_.requirements) {
      if (requirement.is_tested) continue;
      untested.push(Value::object({{"untested_anchor", anchor("requirement-", requirement.id)},
                                   {"untested_id", one_line(requirement.id)},
                                   {"untested_text", one_line(requirement.text)},
                                   {"untested_facts", requirement_facts(requirement)},
                                   {"untested_missing", one_line(missing(requirement))}}));
    }
    page.set("has_untested", untested.size() > 0);
    page.set("untested", std::move(untested));
  }

  void put_waivers(Value& page) const {
    auto waivers = Value::array();
    for (const auto& waiver : run_.waivers) {
      if (waiver.state == evidence::WaiverView::State::apart) continue;
      const auto word = evidence::to_word(waiver.state);
      waivers.push(Value::object({{"waiver_word", word},
                                  {"waiver_class", evidence::is_to_review(waiver) ? "skip" : "waived"},
                                  {"waiver_text", one_line(sentence_of(waiver))},
                                  {"waiver_next", next_step(waiver)}}));
    }
    page.set("has_waivers", waivers.size() > 0);
    page.set("waivers", std::move(waivers));
  }

  void put_words(Value& page) const {
    std::set<std::string_view> used;
    for (const auto& test : run_.tests) used.insert(outcome_word(test));
    for (const auto& requirement : run_.requirements) used.insert(outcome_word(requirement));
    auto words = Value::array();
    for (const auto word : used)
      words.push(Value::object({{"word", word}, {"word_class", css_class(word)}, {"word_meaning", meaning(word)}}));
    page.set("words", std::move(words));
  }

  void put_facts(Value& page) const {
    auto facts = Value::array();
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) facts.push(Value::object({{"fact_name", name}, {"fact_value", one_line(value)}}));
    };
    add("Run", run_.id);
    add("Begun", run_.started_unix_ns > 0 ? format_utc(run_.started_unix_ns) : "");
    add("Finished", run_.is_complete  ? format_utc(run_.finished_unix_ns)
                    : run_.is_waiting ? "not yet: the run waits"
                                      : "never: the run is incomplete");
    add("Processes", processes_sentence(run_));
    add("Program", "bluebridge " + run_.program_version);
    add("Target", run_.target);
    for (const auto& connector : run_.connectors)
      add("Connector", fmt::format("{}: {}", connector.role, evidence::to_text(connector)));
    add("Environment", run_.environment);
    add("Judged by the rules of", run_.rule_date);
    for (const auto& suite : run_.suites)
      add("Suite", fmt::format("{} {} {} {}", suite.title, suite.id, suite.version, labelled("SHA-256", suite.sha256)));
    for (const auto& suite : run_.suites)
      for (const auto& option : suite.options)
        add("Option", option.title.empty()
                          ? fmt::format("{} {}: {}", suite.id, option.name, chosen(option))
                          : fmt::format("{} {}, {}: {}", suite.id, option.name, option.title, chosen(option)));
    for (const auto& note : run_.notes) add("Note", note);
    if (run_.are_connectors_checked) add("Connectors", connectors_sentence(run_));
    page.set("facts", std::move(facts));
  }

  Value requirement_group(const RequirementView& requirement) {
    const auto word = outcome_word(requirement);
    auto group = empty_group();
    group.set("group_anchor", anchor("requirement-", requirement.id));
    group.set("has_requirement", true);
    group.set("requirement_id", one_line(requirement.id));
    group.set("requirement_word", word);
    group.set("requirement_class", css_class(word));
    group.set("requirement_text", one_line(requirement.text));
    group.set("requirement_facts", requirement_facts(requirement));
    for (const auto& test : run_.tests)
      if (verifies(requirement, test)) put_test(group, test);
    return group;
  }

  Value test_group(const TestView& test) {
    auto group = empty_group();
    put_test(group, test);
    return group;
  }

  static Value empty_group() {
    return Value::object({{"group_anchor", ""},
                          {"has_requirement", false},
                          {"answers", Value::array()},
                          {"repeated", Value::array()},
                          {"tests", Value::array()}});
  }

  // A test is shown whole once; after that, requirements point to it.
  void put_test(Value& group, const TestView& test) {
    for (const auto& answer : run_.attestations)
      if (answer.suite == test.suite && answer.test == test.name) group.find("answers")->push(answer_value(answer));
    if (shown_.insert(&test).second) {
      group.find("tests")->push(test_value(test));
      return;
    }
    const auto word = outcome_word(test);
    group.find("repeated")
        ->push(Value::object({{"repeated_word", word},
                              {"repeated_class", css_class(word)},
                              {"repeated_anchor", anchors_.at(&test)},
                              {"repeated_title", title_of(test)}}));
  }

  static bool verifies(const RequirementView& requirement, const TestView& test) {
    const auto name = test.suite + '/' + test.name;
    return std::find(requirement.tests.begin(), requirement.tests.end(), name) != requirement.tests.end();
  }

  static std::string requirement_facts(const RequirementView& requirement) {
    return facts_line(
        {requirement.level, labelled("status:", requirement.status), labelled("applies to:", requirement.applies),
         labelled("source:", requirement.source), labelled("rests on:", join(requirement.rests_on, ", ")),
         requirement.is_tested && !requirement.counts ? std::string(uncounted_note) : "", part_note(requirement)});
  }

  static Value answer_value(const AttestationView& answer) {
    return Value::object({{"answer_question", one_line(answer.question)},
                          {"answer_word", answer_word(answer)},
                          {"answer_by", facts_line({answer.name, answer.role, answer.date})},
                          {"answer_evidence", one_line(evidence_of(answer))},
                          {"answer_expires", expiry_of(answer)}});
  }

  static std::string title_of(const TestView& test) { return one_line(test.title.empty() ? test.name : test.title); }

  Value test_value(const TestView& test) {
    const auto word = outcome_word(test);
    auto steps = Value::array();
    for (std::size_t i = 0; i < test.steps.size(); ++i) {
      auto step = step_value(test, test.steps[i]);
      step.set("step_anchor", step_anchor(anchors_.at(&test), i));
      steps.push(std::move(step));
    }
    return Value::object(
        {{"test_anchor", anchors_.at(&test)},
         {"test_word", word},
         {"test_class", css_class(word)},
         {"test_open", open_.contains(&test)},
         {"test_title", title_of(test)},
         {"test_facts", facts_line({test.suite + '/' + test.name, std::string(evidence::to_word(test.level)),
                                    test.counts ? "" : std::string(uncounted_note),
                                    test.is_done ? format_duration(test.duration_ms) : "",
                                    labelled("needs", join(test.needs, ", "))})},
         {"test_cause", broken_claims(test).empty() ? one_line(test.cause) : std::string()},
         {"test_next", broken_claims(test).empty() ? one_line(next_step(test)) : std::string()},
         {"picture", picture_value(test)},
         {"steps", std::move(steps)}});
  }

  // Who spoke with whom; nothing where the list of exchanges tells it all.
  Value picture_value(const TestView& test) const {
    const auto sequence = sequence_of(test);
    if (!is_worth_a_picture(sequence)) return {};
    const auto& anchor = anchors_.at(&test);
    return sequence_picture(sequence, anchor, [&](const Arrow& arrow) {
      return arrow.event > 0 ? event_anchor(arrow.event) : step_anchor(anchor, arrow.step);
    });
  }

  Value step_value(const TestView& test, const StepView& step) {
    auto claims = Value::array();
    for (const auto& claim : step.claims) claims.push(claim_value(test, step, claim));
    auto exchanges = Value::array();
    for (const auto& exchange : step.exchanges) exchanges.push(exchange_value(exchange));
    auto logs = Value::array();
    for (std::size_t i = 0; i < std::min(step.logs.size(), log_lines_max); ++i)
      logs.push(Value::object({{"log_line", log_text(step.logs[i])}}));
    auto records = Value::array();
    for (const auto& record : step.records) records.push(record_value(record));

    const auto count = step.exchanges.size();
    return Value::object({{"step_id", one_line(step.id)},
                          {"step_action", one_line(step.action)},
                          {"step_facts", step_facts(step)},
                          {"has_claims", claims.size() > 0},
                          {"claims", std::move(claims)},
                          {"step_body", body_value(step)},
                          {"has_exchanges", count > 0},
                          {"exchanges_title", count == 1 ? std::string("The exchange behind this step")
                                                         : fmt::format("The {} exchanges behind this step", count)},
                          {"exchanges", std::move(exchanges)},
                          {"has_records", records.size() > 0},
                          {"records", std::move(records)},
                          {"has_logs", logs.size() > 0},
                          {"logs", std::move(logs)}});
  }

  static std::string step_facts(const StepView& step) {
    const auto& message = step.message;
    const bool has = step.has_message;
    return facts_line({step.is_setup ? "set-up, not judged" : "", step.is_cleanup ? "cleanup, not judged" : "",
                       step.attempt > 1 ? fmt::format("attempt {}", step.attempt) : "",
                       has ? labelled("result:", message.result) : "", has ? message.error : "",
                       has ? message.media_type : "", has ? message.filename : "",
                       has && message.total_ms >= 0 ? format_duration(message.total_ms) : ""});
  }

  Value claim_value(const TestView& test, const StepView& step, const ClaimView& claim) const {
    const bool is_held = claim.outcome == "held";
    const std::string word = std::string(is_held                       ? "holds"
                                         : claim.outcome == "violated" ? "does not hold"
                                                                       : "cannot be judged") +
                             (claim.counts ? "" : ", does not count") + (claim.is_waived ? ", waived" : "");
    const bool is_mild = !is_held && (claim.level != evidence::Level::shall || !claim.counts || claim.is_waived);
    return Value::object({{"claim_word", word},
                          {"claim_class", is_mild ? std::string("warn") : css_class(claim.outcome)},
                          {"claim_text", one_line(claim.text)},
                          {"claim_is_broken", !is_held},
                          {"claim_expected", printable(claim.expected)},
                          {"claim_found", is_held ? shorten(one_line(claim.found), 200) : printable(claim.found)},
                          {"claim_next", one_line(next_step(test, claim))},
                          {"claim_where", one_line(where(run_, test, {&step, &claim}))}});
  }

  // The body of a step stands in its exchanges too, where there are any.
  Value body_value(const StepView& step) {
    if (!step.has_message || step.message.body.empty() || !step.exchanges.empty()) return {};
    const auto part = body_part("", step.message.body, step.body_blob);
    return Value::object({{"step_body_note", part["part_title"]},
                          {"step_body_link", part["part_link"]},
                          {"step_body_text", part["part_text"]}});
  }

  Value exchange_value(const ExchangeView& view) {
    const auto& exchange = view.exchange;
    auto parts = Value::array();
    const auto add_headers = [&](std::string_view title, const std::vector<host::Attribute>& headers) {
      if (!headers.empty())
        parts.push(Value::object({{"part_title", title}, {"part_link", ""}, {"part_text", headers_text(headers)}}));
    };
    const auto add_body = [&](std::string_view title, const std::string& body, const std::string& blob) {
      if (!body.empty() || !blob.empty()) parts.push(body_part(title, body, blob));
    };
    add_headers("Request headers", exchange.request_headers);
    add_body("Request body", exchange.request_body, view.request_body_blob);
    add_headers("Answer headers", exchange.response_headers);
    add_body("Answer body", exchange.response_body, view.response_body_blob);
    return Value::object({{"exchange_anchor", event_anchor(view.number)},
                          {"exchange_line", describe(view)},
                          {"exchange_facts", facts_line({exchange.is_answer ? "this answer was judged" : "",
                                                         format_duration(exchange.total_ms), exchange.tls})},
                          {"parts", std::move(parts)}});
  }

  Value body_part(std::string_view title, const std::string& body, const std::string& blob) {
    const auto left = bodies_bytes_max - std::min(bodies_bytes_max, bodies_bytes_);
    const auto shown = show_body(body, std::min(body_bytes_max, left));
    bodies_bytes_ += shown.text.size();
    std::string note(title);
    if (shown.is_shortened && !blob.empty())
      note += fmt::format("{}{} (all of it: blobs/{})", title.empty() ? "" : ", ",
                          shown.is_text ? "shortened" : "not text", one_line(blob));
    const bool has_link = shown.is_shortened && !blob.empty() && !options_.blobs.empty();
    return Value::object({{"part_title", note},
                          {"part_link", has_link ? options_.blobs + '/' + percent_encode(blob) : ""},
                          {"part_text", shown.text}});
  }

  static std::string log_text(const host::LogLine& line) {
    auto text = line.message;
    for (const auto& field : line.fields) text += fmt::format(" {}={}", field.name, field.value);
    return shorten(one_line(text), 1000);
  }

  Value record_value(const RecordView& view) {
    const auto& record = view.record;
    auto value = Value::object({{"record_anchor", event_anchor(view.number)},
                                {"record_line", facts_line({record.protocol, record.step, record.peer})}});
    if (record.is_sensitive) {
      value.set("record_text", "sensitive: kept in the run folder only");
      return value;
    }
    const auto sent = body_part("", record.sent, "");
    const auto received = body_part("", record.received, "");
    value.set("record_text", fmt::format("sent:\n{}\nreceived:\n{}", sent["part_text"].string_or(""),
                                         received["part_text"].string_or("")));
    return value;
  }

  const RunView& run_;
  const HtmlOptions& options_;
  std::map<const TestView*, std::string> anchors_;
  std::set<const TestView*> open_;   // somebody must act on
  std::set<const TestView*> shown_;  // whole, on the page already
  std::size_t bodies_bytes_ = 0;
};

}  // namespace

std::string render_html(const RunView& run, const HtmlOptions& options) {
  auto page = fill_template(page_mustache, PageData(run, options).build());
  // The template is ours and tested: it cannot be malformed.
  return page ? *std::move(page) : std::string();
}

}  // namespace bb::report
