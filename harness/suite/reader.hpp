// harness/suite/reader.hpp - reads suite, target, waivers, catalogue and answers files.
//
// Readers are closed: an unknown key, a wrong type, a duplicate are mistakes.
// All mistakes of a file come back at once, each with its place, what was
// expected and the nearest known word. YAML 1.2 core types; no anchors, merge
// keys or tags.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include "harness/suite/model.hpp"

namespace bb::suite {

// `value` is there unless the file could not be understood at all; with an
// error among the diagnostics it must not be run.
template <class T>
struct Loaded {
  std::optional<T> value;
  std::vector<Diagnostic> diagnostics;
  bool is_good() const { return value && !has_errors(diagnostics); }
};

// Reads a suite with the catalogue it names (relative to the suite).
Loaded<Suite> read_suite(const std::filesystem::path& file);
// Reads a target with the waivers it names (relative to the target).
Loaded<Target> read_target(const std::filesystem::path& file);
Loaded<Waivers> read_waivers(const std::filesystem::path& file);
Loaded<Catalogue> read_catalogue(const std::filesystem::path& file);  // .yaml or .csv

// An answers file: who answers, and per "test" or "test.step" yes or no with a
// note. Format: docs/reference/suite-format.md, "Answers".
struct Answer {
  std::string test;  // "suite/test" or "suite/test.step"
  bool is_yes = false;
  std::string name, role, date;
  std::string evidence;  // a note, or a file's path relative to the answers file
  Place place;
  Place evidence_place{};
  Place date_place{};     // its own or that of the file
  std::string expires{};  // the last day on which it counts; empty: it does not expire
  Place expires_place{};  // its own or that of the file
};
// What somebody answered to a question of a connector (bb.host.person/1).
struct QuestionAnswer {
  std::string question;      // "portal/alice/consent" or "portal/consent"
  bool is_declined = false;  // else exactly one of these two is there
  std::string text;
  std::string file;  // relative to the answers file
  std::string media_type;
  std::string name, role, date;
  Place place;
  Place file_place{};
  Place date_place{};     // its own or that of the file
  std::string expires{};  // as that of Answer
  Place expires_place{};
};
// The day that an answer which counts until `expires` had expired by, as "2026-11-21": today, where its last day
// is over everywhere on Earth, or `rule_date`, where the rules of a later day are judged by. Empty where it counts.
std::string expired_by(const std::string& expires, std::int64_t now_unix_ns, const std::string& rule_date);
struct Answers {
  std::filesystem::path file;
  std::vector<Answer> answers;
  std::vector<QuestionAnswer> questions;
  const Answer* find(const std::string& suite, const std::string& test, const std::string& step) const;
  // The answer of `instance` ("portal/alice"), or else of its role; by the whole id, or without the dash and eight
  // hexadecimal digits at its end that tell apart what is asked more than once ("send-1a2b3c4d").
  const QuestionAnswer* find_question(const std::string& instance, const std::string& id) const;
};
Loaded<Answers> read_answers(const std::filesystem::path& file);

}  // namespace bb::suite
