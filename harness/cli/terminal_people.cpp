#include "harness/cli/terminal_people.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/clock.hpp>

#include "harness/cli/terminal.hpp"
#include "harness/engine/file_type.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

constexpr int look_ms = 100;  // how late a Ctrl-C may be seen
constexpr std::size_t line_bytes_max = std::size_t{64} * 1024;
constexpr std::uint64_t file_bytes_max = std::uint64_t{64} * 1024 * 1024;
constexpr std::string_view decline_word = "decline";
constexpr std::string_view later_word = "later";

// What a terminal gives for a file that is dropped on it, and what people type.
fs::path path_of(std::string text) {
  constexpr std::string_view address = "file://";
  if (text.size() > 1 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  else
    text = replace_all(text, "\\ ", " ");
  if (text.starts_with(address)) {
    const std::string encoded = text.substr(address.size());
    const auto decoded = percent_decode(encoded);
    return decoded && decoded->find('\0') == std::string::npos ? *decoded : encoded;
  }
  const char* const home = std::getenv("HOME");
  if (text.starts_with("~/") && home != nullptr) return fs::path(home) / text.substr(2);
  return text;
}

bool is_accepted(const std::vector<std::string>& accept, const std::string& type) {
  return accept.empty() || std::any_of(accept.begin(), accept.end(),
                                       [&](const std::string& pattern) { return matches_glob(type, pattern); });
}

// "portal/alice" of "portal/alice@download": who signed in does not matter to the person who is asked.
std::string asked_as(const host::Question& question) {
  const std::string of = question.instance.substr(0, question.instance.find('@'));
  const auto slash = of.find('/');
  return slash == std::string::npos ? of : fmt::format("{}, as {}", of.substr(0, slash), of.substr(slash + 1));
}

// Says while it lives that a question stands on the terminal.
struct Prompting {
  Prompting() { set_prompting(true); }
  ~Prompting() { set_prompting(false); }
  Prompting(const Prompting&) = delete;
  Prompting& operator=(const Prompting&) = delete;
};

}  // namespace

std::vector<OptionSpec> asking_options() {
  return {{"ask", "", "ask on standard error what no file answers; so it is by itself on a terminal"},
          {"no-ask", "", "ask nobody: what no file answers stays unanswered"}};
}

Result<bool> is_asking(const Args& args) {
  if (args.has("ask") && args.has("no-ask")) return Error{"'--ask' and '--no-ask' exclude each other: give one"};
  if (args.has("ask") || args.has("no-ask")) return args.has("ask");
  return ::isatty(STDIN_FILENO) == 1 && is_stderr_terminal();
}

std::optional<std::string> TerminalPeople::read_line() {
  while (!is_over_) {
    if (const auto end = input_.find('\n'); end != std::string::npos) {
      std::string line(trim(std::string_view(input_).substr(0, end)));
      input_.erase(0, end + 1);
      return line;
    }
    if (cancellation_.is_cancelled()) break;
    pollfd waited{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&waited, 1, look_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    char piece[4096];
    const auto count = ready < 0 ? ready : ::read(STDIN_FILENO, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    input_.append(piece, static_cast<std::size_t>(count));
    if (input_.size() > line_bytes_max && input_.find('\n') == std::string::npos) {
      tell(fmt::format("  That line has over {} bytes. Type it shorter, or hand over a file.\n> ", line_bytes_max));
      input_.clear();
    }
  }
  is_over_ = true;
  return std::nullopt;
}

std::optional<std::string> TerminalPeople::read_answer(const std::string& wanted) {
  for (;;) {
    tell(fmt::format("  {}\n> ", wanted));
    auto line = read_line();
    if (!line) return std::nullopt;
    if (to_lower(*line) == later_word) {
      is_over_ = true;
      tell("  Left for later: what is not answered yet waits.\n");
      return std::nullopt;
    }
    if (line->empty())
      tell("  Nothing was typed.\n");
    else if (printable(*line) != *line)
      tell("  That line holds more than text, such as what an arrow key sends. Type it again.\n");
    else
      return line;
  }
}

// Who answers; once for all questions.
bool TerminalPeople::introduce() {
  if (!name_.empty()) return true;
  tell(
      "\nSome steps need a person. Answers are kept as evidence, with your name and today's date.\n"
      "Any question: 'decline' leaves it without an answer, and what asked is not judged: an attestation is not "
      "attested, "
      "a test is cancelled.\n'later' ends here; 'bluebridge resume' asks again. Each person named needs a browser "
      "window of their own: a private one, or a profile.\n");
  const auto name = read_answer("Who answers? Your name:");
  if (!name) return false;
  tell("  Your role, such as privacy officer (may be left empty):\n> ");
  const auto role = read_line();
  if (!role) return false;
  name_ = *name;
  role_ = one_line(*role);
  return true;
}

void TerminalPeople::show(const std::string& whose, const std::string& title, const std::string& text) {
  std::string shown = fmt::format("\nQuestion {} ({}): {}\n", ++asked_count_, whose, title);
  for (const auto& line : split(text, '\n'))
    if (!line.empty()) shown += fmt::format("  {}\n", line);
  tell(shown);
}

// One of the words or `decline`, whatever its case; yes and no by their first letter, any others by their number too.
std::optional<std::string> TerminalPeople::read_choice(const std::vector<std::string>& words,
                                                       const std::string& wanted) {
  const bool is_yes_or_no = words == std::vector<std::string>{"yes", "no"};
  for (;;) {
    const auto line = read_answer(wanted);
    if (!line || to_lower(*line) == decline_word) return line ? std::optional(std::string(decline_word)) : std::nullopt;
    for (std::size_t i = 0; i < words.size(); ++i)
      if (to_lower(*line) == to_lower(words[i]) ||
          (is_yes_or_no ? to_lower(*line) == words[i].substr(0, 1) : *line == std::to_string(i + 1)))
        return words[i];
    tell(fmt::format("  '{}' is none of: {}, {}, {}.\n", shorten(*line, 60), join(words, ", "), decline_word,
                     later_word));
  }
}

std::optional<TerminalPeople::File> TerminalPeople::read_file(const std::vector<std::string>& accept, bool is_picture,
                                                              Empty empty) {
  const std::string kinds = accept.empty() ? "" : fmt::format(" ({})", join(accept, " or "));
  for (;;) {
    const auto line = read_answer(fmt::format("Type the path of the {}{}:", is_picture ? "screenshot" : "file", kinds));
    if (!line) return std::nullopt;
    if (to_lower(*line) == decline_word) return File{};
    const fs::path path = path_of(*line);
    auto bytes = read_regular_file(path, file_bytes_max);
    if (!bytes) {
      std::error_code ignored;
      tell(fmt::format("  {}\n  Paths start in {}.\n", bytes.error().what, fs::current_path(ignored).string()));
      continue;
    }
    const std::string type = engine::media_type_of(path, *bytes);
    if (bytes->empty() && empty == Empty::refused)
      tell("  That file is empty.\n");
    else if (!is_accepted(accept, type))
      tell(fmt::format("  That file is {}, expected {}.\n", type, join(accept, " or ")));
    else
      return File{fs::absolute(path), type, *std::move(bytes)};
  }
}

std::optional<engine::StatementAnswer> TerminalPeople::ask(const engine::Statement& statement) {
  const std::lock_guard lock(mutex_);
  if (is_over_ || cancellation_.is_cancelled()) return std::nullopt;
  const Prompting prompting;
  if (!introduce()) return std::nullopt;
  show(statement.test, statement.title, statement.text);
  const auto word = read_choice({"yes", "no"}, "Is it so? Type yes or no:");
  if (!word) return std::nullopt;
  engine::StatementAnswer answer;
  answer.name = name_;
  answer.role = role_;
  answer.is_declined = *word == decline_word;
  answer.is_yes = *word == "yes";
  if (!answer.is_yes || statement.evidence_kind == "none") return answer;
  if (statement.evidence_kind == "note") {
    const auto note = read_answer("Evidence: say in one line what shows it:");
    if (!note) return std::nullopt;
    answer.is_declined = to_lower(*note) == decline_word;
    answer.evidence = answer.is_declined ? "" : *note;
  } else {
    const bool is_picture = statement.evidence_kind == "screenshot";
    tell("  Evidence, please.\n");
    const auto file = read_file(is_picture ? std::vector<std::string>{"image/*"} : std::vector<std::string>{},
                                is_picture, Empty::refused);
    if (!file) return std::nullopt;
    answer.is_declined = file->path.empty();
    answer.evidence_file = file->path;
    answer.evidence = file->path.filename().string();
  }
  // A yes without what shows it is none.
  answer.is_yes = !answer.is_declined;
  return answer;
}

std::optional<host::PersonAnswer> TerminalPeople::ask(const host::Question& question) {
  const std::lock_guard lock(mutex_);
  if (is_over_ || cancellation_.is_cancelled()) return std::nullopt;
  const Prompting prompting;
  if (!introduce()) return std::nullopt;
  show(asked_as(question), question.title, question.text);
  host::PersonAnswer answer;
  answer.name = name_;
  std::optional<std::string> text;
  switch (question.kind) {
    case BB_QUESTION_INSTRUCT:
      text = read_choice({"done"}, "Type done when it is done:");
      break;
    case BB_QUESTION_CONFIRM:
      text = read_choice({"yes", "no"}, "Type yes or no:");
      break;
    case BB_QUESTION_CHOICE: {
      std::string wanted = "Type one of these, or its number:";
      for (std::size_t i = 0; i < question.choices.size(); ++i)
        wanted += fmt::format("\n    {}. {}", i + 1, question.choices[i]);
      text = read_choice(question.choices, wanted);
      break;
    }
    case BB_QUESTION_FILE:
    case BB_QUESTION_SCREENSHOT: {
      auto file = read_file(question.accept, question.kind == BB_QUESTION_SCREENSHOT, Empty::taken);
      if (!file) return std::nullopt;
      answer.is_declined = file->path.empty();
      answer.file = file->path;
      // The next file may be saved under the same name.
      if (!answer.is_declined) answer.content = std::move(file->content);
      answer.media_type = file->media_type;
      answer.at_unix_ns = now_unix_ns();
      return answer;
    }
    default:
      text = read_answer("Type the answer in one line:");
      break;
  }
  if (!text) return std::nullopt;
  answer.is_declined = to_lower(*text) == decline_word;
  if (!answer.is_declined) answer.text = *text;
  answer.at_unix_ns = now_unix_ns();
  return answer;
}

}  // namespace bb::cli
