// What a run of the kit looks like: text, JSON, JUnit.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/abi_rules.hpp>
#include <bb/core/text.hpp>
#include <bb/kit/kit.hpp>

namespace bb::kit {
namespace {

bool counts_against(const Finding& finding) {
  return finding.excuse.empty() &&
         (finding.outcome == Outcome::fail || finding.outcome == Outcome::crash || finding.outcome == Outcome::timeout);
}

bool is_open(const Finding& finding) {
  return finding.excuse.empty() && finding.outcome == Outcome::skip && finding.is_judged;
}

std::size_t count(const Report& report, Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                [&](const Finding& finding) { return finding.outcome == outcome; }));
}

// Of a check's rule, which the tests hold to be there.
const AbiRule& rule_of(const Finding& finding) { return *find_abi_rule(finding.check.rule); }

std::string what_of(const Finding& finding) {
  auto text = fmt::format("{} {}", finding.check.rule, finding.check.id);
  if (!finding.what.empty()) text += ": " + finding.what;
  return text;
}

// Control characters have no place in XML or on a terminal.
std::string printable(std::string_view text) {
  auto out = to_utf8_lossy(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }, ' ');
  return out;
}

}  // namespace

std::string_view word(Outcome outcome) {
  constexpr std::array<std::string_view, 6> words{"pass", "warn", "fail", "crash", "timeout", "skip"};
  return words[static_cast<std::size_t>(outcome)];
}

std::string line_of(const Finding& finding) {
  const auto& rule = rule_of(finding);
  auto text = fmt::format("{:<8}{}\n", word(finding.outcome), printable(what_of(finding)));
  if (finding.outcome != Outcome::pass && finding.outcome != Outcome::skip)
    text += fmt::format("        {}{}\n", place_of(rule), rule.quote.empty() ? "" : fmt::format(": {}", rule.quote));
  if (!finding.excuse.empty()) text += fmt::format("        excepted by connector-test.yaml: {}\n", finding.excuse);
  return text;
}

std::string summary_of(const Report& report) {
  std::string text;
  for (const auto outcome : {Outcome::pass, Outcome::warn, Outcome::fail, Outcome::crash, Outcome::timeout}) {
    const auto number = count(report, outcome);
    if (number > 0 || outcome == Outcome::pass || outcome == Outcome::fail)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, word(outcome));
  }
  const auto apart = static_cast<std::size_t>(
      std::count_if(report.findings.begin(), report.findings.end(), [](const Finding& f) { return !f.is_judged; }));
  const auto open = static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(), is_open));
  const auto excused = static_cast<std::size_t>(std::count_if(report.findings.begin(), report.findings.end(),
                                                              [](const Finding& f) { return !f.excuse.empty(); }));
  if (open > 0) text += fmt::format(", {} could not be judged", open);
  if (apart > 0) text += fmt::format(", {} do not apply", apart);
  if (excused > 0) text += fmt::format(", {} excepted", excused);
  return fmt::format("{}: {} (strictness {}, seed {}{})\n", report.library.filename().string(), text, report.strictness,
                     report.seed, report.is_in_process ? ", in process: no isolation, no time limit" : "");
}

Value to_value(const Report& report) {
  auto findings = Value::array();
  for (const auto& finding : report.findings) {
    const auto& rule = rule_of(finding);
    auto entry = Value::object({{"check", finding.check.id},
                                {"strictness", static_cast<std::int64_t>(finding.check.strictness)},
                                {"outcome", word(finding.outcome)},
                                {"rule", finding.check.rule},
                                {"header", place_of(rule)},
                                {"ms", finding.took_ms}});
    if (!finding.what.empty()) entry.set("message", finding.what);
    if (finding.outcome == Outcome::skip) entry.set("applies", finding.is_judged);
    if (!finding.excuse.empty()) entry.set("excepted", finding.excuse);
    findings.push(std::move(entry));
  }
  return Value::object({{"library", report.library.string()},
                        {"manifest", report.manifest.string()},
                        {"setup", report.setup.empty() ? Value() : Value(report.setup.string())},
                        {"strictness", static_cast<std::int64_t>(report.strictness)},
                        {"seed", report.seed},
                        {"in_process", report.is_in_process},
                        {"checks", std::move(findings)}});
}

std::string to_junit(const std::vector<Report>& reports) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& report : reports) {
    std::size_t failures = 0, errors = 0, skipped = 0;
    std::string cases;
    for (const auto& finding : report.findings) {
      cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                           escape_markup(report.library.filename().string()), finding.check.id,
                           static_cast<double>(finding.took_ms) / 1000.0);
      const auto message = escape_markup(printable(what_of(finding)));
      const auto element = [&](const char* name, std::size_t& number) {
        ++number;
        cases += fmt::format(">\n      <{0} message=\"{1}\">{1}\n{2}</{0}>\n    </testcase>\n", name, message,
                             escape_markup(place_of(rule_of(finding))));
      };
      if (finding.outcome == Outcome::skip || (!finding.excuse.empty() && finding.outcome != Outcome::pass)) {
        ++skipped;
        cases += fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                             finding.excuse.empty() ? message : escape_markup(printable(finding.excuse)));
      } else if (finding.outcome == Outcome::fail) {
        element("failure", failures);
      } else if (finding.outcome == Outcome::crash || finding.outcome == Outcome::timeout) {
        element("error", errors);
      } else if (finding.outcome == Outcome::warn) {
        cases += fmt::format(">\n      <system-out>warn: {}</system-out>\n    </testcase>\n", message);
      } else {
        cases += "/>\n";
      }
    }
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
        escape_markup(report.library.filename().string()), report.findings.size(), failures, errors, skipped, cases);
  }
  return text + "</testsuites>\n";
}

int exit_status(const std::vector<Report>& reports) {
  const auto any = [&](bool (*is)(const Finding&)) {
    return std::any_of(reports.begin(), reports.end(), [&](const Report& report) {
      return std::any_of(report.findings.begin(), report.findings.end(), is);
    });
  };
  if (any(counts_against)) return 1;
  return any(is_open) ? 3 : 0;
}

}  // namespace bb::kit
