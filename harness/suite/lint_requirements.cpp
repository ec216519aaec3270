// L02: requirements and tests know each other.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/catalogue_form.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::suite {
namespace {

class RequirementLinter {
 public:
  explicit RequirementLinter(LintContext& context) : context_(context) {
    for (const auto& requirement : context.suite.catalogue.requirements) ids_.insert(requirement.id);
  }

  void run() {
    for (const auto& test : context_.suite.tests) {
      for (const auto& id : test.verifies) check_cited(id, test.node, test.place);
      for_each_step(test, [&](const Step& step) {
        for (const auto& claim : step.require)
          for (const auto& id : claim.verifies) check_cited(id, claim.node, claim.place);
        for (const auto& claim : step.expect)
          for (const auto& id : claim.verifies) check_cited(id, claim.node, claim.place);
      });
    }
    for (const auto& requirement : context_.suite.catalogue.requirements) check_verified(requirement);
    check_specifications();
  }

 private:
  void check_cited(const std::string& id, const YamlNode* node, const Place& otherwise) {
    // A group's ids come down to each of its tests; one report is enough.
    if (!verified_.insert(id).second && ids_.contains(id)) return;
    if (ids_.contains(id) || !context_.is_read("requirements")) return;
    const Place place = item_place(node, "verifies", id, otherwise);
    if (ids_.empty()) {
      context_.error("L02", place, fmt::format("the suite has no requirements, '{}' is cited", shorten(id, 60)),
                     "add 'requirements: FILE'");
      return;
    }
    context_.error("L02", place, fmt::format("no requirement is called '{}'", shorten(id, 60)), [&] {
      const auto near = nearest(id, {ids_.begin(), ids_.end()});
      return near ? fmt::format("did you mean '{}'?", *near) : std::string();
    });
  }

  void check_verified(const Requirement& requirement) {
    const bool is_verified = verified_.contains(requirement.id);
    if (is_verified && !requirement.untested.empty())
      context_.warn("L02", requirement.place,
                    fmt::format("requirement '{}' is verified by a test and says 'untested'", requirement.id),
                    "remove 'untested'");
    if (is_verified && requirement.check == "none")
      context_.warn("L02", value_place(requirement.node, "check", requirement.place),
                    fmt::format("requirement '{}' is verified by a test and says 'check: none': it decides no verdict",
                                requirement.id),
                    "write 'check: test' or 'check: attest', or take it from 'verifies'");
    const bool is_proved_elsewhere = !requirement.rests_on.empty() || !requirement.judged_by.empty();
    if (is_verified || is_proved_elsewhere || !requirement.untested.empty() || requirement.check == "none") return;
    if (!is_requirement_id(requirement.id) || !context_.is_read("tests") || context_.is_mentioned(requirement.id))
      return;
    context_.error("L02", requirement.place, fmt::format("no test verifies requirement '{}'", requirement.id),
                   "cite it in 'verifies' of a test, name the rows that prove it in 'rests_on', or say why not in "
                   "'untested'");
  }

  // Where a file names its specifications, `at` begins with one of the names.
  void check_specifications() {
    std::vector<std::string> names;
    for (const auto& [name, url] : context_.suite.spec) names.push_back(name);
    for (const auto& [name, url] : context_.suite.catalogue.spec) names.push_back(name);
    if (names.empty()) return;
    for (const auto& requirement : context_.suite.catalogue.requirements) {
      if (requirement.at.empty() || requirement.at.starts_with("https://")) continue;
      const std::string name = requirement.at.substr(0, requirement.at.find(' '));
      if (std::find(names.begin(), names.end(), name) == names.end())
        context_.error("L02", value_place(requirement.node, "at", requirement.place),
                       fmt::format("'at' begins with '{}', which is no specification", shorten(name, 60)),
                       [&] { return suggest(name, names, "specifications"); });
    }
  }

  LintContext& context_;
  std::set<std::string> ids_;
  std::set<std::string> verified_;
};

}  // namespace

void lint_requirements(LintContext& context) { RequirementLinter(context).run(); }

}  // namespace bb::suite
