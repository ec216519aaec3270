#include "harness/report/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/evidence/waivers.hpp"
#include "harness/report/explain.hpp"

namespace bb::report {
namespace {

using evidence::Outcome;
using evidence::RequirementView;
using evidence::RunView;
using evidence::TestView;
using Kind = RequirementChange::Kind;

constexpr std::string_view not_there = "not there";

// How good it is for whoever is judged; none: it decides nothing.
enum class Rank { failed, open, waived, warned, held };

std::optional<Rank> rank_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::fail:
      return Rank::failed;
    case Outcome::error:
    case Outcome::cancel:
    case Outcome::not_attested:
    case Outcome::skip:
      return Rank::open;
    case Outcome::waived:
      return Rank::waived;
    case Outcome::warn:
      return Rank::warned;
    case Outcome::attested:
    case Outcome::pass:
      return Rank::held;
    case Outcome::omit:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Rank> rank_of(const RequirementView* row) {
  if (row == nullptr || !row->counts) return std::nullopt;
  return row->is_tested ? rank_of(row->outcome) : Rank::open;
}

std::optional<Rank> rank_of(const TestView* test) {
  if (test == nullptr || !test->counts) return std::nullopt;
  return test->is_done ? rank_of(test->outcome) : Rank::open;
}

// What decided nothing before can only fail or be left open to be worse.
bool is_worse(std::optional<Rank> before, std::optional<Rank> after) {
  if (!after) return false;
  return before ? *after < *before : *after <= Rank::open;
}

bool is_judged(std::optional<Rank> rank) { return rank && *rank != Rank::open; }
bool is_good(std::optional<Rank> rank) { return rank && *rank > Rank::open; }

Kind kind_of(std::optional<Rank> before, std::optional<Rank> after) {
  if (after == Rank::failed && before != Rank::failed) return Kind::newly_failing;
  if (is_good(after) && after != Rank::waived && before == Rank::failed) return Kind::newly_passing;
  if (is_judged(before) && !is_judged(after)) return Kind::no_longer_judged;
  if (!is_judged(before) && is_judged(after)) return Kind::newly_judged;
  return Kind::otherwise;
}

std::string or_open(const std::string& day) { return day.empty() ? "open" : day; }

std::string dates_of(const RequirementView& row) {
  return row.from.empty() && row.until.empty() ? "" : fmt::format("{} to {}", or_open(row.from), or_open(row.until));
}

// "R-1 (45 CFR 170.315(e)(1)), SHALL, in-force, 2024-01-01 to open"
std::string citation(const RequirementView& row) {
  std::string text = row.id;
  const std::string source = !row.source.empty() ? row.source : row.at;
  if (!source.empty()) text += fmt::format(" ({})", source);
  text += fmt::format(", {}, {}", row.level, row.status);
  if (const auto dates = dates_of(row); !dates.empty()) text += ", " + dates;
  return text;
}

void add_if_changed(std::vector<FieldChange>& changes, std::string_view what, const std::string& before,
                    const std::string& after) {
  if (before != after) changes.push_back({std::string(what), before, after});
}

std::string decides(const RequirementView& row, const RunView& run) {
  return fmt::format("{} on {}", row.counts ? "decides" : "does not decide", run.rule_date);
}

std::vector<FieldChange> rule_changes(const RunView& run_before, const RequirementView& before,
                                      const RunView& run_after, const RequirementView& after) {
  std::vector<FieldChange> changes;
  add_if_changed(changes, "level", before.level, after.level);
  add_if_changed(changes, "status", before.status, after.status);
  add_if_changed(changes, "from", before.from, after.from);
  add_if_changed(changes, "until", before.until, after.until);
  add_if_changed(changes, "text", before.text, after.text);
  add_if_changed(changes, "applies", before.applies, after.applies);
  add_if_changed(changes, "check", before.check, after.check);
  if (before.counts != after.counts)
    changes.push_back({"the verdict", decides(before, run_before), decides(after, run_after)});
  return changes;
}

// Which rule made the difference, and where each run stands to it.
std::string rule_cited(const RequirementView* before, const RequirementView* after,
                       const std::vector<FieldChange>& rule) {
  if (before == nullptr) return fmt::format("{}: no catalogue of the earlier run has it", citation(*after));
  if (after == nullptr) return fmt::format("{}: no catalogue of the later run has it", citation(*before));
  if (rule.empty()) return {};
  std::vector<std::string> said;
  for (const auto& change : rule)
    if (change.what != "text")
      said.push_back(fmt::format("{}: {}, then {}", change.what, change.before.empty() ? "nothing" : change.before,
                                 change.after.empty() ? "nothing" : change.after));
  if (said.empty()) return fmt::format("{}: its text changed", citation(*after));
  return fmt::format("{}: {}", citation(*after), join(said, "; "));
}

template <class Items, class Key>
auto by_key(const Items& items, const Key& key) {
  std::map<std::string, const typename Items::value_type*> found;
  for (const auto& item : items) found.emplace(key(item), &item);
  return found;
}

template <class Map>
auto find_in(const Map& map, const std::string& key) -> typename Map::mapped_type {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

std::vector<Value::Member> members_of(const Value& object) {
  const auto* members = object.members();
  return members != nullptr ? *members : std::vector<Value::Member>{};
}

std::string name_of(const TestView& test) { return test.suite + "/" + test.name; }

std::vector<FailingClaim> failing_claims(const TestView* test) {
  std::vector<FailingClaim> claims;
  if (test == nullptr) return claims;
  for (const auto& broken : broken_claims(*test))
    claims.push_back({broken.step->id, broken.claim->text, broken.claim->expected, broken.claim->found});
  return claims;
}

bool are_same_claims(const std::vector<FailingClaim>& one, const std::vector<FailingClaim>& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](const auto& a, const auto& b) { return a.step == b.step && a.text == b.text; });
}

class RunComparer {
 public:
  RunComparer(const RunView& before, const RunView& after)
      : before_(before),
        after_(after),
        rows_before_(by_key(before.requirements, [](const auto& row) { return row.id; })),
        rows_after_(by_key(after.requirements, [](const auto& row) { return row.id; })),
        tests_before_(by_key(before.tests, name_of)),
        tests_after_(by_key(after.tests, name_of)) {}

  Difference compare() {
    compare_verdicts();
    compare_tests();
    compare_requirements();
    compare_waivers();
    compare_attestations();
    compare_setup();
    find_incomparable();
    return std::move(out_);
  }

 private:
  void compare_verdicts() {
    const auto said = [](const RunView& run) {
      return fmt::format("{} ({})", run.verdict.word, run.verdict.exit_status);
    };
    out_.verdict = {"verdict", said(before_), said(after_)};
    // Weakest first: docs/reference/command-line.md.
    constexpr std::array<int, 6> strength = {0, 4, 3, 6, 1, 5};
    const auto of = [&](const RunView& run) {
      return std::find(strength.begin(), strength.end(), run.verdict.exit_status) - strength.begin();
    };
    out_.is_verdict_worse = of(after_) > of(before_) || (after_.is_damaged && !before_.is_damaged);
  }

  void compare_requirements() {
    for (const auto& row : after_.requirements) add_requirement(find_in(rows_before_, row.id), &row);
    for (const auto& row : before_.requirements)
      if (!rows_after_.contains(row.id)) add_requirement(&row, nullptr);
    std::stable_sort(out_.requirements.begin(), out_.requirements.end(),
                     [](const auto& one, const auto& other) { return one.kind < other.kind; });
  }

  void add_requirement(const RequirementView* before, const RequirementView* after) {
    const RequirementView& row = after != nullptr ? *after : *before;
    RequirementChange change;
    change.before = before != nullptr ? std::string(outcome_word(*before)) : "not in the catalogue";
    change.after = after != nullptr ? std::string(outcome_word(*after)) : "not in the catalogue";
    if (before != nullptr && after != nullptr) change.rule = rule_changes(before_, *before, after_, *after);
    if (change.before == change.after && change.rule.empty()) return;
    // What no run judges is of no interest where only a catalogue came or went.
    const bool is_silent = (before == nullptr || !before->is_tested) && (after == nullptr || !after->is_tested);
    if (is_silent && (before == nullptr || after == nullptr)) return;
    change.id = row.id;
    change.level = row.level;
    change.text = row.text;
    change.source = row.source;
    change.at = row.at;
    change.status = row.status;
    change.from = row.from;
    change.until = row.until;
    change.counted_before = before != nullptr && before->counts;
    change.counts_after = after != nullptr && after->counts;
    change.kind = kind_of(rank_of(before), rank_of(after));
    if (change.kind == Kind::otherwise && !change.rule.empty()) change.kind = Kind::rule_changed;
    // Untested in both is no news, whatever the rule says.
    change.is_worse = !is_silent && is_worse(rank_of(before), rank_of(after));
    change.cites = rule_cited(before, after, change.rule);
    for (const auto& test : out_.tests)
      if (is_among(before, test) || is_among(after, test)) change.tests.push_back(test.suite + "/" + test.name);
    out_.requirements.push_back(std::move(change));
  }

  static bool is_among(const RequirementView* row, const TestChange& test) {
    return row != nullptr &&
           std::find(row->tests.begin(), row->tests.end(), test.suite + "/" + test.name) != row->tests.end();
  }

  void compare_tests() {
    for (const auto& test : after_.tests) add_test(find_in(tests_before_, name_of(test)), &test);
    for (const auto& test : before_.tests)
      if (!tests_after_.contains(name_of(test))) add_test(&test, nullptr);
  }

  void add_test(const TestView* before, const TestView* after) {
    const TestView& test = after != nullptr ? *after : *before;
    TestChange change;
    change.suite = test.suite;
    change.name = test.name;
    change.title = test.title;
    change.before = before != nullptr ? outcome_word(*before) : not_there;
    change.after = after != nullptr ? outcome_word(*after) : not_there;
    change.claims_before = failing_claims(before);
    change.claims_after = failing_claims(after);
    if (change.before == change.after && are_same_claims(change.claims_before, change.claims_after)) return;
    change.is_worse = is_worse(rank_of(before), rank_of(after));
    if (after != nullptr && change.claims_after.empty()) change.cause = after->cause;
    change.cites = rules_of(before, after);
    out_.tests.push_back(std::move(change));
  }

  // Rules that decide on one rule date alone, of those that the test verifies.
  std::vector<std::string> rules_of(const TestView* before, const TestView* after) const {
    std::set<std::string> ids;
    for (const auto* test : {before, after})
      if (test != nullptr)
        for (const auto& row : test->rows) ids.insert(row.id);
    std::vector<std::string> cites;
    for (const auto& id : ids) {
      const auto* one = find_in(rows_before_, id);
      const auto* other = find_in(rows_after_, id);
      if (one != nullptr && other != nullptr && one->counts != other->counts)
        cites.push_back(rule_cited(one, other, rule_changes(before_, *one, after_, *other)));
    }
    return cites;
  }

  // Things that both runs list: what each says of them, "" where it has none.
  template <class Items, class Key, class Said>
  static void compare_listed(const Items& before, const Items& after, const Key& key, const Said& said,
                             std::vector<FieldChange>& changes) {
    const auto known_before = by_key(before, key);
    const auto known_after = by_key(after, key);
    std::set<std::string> told;
    for (const auto* items : {&before, &after})
      for (const auto& item : *items) {
        const auto name = key(item);
        if (!told.insert(name).second) continue;
        const auto* one = find_in(known_before, name);
        const auto* other = find_in(known_after, name);
        add_if_changed(changes, name, one ? said(*one) : std::string(not_there),
                       other ? said(*other) : std::string(not_there));
      }
  }

  void compare_waivers() {
    compare_listed(
        before_.waivers, after_.waivers,
        [](const auto& waiver) { return fmt::format("{}, '{}', on {}", waiver.test, waiver.claim, waiver.subject); },
        [](const auto& waiver) {
          return fmt::format("{}, {} until {}: {}", evidence::to_word(waiver.state), evidence::to_word(waiver.outcome),
                             waiver.expires, waiver.reason);
        },
        out_.waivers);
  }

  void compare_attestations() {
    compare_listed(
        before_.attestations, after_.attestations,
        [](const auto& answer) { return fmt::format("{}/{}.{}", answer.suite, answer.test, answer.step); },
        [](const auto& answer) {
          if (!answer.is_answered) return std::string("nobody answered");
          std::vector<std::string> parts{answer.is_yes ? "yes" : "no"};
          for (const auto* part : {&answer.name, &answer.role, &answer.date, &answer.evidence})
            if (!part->empty()) parts.push_back(*part);
          if (!answer.expires.empty()) parts.push_back("until " + answer.expires);
          if (!answer.expired_by.empty()) parts.emplace_back("expired");
          return join(parts, ", ");
        },
        out_.attestations);
  }

  void compare_setup() {
    auto& changes = out_.setup;
    add_if_changed(changes, "target", before_.target, after_.target);
    add_if_changed(changes, "version of the system", before_.target_version, after_.target_version);
    // Its facts about people are not for a difference.
    const auto of_text = [](const std::string& sha256) { return "text " + sha256.substr(0, 12); };
    add_if_changed(changes, "target file", of_text(before_.target_sha256), of_text(after_.target_sha256));
    add_if_changed(changes, "environment", before_.environment, after_.environment);
    add_if_changed(changes, "profile", to_json(before_.profile), to_json(after_.profile));
    add_if_changed(changes, "rule date", before_.rule_date, after_.rule_date);
    add_if_changed(changes, "program", before_.program_version, after_.program_version);
    compare_listed(
        before_.connectors, after_.connectors, connector_name,
        [are_known = are_plugins_known()](const auto& connector) {
          return are_known ? evidence::to_text(connector) : connector.connector;
        },
        changes);
    compare_listed(
        members_of(before_.inputs), members_of(after_.inputs), [](const auto& input) { return "input " + input.key; },
        [](const auto& input) { return to_json(input.value); }, changes);
    const auto suite_name = [](const auto& suite) { return "suite " + suite.id; };
    compare_listed(
        before_.suites, after_.suites, suite_name, [](const auto& suite) { return suite.version; }, changes);
    compare_listed(
        before_.suites, after_.suites, [](const auto& suite) { return "options of suite " + suite.id; },
        [](const auto& suite) {
          std::vector<std::string> options;
          for (const auto& option : suite.options) options.push_back(option.name + " " + option.value);
          return join(options, ", ");
        },
        changes);
    std::erase_if(changes, [](const FieldChange& change) {
      return change.what.starts_with("options of suite ") && (change.before == not_there || change.after == not_there);
    });
  }

  static std::string connector_name(const evidence::ConnectorView& connector) {
    return "connector of role " + connector.role;
  }

  // Runs of earlier versions do not say where their connectors came from, which is no change.
  bool are_plugins_known() const {
    const auto is_known = [](const evidence::ConnectorView& connector) { return !connector.plugin.empty(); };
    return std::all_of(before_.connectors.begin(), before_.connectors.end(), is_known) &&
           std::all_of(after_.connectors.begin(), after_.connectors.end(), is_known);
  }

  void find_incomparable() {
    const auto say = [&](std::string text) { out_.not_comparable.push_back(std::move(text)); };
    for (const auto& change : out_.setup)
      if (change.what.starts_with(connector_name({})))
        say(fmt::format("the {} is another: what differs may be its doing", change.what));
    if (before_.target != after_.target)
      say(fmt::format("the runs are of two systems, '{}' and '{}'", before_.target, after_.target));
    if (before_.started_unix_ns > after_.started_unix_ns)
      say("the first run began after the second: what is newly failing here is what was mended");
    const auto suites = by_key(before_.suites, [](const auto& suite) { return suite.id; });
    for (const auto& suite : after_.suites)
      if (const auto* other = find_in(suites, suite.id); other && other->sha256 != suite.sha256)
        say(other->version == suite.version
                ? fmt::format("suite {} is called {} in both runs and its text is another", suite.id, suite.version)
                : fmt::format("suite {} is {} and then {}: its tests may ask for other things", suite.id,
                              other->version, suite.version));
    if (before_.is_masked || after_.is_masked)
      say("pseudonyms of one masked run stand for nobody in another: tests named after people, and texts with them, "
          "differ by that");
    for (const auto* run : {&before_, &after_}) {
      const auto which = run == &before_ ? "the earlier run" : "the later run";
      if (run->is_damaged) say(fmt::format("the evidence of {} is damaged: nothing of it can be relied on", which));
      if (run->is_waiting)
        say(fmt::format("{} waits: its open tests are not judged yet", which));
      else if (!run->is_complete)
        say(fmt::format("{} ended before it was done: its other tests were not judged", which));
      if (run->part)
        say(fmt::format("{} is a part, {} of {} tests: what it left out is no change of the system", which,
                        run->part->tests, run->part->of));
    }
  }

  const RunView& before_;
  const RunView& after_;
  const std::map<std::string, const RequirementView*> rows_before_, rows_after_;
  const std::map<std::string, const TestView*> tests_before_, tests_after_;
  Difference out_;
};

constexpr std::array<std::string_view, 6> kind_words = {"newly failing", "newly passing", "no longer judged",
                                                        "newly judged",  "rule changed",  "changed"};

}  // namespace

std::string_view to_word(Kind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

bool Difference::is_worse() const {
  const auto worse = [](const auto& change) { return change.is_worse; };
  return is_verdict_worse || std::any_of(requirements.begin(), requirements.end(), worse) ||
         std::any_of(tests.begin(), tests.end(), worse);
}

bool Difference::is_empty() const {
  return verdict.before == verdict.after && requirements.empty() && tests.empty() && waivers.empty() &&
         attestations.empty() && setup.empty();
}

Difference compare_runs(const RunView& before, const RunView& after) { return RunComparer(before, after).compare(); }

}  // namespace bb::report
