// L03: roles have known capabilities, and are asked for what those can do with
// arguments they take.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include <fmt/format.h>

#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {
namespace {

// Ids that begin so are a vendor's own and need not be in the registry.
constexpr std::string_view private_prefix = "x-";

std::string last_word(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::string unescape(std::string token) { return replace_all(replace_all(token, "~1", "/"), "~0", "~"); }

// The part of a tree a JSON Pointer names; the parent's key where it is gone.
struct Spot {
  const YamlNode* node;
  Place place;
  Place key;
};
Spot find_spot(const YamlNode& root, const Place& root_place, const std::string& pointer) {
  Spot spot{&root, root_place, root_place};
  if (pointer.empty()) return spot;
  for (const auto& escaped : split(std::string_view(pointer).substr(1), '/')) {
    const std::string token = unescape(escaped);
    if (spot.node->is_list()) {
      const std::size_t index = std::stoul("0" + token);
      if (index >= spot.node->items.size()) return spot;
      spot.node = &spot.node->items[index];
      spot.place = spot.node->place;
      continue;
    }
    const YamlNode* next = spot.node->find(token);
    if (!next) return spot;
    spot.key = key_place(spot.node, token, next->place);
    spot.place = next->is_scalar() ? next->place : spot.key;
    spot.node = next;
  }
  return spot;
}

bool holds_reference(const YamlNode& node) { return node.is_scalar() && !find_references(node.text).empty(); }

class RoleLinter {
 public:
  explicit RoleLinter(LintContext& context)
      : context_(context), capabilities_(known_capabilities(context.vocabulary)) {}

  void run() {
    for (const auto& role : context_.suite.roles) {
      if (!role.is_whole) unclear_.insert(role.name);
      for (const auto& capability : role.needs) check_capability(role, capability, "needs");
      for (const auto& capability : role.wants) check_capability(role, capability, "wants");
    }
    for (const auto& test : context_.suite.tests) {
      test_ = &test;
      for_each_step(test, [&](const Step& step) {
        if (step.action == Action::do_ || step.action == Action::wait) check_step(step);
      });
    }
  }

 private:
  void check_capability(const Role& role, const std::string& capability, std::string_view key) {
    const Place place = item_place(role.node, key, capability, role.place);
    const bool is_known = std::find(capabilities_.begin(), capabilities_.end(), capability) != capabilities_.end();
    if (!is_known) unclear_.insert(role.name);
    if (!is_known)
      context_.error("L03", place,
                     fmt::format("unknown capability '{}' of role '{}'", shorten(capability, 60), role.name),
                     [&] { return suggest(capability_meant(capability), capabilities_, "capabilities"); });
    else if (key == "wants" && needs_capability(role, capability))
      context_.warn("L03", place, fmt::format("role '{}' both needs and wants '{}'", role.name, capability));
  }

  void check_step(const Step& step) {
    const Role* role = context_.suite.find_role(step.role);
    const Place place = value_place(step.node, step.action == Action::do_ ? "do" : "wait", step.place);
    if (!role) {
      if (step.role.empty() || !context_.is_read("roles")) return;
      context_.error("L03", place, fmt::format("unknown role '{}'", step.role),
                     [&] { return suggest(step.role, names_of(context_.suite.roles), "roles"); });
      return;
    }
    context_.used.insert("role " + role->name);
    if (step.action == Action::do_)
      check_verb(step, *role, place);
    else
      check_event(step, *role, place);
  }

  bool is_event_word(const std::string& word) const {
    const auto& events = context_.vocabulary.events;
    return std::any_of(events.begin(), events.end(),
                       [&](const WaitEvent& event) { return last_word(event.name) == word; });
  }

  bool offers(const Role& role, const std::string& capability) const {
    return needs_capability(role, capability) || wants_capability(role, capability);
  }

  void check_verb(const Step& step, const Role& role, const Place& place) {
    std::vector<std::string> known;
    for (const auto& verb : context_.vocabulary.verbs)
      if (offers(role, verb.capability) || (!verb.also.empty() && offers(role, verb.also))) known.push_back(verb.name);
    const Verb* verb = context_.vocabulary.find_verb(step.verb);
    if (!verb) {
      const bool is_event = is_event_word(step.verb);
      context_.error("L03", place, fmt::format("unknown verb '{}' of role '{}'", step.verb, role.name), [&] {
        return is_event ? fmt::format("'{}' is an event: write 'wait: {}.{}'", step.verb, role.name, step.verb)
                        : suggest(step.verb, known, "verbs here");
      });
      return;
    }
    const bool is_clear = !unclear_.contains(role.name);
    const bool is_offered = std::find(known.begin(), known.end(), step.verb) != known.end();
    if (!is_offered && is_clear) {
      context_.error("L03", place,
                     fmt::format("verb '{}' belongs to capability '{}', which role '{}' neither needs nor wants",
                                 step.verb, verb->capability, role.name),
                     suggest("", known, "verbs here"));
      return;
    }
    const bool is_sure = needs_capability(role, verb->capability) || needs_capability(role, verb->also);
    if (is_clear && !is_sure && !is_gated(role.name, verb->capability) && !is_gated(role.name, verb->also))
      context_.error("L03", place,
                     fmt::format("role '{}' only wants '{}': it may not be there", role.name, verb->capability),
                     fmt::format("add 'when: {{supports: {}.{}}}' to the test", role.name, verb->capability));
    check_saves(step, verb->gives, verb->name);
    if (verb->name == "probe")
      check_probe(step, *verb, place);
    else
      check_arguments(step, verb->arguments, fmt::format("verb '{}'", verb->name), place);
    check_one_of(step, *verb, place);
  }

  bool is_gated(const std::string& role, const std::string& capability) const {
    if (capability.empty()) return false;
    const std::string wanted = role + "." + capability;
    return std::any_of(test_->when.begin(), test_->when.end(), [&](const When& when) {
      return std::any_of(when.supports.begin(), when.supports.end(),
                         [&](const auto& one) { return one == wanted || one.starts_with(wanted + "."); });
    });
  }

  void check_event(const Step& step, const Role& role, const Place& place) {
    std::vector<std::string> known;
    for (const auto& event : context_.vocabulary.events) {
      if (!offers(role, event.capability)) continue;
      known.push_back(last_word(event.name));
      if (known.back() != step.verb) continue;
      check_saves(step, event.gives, event.name);
      check_arguments(step, event.arguments, fmt::format("event '{}'", event.name), place);
      return;
    }
    if (unclear_.contains(role.name)) return;
    context_.error("L03", place, fmt::format("unknown event '{}' of role '{}'", step.verb, role.name),
                   context_.vocabulary.find_verb(step.verb)
                       ? fmt::format("'{}' is a verb: write 'do: {}.{}'", step.verb, role.name, step.verb)
                       : suggest(step.verb, known, "events here"));
  }

  void check_saves(const Step& step, const std::vector<std::string>& gives, const std::string& verb) {
    for (const auto& save : step.save) {
      const auto& kind = save.selector.kind;
      const bool is_word = save.selector.argument.is_null();
      if (!is_word || kind == "result" || std::find(gives.begin(), gives.end(), kind) != gives.end()) continue;
      context_.error("L03", save.selector.place, fmt::format("'{}' gives no '{}'", verb, kind),
                     suggest(kind, gives, "it gives"));
    }
  }

  void check_probe(const Step& step, const Verb& verb, const Place& place) {
    const Value& name = step.with["name"];
    const StandardProbe* probe = name.is_string() ? context_.vocabulary.find_probe(*name.string()) : nullptr;
    const bool is_open =
        name.is_string() && (name.string()->starts_with(private_prefix) || name.string()->starts_with('$'));
    if (!name.is_string() || is_open) {
      check_arguments(step, verb.arguments, "verb 'probe'", place);
      return;
    }
    const YamlNode* with = step.node ? step.node->find("with") : nullptr;
    if (!probe) {
      context_.error("L03", value_place(with, "name", place), fmt::format("unknown probe '{}'", *name.string()),
                     [&] { return suggest(*name.string(), names_of(context_.vocabulary.probes), "probes"); });
      return;
    }
    Value own = step.with;
    own.erase("name");
    check_against(own, with, probe->arguments, fmt::format("probe '{}'", probe->name), place);
  }

  // Whether the arguments could be read, or may be what an unknown key stands
  // for.
  static bool are_arguments_unclear(const Step& step) {
    const YamlNode* with = step.node ? step.node->find("with") : nullptr;
    return with ? !with->is_map() : !step.is_whole;
  }

  void check_arguments(const Step& step, const Value& schema, const std::string& of, const Place& place) {
    if (are_arguments_unclear(step)) return;
    check_against(step.with, step.node ? step.node->find("with") : nullptr, schema, of, place);
    check_registered(step, "format", context_.vocabulary.formats, "formats");
    check_registered(step, "kind", context_.vocabulary.kinds, "kinds");
    if (schema["properties"].find("from") && schema["properties"].find("until")) check_range(step);
  }

  // What a reference stands for is known in the run only: it fits everywhere.
  void check_against(const Value& arguments, const YamlNode* with, const Value& schema, const std::string& of,
                     const Place& place) {
    for (const auto& finding : validate(schema, arguments)) {
      if (!with) {
        context_.error("L03", place, fmt::format("arguments of {}: {}", of, finding.message));
        continue;
      }
      const Place with_place = with->members.empty() ? with->place : with->members[0].key_place;
      const Spot spot = find_spot(*with, with_place, finding.pointer);
      const bool is_key_wrong = finding.message.starts_with("unknown member");
      if (holds_reference(*spot.node) && !is_key_wrong) continue;
      const auto at = finding.pointer.empty() ? "" : fmt::format(" '{}'", finding.pointer.substr(1));
      context_.error("L03", is_key_wrong ? spot.key : spot.place,
                     fmt::format("argument{} of {}: {}", at, of, finding.message));
    }
  }

  // `from` and `until` of what has a range of days.
  void check_range(const Step& step) {
    const auto time = [&](std::string_view key) -> std::optional<std::int64_t> {
      const auto* text = step.with[key].string();
      if (!text || !find_references(*text).empty()) return std::nullopt;
      const auto found = parse_time(*text);
      if (!found)
        context_.error("L03", value_place(step.node->find("with"), key, step.place),
                       fmt::format("'{}' takes a day or a time, got '{}'", key, shorten(*text, 60)),
                       "for example \"2026-11-21\" or \"2026-11-21T10:00:00Z\"");
      return found;
    };
    const auto from = time("from");
    const auto until = time("until");
    if (from && until && *until < *from)
      context_.error("L03", value_place(step.node->find("with"), "until", step.place),
                     fmt::format("'until' {} comes before 'from' {}: nothing lies between them",
                                 step.with["until"].string_or(""), step.with["from"].string_or("")),
                     "exchange the two");
  }

  void check_registered(const Step& step, std::string_view key, const std::vector<std::string>& known,
                        std::string_view things) {
    const auto* text = step.with[key].string();
    if (!text || text->starts_with(private_prefix) || !find_references(*text).empty()) return;
    if (std::find(known.begin(), known.end(), *text) != known.end()) return;
    context_.error("L03", value_place(step.node->find("with"), key, step.place),
                   fmt::format("unknown {} '{}'", key, shorten(*text, 60)),
                   suggest(*text, known, things) + "; your own begin with x-");
  }

  void check_one_of(const Step& step, const Verb& verb, const Place& place) {
    if (verb.one_of.empty() || are_arguments_unclear(step)) return;
    const auto count = std::count_if(verb.one_of.begin(), verb.one_of.end(),
                                     [&](const auto& name) { return step.with.find(name) != nullptr; });
    if (count == 1) return;
    context_.error("L03", place,
                   fmt::format("verb '{}' takes one of {}, got {}", verb.name, join(verb.one_of, ", "),
                               count == 0 ? "none" : "several"));
  }

  LintContext& context_;
  std::vector<std::string> capabilities_;
  std::set<std::string, std::less<>> unclear_;  // roles whose capabilities are not all known
  const Test* test_ = nullptr;
};

}  // namespace

void lint_roles(LintContext& context) { RoleLinter(context).run(); }

}  // namespace bb::suite
