// bb/host/people.hpp - who answers the questions of a connector
// (bb.host.person/1).
//
// The host checks a question and its answer, keeps both as evidence and hands
// files over; where answers come from (a file, a terminal, a page) is the
// embedding program's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bb/abi/host_person.h>

namespace bb::host {

// A question that keeps to the rules of bb_question.
struct Question {
  std::string instance;  // "portal/alice"
  std::string id;        // the connector's own, stable
  bb_question_kind kind = BB_QUESTION_UNKNOWN;
  std::string title;
  std::string text;
  std::vector<std::string> choices;
  std::vector<std::string> accept;  // media types of a file; empty = any
  friend bool operator==(const Question&, const Question&) = default;
};

struct PersonAnswer {
  std::string name;  // who answered
  std::int64_t at_unix_ns = 0;
  bool is_declined = false;
  std::string text;            // "done", "yes", "no", the text or the choice
  std::filesystem::path file;  // what was handed over, for the kinds file and screenshot
  std::string media_type;      // of the file; empty = unknown
  // What was handed over and its name, where it is at hand already; then `file` is not read.
  std::optional<std::string> content = std::nullopt;
  std::string filename = {};
};

class People {
 public:
  virtual ~People() = default;
  // The answer, or nothing as long as there is none. An instance asks once:
  // what was answered is kept. [any thread]
  virtual std::optional<PersonAnswer> ask(const Question& question) = 0;
  // Half a sentence: what a person does to answer, "the answers file needs ...".
  virtual std::string how_to_answer(const Question& question) const = 0;
};

}  // namespace bb::host
