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
  for (const auto* format : {"c32", "c62", "ccd-1.0"}) words.push_back({format, format, ""});
  return words;
}

bool is_wanted(const Recognition& found, const Wanted& wanted, const Formats& formats) {
  const bool is_format =
      wanted.format == any_release ? found.is_ccda() : formats.is_one_of(found.format, wanted.format);
  return is_format && (wanted.type.empty() || wanted.type == found.document_type);
}

std::string title_of(const Recognition& found) {
  return found.document_title.empty() ? found.title : fmt::format("{}, {}", found.title, found.document_title);
}

std::string errors_of(const DocumentReport& report) {
  std::vector<std::string> errors;
  for (const auto& finding : report.findings)
    if (finding.level == Level::error && errors.size() < shown_max)
      errors.push_back(fmt::format("{}: {} [{}]", place_of(finding), shorten(collapse_whitespace(finding.message), 300),
                                   finding.rule));
  const auto count = report.count(Level::error) + report.dropped_count;
  return fmt::format("{} in {}: {}{}", counted(count, "error"), title_of(report.recognition), join(errors, "; "),
                     count > errors.size() ? "; ..." : "");
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
  const auto words = all_words(rules_->formats());
  const auto wanted = std::find_if(words.begin(), words.end(), [&](const Wanted& one) { return one.word == word; });
  if (wanted == words.end()) return {Validated::Word::unavailable, fmt::format("there are no rules for '{}'", word)};
  const auto report = check(bytes);
  if (report.count(Level::error) > 0) return {Validated::Word::invalid, errors_of(report)};
  if (!is_wanted(report.recognition, *wanted, rules_->formats()))
    return {Validated::Word::invalid, title_of(report.recognition)};
  if (!report.failure.empty()) return {Validated::Word::unavailable, report.failure};
  if (!report.missing.empty()) return {Validated::Word::unavailable, join(report.missing, "; ")};
  return {Validated::Word::valid, fmt::format("{}: no error by {}", title_of(report.recognition),
                                              join(rules_->names_for(report.recognition), ", "))};
}

}  // namespace bb::documents
