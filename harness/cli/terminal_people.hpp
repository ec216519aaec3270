// harness/cli/terminal_people.hpp - asks the person at the terminal: `--ask`, `--no-ask`.
//
// Questions go to standard error, answers come from standard input, one question at a time whatever runs beside it.
// Bad input is asked for again, with what was expected.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/cli/args.hpp"
#include "harness/engine/asker.hpp"

namespace bb::host {
class Cancellation;
}

namespace bb::cli {

std::vector<OptionSpec> asking_options();
// Whether somebody is asked: as `--ask` or `--no-ask` says, else where standard input and standard error are a
// terminal.
[[nodiscard]] Result<bool> is_asking(const Args& args);

class TerminalPeople final : public engine::Asker {
 public:
  // `cancellation` outlives this.
  explicit TerminalPeople(const host::Cancellation& cancellation) : cancellation_(cancellation) {}
  std::optional<engine::StatementAnswer> ask(const engine::Statement& statement) override;
  std::optional<host::PersonAnswer> ask(const host::Question& question) override;

 private:
  // Nothing: the input ended, `later` was typed or the run was cancelled; then nobody is asked any more.
  std::optional<std::string> read_line();
  std::optional<std::string> read_answer(const std::string& wanted);
  bool introduce();
  void show(const std::string& whose, const std::string& title, const std::string& text);
  std::optional<std::string> read_choice(const std::vector<std::string>& words, const std::string& wanted);
  struct File {
    std::filesystem::path path;  // empty: declined
    std::string media_type{};
    std::string content{};
  };
  // An empty file may be just what a system gave; it is no evidence of anything.
  enum class Empty { taken, refused };
  std::optional<File> read_file(const std::vector<std::string>& accept, bool is_picture, Empty empty);

  const host::Cancellation& cancellation_;
  std::mutex mutex_;
  bool is_over_ = false;
  std::string name_, role_;
  std::string input_;  // read and not yet taken
  int asked_count_ = 0;
};

}  // namespace bb::cli
