// demo: the sample portal, the pledge suite, a verdict; nothing to configure.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/demo_direct.hpp"
#include "harness/cli/demo_people.hpp"
#include "harness/cli/demo_records.hpp"
#include "harness/cli/demo_room.hpp"
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
struct Transport {
  const char* name;
  std::vector<std::filesystem::path> (*suites)(const Places& places);
  std::filesystem::path (Places::*answers)() const;
  // Defects of the portal that show nowhere else: what their names begin with, and where they show. Empty: none.
  std::string_view defects, shows_where;
  // What has to run beside the portal, and the word on opening it; null: nothing.
  Result<std::unique_ptr<DemoRoom>> (*open)(const Places& places, const std::filesystem::path& folder,
                                            const host::Cancellation& cancellation);
  const char* opening;
};

// The first where no other is asked for.
const std::array<Transport, 3> transports{{
    {"rest", [](const Places& places) { return std::vector{places.demo_suite()}; }, &Places::demo_answers, "", "",
     nullptr, ""},
    {"direct", direct_suites, &Places::demo_direct_answers, "direct-", "by Direct", open_mail_room,
     "making certificates and opening the mail room"},
    {"healthvault", record_suites, &Places::demo_record_answers, "record-", "to a record platform",
     [](const Places& places, const std::filesystem::path& folder, const host::Cancellation&) {
       return open_record_platform(places, folder);
     },
     "starting the sample record platform"},
}};

std::vector<std::string> transport_names() {
  std::vector<std::string> names;
  for (const auto& transport : transports) names.emplace_back(transport.name);
  return names;
}

const Transport& read_transport(const Args& args) {
  const auto name = args.value("transport");
  const auto found =
      std::find_if(transports.begin(), transports.end(), [&](const Transport& one) { return one.name == name; });
  return found == transports.end() ? transports.front() : *found;
}

Result<std::string> read_defect(const Args& args, const Places& places, const Transport& transport) {
  const auto name = args.value("defect");
  if (!name) return std::string();
  BB_TRY(const auto vocabulary, read_vocabulary(places));
  const auto& known = vocabulary.defects;
  if (std::find(known.begin(), known.end(), *name) == known.end()) {
    const auto near = nearest(*name, known);
    return Error{fmt::format("unknown defect '{}'; {}", *name,
                             near ? fmt::format("did you mean '{}'?", *near) : "defects: " + join(known, ", "))};
  }
  for (const auto& other : transports)
    if (&other != &transport && !other.defects.empty() && name->starts_with(other.defects))
      return Error{fmt::format("defect '{}' shows only where records go {}: add --transport {}", *name,
                               other.shows_where, other.name)};
  return *name;
}

struct PortalStart {
  std::filesystem::path records;
  std::filesystem::path people;  // empty: those of the records' folder
  std::string defect;
  std::string password_base;
  const DemoRoom* room = nullptr;  // null: nothing runs beside it
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
  if (start.room != nullptr) {
    add(start.room->portal_arguments());
    options.environment = start.room->portal_environment();
  }
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
    std::filesystem::remove_all(room(), ignored);
  }
  DemoFiles(const DemoFiles&) = delete;
  DemoFiles& operator=(const DemoFiles&) = delete;

  std::filesystem::path people() const { return stem_.string() + ".people.yaml"; }
  std::filesystem::path target() const { return stem_.string() + ".target.yaml"; }
  std::filesystem::path room() const { return stem_.string() + ".room"; }  // of what runs beside the portal

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
  const Transport* transport = nullptr;
};

Result<Demo> prepare(const Args& args) {
  Demo demo;
  demo.transport = &read_transport(args);
  BB_TRY(demo.request, read_run_options(args));
  const auto& places = demo.request.places;
  BB_TRY(demo.defect, read_defect(args, places, *demo.transport));
  demo.records = args.value("records").value_or(places.sample_records().string());
  BB_TRY(demo.people, read_demo_people(demo.records));
  const bool is_file = !demo.people.is_made_up;
  if (const auto made = make_up_missing(demo.people); is_file && !made.empty())
    complain(fmt::format("note: made up for this demo, because people.yaml names nobody for the part: {}",
                         join(made, ", ")));
  demo.request.suites = demo.transport->suites(places);
  if (has_ccda_rules(demo.request.data)) demo.request.suites.push_back(places.demo_documents_suite());
  demo.request.answers = (places.*demo.transport->answers)();
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

  std::unique_ptr<DemoRoom> room;
  if (demo.transport->open != nullptr) {
    show_progress(demo.transport->opening);
    auto opened = demo.transport->open(demo.request.places, files.room(), interrupt.cancellation());
    if (interrupt.is_cancelled()) return end_progress(), exit_cancelled;
    if (!opened) return end_progress(), refuse(opened.error().what);
    room = *std::move(opened);
  }
  show_progress("starting the sample portal");
  auto portal = start_portal(demo.request.places, {.records = demo.records,
                                                   .people = *people_file,
                                                   .defect = demo.defect,
                                                   .password_base = password_base,
                                                   .room = room.get()});
  if (!portal) return refuse(portal.error().what);
  const auto line = portal->read_line(portal_start_ms_max);
  end_progress();
  if (interrupt.is_cancelled()) return exit_cancelled;
  if (!line) return refuse("the sample portal did not start: " + line.error().what);
  const auto ready = read_ready_line(*line);
  if (!ready) return refuse(ready.error().what);

  auto described = demo_target(*ready, demo.people);
  if (room) room->add_to(described);
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
      {"transport", "NAME",
       "how records travel: rest, direct with a mail room and certificates of its own, or healthvault into a record "
       "platform",
       Completes::words, transport_names()},
  };
  for (auto& option : run_option_specs()) verb.options.push_back(std::move(option));
  verb.run = demo;
  return verb;
}

}  // namespace bb::cli
