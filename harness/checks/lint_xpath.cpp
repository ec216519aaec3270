#include "harness/checks/lint_xpath.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <bb/core/yaml.hpp>
#include "harness/checks/expression.hpp"
#include "harness/checks/xml_document.hpp"
#include "harness/checks/xpath_form.hpp"
#include "harness/suite/ordering.hpp"

namespace bb::checks {
namespace {

class XPathLinter {
 public:
  std::vector<Diagnostic> lint(const suite::Suite& suite) {
    for (const auto& test : suite.tests) {
      for (const auto* steps : {&test.steps, &test.cleanup})
        for (const auto& step : *steps) check_step(step);
      for (const auto& fault : test.catches) check(fault.selector.kind, fault.selector.argument, fault.selector.node);
    }
    return std::move(diagnostics_);
  }

 private:
  void check_step(const suite::Step& step) {
    for (const auto* claims : {&step.require, &step.expect})
      for (const auto& claim : *claims)
        if (const auto xpath = check(claim.subject, claim.argument, claim.node)) check_sense(claim, *xpath);
    for (const auto& save : step.save) check(save.selector.kind, save.selector.argument, save.selector.node);
  }

  // The expression with a text in place of each reference; nothing where there
  // is none, or where it cannot be read.
  std::optional<std::string> check(const std::string& kind, const Value& argument, const YamlNode* map) {
    const YamlNode* node = kind == "xpath" && map ? map->find("xpath") : nullptr;
    const auto* text = argument.string();
    if (!node || !text) return std::nullopt;
    std::string xpath = sample_xpath(*text);
    if (xpath.empty()) return std::nullopt;
    const auto mistake = find_xpath_mistake(xpath);
    if (!mistake) return xpath;
    diagnostics_.push_back({Severity::error, place_in(*node, xpath, mistake->at),
                            fmt::format("not an XPath: {} [L15]", mistake->what), mistake->expected});
    return std::nullopt;
  }

  void refuse(const suite::Claim& claim, std::string_view key, const std::string& message, const std::string& note) {
    const YamlNode* node = claim.node->find(key);
    diagnostics_.push_back({Severity::error, node ? node->place : claim.place, fmt::format("{} [L17]", message), note});
  }

  // Whether the claim can hold and can fail.
  void check_sense(const suite::Claim& claim, const std::string& xpath) {
    if (!reads_document(xpath))
      return refuse(claim, "xpath",
                    "the XPath looks at nothing of the document: the claim comes out alike whatever is sent",
                    "name what it looks at, for example //html:h1");
    // Of a reference the value counts, which only the run knows.
    if (const auto truth = settled_truth(xpath); truth && Value(xpath) == claim.argument)
      return refuse(claim, "xpath",
                    fmt::format("the XPath comes to {} whatever the document holds: the claim comes out alike whatever "
                                "is sent",
                                *truth ? "true" : "false"),
                    "leave out what stands beside 'or' and 'and' and is always the same");
    const XPathKind kind = kind_of_xpath(xpath);
    if (kind != XPathKind::number && kind != XPathKind::truth) return;
    const std::string_view what = kind == XPathKind::number ? "number" : "true or false";
    for (const auto& [matcher, operand] : claim.matchers) {
      if (matcher != suite::Matcher::exists && matcher != suite::Matcher::count) continue;
      const bool is_held = operand == Value(true) || operand == Value(1);
      return refuse(
          claim, to_word(matcher),
          fmt::format("the XPath always comes to one {}: the claim {}", what, is_held ? "cannot fail" : "never holds"),
          kind == XPathKind::number ? "claim the number: is, min, max" : "leave the matcher out, or write 'is: false'");
    }
    if (kind == XPathKind::number && claim.matchers.empty())
      refuse(claim, "xpath", "the XPath always comes to a number: the claim cannot fail",
             "add a limit, for example 'min: 1'");
    if (!is_amount(xpath)) return;
    for (const auto& [matcher, operand] : claim.matchers)
      if (matcher == suite::Matcher::is && operand.is_number() && operand.number() < 0)
        return refuse(claim, "is", "no count is below zero: the claim never holds", "");
    if (claim.matchers.size() != 1 || claim.matchers[0].first != suite::Matcher::min) return;
    const auto zero = suite::order_of(Value(0), claim.matchers[0].second, false);
    if (zero.order && *zero.order >= 0)
      refuse(claim, "min", "no count is below zero: the claim cannot fail", "write 'min: 1' or more");
  }

  // Where in the file the mistake is, if the expression stands there as it is.
  static Place place_in(const YamlNode& node, const std::string& xpath, std::size_t at) {
    Place place = node.place;
    const bool is_quoted = place.length == static_cast<int>(xpath.size()) + 2;
    const bool is_plain = place.length == static_cast<int>(xpath.size());
    if (node.text != xpath || (!is_quoted && !is_plain) || at >= xpath.size()) return place;
    place.column += static_cast<int>(at) + (is_quoted ? 1 : 0);
    place.length -= static_cast<int>(at) + (is_quoted ? 2 : 0);
    return place;
  }

  std::vector<Diagnostic> diagnostics_;
};

}  // namespace

std::vector<Diagnostic> lint_xpaths(const suite::Suite& suite) { return XPathLinter().lint(suite); }

}  // namespace bb::checks
