// bluebridge: finds the verb, reads its options, runs it.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/text.hpp>

#include "harness/cli/args.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace {

using namespace bb;
using namespace bb::cli;

// Named in the product's documents, made in later versions.
constexpr std::array<std::string_view, 1> verbs_of_later_versions = {"serve"};

std::string overview(const std::vector<VerbSpec>& verbs) {
  std::string text =
      "bluebridge - checks whether a system keeps the Blue Button pledge, with proof\n\nusage: bluebridge VERB ...\n\n";
  for (const auto& verb : verbs) text += fmt::format("  {:<18} {}\n", verb.name, verb.summary);
  text += fmt::format("  {:<18} {}\n", "help [VERB]", "what --help says");
  text += "\n'bluebridge VERB --help' explains one, with an example.\n\nexample:\n  bluebridge demo\n";
  return text;
}

bool is_later(std::string_view verb) {
  return std::find(verbs_of_later_versions.begin(), verbs_of_later_versions.end(), verb) !=
         verbs_of_later_versions.end();
}

// The second words of "suite list", "suite lint" ...; empty for no group.
std::vector<std::string> members_of_group(const std::vector<VerbSpec>& verbs, const std::string& group) {
  std::vector<std::string> members;
  for (const auto& verb : verbs)
    if (verb.name.starts_with(group + ' ')) members.push_back(verb.name.substr(group.size() + 1));
  return members;
}

bool is_help(std::string_view word) { return word == "--help" || word == "-h"; }

std::string group_help(const std::vector<VerbSpec>& verbs, const std::string& group) {
  std::string rows, example;
  for (const auto& verb : verbs) {
    if (!verb.name.starts_with(group + ' ')) continue;
    rows += fmt::format("  {:<18} {}\n", verb.name, verb.summary);
    if (example.empty()) example = verb.example;
  }
  const auto members = members_of_group(verbs, group);
  const bool is_one = members.size() == 1;
  const auto word = is_one ? members.front() : "VERB";
  return fmt::format("usage: bluebridge {} {}\n\n{}\n'bluebridge {} {} --help' explains {}.\n\nexample:\n  {}\n", group,
                     is_one ? word : word + " ...", rows, group, word, is_one ? "it" : "one", example);
}

std::string unknown_verb(const std::vector<VerbSpec>& verbs, const std::string& first, const std::string& second) {
  const auto both = second.empty() || second.starts_with('-') ? first : first + ' ' + second;
  for (const auto& name : {both, first})
    if (is_later(name)) return fmt::format("'{}' is not available in this version", name);
  if (const auto members = members_of_group(verbs, first); !members.empty()) {
    if (both == first)
      return fmt::format("'{}' needs one more word: {}; see 'bluebridge {} --help'", first, join(members, ", "), first);
    const auto near = nearest(second, members);
    return fmt::format("unknown verb '{}'; {}", both,
                       near ? fmt::format("did you mean '{} {}'?", first, *near)
                            : fmt::format("verbs of '{}': {}", first, join(members, ", ")));
  }
  std::vector<std::string> known;
  for (const auto& verb : verbs) {
    known.push_back(verb.name);
    known.push_back(verb.name.substr(0, verb.name.find(' ')));
  }
  auto near = nearest(both, known);
  if (!near) near = nearest(first, known);
  return fmt::format("unknown verb '{}'; {}", first,
                     near ? fmt::format("did you mean '{}'?", *near) : "see 'bluebridge --help'");
}

const VerbSpec* find_verb(const std::vector<VerbSpec>& verbs, const std::vector<std::string>& words) {
  for (const auto& verb : verbs) {
    const auto parts = split(verb.name, ' ');
    if (words.size() >= parts.size() && std::equal(parts.begin(), parts.end(), words.begin())) return &verb;
  }
  return nullptr;
}

int run_verb_with(const VerbSpec& verb, std::vector<std::string> words) {
  words.erase(words.begin(), words.begin() + 1 + std::count(verb.name.begin(), verb.name.end(), ' '));
  const auto args = read_args(verb, words);
  if (!args) return refuse(fmt::format("{}: {}\nsee 'bluebridge {} --help'", verb.name, args.error().what, verb.name));
  if (args->has("help")) {
    print(help_text(verb));
    return exit_good;
  }
  return verb.run(*args);
}

// "help run" is "run --help", and nothing stands after the verb.
int run_help(const std::vector<VerbSpec>& verbs, std::vector<std::string> words) {
  std::erase_if(words, is_help);
  if (words.empty() || words == std::vector<std::string>{"help"}) {
    print(overview(verbs));
    return exit_good;
  }
  const auto* const verb = find_verb(verbs, words);
  const std::string name = verb != nullptr ? verb->name : words.front();
  const std::size_t length = split(name, ' ').size();
  if (words.size() > length && (verb != nullptr || name == "help"))
    return refuse(fmt::format("help: expected one verb, got '{}' after '{}'", words[length], name));
  if (verb != nullptr) {
    print(help_text(*verb));
    return exit_good;
  }
  if (words.size() > 1 || members_of_group(verbs, name).empty())
    return refuse(unknown_verb(verbs, name, words.size() > 1 ? words[1] : ""));
  print(group_help(verbs, name));
  return exit_good;
}

int run_command_line(const std::vector<std::string>& words) {
  const auto verbs = all_verbs();
  if (!words.empty() && words.front() == "help") return run_help(verbs, {words.begin() + 1, words.end()});
  if (words.empty()) {
    complain("expected a verb, got nothing\n");
    tell(overview(verbs));
    return exit_usage;
  }
  if (is_help(words.front())) {
    print(overview(verbs));
    return exit_good;
  }
  if (words.front() == "--version") return version_verb().run({});
  const auto* const verb = find_verb(verbs, words);
  if (verb == nullptr && words.size() > 1 && is_help(words[1]) && !members_of_group(verbs, words[0]).empty()) {
    print(group_help(verbs, words[0]));
    return exit_good;
  }
  if (verb == nullptr) return refuse(unknown_verb(verbs, words.front(), words.size() > 1 ? words[1] : ""));
  return run_verb_with(*verb, words);
}

}  // namespace

int main(int argc, char** argv) {
  // A limit on the size of files is an error of the write that meets it.
  ::signal(SIGXFSZ, SIG_IGN);
  return finish_output(run_command_line({argv + std::min(argc, 1), argv + argc}));
}
