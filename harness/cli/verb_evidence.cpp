#include <fmt/format.h>

#include <bb/core/text.hpp>

#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/engine/rejudge.hpp"
#include "harness/evidence/run_view.hpp"

namespace bb::cli {
namespace {

using Difference = engine::Rejudged::Difference;

Value differences_value(const std::vector<Difference>& differences) {
  Value list = Value::array();
  for (const auto& one : differences) {
    Value value = Value::object({{"suite", one.suite}, {"test", one.test}, {"step", one.step}});
    if (!one.claim.empty()) value.set("claim", one.claim);
    value.set("was", one.was);
    value.set("is", one.is);
    if (one.line > 0) value.set("line", one.line);
    list.push(std::move(value));
  }
  return list;
}

std::string differences_text(const std::vector<Difference>& differences, std::string_view what) {
  std::string text;
  for (const auto& one : differences)
    text += fmt::format("{} {}/{}, step '{}'{}{}\n    was {}\n    is  {}\n", what, one.suite, one.test, one.step,
                        one.claim.empty() ? "" : ": ", one.claim, one.was, one.is);
  return text;
}

int replay(const Args& args) {
  const std::filesystem::path folder = args.positional.front();
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto run = evidence::read_run(folder);
  if (!run) return refuse(run.error().what);
  const auto recorded = engine::Replay::open(folder, make_validator(*places, find_data(args)));
  // What is damaged proves nothing, however much of it can still be read.
  if (!recorded && !run->is_damaged) return refuse(recorded.error().what);
  const auto judged = recorded ? engine::rejudge(*recorded) : Result<engine::Rejudged>(recorded.error());
  if (!judged && !run->is_damaged) return refuse(judged.error().what);
  const engine::Rejudged found = judged ? *judged : engine::Rejudged{};
  if (args.has("json")) {
    print_json(Value::object({{"run", run->id},
                              {"damage", run->is_damaged ? Value(run->verdict.sentence) : Value()},
                              {"verdict", run->verdict.word},
                              {"tests", found.tests},
                              {"claims", found.claims},
                              {"answers", found.answers},
                              {"reworded", found.reworded},
                              {"differences", differences_value(found.differences)},
                              {"unjudged", differences_value(found.unjudged)}}));
  } else {
    std::string text = differences_text(found.differences, "differs:") +
                       differences_text(found.unjudged, "could not be judged:");
    if (run->is_damaged) text += fmt::format("damaged: {}\n", run->verdict.sentence);
    text += fmt::format("{} of {} judged again: {}, {} not judged; {}; the verdict of the run: {}\n",
                        counted(found.claims, "claim"), counted(found.tests, "test"),
                        found.differences.empty() ? "all the same"
                                                  : counted(found.differences.size(), "difference"),
                        found.unjudged.size(), counted(found.answers, "answer") + " of people taken as written down",
                        run->verdict.word);
    print(text);
  }
  if (run->is_damaged || !found.differences.empty()) return exit_found;
  return found.unjudged.empty() ? exit_good : exit_inconclusive;
}

}  // namespace

VerbSpec evidence_replay_verb() {
  VerbSpec verb;
  verb.name = "evidence replay";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "judge every claim of a run again, from its folder alone";
  verb.about =
      "Without network and without a connector, by the folder's own copies of the suites. Exit status 0: every claim "
      "came to the same, 1: some did not, or the folder is damaged, 2: there is no run that can be read, 3: what "
      "'valid' asks for was not imported here.";
  verb.example = "bluebridge evidence replay runs/20261121T222640Z-ab12cd";
  verb.options = {{"json", "", "as JSON"}, data_option(), conformance_option()};
  verb.run = replay;
  return verb;
}

}  // namespace bb::cli
