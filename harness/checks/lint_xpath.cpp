#include "harness/checks/lint_xpath.hpp"

#include <fmt/format.h>

#include <bb/core/yaml.hpp>
#include "harness/checks/expression.hpp"
#include "harness/checks/xml_document.hpp"

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
      for (const auto& claim : *claims) check(claim.subject, claim.argument, claim.node);
    for (const auto& save : step.save) check(save.selector.kind, save.selector.argument, save.selector.node);
  }

  void check(const std::string& kind, const Value& argument, const YamlNode* map) {
    const YamlNode* node = kind == "xpath" && map ? map->find("xpath") : nullptr;
    const auto* text = argument.string();
    if (!node || !text) return;
    const std::string xpath = sample_xpath(*text);
    if (xpath.empty()) return;
    const auto mistake = find_xpath_mistake(xpath);
    if (!mistake) return;
    diagnostics_.push_back({Severity::error, place_in(*node, xpath, mistake->at),
                            fmt::format("not an XPath: {} [L15]", mistake->what), mistake->expected});
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
