// harness/evidence/run_builder.hpp - puts a run together from its events.
//
// Takes one event after the other. What a newer program may add (unknown types)
// is forgiven; what no program writes (events that name nothing known, blobs that
// are not what their name says, outcomes that do not follow from the claims) is
// damage. Both are told in `problems`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <bb/core/value.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::evidence {

class RunBuilder {
 public:
  explicit RunBuilder(std::filesystem::path folder);

  // Adds one event. `line` is for problems. An error when the event says that
  // the stream is of a format we do not know.
  Status add(const Value& event, std::size_t line);
  void problem(std::string text) { run_.problems.push_back(std::move(text)); }
  void damage(std::string text);
  // The run as far as the events told; an error without a run_started.
  Result<RunView> finish() &&;

 private:
  struct Body {
    std::string text;  // cut to view_body_bytes_max
    std::string blob;
  };
  using StepAddress = std::pair<std::size_t, std::size_t>;  // test, step in it

  Status run_started(const Value& event);
  void run_resumed(const Value& event, std::size_t line);
  void resume_connectors(std::vector<ConnectorView> connectors);
  void read_suites(const Value& suites);
  void read_plan(const Value& plan);
  void read_part(const Value& part);
  void test_event(std::string_view type, const Value& event, std::size_t line);
  void redo_test(TestView& test);
  void test_done(TestView& test, const Value& event, std::size_t line);
  void call_event(std::string_view type, const Value& event);
  TestView* find_test(const Value& event);
  StepView* find_step(const Value& event);  // by call
  void note_answer(const host::EvidenceRecord& record);
  Body body(const Value& value);
  void set_message(StepView& step, const Value& event);
  void end_step(TestView& test, const Value& event, std::size_t line);
  void report_unknown();
  void judge();
  void check_ending();
  void list_waits();

  RunView run_;
  bool is_started_ = false;
  Value ending_;                                                      // run_done or run_detached, the last event
  std::map<std::size_t, WaitView> waits_;                             // by test: begun and not over
  std::string first_damage_;                                          // what is told with the verdict
  std::size_t damage_count_ = 0;                                      // also of what is not listed any more
  std::set<std::string> told_blobs_;                                  // a bad blob may be named often
  std::map<std::pair<std::string, std::string>, std::size_t> tests_;  // suite, test
  std::unordered_map<std::int64_t, StepAddress> calls_;
  std::unordered_map<std::size_t, std::int64_t> step_started_us_, test_started_us_;  // by test
  std::map<std::string, int> unknown_types_;
  std::set<std::string> answered_, answering_;  // questions of connectors, and who answered
};

}  // namespace bb::evidence
