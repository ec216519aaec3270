#include "harness/coverage/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/evidence/rest_order.hpp"
#include "harness/suite/row_claims.hpp"
#include "harness/suite/test_graph.hpp"

namespace bb::coverage {
namespace {

using evidence::RestMark;
using suite::Level;
using suite::Requirement;

Standing standing_of(const Requirement& row, const std::string& date) {
  if (!row.from.empty() && date < row.from) return Standing::not_yet;
  if (!row.until.empty() && date >= row.until) return Standing::no_longer;
  if (row.status == "historic") return Standing::historic;
  if (row.status == "proposed") return Standing::proposed;
  return row.status == "house" ? Standing::house : Standing::in_force;
}

// "VDT15-LOG-03-b" is of the family VDT15-LOG.
std::string family_of(std::string_view id) {
  if (id.ends_with("-b")) id.remove_suffix(2);
  const auto last = id.rfind('-');
  return std::string(last == std::string_view::npos ? id : id.substr(0, last));
}

Level to_level(documents::Level level) {
  return level == documents::Level::error     ? Level::shall
         : level == documents::Level::warning ? Level::should
                                              : Level::may;
}

bool is_judged_by(const Row& row, const documents::OwnRule& rule) {
  return to_level(rule.level) <= row.requirement->level;
}

class Measure {
 public:
  Measure(const Sources& sources, const std::string& rule_date) : sources_(sources) { out_.rule_date = rule_date; }

  Coverage make() {
    for (const auto& catalogue : sources_.catalogues) add_rows(catalogue.requirements, catalogue.file, true);
    is_twice_a_mistake_ = false;
    for (const auto& suite : sources_.suites)
      add_rows(suite.catalogue.requirements, suite.file, sources_.are_rows_of_suites_listed);
    for (const auto& catalogue : sources_.known) add_rows(catalogue.requirements, catalogue.file, false);
    for (std::size_t i = 0; i < out_.rows.size(); ++i) by_id_.emplace(out_.rows[i].requirement->id, i);
    for (const auto& suite : sources_.suites) add_tests(suite);
    add_rules();
    marks_.assign(out_.rows.size(), RestMark::open);
    evidence::settle_in_order(
        marks_, [this](std::size_t row) { return rests(row); }, [this](std::size_t row) { settle(row); });
    add_totals();
    return std::move(out_);
  }

 private:
  // A suite holds copies of the rows of its catalogues, and a catalogue that was named goes
  // before one of the same rows that is installed.
  void add_rows(const std::vector<Requirement>& rows, const std::filesystem::path& file, bool is_listed) {
    for (const auto& row : rows) {
      const auto known = first_.find(row.id);
      if (known != first_.end()) {
        if (is_twice_a_mistake_)
          error(row.place, fmt::format("requirement '{}' stands twice", shorten(row.id, 60)),
                fmt::format("the first stands in {}:{}", name_of(known->second->place), known->second->place.line));
        continue;
      }
      first_.emplace(row.id, &row);
      Row next;
      next.requirement = &row;
      next.catalogue =
          row.place.source ? std::filesystem::path(row.place.source->name).stem().string() : file.stem().string();
      next.family = family_of(row.id);
      next.standing = standing_of(row, out_.rule_date);
      next.is_listed = is_listed;
      out_.rows.push_back(std::move(next));
    }
  }

  static std::string name_of(const Place& place) { return place.source ? place.source->name : std::string(); }

  void error(const Place& place, std::string message, std::string note) {
    out_.diagnostics.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  Row* find(const std::string& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &out_.rows[found->second];
  }

  void add_tests(const suite::Suite& suite) {
    const auto levels = suite::row_levels(suite.catalogue);
    for (const auto& test : suite.tests)
      for (const auto& spoken : suite::row_claims(levels, test)) {
        Row* row = find(spoken.id);
        if (row == nullptr) continue;  // the linter tells
        Citation citation;
        citation.suite = &suite;
        citation.test = &test;
        citation.instances = std::max<std::size_t>(1, suite::instance_count(test));
        citation.is_asked = spoken.is_asked;
        citation.is_decided = spoken.strongest && *spoken.strongest <= row->requirement->level;
        for (const auto& step : test.steps)
          for (const auto& claim : step.expect) {
            const auto& ids = claim.verifies.empty() ? test.verifies : claim.verifies;
            if (std::find(ids.begin(), ids.end(), spoken.id) != ids.end()) citation.claims.push_back(&claim);
          }
        row->tests.push_back(std::move(citation));
      }
  }

  void add_rules() {
    if (!sources_.rules) return;
    for (const auto& rule : sources_.rules->rules())
      if (Row* row = find(rule.requirement)) row->rules.push_back(&rule);
  }

  std::vector<std::size_t> rests(std::size_t index) const {
    std::vector<std::size_t> others;
    for (const auto& id : out_.rows[index].requirement->rests_on)
      if (const auto found = by_id_.find(id); found != by_id_.end()) others.push_back(found->second);
    return others;
  }

  void settle(std::size_t index) {
    Proof of_rows = Proof::rows;
    for (const auto& id : out_.rows[index].requirement->rests_on) of_rows = std::max(of_rows, rested(index, id));
    out_.rows[index].proof = proof_of(out_.rows[index], of_rows);
  }

  // What a row that another rests on gives it.
  Proof rested(std::size_t by, const std::string& id) {
    const auto& row = *out_.rows[by].requirement;
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
      error(item_place(row, id), fmt::format("requirement '{}' rests on '{}', which no catalogue has", row.id, id),
            note_of_unknown(id));
      return Proof::gap;
    }
    if (marks_[found->second] == RestMark::entered) {
      error(item_place(row, id), fmt::format("requirement '{}' rests on '{}', which rests on it", row.id, id),
            "rows that rest on each other prove nothing; take one from 'rests_on'");
      return Proof::gap;
    }
    const Row& other = out_.rows[found->second];
    if (other.requirement->check == "none" && !other.is_checked())
      error(item_place(row, id), fmt::format("requirement '{}' rests on '{}', which is information", row.id, id),
            "information decides nothing; take it from 'rests_on'");
    return other.is_checked() ? Proof::rows : other.proof;
  }

  // The nearest of many names takes time: for as many mistakes as are shown.
  std::string note_of_unknown(const std::string& id) const {
    if (out_.diagnostics.size() >= diagnostics_shown_max) return {};
    std::vector<std::string> known;
    for (const auto& one : out_.rows) known.push_back(one.requirement->id);
    const auto near = nearest(id, known);
    return near ? fmt::format("did you mean '{}'?", *near) : std::string();
  }

  static Place item_place(const Requirement& row, const std::string& id) {
    const auto* list = row.node == nullptr ? nullptr : row.node->find("rests_on");
    if (list == nullptr) return row.place;
    for (const auto& item : list->items)
      if (item.text == id) return item.place;
    return list->place;
  }

  static Proof proof_of(const Row& row, Proof of_rows) {
    const auto& requirement = *row.requirement;
    const auto is_decided = [](const Citation& one) { return one.is_decided; };
    const auto is_asked = [](const Citation& one) { return one.is_asked; };
    if (std::any_of(row.tests.begin(), row.tests.end(), is_decided)) return Proof::test;
    if (std::any_of(row.rules.begin(), row.rules.end(), [&](const auto* rule) { return is_judged_by(row, *rule); }))
      return Proof::rule;
    if (!requirement.rests_on.empty() && of_rows == Proof::rows) return Proof::rows;
    if (!requirement.judged_by.empty()) return requirement.is_judged_by_own_tests() ? Proof::own_tests : Proof::command;
    if (std::any_of(row.tests.begin(), row.tests.end(), is_asked)) return Proof::attested;
    if (!requirement.rests_on.empty() && of_rows == Proof::attested) return Proof::attested;
    if (!requirement.untested.empty()) return Proof::reason;
    // Of rows each of which says why it is not tested.
    if (!requirement.rests_on.empty() && of_rows == Proof::reason) return Proof::reason;
    return requirement.check == "none" ? Proof::information : Proof::gap;
  }

  void add_totals() {
    std::map<std::string, Totals> catalogues, families;
    for (const auto& row : out_.rows) {
      if (!row.is_listed) continue;
      add(out_.all, row);
      add(catalogues[row.catalogue], row);
      add(families[row.family], row);
    }
    const auto take = [](std::map<std::string, Totals>& from, std::vector<Totals>& into) {
      for (auto& [name, totals] : from) {
        totals.name = name;
        into.push_back(std::move(totals));
      }
    };
    take(catalogues, out_.catalogues);
    take(families, out_.families);
  }

  static void add(Totals& totals, const Row& row) {
    ++totals.rows;
    ++totals.by_standing[static_cast<std::size_t>(row.standing)];
    if (row.requirement->level != Level::shall) return;
    if (row.standing == Standing::in_force) add(totals.in_force, row);
    if (row.standing == Standing::house) add(totals.house, row);
  }

  static void add(Shall& shall, const Row& row) {
    ++shall.rows;
    ++shall.by_proof[static_cast<std::size_t>(row.proof)];
    if (row.requirement->check != "test") return;
    ++shall.by_program;
    if (row.is_checked()) ++shall.checked;
  }

  const Sources& sources_;
  Coverage out_;
  bool is_twice_a_mistake_ = true;
  std::unordered_map<std::string_view, const Requirement*> first_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::vector<RestMark> marks_;
};

}  // namespace

std::string_view to_word(Standing standing) {
  constexpr std::array<std::string_view, standings.size()> words = {"in force",  "house",    "not yet",
                                                                    "no longer", "historic", "proposed"};
  return words[static_cast<std::size_t>(standing)];
}

std::string_view to_word(Proof proof) {
  constexpr std::array<std::string_view, proofs.size()> words = {
      "test", "document rule", "other rows", "command", "own tests", "attested", "reason", "information", "gap"};
  return words[static_cast<std::size_t>(proof)];
}

double Shall::percent() const {
  if (by_program == 0) return 100;
  return std::floor(1000.0 * static_cast<double>(checked) / static_cast<double>(by_program)) / 10;
}

const Row* Coverage::find(std::string_view id) const {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.requirement->id == id; });
  return found == rows.end() ? nullptr : &*found;
}

std::vector<const Row*> Coverage::gaps(bool is_strict) const {
  std::vector<const Row*> out;
  for (const auto& row : rows) {
    const bool is_due = row.requirement->level == Level::shall &&
                        (row.standing == Standing::in_force || row.standing == Standing::house);
    if (row.is_listed && row.proof == Proof::gap && (is_strict || is_due)) out.push_back(&row);
  }
  return out;
}

Coverage measure(const Sources& sources, const std::string& rule_date) { return Measure(sources, rule_date).make(); }

}  // namespace bb::coverage
