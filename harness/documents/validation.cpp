#include "harness/documents/validation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::string_view any_release = "ccda";
constexpr std::size_t shown_max = 3;  // of errors

// What a word asks for.
struct Wanted {
  std::string word;
  std::string format;  // "ccda-2.1"; any_release
  std::string type;    // "ccd"; empty: any
};

std::vector<Wanted> all_words(const Formats& formats) {
  std::vector<Wanted> words{{std::string(any_release), std::string(any_release), ""}};
  for (const auto& type : formats.type_ids())
    words.push_back({fmt::format("ccda/{}", type), std::string(any_release), type});
  for (const auto& format : formats.ids()) {
    if (!format.starts_with("ccda-")) continue;
    const auto release = format.substr(5);
    words.push_back({fmt::format("ccda/{}", release), format, ""});
    for (const auto& type : formats.type_ids())
      words.push_back({fmt::format("ccda/{}-{}", type, release), format, type});
  }
  for (const auto* format : {"c32", "c62", "ccd-1.0", "va-text", "cms-text", "fhir-r4", "fhir-ndjson", "pdf", "html",
                             "xdm", "zip", "direct-message", "mdn", "dsn", "mail", "certificate", "trust-bundle"})
    words.push_back({format, format, ""});
  return words;
}

std::optional<Wanted> find_wanted(const Formats& formats, std::string_view word) {
  auto words = all_words(formats);
  const auto found = std::find_if(words.begin(), words.end(), [&](const Wanted& one) { return one.word == word; });
  return found == words.end() ? std::nullopt : std::optional(*std::move(found));
}

bool is_wanted(const Recognition& found, const Wanted& wanted, const Formats& formats) {
  const bool is_format =
      wanted.format == any_release ? found.is_ccda() : formats.is_one_of(found.format, wanted.format);
  return is_format && (wanted.type.empty() || wanted.type == found.document_type);
}

// The first of them in words; `count` of `things` there are.
std::string in_words(const DocumentReport& report, const std::vector<const Finding*>& findings, std::size_t count,
                     std::string_view things) {
  std::vector<std::string> parts;
  for (const auto* finding : findings)
    if (parts.size() < shown_max)
      parts.push_back(fmt::format("{}: {} [{}]", place_of(*finding),
                                  shorten(collapse_whitespace(finding->message), 300), finding->rule));
  return fmt::format("{} in {}: {}{}", counted(count, things), report.recognition.full_title(), join(parts, "; "),
                     count > parts.size() ? "; ..." : "");
}

template <class Is>
std::vector<const Finding*> findings_that(const DocumentReport& report, const Is& is) {
  std::vector<const Finding*> found;
  for (const auto& finding : report.findings)
    if (is(finding)) found.push_back(&finding);
  return found;
}

std::string errors_of(const DocumentReport& report) {
  const auto errors = findings_that(report, [](const Finding& f) { return f.level == Level::error; });
  return in_words(report, errors, errors.size() + report.dropped_count, "error");
}

bool speaks_of(const Unjudged& unjudged, std::string_view row) {
  if (unjudged.covers != nullptr) return unjudged.covers(row);
  return unjudged.rule == row || unjudged.rule.starts_with(fmt::format("{}.", row));
}

}  // namespace

std::vector<std::string> validation_words(const Formats& formats) {
  std::vector<std::string> words;
  for (auto& wanted : all_words(formats)) words.push_back(std::move(wanted.word));
  return words;
}

DocumentReport DocumentValidator::check(std::string_view bytes) const {
  std::unique_ptr<DocumentChecker> checker;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      checker = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (checker == nullptr) checker = std::make_unique<DocumentChecker>(rules_, CheckOptions{});
  auto report = checker->check("", bytes);
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(checker));
  return report;
}

Validated DocumentValidator::validate(std::string_view word, std::string_view bytes) const {
  const auto wanted = find_wanted(rules_->formats(), word);
  if (!wanted) return {Validated::Word::unavailable, fmt::format("there are no rules for '{}'", word)};
  const auto report = check(bytes);
  if (report.count(Level::error) > 0) return {Validated::Word::invalid, errors_of(report)};
  if (!is_wanted(report.recognition, *wanted, rules_->formats()))
    return {Validated::Word::invalid, report.recognition.full_title()};
  if (!report.failure.empty()) return {Validated::Word::unavailable, report.failure};
  if (!report.missing.empty()) return {Validated::Word::unavailable, join(report.missing, "; ")};
  return {Validated::Word::valid, fmt::format("{}: no error by {}", report.recognition.full_title(),
                                              join(rules_->names_for(report.recognition), ", "))};
}

Validated DocumentValidator::validate_row(std::string_view word, std::string_view row, Level least,
                                          std::string_view bytes) const {
  const auto strongest =
      rules_->own() ? strongest_rule(*rules_->own(), rules_->formats(), word, row) : std::optional<Level>();
  if (!strongest || *strongest > least)
    return {Validated::Word::unavailable, fmt::format("no rule of '{}' judges {} as {}", word, row, to_word(least))};
  const auto report = check(bytes);
  if (!is_wanted(report.recognition, *find_wanted(rules_->formats(), word), rules_->formats()))
    return {Validated::Word::invalid, report.recognition.full_title()};
  // A document that cannot be read keeps nothing.
  const auto broken = findings_that(report, [&](const Finding& finding) {
    return finding.requirement.empty() ? finding.level == Level::error
                                       : finding.requirement == row && finding.level <= least;
  });
  if (!broken.empty()) return {Validated::Word::invalid, in_words(report, broken, broken.size(), "finding")};
  if (!report.failure.empty()) return {Validated::Word::unavailable, report.failure};
  if (report.dropped_count > 0) return {Validated::Word::unavailable, "it has more findings than are told"};
  for (const auto& unjudged : report.unjudged)
    if (speaks_of(unjudged, row))
      return {Validated::Word::unavailable, fmt::format("{} was not evaluated: {}", row, unjudged.why)};
  return {Validated::Word::valid,
          fmt::format("{}: {} by BlueBridge's own rules", report.recognition.full_title(), row)};
}

std::optional<Level> strongest_rule(const OwnRules& own, const Formats& formats, std::string_view word,
                                    std::string_view row) {
  const auto wanted = find_wanted(formats, word);
  if (!wanted) return std::nullopt;
  std::optional<Level> strongest;
  for (const auto& rule : own.rules()) {
    if (rule.requirement != row) continue;
    const bool is_for_it = std::any_of(rule.formats.begin(), rule.formats.end(), [&](const std::string& format) {
      return wanted->format == any_release ? format.starts_with("ccda-") : formats.is_one_of(wanted->format, format);
    });
    const bool is_for_type = wanted->type.empty() || rule.types.empty() || rule.types.contains(wanted->type);
    if (is_for_it && is_for_type) strongest = strongest ? std::min(*strongest, rule.level) : rule.level;
  }
  return strongest;
}

}  // namespace bb::documents
