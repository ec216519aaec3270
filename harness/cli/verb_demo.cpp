// demo: the sample portal, the pledge suite, a verdict; nothing to configure.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/demo_direct.hpp"
#include "harness/cli/demo_people.hpp"
#include "harness/cli/demo_records.hpp"
#include "harness/cli/demo_target.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/run_suites.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/cli/yaml_text.hpp"

namespace bb::cli {
namespace {

constexpr std::int64_t portal_start_ms_max = 60'000;
constexpr auto password_base_variable = "BLUEBRIDGE_PORTAL_PASSWORD";

// The portal knows a person's password as BASE-ACCOUNT. The base is made anew
// for each demo, lives in the portal's environment and ours, and nowhere else.
void set_passwords(const DemoPeople& people, const std::string& base) {
  for (const auto& person : people.people)
    ::setenv(password_variable(person.id).c_str(), (base + '-' + person.account).c_str(), 1);
}

// How records travel to where the patient sends them.
enum class Transport { rest, direct, healthvault };

Transport read_transport(const Args& args) {
  const auto name = args.value("transport");
  if (name == "direct") return Transport::direct;
  return name == "healthvault" ? Transport::healthvault : Transport::rest;
}

std::vector<std::filesystem::path> suites_of(const Places& places, Transport transport) {
  if (transport == Transport::direct) return direct_suites(places);
  if (transport == Transport::healthvault) return record_suites(places);
  return {places.demo_suite()};
}

std::filesystem::path answers_of(const Places& places, Transport transport) {
  if (transport == Transport::direct) return places.demo_direct_answers();
  return transport == Transport::healthvault ? places.demo_record_answers() : places.demo_answers();
}

Result<std::string> read_defect(const Args& args, const Places& places, Transport transport) {
  const auto name = args.value("defect");
  if (!name) return std::string();
  BB_TRY(const auto vocabulary, read_vocabulary(places));
  const auto& known = vocabulary.defects;
  if (std::find(known.begin(), known.end(), *name) == known.end()) {
    const auto near = nearest(*name, known);
    return Error{fmt::format("unknown defect '{}'; {}", *name,
                             near ? fmt::format("did you mean '{}'?", *near) : "defects: " + join(known, ", "))};
  }
  if (name->starts_with("direct-") && transport != Transport::direct)
    return Error{fmt::format("defect '{}' shows only where records go by Direct: add --transport direct", *name)};
  if (name->starts_with("record-") && transport != Transport::healthvault)
    return Error{fmt::format(
        "defect '{}' shows only where records go to a record platform: add --transport healthvault", *name)};
  return *name;
}

struct PortalStart {
  std::filesystem::path records;
  std::filesystem::path people;  // empty: those of the records' folder
  std::string defect;
  std::string password_base;
  const DirectRoom* direct = nullptr;
  const RecordRoom* platform = nullptr;
};

Result<ChildProcess> start_portal(const Places& places, const PortalStart& start) {
  ChildProcess::Options options;
  BB_TRY(options.program, find_program(places.portal(), "the sample portal"));
  options.arguments = {"--port", "0", "--exit-with-parent", "--cleartext", "--records", start.records.string()};
  const auto add = [&](const std::vector<std::string>& words) {
    options.arguments.insert(options.arguments.end(), words.begin(), words.end());
  };
  if (!start.people.empty()) add({"--people", start.people.string()});
  if (!start.defect.empty()) add({"--defect", start.defect});
  if (start.direct != nullptr) {
    add(start.direct->portal_arguments());
    options.environment = start.direct->portal_environment();
  }
  if (start.platform != nullptr) add(start.platform->portal_arguments());
  options.environment[password_base_variable] = start.password_base;
  return ChildProcess::start(options);
}

// The files of one demo, gone with it: demos may share an output folder.
class DemoFiles {
 public:
  explicit DemoFiles(const std::filesystem::path& out) : stem_(out / ("demo-" + to_hex(random_bytes(4)))) {}
  ~DemoFiles() {
    std::error_code ignored;
    std::filesystem::remove(people(), ignored);
    std::filesystem::remove(target(), ignored);
    std::filesystem::remove_all(direct(), ignored);
    std::filesystem::remove_all(platform(), ignored);
  }
  DemoFiles(const DemoFiles&) = delete;
  DemoFiles& operator=(const DemoFiles&) = delete;

  std::filesystem::path people() const { return stem_.string() + ".people.yaml"; }
  std::filesystem::path target() const { return stem_.string() + ".target.yaml"; }
  std::filesystem::path direct() const { return stem_.string() + ".direct"; }  // of the mail room
  std::filesystem::path platform() const { return stem_.string() + ".platform"; }

 private:
  std::filesystem::path stem_;
};

// Made up people must be told to the portal too.
Result<std::filesystem::path> write_people(const DemoPeople& people, const DemoFiles& files) {
  if (!people.is_made_up) return std::filesystem::path();
  const auto file = files.people();
  BB_CHECK(write_text(file, to_yaml(people_file(people)), Privacy::private_));
  return file;
}

Result<std::filesystem::path> write_target(const Value& target, const DemoFiles& files) {
  const auto file = files.target();
  BB_CHECK(write_text(file, "# The sample portal of one demo, which is gone by now.\n" + to_yaml(target),
                      Privacy::private_));
  return file;
}

struct Demo {
  RunRequest request;
  DemoPeople people;
  std::filesystem::path records;
  std::string defect;
  Transport transport = Transport::rest;
};

Result<Demo> prepare(const Args& args) {
  Demo demo;
  demo.transport = read_transport(args);
  BB_TRY(demo.request, read_run_options(args));
  const auto& places = demo.request.places;
  BB_TRY(demo.defect, read_defect(args, places, demo.transport));
  demo.records = args.value("records").value_or(places.sample_records().string());
  BB_TRY(demo.people, read_demo_people(demo.records));
  const bool is_file = !demo.people.is_made_up;
  if (const auto made = make_up_missing(demo.people); is_file && !made.empty())
    complain(fmt::format("note: made up for this demo, because people.yaml names nobody for the part: {}",
                         join(made, ", ")));
  demo.request.suites = suites_of(places, demo.transport);
  if (has_ccda_rules(demo.request.data)) demo.request.suites.push_back(places.demo_documents_suite());
  demo.request.answers = answers_of(places, demo.transport);
  BB_CHECK(make_private_folder(demo.request.options.out));
  return demo;
}

int demo(const Args& args) {
  auto prepared = prepare(args);
  if (!prepared) return refuse(prepared.error().what);
  auto& demo = *prepared;
  for (const auto& warning : demo.people.warnings) complain("warning: left out " + warning);

  Interrupt interrupt;
  const DemoFiles files(demo.request.options.out);
  const auto people_file = write_people(demo.people, files);
  if (!people_file) return refuse(people_file.error().what);
  const auto password_base = random_token();
  set_passwords(demo.people, password_base);

  std::optional<DirectRoom> room;
  if (demo.transport == Transport::direct) {
    show_progress("making certificates and opening the mail room");
    auto opened = DirectRoom::open(demo.request.places, files.direct(), interrupt.cancellation());
    if (interrupt.is_cancelled()) return end_progress(), exit_cancelled;
    if (!opened) return end_progress(), refuse(opened.error().what);
    room.emplace(*std::move(opened));
  }
  std::optional<RecordRoom> platform;
  if (demo.transport == Transport::healthvault) {
    show_progress("starting the sample record platform");
    auto opened = RecordRoom::open(demo.request.places, files.platform());
    if (interrupt.is_cancelled()) return end_progress(), exit_cancelled;
    if (!opened) return end_progress(), refuse(opened.error().what);
    platform.emplace(*std::move(opened));
  }
  show_progress("starting the sample portal");
  auto portal = start_portal(demo.request.places, {.records = demo.records,
                                                   .people = *people_file,
                                                   .defect = demo.defect,
                                                   .password_base = password_base,
                                                   .direct = room ? &*room : nullptr,
                                                   .platform = platform ? &*platform : nullptr});
  if (!portal) return refuse(portal.error().what);
  const auto line = portal->read_line(portal_start_ms_max);
  end_progress();
  if (interrupt.is_cancelled()) return exit_cancelled;
  if (!line) return refuse("the sample portal did not start: " + line.error().what);
  const auto ready = read_ready_line(*line);
  if (!ready) return refuse(ready.error().what);

  auto described = demo_target(*ready, demo.people, room ? room->roles() : Value::object());
  if (platform) platform->add_to(described);
  auto target = write_target(described, files);
  if (!target) return refuse(target.error().what);
  demo.request.target = *std::move(target);
  host::Host host(host_options(demo.request));
  const auto input = load(demo.request, host);
  if (!input) return refuse("nothing was run:\n" + input.error().what);
  const int status = run_and_report(std::move(demo.request), *input, host, interrupt);
  if (status != exit_usage) print("Questions for people were answered from a file that comes with the demo.\n");
  portal->stop();
  return status;
}

}  // namespace

VerbSpec demo_verb() {
  VerbSpec verb;
  verb.name = "demo";
  verb.summary = "sample portal, pledge suite and report; nothing to configure";
  verb.about =
      "Starts the sample portal with made-up patients, runs the data holder suite of the Blue Button pledge against "
      "it, "
      "prints the verdict and where the report lies, and stops the portal. Questions for people are answered from a "
      "file "
      "that comes with the demo. Where the CDA schema and the C-CDA rules were imported (bluebridge data import), the "
      "portal's C-CDA is judged by them too. With --transport direct records travel by Direct, over a mail server and "
      "a "
      "name server that run for the demo alone; with --transport healthvault into a personal health record platform "
      "that runs for the demo alone. The exit status is the verdict, as for 'bluebridge run'.";
  verb.example = "bluebridge demo --defect view-empty";
  verb.options = {
      {"records", "DIR", "serve these C-CDA files instead of the sample patients", Completes::folders},
      {"defect", "NAME", "switch one fault of the portal on and see the suite find it"},
      {"transport",
       "NAME",
       "how records travel: rest, direct with a mail room and certificates of its own, or healthvault into a record "
       "platform",
       Completes::words,
       {"rest", "direct", "healthvault"}},
  };
  for (auto& option : run_option_specs()) verb.options.push_back(std::move(option));
  verb.run = demo;
  return verb;
}

}  // namespace bb::cli
