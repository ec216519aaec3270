// support/run_view_fixture.hpp - runs made by hand, for tests of reports.
//
// One small portal run with every outcome that a report treats differently.
// Tests change what they are about.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/evidence/run_view.hpp"

namespace bb::test {

inline constexpr std::int64_t fixture_start_unix_ns = 1'795'300'000'000'000'000;  // 2026-11-21T22:26:40Z

inline evidence::ClaimView held_claim(std::string text) {
  evidence::ClaimView claim;
  claim.gate = "expect";
  claim.text = std::move(text);
  claim.outcome = "held";
  claim.expected = "text/html";
  claim.found = "text/html";
  claim.line = 40;
  return claim;
}

inline evidence::ClaimView violated_claim() {
  evidence::ClaimView claim;
  claim.gate = "expect";
  claim.text = "body text contains $patient.family_name";
  claim.outcome = "violated";
  claim.expected = "a text that contains \"Newman\"";
  claim.found = "<html><body>Sorry & good-bye</body></html>";
  claim.hint = "The page must show the patient's own name.";
  claim.line = 41;
  return claim;
}

inline evidence::ExchangeView exchange(std::string url, int status, std::string body) {
  evidence::ExchangeView view;
  view.exchange.instance = "portal/alice";
  view.exchange.call_id = 7;
  view.exchange.method = "GET";
  view.exchange.url = std::move(url);
  view.exchange.request_headers = {{"accept", "text/html"}, {"authorization", "[secret access_token]"}};
  view.exchange.status = status;
  view.exchange.response_headers = {{"content-type", "text/html; charset=utf-8"}};
  view.exchange.response_body = std::move(body);
  view.exchange.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  view.exchange.is_answer = true;
  view.exchange.started_unix_ns = fixture_start_unix_ns;
  view.exchange.first_byte_ms = 3;
  view.exchange.total_ms = 5;
  view.response_body_blob = "0000000000000000000000000000000000000000000000000000000000000001";
  return view;
}

inline evidence::StepView do_step(std::string id, std::string action, std::vector<evidence::ClaimView> claims) {
  evidence::StepView step;
  step.id = std::move(id);
  step.action = std::move(action);
  step.has_message = true;
  step.message.result = "ok";
  step.message.status_name = "BB_OK";
  step.message.media_type = "text/html";
  step.message.body = "<html><body>Sorry & good-bye</body></html>";
  step.message.first_byte_ms = 3;
  step.message.total_ms = 5;
  step.body_blob = "0000000000000000000000000000000000000000000000000000000000000001";
  step.claims = std::move(claims);
  step.exchanges = {exchange("https://127.0.0.1:40123/api/patients/alice/items/summary", 200, step.message.body)};
  step.started_unix_ns = fixture_start_unix_ns;
  step.duration_ms = 6;
  return step;
}

inline evidence::TestView test_of(std::string name, std::string title, evidence::Outcome outcome,
                                  std::vector<std::string> verifies, std::vector<evidence::StepView> steps) {
  evidence::TestView test;
  test.suite = "pledge.data_holder";
  test.name = std::move(name);
  test.title = std::move(title);
  test.verifies = std::move(verifies);
  test.is_done = true;
  test.outcome = outcome;
  test.line = 30;
  test.steps = std::move(steps);
  test.started_unix_ns = fixture_start_unix_ns;
  test.duration_ms = 12;
  return test;
}

inline evidence::RequirementView requirement(std::string id, std::string text, evidence::Outcome outcome,
                                             std::vector<std::string> tests) {
  evidence::RequirementView view;
  view.id = std::move(id);
  view.level = "SHALL";
  view.text = std::move(text);
  view.source = "Join the Blue Button Movement page";
  view.status = "in-force";
  view.check = "test";
  view.is_tested = !tests.empty();
  view.outcome = outcome;
  view.tests = std::move(tests);
  return view;
}

inline void judge(evidence::RunView& run) {
  run.counts = {};
  for (const auto& test : run.tests)
    if (test.is_done) run.counts.add(test.outcome);
  run.verdict = evidence::decide(run.counts, evidence::standing_of(run), run.part);
}

// Begun and finished, and nothing in between.
inline evidence::RunView empty_run() {
  evidence::RunView run;
  run.id = "20261121T222640-ab12";
  run.program_version = "0.1.0";
  run.target = "acme-portal";
  run.target_title = "Acme Portal";
  run.target_version = "5.2";
  run.environment = "test";
  run.rule_date = "2026-11-21";
  run.notes = {"in process"};
  run.suites = {{.id = "pledge.data_holder",
                 .version = "1.0.0",
                 .title = "Blue Button Pledge, data holders",
                 .file = "suites/pledge.data_holder.yaml",
                 .sha256 = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
                 .options = {}}};
  run.started_unix_ns = fixture_start_unix_ns;
  run.finished_unix_ns = fixture_start_unix_ns + 2'000'000'000;
  run.is_complete = true;
  judge(run);
  return run;
}

// What a run of a Direct suite without a declared version chose.
inline std::vector<evidence::OptionView> direct_options() {
  return {{"direct_as", "Version of the statement", "1.2", "default"}, {"recipients", "", "all", "target"}};
}

// Two tests that pass.
inline evidence::RunView conformant_run() {
  using evidence::Outcome;
  auto run = empty_run();
  run.tests = {test_of("sign_in", "The patient signs in", Outcome::pass, {},
                       {do_step("sign_in", "portal.sign_in as alice", {held_claim("result is ok")})}),
               test_of("view", "The patient views the summary", Outcome::pass, {"PLEDGE-DH-07"},
                       {do_step("view", "portal.view as alice", {held_claim("media_type is text/html")})})};
  run.tests[1].needs = {"sign_in"};
  run.requirements = {requirement("PLEDGE-DH-07", "The individual can look at the data online.", Outcome::pass,
                                  {"pledge.data_holder/view"})};
  judge(run);
  return run;
}

// Two of 23 tests: of one requirement a test was left out, of another all.
inline evidence::RunView part_run() {
  auto run = conformant_run();
  run.part = evidence::Part{2, 23};
  run.notes.push_back("only a part of the suites was run, --filter */view");
  run.requirements[0].left_out = 1;
  auto other = requirement("PLEDGE-DH-08", "The individual can download the data.", evidence::Outcome::skip, {});
  other.is_tested = false;
  other.left_out = 3;
  run.requirements.push_back(std::move(other));
  judge(run);
  return run;
}

// One test of each outcome that reports treat differently, an attestation, an
// untested requirement.
inline evidence::RunView mixed_run() {
  using evidence::Outcome;
  auto run = conformant_run();
  run.tests[1].outcome = Outcome::fail;
  run.tests[1].cause = "a claim that must hold does not: body text contains $patient.family_name";
  run.tests[1].steps[0].claims.push_back(violated_claim());
  run.requirements[0].outcome = Outcome::fail;

  auto late = violated_claim();
  late.text = "time first_byte max 5s";
  late.level = evidence::Level::should;
  late.hint.clear();
  late.expected = "at most 5 s";
  late.found = "7 s";
  run.tests.push_back(test_of("download[ccda-2.1]", "The patient downloads the summary as ccda-2.1", Outcome::warn,
                              {"PLEDGE-DH-08"},
                              {do_step("download", "portal.download as alice", {held_claim("result is ok"), late})}));
  run.tests.push_back(test_of("history", "The history lists the download", Outcome::skip, {"PLEDGE-DH-20"}, {}));
  run.tests.back().cause = "needs 'view', which ended as fail";
  run.tests.push_back(test_of("share", "The patient sends the summary", Outcome::error, {"PLEDGE-DH-09"},
                              {do_step("share", "portal.share as alice", {})}));
  run.tests.back().kind = "connector_lost";
  run.tests.back().cause = "the connector org.example.acme ended in the middle of share";
  run.tests.push_back(
      test_of("readable", "The page is readable without special software", Outcome::attested, {"PLEDGE-DH-12"}, {}));
  run.tests.push_back(test_of("messages", "The portal sends messages", Outcome::omit, {"PLEDGE-DH-30"}, {}));
  run.requirements.push_back(requirement("PLEDGE-DH-08", "The individual can download the data.", Outcome::warn,
                                         {"pledge.data_holder/download[ccda-2.1]"}));
  run.requirements.push_back(
      requirement("PLEDGE-DH-09", "The individual can send the data.", Outcome::error, {"pledge.data_holder/share"}));
  run.requirements.push_back(requirement("PLEDGE-DH-12", "People can read what they get.", Outcome::attested,
                                         {"pledge.data_holder/readable"}));
  run.requirements.push_back(requirement("PLEDGE-DH-40", "Data arrives in time.", Outcome::skip, {}));
  run.requirements.back().untested = "needs a clock that the portal shares";
  run.attestations = {{.suite = "pledge.data_holder",
                       .test = "readable",
                       .step = "attest",
                       .question = "The page is readable without special software.",
                       .is_answered = true,
                       .is_yes = true,
                       .name = "Rosa Okafor",
                       .role = "accessibility tester",
                       .date = "2026-11-20",
                       .evidence = "screenshots of 20 November",
                       .expires = "2027-11-20"}};
  judge(run);
  return run;
}

// The run was killed after its first test.
inline evidence::RunView killed_run() {
  auto run = conformant_run();
  run.is_complete = false;
  run.finished_unix_ns = 0;
  run.problems = {"events.ndjson: the last line is torn (47 bytes left out)"};
  run.tests[1].is_done = false;
  run.tests[1].outcome = evidence::Outcome::skip;
  run.tests[1].steps.clear();
  run.requirements[0].outcome = evidence::Outcome::skip;
  judge(run);
  return run;
}

// What a run with --check-connectors may have seen.
inline std::vector<host::Notice> notices() {
  const host::Notice silent{"portal/alice", 1,
                            "BB-R030",      "bb/abi/base.h:150",
                            false,          "view.read: the call gave BB_E_NOT_FOUND without a message",
                            false};
  host::Notice again = silent;
  again.is_last = true;
  const host::Notice overlap{"portal/alice", 0, "BB-R057", "bb/abi/plugin.h:51", true, "view.list: was called", false};
  return {silent, again, overlap};
}

// The conformant one, gone on with twice.
inline evidence::RunView resumed_run() {
  auto run = conformant_run();
  run.processes = 3;
  return run;
}

// A run whose folder was changed afterwards.
inline evidence::RunView damaged_run() {
  auto run = conformant_run();
  run.is_damaged = true;
  run.problems = {"line 6: not an event, ignored: <garbage>", "blob 0a was changed"};
  run.verdict = {"inconclusive", 3, "the evidence is damaged and proves nothing: line 6: not an event; and 1 more"};
  return run;
}

}  // namespace bb::test
