// L05 locks, L06 and L12 catches and ids, L08 titles, L13 unused, L14 needs.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

constexpr std::size_t title_words_min = 3;

// Roles whose inbox a test uses: it waits there or names the address.
void add_inboxes(const Suite& suite, const YamlNode& node, std::set<std::string>& into) {
  if (node.is_scalar() && node.text.find('$') != std::string::npos)
    for (const auto& reference : find_references(node.text))
      if (reference.names.size() == 2 && reference.names[1].name == "address" &&
          suite.find_role(reference.names[0].name) && !suite.find_input(reference.names[0].name))
        into.insert(reference.names[0].name);
  for (const auto& item : node.items) add_inboxes(suite, item, into);
  for (const auto& member : node.members) add_inboxes(suite, member.value, into);
}

// Of tests that only read an address nothing is disturbed: who sends or takes
// messages counts.
std::set<std::string> changed_inboxes(const LintContext& context, const Test& test) {
  std::set<std::string> out;
  for_each_step(test, [&](const Step& step) {
    if (step.action == Action::wait) out.insert(step.role);
    if (step.action != Action::do_) return;
    const Verb* verb = context.vocabulary.find_verb(step.verb);
    if (!verb) return;
    if (verb->capability == "inbox") out.insert(step.role);
    if (const auto* with = step.node ? step.node->find("with") : nullptr;
        with && (verb->name == "share" || verb->name == "transmit"))
      add_inboxes(context.suite, *with, out);
  });
  return out;
}

bool share_a_lock(const Test& a, const Test& b) {
  return std::any_of(a.locks.begin(), a.locks.end(), [&](const auto& lock) {
    return std::find(b.locks.begin(), b.locks.end(), lock) != b.locks.end();
  });
}

bool is_judged_by_machine(const Test& test) {
  return std::any_of(test.steps.begin(), test.steps.end(), [](const Step& s) { return s.action != Action::attest; });
}

bool verifies_any(const Test& test, const std::set<std::string>& requirements) {
  const auto ids = verified_by(test);
  return std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return requirements.contains(id); });
}

// A fault's address: "step", "test.step" or "test[instance].step".
class FaultLinter {
 public:
  FaultLinter(LintContext& context, const Test& test, std::size_t index)
      : context_(context), test_(test), index_(index) {}

  void check(const Fault& fault) {
    if (fault.kind == Fault::Kind::defect) {
      const auto& known = context_.vocabulary.defects;
      if (std::find(known.begin(), known.end(), fault.defect) == known.end())
        context_.error("L12", value_place(fault.node, "defect", fault.place),
                       fmt::format("the sample portal has no defect '{}'", shorten(fault.defect, 60)),
                       suggest(fault.defect, known, "defects"));
      return;
    }
    for (const auto& in : fault.in) check_address(fault, in);
    for (const auto& name : fault.swap) check_swap(fault, name);
  }

 private:
  void check_swap(const Fault& fault, const std::string& name) {
    const Input* input = context_.suite.find_input(name);
    if (input) context_.used.insert("input " + name);
    if (input && input->type == "person") return;
    const auto people = [&] {
      std::vector<std::string> names;
      for (const auto& one : context_.suite.inputs)
        if (one.type == "person") names.push_back(one.name);
      return names;
    };
    context_.error("L12", item_place(fault.node, "swap", name, fault.place),
                   input ? fmt::format("'swap' takes inputs of type person, '{}' is a {}", name, input->type)
                         : fmt::format("the suite has no input '{}'", shorten(name, 60)),
                   [&] { return suggest(name, people(), "people"); });
  }

  void check_address(const Fault& fault, const std::string& in) {
    const Place place = item_place(fault.node, "in", in, fault.place);
    const auto dot = in.rfind('.');
    const bool is_own = dot == std::string::npos || in.find(']', dot) != std::string::npos;
    if (is_own) {
      check_step(test_, in, place);
      return;
    }
    const std::string address = in.substr(0, dot);
    const std::string path = address.substr(0, address.find('['));
    const std::size_t other = context_.graph.find(path);
    if (other == TestGraph::none || context_.suite.tests[other].path != path) {
      if (!context_.is_read("tests")) return;
      context_.error("L12", place, fmt::format("no test is called '{}'", shorten(path, 60)),
                     [&] { return suggest(path, context_.graph.names(), "tests"); });
      return;
    }
    const Test& named = context_.suite.tests[other];
    if (other != index_ && !context_.graph.reaches(index_, other) && context_.are_needs_known(index_))
      context_.error("L12", place,
                     fmt::format("test '{}' does not need '{}': its claims cannot notice", test_.path, path),
                     fmt::format("add '{}' to its needs", path));
    if (path.size() != address.size()) check_instance(named, address.substr(path.size()), place);
    check_step(named, in.substr(dot + 1), place);
  }

  void check_instance(const Test& test, const std::string& bracketed, const Place& place) {
    if (!test.are_instances_known) return;
    const auto labels = instance_labels(test);
    const std::string label = bracketed.substr(1, bracketed.size() - 2);
    if (!bracketed.ends_with(']') || test.each.empty() ||
        (!has_open_instances(test) && std::find(labels.begin(), labels.end(), label) == labels.end()))
      context_.error("L12", place, fmt::format("test '{}' has no instance '{}'", test.path, shorten(label, 60)),
                     suggest(label, labels, "instances"));
  }

  void check_step(const Test& test, const std::string& id, const Place& place) {
    if (test.steps.empty() && !test.is_whole) return;
    std::vector<std::string> known;
    for (const auto& step : test.steps) {
      if (step.id.empty()) return;  // it may be this one
      if (step.action == Action::do_ || step.action == Action::wait) known.push_back(step.id);
    }
    if (std::find(known.begin(), known.end(), id) == known.end())
      context_.error("L12", place, fmt::format("test '{}' records nothing in a step '{}'", test.path, shorten(id, 60)),
                     suggest(id, known, "steps"));
  }

  LintContext& context_;
  const Test& test_;
  std::size_t index_;
};

std::size_t count_words(const std::string& text) { return split(collapse_whitespace(text), ' ').size(); }

bool begins_like_a_sentence(const std::string& title) {
  const auto first = static_cast<unsigned char>(title[0]);
  return !(first >= 'a' && first <= 'z');
}

void check_each_in_title(LintContext& context, const Test& test, const Place& place) {
  for (const auto& [key, values] : test.each)
    if (test.title.find("${each." + key) == std::string::npos && (values.is_string() || values.size() > 1))
      context.warn("L08", place, fmt::format("the instances of '{}' share one title", test.path),
                   fmt::format("name ${{each.{}}} in it", key));
}

}  // namespace

void lint_locks(LintContext& context) {
  const auto& tests = context.suite.tests;
  std::map<std::string, std::vector<std::size_t>> users;
  for (std::size_t i = 0; i < tests.size(); ++i)
    for (const auto& inbox : changed_inboxes(context, tests[i])) users[inbox].push_back(i);
  for (const auto& [inbox, indices] : users) {
    for (std::size_t later = 0; later < indices.size(); ++later) {
      const Test& test = tests[indices[later]];
      const std::string note = "give both 'locks: " + inbox + "'";
      if (!test.is_whole) continue;
      if (!test.each.empty() && test.locks.empty())
        context.warn("L05", test.place,
                     fmt::format("the instances of '{}' use the inbox of '{}' at once", test.path, inbox),
                     "add 'locks: " + inbox + "'");
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        const Test& other = tests[indices[earlier]];
        if (context.graph.reaches(indices[later], indices[earlier]) ||
            context.graph.reaches(indices[earlier], indices[later]) || share_a_lock(test, other) || !other.is_whole)
          continue;
        context.warn("L05", test.place,
                     fmt::format("'{}' and '{}' may use the inbox of '{}' at once", test.path, other.path, inbox),
                     note);
        break;
      }
    }
  }
}

void lint_catches(LintContext& context) {
  std::set<std::string> shall;
  for (const auto& requirement : context.suite.catalogue.requirements)
    if (requirement.is_whole && requirement.level == Level::shall) shall.insert(requirement.id);
  for (std::size_t i = 0; i < context.suite.tests.size(); ++i) {
    const Test& test = context.suite.tests[i];
    const bool is_silent = test.catches.empty() && !test.has_unknown_keys && !(test.node && test.node->find("catches"));
    if (is_silent && is_judged_by_machine(test) && verifies_any(test, shall))
      context.warn("L06", test.place, fmt::format("test '{}' verifies a SHALL and catches nothing", test.path),
                   "add 'catches': faults that its claims must notice");
    FaultLinter linter(context, test, i);
    for (const auto& fault : test.catches) linter.check(fault);
  }
}

void lint_titles(LintContext& context) {
  std::map<std::string, const Test*> titles;
  for (const auto& test : context.suite.tests) {
    const Place place = value_place(test.node, "title", test.place);
    if (test.title.empty()) {
      if (test.has_unknown_keys || (test.node && test.node->find("title"))) continue;
      context.error("L08", test.place, fmt::format("test '{}' has no title", test.path),
                    "say in one sentence what it shows");
      continue;
    }
    const auto [first, is_new] = titles.emplace(to_lower(collapse_whitespace(test.title)), &test);
    if (!is_new)
      context.error("L08", place, fmt::format("'{}' and '{}' have the same title", first->second->path, test.path),
                    "reports would not tell them apart");
    if (count_words(test.title) < title_words_min || !begins_like_a_sentence(test.title))
      context.warn("L08", place,
                   fmt::format("the title of '{}' is no sentence: '{}'", test.path, shorten(test.title, 60)),
                   "say what happens, for example 'The patient signs in'");
    check_each_in_title(context, test, place);
  }
}

void lint_ids(LintContext& context) {
  const std::set<std::string> reserved = {"run", "target", "options", "each"};
  for (const auto& test : context.suite.tests) {
    std::set<std::string> steps;
    std::set<std::string> saves;
    for_each_step(test, [&](const Step& step) {
      if (!step.id.empty() && !steps.insert(step.id).second)
        context.error("L12", value_place(step.node, "id", step.place),
                      fmt::format("two steps of '{}' are called '{}'", test.path, step.id), "give one an 'id'");
      for (const auto& save : step.save)
        if (!saves.insert(save.name).second)
          context.error("L12", key_place(step.node ? step.node->find("save") : nullptr, save.name, step.place),
                        fmt::format("test '{}' saves '{}' twice", test.path, save.name));
    });
    const std::string head = test.path.substr(0, test.path.find('.'));
    const bool is_taken = reserved.contains(head) || context.suite.find_input(head);
    if (!saves.empty() && is_taken)
      context.error("L12", test.place,
                    fmt::format("${} means something else: what '{}' saves cannot be read", head, test.path),
                    "rename the test");
  }
  for (const auto& input : context.suite.inputs)
    if (reserved.contains(input.name) || context.suite.find_role(input.name))
      context.error("L12", input.place, fmt::format("${} means something else too", input.name), "rename the input");
  for (const auto& role : context.suite.roles)
    if (reserved.contains(role.name))
      context.error("L12", role.place, fmt::format("${} means something else too", role.name), "rename the role");
}

void lint_unused(LintContext& context) {
  const auto check = [&](const std::string& what, const std::string& name, const Place& place) {
    if (!context.used.contains(what + " " + name) && !context.is_mentioned(name))
      context.warn("L13", place, fmt::format("nothing uses {} '{}'", what, name),
                   "remove it, or is it misspelt somewhere?");
  };
  for (const auto& input : context.suite.inputs) check("input", input.name, input.place);
  for (const auto& option : context.suite.options) check("option", option.name, option.place);
  for (const auto& role : context.suite.roles) check("role", role.name, role.place);
  for (const auto& test : context.suite.tests) {
    for (const auto& [key, values] : test.each)
      if (!context.used.contains(fmt::format("each {} {}", test.path, key)) && test.is_whole)
        context.warn("L13", key_place(test.node ? test.node->find("each") : nullptr, key, test.place),
                     fmt::format("nothing in '{}' uses $each.{}: all instances are the same", test.path, key));
    for (const auto& step : test.steps)
      for (const auto& save : step.save)
        if (!context.used.contains(fmt::format("saved {}.{}", test.path, save.name)) && context.suite.is_whole)
          context.warn("L13", key_place(step.node ? step.node->find("save") : nullptr, save.name, step.place),
                       fmt::format("nothing uses ${}.{}", test.path, save.name),
                       "remove it, or is it misspelt somewhere?");
  }
}

// The nearest test; where a capability is meant, where such stand.
static std::string note_of_need(const LintContext& context, const std::string& name) {
  const auto capabilities = known_capabilities(context.vocabulary);
  const auto meant = capability_meant(name);
  if (std::find(capabilities.begin(), capabilities.end(), meant) == capabilities.end())
    return suggest(name, context.graph.names(), "tests and groups");
  return fmt::format(
      "'needs' of a test names tests; capability '{}' stands in 'needs' of a role, or in a test as "
      "'when: {{supports: ROLE.{}}}'",
      meant, meant);
}

void lint_needs(LintContext& context) {
  std::set<std::pair<int, int>> seen;  // a group's needs come down to each of its tests
  for (std::size_t i = 0; i < context.suite.tests.size(); ++i) {
    for (const auto& [name, place] : context.suite.tests[i].needs) {
      const auto& named = context.graph.named(name);
      const bool is_new = seen.emplace(place.line, place.column).second;
      if (!is_new) continue;
      if (named.empty()) {
        if (!context.is_read("tests")) continue;
        context.error("L14", place, fmt::format("no test or group is called '{}'", shorten(name, 60)),
                      [&, &wanted = name] { return note_of_need(context, wanted); });
        continue;
      }
      const auto bracket = name.find('[');
      if (bracket == std::string::npos) continue;
      const Test& needed = context.suite.tests[named[0]];
      const auto labels = instance_labels(needed);
      const std::string label = name.substr(bracket + 1, name.size() - bracket - 2);
      if (!needed.are_instances_known) continue;
      if (!name.ends_with(']') || needed.each.empty() ||
          (!has_open_instances(needed) && std::find(labels.begin(), labels.end(), label) == labels.end()))
        context.error("L14", place, fmt::format("test '{}' has no instance '{}'", needed.path, shorten(label, 60)),
                      suggest(label, labels, "instances"));
    }
  }
  for (const auto& circle : context.graph.circles()) {
    std::string path;
    for (const auto index : circle) path += context.suite.tests[index].path + " -> ";
    const Test& first = context.suite.tests[circle[0]];
    context.error("L14", key_place(first.node, "needs", first.place),
                  fmt::format("tests need each other in a circle: {}{}", shorten(path, 300), first.path),
                  "take one of these needs out");
  }
}

}  // namespace bb::suite
