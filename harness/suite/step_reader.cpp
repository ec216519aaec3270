#include "harness/suite/step_reader.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/claim_reader.hpp"

namespace bb::suite {
namespace {

constexpr int retry_times_max = 10;

struct ActionWord {
  std::string_view key;
  Action action;
  std::string_view what;
  Words keys;
};
const Words do_keys = {"do", "id", "as", "with", "require", "expect", "save", "retry", "timeout"};
const Words wait_keys = {"wait", "id", "as", "with", "within", "tell", "require", "expect", "save"};
const Words attest_keys = {"attest", "id", "evidence"};
const Words check_keys = {"check", "id", "require"};
const std::array<ActionWord, 4> actions = {{
    {"do", Action::do_, "a 'do' step", do_keys},
    {"wait", Action::wait, "a 'wait' step", wait_keys},
    {"attest", Action::attest, "an 'attest' step", attest_keys},
    {"check", Action::check, "a 'check' step", check_keys},
}};

// Which of the actions a step is; reports none, several and those of later
// versions. Of several it is the first.
const ActionWord* find_action(Form& form, const YamlNode& node) {
  const ActionWord* found = nullptr;
  for (const auto& action : actions) {
    const auto* value = node.find(action.key);
    if (!value) continue;
    if (found) {
      form.error(node.place, fmt::format("a step has one action, got '{}' and '{}'", found->key, action.key),
                 "write two steps");
      return found;
    }
    found = &action;
  }
  if (found) return found;
  if (node.find("use")) {
    form.error(node.place, "action 'use' is not available yet in this version",
               "actions here: do, wait, attest, check");
    return nullptr;
  }
  std::string note = "one of: do, wait, attest, check";
  for (const auto& member : node.members)
    if (const auto near = nearest(member.key, {"do", "wait", "attest", "check"}))
      note = fmt::format("did you mean '{}' instead of '{}'? {}", *near, member.key, note);
  form.error(node.place, "a step lacks its action", note);
  return nullptr;
}

// "portal.download": a role and a verb.
void read_address(Form& form, const YamlNode& node, std::string_view name, Step& step) {
  const auto text = form.text(node, fmt::format("'{}'", name));
  if (!text) return;
  const auto parts = split(*text, '.');
  if (parts.size() != 2 || !is_id(parts[0]) || !is_id(parts[1])) {
    form.error(node.place, fmt::format("'{}' takes a role and what it does, got '{}'", name, shorten(*text, 80)),
               name == "do" ? "for example portal.download" : "for example inbox.message");
    return;
  }
  if (name == "wait" && *text == "http.callback") {
    form.error(node.place, "event 'http.callback' is not available yet in this version", "events here: inbox.message");
    step.verb = parts[1];
    return;
  }
  step.role = parts[0];
  step.verb = parts[1];
}

std::vector<Save> read_saves(Form& form, const YamlNode& node) {
  std::vector<Save> out;
  if (!form.expect_map(node, "'save'")) return out;
  for (const auto& member : node.members) {
    if (!form.expect_id(member, "what is saved")) continue;
    auto selector = read_selector(form, member.value, fmt::format("saved '{}'", member.key), SelectorOf::save, {"phi"});
    if (!selector) continue;
    Save save{member.key, std::move(*selector), false, &member.value};
    if (member.value.is_map()) form.take(member.value, "phi", save.is_phi);
    out.push_back(std::move(save));
  }
  return out;
}

void read_body(Form& form, const YamlNode& node, Step& step) {
  if (const auto* as = node.find("as"))
    if (auto who = form.text(*as, "'as'")) step.as = std::move(*who);
  if (const auto* with = node.find("with"); with && form.expect_map(*with, "'with'")) step.with = to_value(*with);
  form.take(node, "tell", step.tell);
  form.take_duration(node, "timeout", step.timeout_ms);
  form.take_duration(node, "within", step.within_ms);
  form.take_word(node, "evidence", {"none", "note", "file", "screenshot"}, step.evidence_kind);
  if (const auto* claims = node.find("require")) step.require = read_claims(form, *claims, "require");
  if (const auto* claims = node.find("expect")) step.expect = read_claims(form, *claims, "expect");
  if (const auto* saves = node.find("save")) step.save = read_saves(form, *saves);
  if (const auto* retry = node.find("retry")) step.retry = read_retry(form, *retry);
}

void read_action(Form& form, const ActionWord& action, const YamlNode& node, Step& step) {
  step.action = action.action;
  const YamlNode& content = *node.find(action.key);
  switch (step.action) {
    case Action::do_:
    case Action::wait:
      read_address(form, content, action.key, step);
      step.id = step.verb;
      break;
    case Action::attest:
      if (auto question = form.text(content, "'attest'")) step.question = std::move(*question);
      step.id = "attest";
      break;
    case Action::check:
      step.expect = read_claims(form, content, "check");
      step.id = "check";
      break;
  }
}

// A step whose action cannot be read is a `do` without role and verb.
Step read_step(Form& form, const YamlNode& node) {
  const std::size_t count_before = form.mistake_count();
  Step step;
  step.node = &node;
  step.place = node.place;
  const ActionWord* action = form.expect_map(node, "a step") ? find_action(form, node) : nullptr;
  if (action) {
    // Other actions were reported already.
    form.expect_map(node, action->what, action->keys, {"do", "wait", "attest", "check"});
    read_action(form, *action, node, step);
  }
  if (const auto* id = node.find("id"))
    if (auto own = form.id(*id, "'id'")) step.id = std::move(*own);
  read_body(form, node, step);
  if (const auto* claims = node.find("check"); claims && step.action != Action::check)
    step.expect = read_claims(form, *claims, "check");
  step.is_whole = form.mistake_count() == count_before;
  return step;
}

const Words fault_words = {"drop", "set", "dup", "swap", "delay"};
const Words fault_keys = {"in", "drop", "set", "to", "dup", "swap", "delay", "defect"};

// The one fault key of an entry; reports none and several.
const YamlMember* find_fault(Form& form, const YamlNode& node, bool has_unknown_keys) {
  const YamlMember* found = nullptr;
  for (const auto& member : node.members) {
    if (std::find(fault_words.begin(), fault_words.end(), member.key) == fault_words.end()) continue;
    if (found) {
      form.error(member.key_place, fmt::format("a fault is one thing, got '{}' and '{}'", found->key, member.key),
                 "write two faults");
      return nullptr;
    }
    found = &member;
  }
  if (!found && !has_unknown_keys)
    form.error(node.place, "a fault lacks what it does", "one of: drop, set, dup, swap, delay; or a defect: NAME");
  return found;
}

void read_fault_value(Form& form, const YamlNode& node, const YamlMember& kind, Fault& fault) {
  const std::string name = fmt::format("'{}'", kind.key);
  if (kind.key == "swap") {
    fault.kind = Fault::Kind::swap;
    fault.swap = form.texts(kind.value, name);
  } else if (kind.key == "delay") {
    fault.kind = Fault::Kind::delay;
    fault.delay_ms = form.duration_ms(kind.value, name).value_or(0);
  } else {
    fault.kind = kind.key == "drop" ? Fault::Kind::drop : kind.key == "set" ? Fault::Kind::set : Fault::Kind::dup;
    if (auto selector = read_selector(form, kind.value, name, SelectorOf::fault)) fault.selector = std::move(*selector);
  }
  const auto* to = node.find("to");
  if (fault.kind == Fault::Kind::set && !to)
    form.error(kind.key_place, "'set' lacks 'to', the new value");
  else if (fault.kind != Fault::Kind::set && to)
    form.error(to->place, fmt::format("'to' belongs to 'set', not to {}", name));
  if (to) fault.to = to_value(*to);
}

std::optional<Fault> read_fault(Form& form, const YamlNode& node) {
  const std::size_t count_before = form.mistake_count();
  if (!form.expect_map(node, "a fault", fault_keys)) return std::nullopt;
  const bool has_unknown_keys = form.mistake_count() > count_before;
  Fault fault;
  fault.node = &node;
  fault.place = node.place;
  if (const auto* defect = node.find("defect")) {
    fault.kind = Fault::Kind::defect;
    for (const auto& member : node.members)
      if (member.key != "defect" && std::find(fault_keys.begin(), fault_keys.end(), member.key) != fault_keys.end())
        form.error(member.key_place, fmt::format("'defect' stands alone, got '{}' beside it", member.key));
    auto name = form.text(*defect, "'defect'");
    if (!name) return std::nullopt;
    fault.defect = std::move(*name);
    return fault;
  }
  const YamlMember* kind = find_fault(form, node, has_unknown_keys);
  if (!kind) return std::nullopt;
  read_fault_value(form, node, *kind, fault);
  if (form.require(node, "in", "a fault") != nullptr) form.take(node, "in", fault.in);
  return fault;
}

}  // namespace

std::vector<Step> read_steps(Form& form, const YamlNode& list, std::string_view name) {
  std::vector<Step> out;
  if (!list.is_list()) {
    form.error(list.place, fmt::format("'{}' takes a list of steps, got {}", name, describe(list)),
               "begin each step with '- '");
    return out;
  }
  if (list.items.empty()) form.error(list.place, fmt::format("'{}' is an empty list, expected steps", name));
  out.reserve(list.items.size());
  for (const auto& item : list.items) out.push_back(read_step(form, item));
  return out;
}

std::vector<Fault> read_faults(Form& form, const YamlNode& list) {
  std::vector<Fault> out;
  if (!list.is_list()) {
    form.error(list.place, fmt::format("'catches' takes a list of faults, got {}", describe(list)),
               "begin each fault with '- '");
    return out;
  }
  if (list.items.empty()) form.error(list.place, "'catches' is an empty list, expected faults");
  for (const auto& item : list.items)
    if (auto fault = read_fault(form, item)) out.push_back(std::move(*fault));
  return out;
}

std::optional<Retry> read_retry(Form& form, const YamlNode& node) {
  if (!form.expect_map(node, "'retry'", {"times", "every", "only"})) return std::nullopt;
  Retry retry;
  if (const auto* times = form.require(node, "times", "'retry'"))
    retry.times = static_cast<int>(form.integer(*times, "'times'", 1, retry_times_max).value_or(1));
  if (const auto* every = node.find("every")) retry.every_ms = form.duration_ms(*every, "'every'").value_or(1000);
  if (const auto* only = node.find("only")) {
    if (only->is_scalar() && (only->text == "claim" || only->text == "assertion"))
      form.error(only->place, fmt::format("'only' cannot be '{}': a retry never hides a failed claim", only->text),
                 "words here: transport, busy");
    else if (const auto word = form.word(*only, "'only'", {"transport", "busy"}))
      retry.only = *word == "busy" ? Retry::Only::busy : Retry::Only::transport;
  }
  return retry;
}

}  // namespace bb::suite
