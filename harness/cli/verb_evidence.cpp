#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/bundle/contents.hpp"
#include "harness/bundle/manifest.hpp"
#include "harness/bundle/redact.hpp"
#include "harness/bundle/verify.hpp"
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
    std::string text =
        differences_text(found.differences, "differs:") + differences_text(found.unjudged, "could not be judged:");
    if (run->is_damaged) text += fmt::format("damaged: {}\n", run->verdict.sentence);
    text += fmt::format("{} of {} judged again: {}, {} not judged; {}; the verdict of the run: {}\n",
                        counted(found.claims, "claim"), counted(found.tests, "test"),
                        found.differences.empty() ? "all the same" : counted(found.differences.size(), "difference"),
                        found.unjudged.size(), counted(found.answers, "answer") + " of people taken as written down",
                        run->verdict.word);
    print(text);
  }
  if (run->is_damaged || !found.differences.empty()) return exit_found;
  return found.unjudged.empty() ? exit_good : exit_inconclusive;
}

// The text of a file that an option names; empty without the option.
Result<std::string> option_text(const Args& args, std::string_view option) {
  const auto file = args.value(option);
  if (!file) return std::string();
  auto text = read_text(*file);
  if (!text) return Error{fmt::format("'--{}': {}", option, text.error().what)};
  return text;
}

Value verification_value(const bundle::Verification& found) {
  Value problems = Value::array();
  for (const auto& problem : found.problems)
    problems.push(Value::object({{"file", problem.file}, {"what", problem.what}}));
  return Value::object({{"run", found.run.id},
                        {"files", found.files},
                        {"problems", std::move(problems)},
                        {"open", Value::strings(found.open)},
                        {"notes", Value::strings(found.notes)},
                        {"signed_by", Value::strings(found.signed_by)}});
}

std::string verification_text(const bundle::Verification& found, bool is_signer_asked) {
  std::string text;
  for (const auto& problem : found.problems) text += fmt::format("{}: {}\n", problem.file, problem.what);
  for (const auto& open : found.open) text += fmt::format("not proved: {}\n", open);
  for (const auto& note : found.notes) text += fmt::format("note: {}\n", note);
  for (const auto& signer : found.signed_by)
    text += fmt::format("signed by {}{}\n", signer,
                        is_signer_asked ? "" : "; whether it is the one to be trusted: give --ca or --cert");
  const std::string_view word = !found.problems.empty() ? "not as it was written"
                                : found.open.empty()    ? "whole"
                                                        : "whole as far as it goes";
  text += fmt::format("run {}: {}, {}{}\n", found.run.id, counted(found.files, "file"), word,
                      found.signed_by.empty() ? ", not signed" : "");
  return text;
}

int verify(const Args& args) {
  const auto authorities = option_text(args, "ca");
  if (!authorities) return refuse(authorities.error().what);
  const auto certificate = option_text(args, "cert");
  if (!certificate) return refuse(certificate.error().what);
  const auto found = bundle::verify(args.positional.front(), {*authorities, *certificate});
  if (!found) return refuse(found.error().what);
  if (args.has("json"))
    print_json(verification_value(*found));
  else
    print(verification_text(*found, args.has("ca") || args.has("cert")));
  if (!found->problems.empty()) return exit_found;
  return found->open.empty() ? exit_good : exit_inconclusive;
}

int sign(const Args& args) {
  const std::filesystem::path folder = args.positional.front();
  for (const std::string_view option : {"key", "cert"})
    if (!args.has(option)) return refuse(fmt::format("'--{}' is missing: the PEM file to sign with", option));
  auto key = option_text(args, "key");
  if (!key) return refuse(key.error().what);
  const auto certificate = option_text(args, "cert");
  if (!certificate) return refuse(certificate.error().what);
  // What was signed before is signed anew.
  const auto found = bundle::verify(folder);
  if (!found) return refuse(found.error().what);
  if (found->run.is_damaged) {
    complain(fmt::format("{} is not signed: {}", folder.string(), found->run.verdict.sentence));
    return exit_found;
  }
  const auto done = bundle::sign(folder, *key, *certificate);
  wipe(*key);
  if (!done) return refuse(done.error().what);
  for (const auto& problem : found->problems)
    if (problem.file != bundle::manifest_file_name && problem.file != bundle::signature_file_name)
      complain(fmt::format("note: {}: {}; signed is what is there", problem.file, problem.what));
  for (const auto& open : found->open) complain("note: " + open + "; signed is what is there");
  print(fmt::format("{}\n{}\n", (folder / bundle::manifest_file_name).string(),
                    (folder / bundle::signature_file_name).string()));
  return exit_good;
}

int redact(const Args& args) {
  const auto out = args.value("out");
  if (!out) return refuse("'--out' is missing: the folder to make");
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto done = bundle::redact(args.positional.front(), *out);
  if (!done) return refuse(done.error().what);
  const auto replay = engine::Replay::open(*out, make_validator(*places, find_data(args)));
  const auto judged = replay ? engine::rejudge(*replay) : Result<engine::Rejudged>(replay.error());
  if (!judged) return refuse(judged.error().what);
  if (args.has("json")) {
    print_json(Value::object({{"folder", done->folder.string()},
                              {"values", done->values},
                              {"left_out", done->left_out},
                              {"claims", judged->claims},
                              {"differences", differences_value(judged->differences)},
                              {"unjudged", differences_value(judged->unjudged)}}));
    return exit_good;
  }
  print(differences_text(judged->differences, "cannot be judged again:") +
        differences_text(judged->unjudged, "could not be judged:") +
        fmt::format("{}: {} left out; of {} {} cannot be judged again from what is left\n", *out,
                    counted(done->left_out, "part"), counted(judged->claims, "claim"),
                    judged->differences.size() + judged->unjudged.size()));
  return exit_good;
}

}  // namespace

VerbSpec evidence_verify_verb() {
  VerbSpec verb;
  verb.name = "evidence verify";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "is a run folder as the run wrote it, and as it was signed?";
  verb.about =
      "Events with their chain, every body by its hash, run.json, the reports against the events, nothing beside them; "
      "and the signature, where there is one. Exit status 0: whole, 1: something was changed, added or is gone, 2: "
      "there is no run that can be read, 3: whole as far as it goes, as after a kill.";
  verb.example = "bluebridge evidence verify runs/20261121T222640Z-ab12cd --ca authority.pem";
  verb.options = {{"ca", "FILE", "PEM: the signer's certificate leads to one of these", Completes::files},
                  {"cert", "FILE", "PEM: this certificate has signed", Completes::files},
                  {"json", "", "as JSON"}};
  verb.run = verify;
  return verb;
}

VerbSpec evidence_sign_verb() {
  VerbSpec verb;
  verb.name = "evidence sign";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "sign a run folder with a certificate of yours";
  verb.about =
      "Writes evidence.sha256, which names every file with its hash, and evidence.p7s, a detached CMS signature of it "
      "as DER, in place of older ones. A damaged folder is not signed (1).";
  verb.example = "bluebridge evidence sign runs/20261121T222640Z-ab12cd --key key.pem --cert certificate.pem";
  verb.options = {{"key", "FILE", "PEM: the private key, not encrypted", Completes::files},
                  {"cert", "FILE", "PEM: its certificate, authorities behind it travel along", Completes::files}};
  verb.run = sign;
  return verb;
}

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

VerbSpec evidence_redact_verb() {
  VerbSpec verb;
  verb.name = "evidence redact";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "copy a run folder with pseudonyms in place of who the patients are";
  verb.about =
      "Names, identifiers, accounts, addresses, telephone numbers, e-mail addresses and dates of birth become "
      "pseudonyms of the same form, the same for the same value, under a key that is kept nowhere. What cannot be "
      "looked into (PDF, images, packages, encrypted mail) is left out. Names the claims that cannot be judged again "
      "from what is left. Read what you give away before you do.";
  verb.example = "bluebridge evidence redact runs/20261121T222640Z-ab12cd --out to-the-vendor";
  verb.options = {{"out", "DIR", "the folder to make; must not be there", Completes::folders},
                  {"json", "", "as JSON"},
                  data_option(),
                  conformance_option()};
  verb.run = redact;
  return verb;
}

}  // namespace bb::cli
