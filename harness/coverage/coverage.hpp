// harness/coverage/coverage.hpp - what of the requirements is tested, and by what.
//
// Catalogues, suites and rules for documents are read; nothing is run. A row is
// proved by the first of these that it has: a claim of a test as strong as the
// row, a rule for documents as strong, the rows it rests on, a command of the
// product, tests of its own connectors, a person's answer, a reason. docs/reference/coverage.md
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include "harness/documents/own_rules.hpp"
#include "harness/suite/model.hpp"

namespace bb::coverage {

// On the rule date. Dates go before the status: a historic row is not yet, historic
// or no longer.
enum class Standing { in_force, house, not_yet, no_longer, historic, proposed };
inline constexpr std::array standings = {Standing::in_force,  Standing::house,    Standing::not_yet,
                                         Standing::no_longer, Standing::historic, Standing::proposed};
std::string_view to_word(Standing standing);  // "in force"

enum class Proof { test, rule, rows, command, own_tests, attested, reason, information, gap };
inline constexpr std::array proofs = {Proof::test,    Proof::rule,        Proof::rows,
                                      Proof::command, Proof::own_tests,   Proof::attested,
                                      Proof::reason,  Proof::information, Proof::gap};
std::string_view to_word(Proof proof);  // "document rule"

// A test that speaks for a row.
struct Citation {
  const suite::Suite* suite = nullptr;
  const suite::Test* test = nullptr;
  std::size_t instances = 1;                // one where the target gives the list
  std::vector<const suite::Claim*> claims;  // that speak for the row; `require` does not
  bool is_asked = false;                    // a person is, too
  bool is_decided = false;                  // a claim is as strong as the row
};

struct Row {
  const suite::Requirement* requirement = nullptr;
  std::string catalogue;  // "vdt-2015", name of its file
  std::string family;     // "VDT15-LOG"
  Standing standing = Standing::in_force;
  Proof proof = Proof::gap;
  bool is_listed = true;  // false: known because others rest on it
  std::vector<Citation> tests;
  std::vector<const documents::OwnRule*> rules;

  // Whether a program judges it, or the rows that it rests on.
  bool is_checked() const {
    return proof == Proof::test || proof == Proof::rule || proof == Proof::rows || proof == Proof::command ||
           proof == Proof::own_tests;
  }
};

// SHALL rows of a kind.
struct Shall {
  std::size_t rows = 0;
  std::size_t by_program = 0;  // that a program can judge: `check: test`
  std::size_t checked = 0;     // of these, by whatever judges
  std::array<std::size_t, proofs.size()> by_proof{};

  std::size_t of(Proof proof) const { return by_proof[static_cast<std::size_t>(proof)]; }
  // Of `by_program`, to a tenth below; 100 where there is none.
  double percent() const;
};

struct Totals {
  std::string name;  // of a catalogue or a family; empty: all
  std::size_t rows = 0;
  std::array<std::size_t, standings.size()> by_standing{};
  Shall in_force, house;

  std::size_t of(Standing standing) const { return by_standing[static_cast<std::size_t>(standing)]; }
};

// What is measured. Pointers of the result lead into it.
struct Sources {
  std::vector<suite::Catalogue> catalogues;  // whose rows are listed
  std::vector<suite::Catalogue> known;       // whose rows may be rested on, and are not listed
  std::vector<suite::Suite> suites;
  bool are_rows_of_suites_listed = true;
  std::shared_ptr<const documents::OwnRules> rules;  // may be null
};

struct Coverage {
  std::string rule_date;
  std::vector<Row> rows;  // by catalogue, document order
  Totals all;
  std::vector<Totals> catalogues, families;  // by name
  std::vector<Diagnostic> diagnostics;       // ids that name no row, circles, one id twice

  const Row* find(std::string_view id) const;
  // Rows that nothing accounts for: SHALL rows in force or of the house; with
  // `is_strict` all that are more than information.
  std::vector<const Row*> gaps(bool is_strict) const;
};

// `rule_date`: "2026-11-21".
Coverage measure(const Sources& sources, const std::string& rule_date);

}  // namespace bb::coverage
