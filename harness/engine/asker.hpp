// harness/engine/asker.hpp - asks a person what no file answers.
//
// The engine knows what has to be asked, and waits outside the time of the step; where the person sits (a terminal, a
// page) is the caller's.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <bb/host/people.hpp>

namespace bb::engine {

// What an `attest` step asks.
struct Statement {
  std::string test, title;    // "suite/test" and its title
  std::string text;           // what is to be attested
  std::string evidence_kind;  // "none", "note", "file" or "screenshot"
};

struct StatementAnswer {
  bool is_declined = false;  // then neither yes nor no
  bool is_yes = false;
  std::string name, role;
  std::string evidence;                 // a note, or the name of the file
  std::filesystem::path evidence_file;  // empty: there is none
};

class Asker {
 public:
  virtual ~Asker() = default;
  // Both ask until there is an answer that fits; nothing: it is left for later, or the run was cancelled.
  // [any thread, one at a time: the others wait]
  virtual std::optional<StatementAnswer> ask(const Statement& statement) = 0;
  virtual std::optional<host::PersonAnswer> ask(const host::Question& question) = 0;
};

}  // namespace bb::engine
