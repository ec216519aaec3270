#include "harness/doctor/render.hpp"

#include <fmt/format.h>

#include <bb/core/text.hpp>

namespace bb::doctor {
namespace {

std::string place_text(const Place& place) {
  if (!place.source) return {};
  if (place.line == 0) return place.source->name;
  return fmt::format("{}:{}:{}", place.source->name, place.line, place.column);
}

// One line each, so that programs that read lines and people who scan them find their way.
std::string on_one_line(const std::string& text) { return collapse_whitespace(text); }

}  // namespace

Counts count(const Findings& findings) {
  Counts counts;
  for (const auto& finding : findings) switch (finding.state) {
      case State::good:
        ++counts.good;
        break;
      case State::note:
        ++counts.notes;
        break;
      case State::warning:
        ++counts.warnings;
        break;
      case State::problem:
        ++counts.problems;
        break;
      case State::not_judged:
        ++counts.not_judged;
        break;
    }
  return counts;
}

std::string render_text(const Findings& findings) {
  std::string text;
  std::string_view title;
  for (const auto& finding : findings) {
    if (title_of(finding.group) != title) {
      title = title_of(finding.group);
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", title);
    }
    const auto place = place_text(finding.place);
    text += fmt::format("  {:<10}  {}{}{}\n", word_of(finding.state), place, place.empty() ? "" : ": ",
                        on_one_line(finding.what));
    const auto add = [&](std::string_view word, const std::string& words) {
      if (!words.empty()) text += fmt::format("              {}: {}\n", word, on_one_line(words));
    };
    add("expected", finding.expected);
    add("found", finding.found);
    add("next", finding.next);
  }
  const auto counts = count(findings);
  const auto things = [](int number, std::string_view thing) {
    return counted(static_cast<std::size_t>(number), thing);
  };
  text += fmt::format("\n{}, {}, {} not judged\n", things(counts.problems, "problem"),
                      things(counts.warnings, "warning"), counts.not_judged);
  return text;
}

Value render_json(const Findings& findings, const std::string& target, const std::vector<std::string>& suites,
                  int status) {
  Value list = Value::array();
  for (const auto& finding : findings) {
    auto one = Value::object({{"group", word_of(finding.group)},
                              {"state", finding.state == State::not_judged ? "not_judged" : word_of(finding.state)},
                              {"what", on_one_line(finding.what)}});
    if (finding.place.source) {
      auto place = Value::object({{"file", finding.place.source->name}});
      if (finding.place.line > 0) place.set("line", finding.place.line);
      if (finding.place.line > 0) place.set("column", finding.place.column);
      one.set("place", std::move(place));
    }
    const auto add = [&](std::string_view key, const std::string& words) {
      if (!words.empty()) one.set(key, on_one_line(words));
    };
    add("expected", finding.expected);
    add("found", finding.found);
    add("next", finding.next);
    list.push(std::move(one));
  }
  const auto counts = count(findings);
  return Value::object({{"target", target},
                        {"suites", Value::strings(suites)},
                        {"findings", std::move(list)},
                        {"counts", Value::object({{"ok", counts.good},
                                                  {"note", counts.notes},
                                                  {"warning", counts.warnings},
                                                  {"problem", counts.problems},
                                                  {"not_judged", counts.not_judged}})},
                        {"status", status}});
}

}  // namespace bb::doctor
