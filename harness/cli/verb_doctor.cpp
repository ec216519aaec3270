// doctor: configuration before conformance.
#include <fmt/format.h>

#include <algorithm>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/browser_program.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/run_suites.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/doctor/checks.hpp"
#include "harness/doctor/render.hpp"
#include "harness/doctor/seed.hpp"

namespace bb::cli {
namespace {

constexpr std::int64_t timeout_s_default = 5;
constexpr std::int64_t timeout_s_max = 600;

struct DoctorRequest {
  RunRequest run;
  std::int64_t timeout_ms = 0;
  bool signs_in = true;
  bool is_json = false;
  std::filesystem::path seed;  // empty: none
  doctor::SeedForm seed_form = doctor::SeedForm::fhir;
};

Result<DoctorRequest> read_request(const Args& args) {
  DoctorRequest request;
  BB_TRY(request.run, read_process_options(args));
  auto& run = request.run;
  const auto target = args.value("target");
  if (!target) return Error{"'--target FILE' is missing: it says which system to look at"};
  run.target = *target;
  run.answers = args.value("answers").value_or("");
  BB_TRY(run.options.inputs, args.pairs("input"));
  BB_TRY(run.options.options, args.pairs("option"));
  for (const auto& name : args.positional) {
    BB_TRY(auto file, find_suite(run.places, name));
    run.suites.push_back(std::move(file));
  }
  BB_TRY(const auto timeout_s, args.number("timeout", timeout_s_default, 1, timeout_s_max));
  request.timeout_ms = timeout_s * 1000;
  request.signs_in = !args.has("no-sign-in");
  request.is_json = args.has("json");
  request.seed = args.value("write-seed").value_or("");
  if (!request.seed.empty()) {
    BB_TRY(request.seed_form, doctor::seed_form_of(request.seed));
    if (!request.signs_in) return Error{"'--write-seed' needs to read the records, and '--no-sign-in' reads none"};
  }
  return request;
}

int status_of(const doctor::Findings& findings) {
  const auto counts = doctor::count(findings);
  if (counts.problems + counts.warnings > 0) return exit_found;
  return counts.not_judged > 0 ? exit_inconclusive : exit_good;
}

// The file, and what is in it on standard error. Nothing to fill is no failure.
Status write_seed(const DoctorRequest& request, doctor::Examination& examination) {
  if (examination.plan() == nullptr) return Error{"no seed was written: the files have mistakes"};
  auto needs = doctor::record_needs(*examination.plan(), examination.rehearsal());
  const suite::Person* person = nullptr;
  for (const auto& need : needs)
    if (person == nullptr && !need.type.empty() && !need.people.empty())
      person = examination.target().find_person(need.people.front());
  if (person == nullptr) {
    complain("no seed was written: no kind of entry is missing in a record that was read");
    return {};
  }
  std::erase_if(needs, [&](const doctor::RecordNeed& need) {
    return std::find(need.people.begin(), need.people.end(), person->id) == need.people.end();
  });
  BB_TRY(const auto seed, doctor::make_seed(request.seed_form, needs, *person, request.run.places.sample_records()));
  BB_CHECK(write_text(request.seed, seed.text));
  complain(fmt::format("{} holds made-up {} for '{}'{}", request.seed.string(), join(seed.types, ", "), person->id,
                       seed.missing.empty() ? "" : "; of none is known: " + join(seed.missing, ", ")));
  return {};
}

int look(const DoctorRequest& request, host::Host& host, const Interrupt& interrupt) {
  engine::RunInput input;
  if (auto vocabulary = read_vocabulary(request.run.places))
    input.vocabulary = *std::move(vocabulary);
  else
    return refuse(vocabulary.error().what);
  doctor::Settings settings;
  settings.options = request.run.options;
  settings.options.cancellation = &interrupt.cancellation();
  settings.timeout_ms = request.timeout_ms;
  settings.signs_in = request.signs_in;
  settings.missing_rules = [&](const std::string& kind) { return missing_rules(request.run.data, kind); };
  const doctor::Files files{request.run.target, request.run.suites, installed_suites(request.run.places),
                            request.run.answers};
  auto loaded = doctor::load(files, std::move(input), settings.options, host);
  if (loaded.is_unreadable) return refuse("nothing was looked at:\n" + render(std::move(loaded.diagnostics)));
  doctor::Examination examination(std::move(loaded), std::move(settings), host);
  const auto findings = doctor::examine(examination);
  if (interrupt.is_cancelled()) {
    complain("cancelled");
    return exit_cancelled;
  }
  const int status = status_of(findings);
  std::vector<std::string> suites;
  for (const auto& suite : examination.suites()) suites.push_back(suite.id);
  if (request.is_json)
    print_json(doctor::render_json(findings, examination.target().id, suites, status));
  else
    print(doctor::render_text(findings));
  if (request.seed.empty()) return status;
  if (const auto written = write_seed(request, examination); !written) {
    complain(written.error().what);
    return status == exit_good ? exit_inconclusive : status;
  }
  return status;
}

int run(const Args& args) {
  const auto request = read_request(args);
  if (!request) return refuse(request.error().what);
  Interrupt interrupt;
  host::Host host(host_options(request->run));
  return look(*request, host, interrupt);
}

}  // namespace

VerbSpec doctor_verb() {
  VerbSpec verb;
  verb.name = "doctor";
  verb.arguments = "[SUITE...]";
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "look at a configuration before the first run: what would go wrong, and what to do";
  verb.about =
      "Target, suites, secrets, connectors, addresses, certificates, clocks, sign-in, capabilities and test patients, "
      "each with what was expected, what was found and what to do. Signs in and reads as the suites do; sends nothing "
      "that changes the system. Without SUITE all installed suites that the target can serve are meant. The exit "
      "status is 0 where nothing is wrong, 1 where something was found, 2 for bad usage or a file that cannot be read, "
      "3 where something could not be judged, 5 after Ctrl-C.";
  verb.example = "bluebridge doctor pledge.data_holder --target acme-portal.yaml";
  verb.options = {
      {"target", "FILE", "the system to look at", Completes::files},
      {"answers", "FILE", "answers of people to the questions of the suites", Completes::files},
      {"input", "NAME=VALUE", "an input of the suites", Completes::nothing, {}, true},
      {"option", "NAME=VALUE", "an option of the suites", Completes::nothing, {}, true},
      {"no-sign-in", "", "sign nobody in, and read no record"},
      {"write-seed", "FILE", "write made-up entries that the records lack: .json a FHIR transaction, .xml a C-CDA",
       Completes::files},
      {"timeout", "SECONDS", "for each address and each call; default: 5"},
      {"json", "", "print one JSON object"},
      browser_option(),
      in_process_option(),
      data_option(),
      plugins_option(),
      conformance_option(),
  };
  verb.run = run;
  return verb;
}

}  // namespace bb::cli
