// L04: `when` and `each` name what there is.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::suite {
namespace {

std::string as_word(const Value& value) { return value.is_string() ? *value.string() : to_json(value); }

class ConditionLinter {
 public:
  explicit ConditionLinter(LintContext& context) : context_(context) {}

  void run() {
    for (const auto& test : context_.suite.tests) {
      for (const auto& when : test.when) {
        // A group's condition comes down to each of its tests.
        if (!seen_.insert(when.node).second && when.node) continue;
        for (const auto& [name, values] : when.options) check_option(when, name, values);
        for (const auto& address : when.supports) check_supports(when, address);
      }
      check_each(test);
    }
  }

 private:
  void check_option(const When& when, const std::string& name, const std::vector<Value>& values) {
    const Option* option = context_.suite.find_option(name);
    if (!option) {
      if (!context_.is_read("options")) return;
      context_.error("L04", key_place(when.node, name, when.place), fmt::format("the suite has no option '{}'", name),
                     [&] {
                       auto known = names_of(context_.suite.options);
                       known.insert(known.begin(), "supports");
                       return suggest(name, known, "options and 'supports'");
                     });
      return;
    }
    context_.used.insert("option " + name);
    if (option->choices.empty()) return;  // reported
    const auto choices = [&] {
      std::vector<std::string> words;
      for (const auto& choice : option->choices) words.push_back(as_word(choice));
      return words;
    };
    for (const auto& value : values)
      if (std::find(option->choices.begin(), option->choices.end(), value) == option->choices.end())
        context_.error("L04", item_place(when.node, name, as_word(value), when.place),
                       fmt::format("option '{}' is never '{}'", name, shorten(as_word(value), 60)),
                       [&] { return suggest(as_word(value), choices(), "choices"); });
  }

  // "portal.activity" or "portal.probe.read-other-patient".
  void check_supports(const When& when, const std::string& address) {
    const Place place = item_place(when.node, "supports", address, when.place);
    const auto first = address.find('.');
    const auto second = first == std::string::npos ? first : address.find('.', first + 1);
    if (first == std::string::npos) {
      context_.error("L04", place,
                     fmt::format("'supports' takes a role and a capability, got '{}'", shorten(address, 60)),
                     "for example portal.activity");
      return;
    }
    const Role* role = context_.suite.find_role(address.substr(0, first));
    const std::string capability = address.substr(first + 1, second == std::string::npos ? second : second - first - 1);
    if (!role) {
      if (!context_.is_read("roles")) return;
      context_.error("L04", place, fmt::format("unknown role '{}'", address.substr(0, first)),
                     [&] { return suggest(address.substr(0, first), names_of(context_.suite.roles), "roles"); });
      return;
    }
    std::vector<std::string> offered = role->needs;
    offered.insert(offered.end(), role->wants.begin(), role->wants.end());
    if (std::find(offered.begin(), offered.end(), capability) == offered.end()) {
      const auto known = known_capabilities(context_.vocabulary);
      const auto is_known = [&](const auto& one) { return std::find(known.begin(), known.end(), one) != known.end(); };
      if (!role->is_whole || !std::all_of(offered.begin(), offered.end(), is_known)) return;
      context_.error("L04", place, fmt::format("role '{}' neither needs nor wants '{}'", role->name, capability),
                     suggest(capability, offered, "capabilities here"));
      return;
    }
    if (second != std::string::npos) {
      check_probe(address.substr(second + 1), capability, place);
    } else if (needs_capability(*role, capability) && !role->is_optional) {
      context_.warn("L04", place, fmt::format("role '{}' needs '{}': this is always true", role->name, capability),
                    "leave it out, or move the capability to 'wants'");
    }
  }

  void check_probe(const std::string& name, const std::string& capability, const Place& place) {
    if (capability != "probe") {
      context_.error("L04", place, fmt::format("capability '{}' has no '{}'", capability, name),
                     "only probes are named here: role.probe.NAME");
      return;
    }
    if (name.starts_with("x-") || context_.vocabulary.find_probe(name)) return;
    std::vector<std::string> known;
    for (const auto& probe : context_.vocabulary.probes) known.push_back(probe.name);
    context_.error("L04", place, fmt::format("unknown probe '{}'", name), suggest(name, known, "probes"));
  }

  void check_each(const Test& test) {
    const YamlNode* each = test.node ? test.node->find("each") : nullptr;
    for (const auto& [key, values] : test.each)
      if (values.is_string() && *values.string() != "$target.people")
        context_.error("L04", value_place(each, key, test.place),
                       fmt::format("'each' takes a list or $target.people, got '{}'", shorten(*values.string(), 60)));
    const std::size_t count = instance_count(test);
    if (count > instances_left_) {
      context_.error("L04", key_place(test.node, "each", test.place),
                     fmt::format("with the instances of test '{}' there are more than {}, and a run takes no more",
                                 test.path, instances_max),
                     "leave out keys or values of 'each'");
      return;
    }
    instances_left_ -= count;
    std::set<std::string> seen;
    for (const auto& label : instance_labels(test))
      if (!seen.insert(label).second)
        context_.error("L04", key_place(test.node, "each", test.place),
                       fmt::format("two instances are called '{}[{}]'", test.path, shorten(label, 60)),
                       "give the values distinct names");
  }

  LintContext& context_;
  std::set<const YamlNode*> seen_;
  std::size_t instances_left_ = instances_max;
};

}  // namespace

void lint_conditions(LintContext& context) { ConditionLinter(context).run(); }

}  // namespace bb::suite
