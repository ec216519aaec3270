// harness/doctor/rehearsal.hpp - the reading parts of suites, run once before a
// run: who can sign in, and what the record lacks.
//
// By the engine itself, so that a test will skip in the run where it does here.
// Its run folder is private and gone at the end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/host/host.hpp>
#include "harness/doctor/rehearsal_suites.hpp"
#include "harness/engine/run.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::doctor {

struct Rehearsal {
  std::vector<SignInAsked> sign_ins;
  std::vector<evidence::TestView> tests;  // of sign_in_suite_id and of the suites
  bool is_late = false;                   // it was ended before all was read
  std::string problem;                    // why nothing was run
  const evidence::TestView* find(const std::string& suite, const std::string& test) const;
};

// At most twelve times `timeout_ms`, and a minute at least, in all.
Rehearsal rehearse(const engine::RunInput& input, const engine::Plan& plan, const engine::RunOptions& options,
                   std::int64_t timeout_ms, host::Host& host);

}  // namespace bb::doctor
