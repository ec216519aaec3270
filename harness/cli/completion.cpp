// Bash completion, made from the table of verbs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

std::string complete_command(Completes completes, const std::vector<std::string>& words) {
  switch (completes) {
    case Completes::files:
      return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))";
    case Completes::folders:
      return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$cur\"))";
    case Completes::words:
      return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", join(words, " "));
    case Completes::nothing:
      return "COMPREPLY=()";
  }
  return "";
}

// The case of one verb: values of its options, its options, its arguments.
std::string verb_case(const VerbSpec& verb) {
  std::string values;
  std::vector<std::string> names = {"--help"};
  for (const auto& option : verb.options) {
    names.push_back("--" + option.name);
    if (!option.value.empty())
      values +=
          fmt::format("        --{}) {}; return ;;\n", option.name, complete_command(option.completes, option.words));
  }
  auto text = fmt::format("    '{}')\n", verb.name);
  if (!values.empty()) text += "      case \"$prev\" in\n" + values + "      esac\n";
  text += fmt::format("      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return; fi\n",
                      join(names, " "));
  return text + fmt::format("      {} ;;\n", complete_command(verb.completes, verb.words));
}

int completion(const Args&) {
  print(bash_completion(all_verbs()));
  return exit_good;
}

}  // namespace

std::string bash_completion(const std::vector<VerbSpec>& verbs) {
  std::vector<std::string> first;
  std::map<std::string, std::vector<std::string>> groups;
  std::string cases;
  for (const auto& verb : verbs) {
    const auto words = split(verb.name, ' ');
    if (std::find(first.begin(), first.end(), words[0]) == first.end()) first.push_back(words[0]);
    if (words.size() > 1) groups[words[0]].push_back(words[1]);
    cases += verb_case(verb);
  }
  std::string group_words;
  for (const auto& [group, members] : groups)
    group_words += fmt::format("    {}) seconds='{}' ;;\n", group, join(members, " "));
  return fmt::format(R"(# bash completion of bluebridge; made by 'bluebridge completion bash'.
_bluebridge() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} seconds=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W '{} --help --version' -- "$cur")); return; fi
  case "$verb" in
{}  esac
  if [[ -n $seconds ]]; then
    if [[ $COMP_CWORD -eq 2 ]]; then COMPREPLY=($(compgen -W "$seconds" -- "$cur")); return; fi
    verb="$verb ${{COMP_WORDS[2]}}"
  fi
  case "$verb" in
{}  esac
}}
complete -F _bluebridge bluebridge
)",
                     join(first, " "), group_words, cases);
}

VerbSpec completion_verb() {
  VerbSpec verb;
  verb.name = "completion bash";
  verb.summary = "a script that completes this command's words in bash";
  verb.example = "source <(bluebridge completion bash)";
  verb.run = completion;
  return verb;
}

}  // namespace bb::cli
