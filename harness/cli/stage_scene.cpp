#include "harness/cli/stage_scene.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/core/uri.hpp>

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t look_ms = 100;  // whether it was cancelled
constexpr std::int64_t start_ms_max = 60'000;
constexpr std::int64_t prepare_ms_max = 120'000;
constexpr std::int64_t run_ms_max = 600'000;
constexpr std::int64_t end_ms_max = 10'000;  // of a run that is to stop: it writes what it has
constexpr std::size_t last_words_max = 1000;

// Of our environment what is for this program: the rest is nobody's business.
Value our_environment() {
  auto variables = Value::object();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.starts_with("BLUEBRIDGE_"))
      variables.set(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Value base_names(const StageRoom& room) {
  return Value::object({{"environment", our_environment()},
                        {"stage", room.folder.string()},
                        {"samples", fs::absolute(room.places.samples()).string()},
                        {"conformance", fs::absolute(room.places.conformance).string()},
                        {"beside", fs::absolute(room.stage.file).parent_path().string()}});
}

// The end of what it said on standard error.
std::string last_words(const fs::path& errors) {
  const auto text = read_text(errors);
  if (!text || trim(*text).empty()) return "it said nothing";
  const auto words = collapse_whitespace(to_utf8_lossy(*text));
  return words.size() <= last_words_max ? words : "..." + words.substr(words.size() - last_words_max);
}

Result<ChildProcess::Options> options_of(const StageRoom& room, const Stage::Program& program, const Value& names,
                                         fs::path errors) {
  ChildProcess::Options options;
  options.program = room.places.program_folder / program.program;
  std::error_code ignored;
  if (!fs::exists(options.program, ignored)) {
    const auto found = bb::find_program(program.program);
    if (!found)
      return Error{fmt::format("{}: program '{}' is neither beside this program nor in PATH", room.stage.file.string(),
                               program.program)};
    options.program = *found;
  }
  for (const auto& argument : program.arguments) {
    BB_TRY(auto filled, fill_text(argument, names));
    options.arguments.push_back(std::move(filled));
  }
  BB_TRY(const auto environment, fill_value(program.environment, names));
  for (const auto& variable : *environment.members()) options.environment[variable.key] = variable.value.string_or("");
  options.errors_to = std::move(errors);
  return options;
}

// Nothing: it ended, took too long, or was cancelled.
std::optional<std::string> read_ready_line(ChildProcess& child, const host::Cancellation& cancellation) {
  const auto end_ns = monotonic_ns() + start_ms_max * ns_per_ms;
  while (monotonic_ns() < end_ns && !cancellation.is_cancelled()) {
    if (auto line = child.read_line(look_ms)) return *std::move(line);
    if (child.wait(0)) break;
  }
  return std::nullopt;
}

// What it prints is not looked at. Nothing: it took too long, or was cancelled; it is ended then.
std::optional<int> run_to_end(ChildProcess& child, std::int64_t ms_max, const host::Cancellation& cancellation) {
  const auto end_ns = monotonic_ns() + ms_max * ns_per_ms;
  while (monotonic_ns() < end_ns && !cancellation.is_cancelled()) {
    if (child.read_line(look_ms)) continue;
    if (const auto status = child.wait(look_ms)) return status;
  }
  child.stop(end_ms_max);
  return std::nullopt;
}

// Beside each address its port: "url" and "url_port".
Value with_ports(Value ready) {
  auto ports = Value::object();
  if (const auto* members = ready.members())
    for (const auto& member : *members) {
      const auto origin = origin_of(member.value.string_or(""));
      const auto colon = origin.rfind(':');
      int port = 0;
      if (colon != std::string::npos &&
          std::from_chars(origin.data() + colon + 1, origin.data() + origin.size(), port).ec == std::errc())
        ports.set(member.key + "_port", port);
    }
  for (const auto& port : *ports.members()) ready.set(port.key, port.value);
  return ready;
}

Status write_files(const std::vector<Stage::File>& files, const fs::path& folder, const Value& names) {
  for (const auto& file : files) {
    BB_TRY(const auto text, fill_text(file.text, names));
    BB_CHECK(write_text(folder / file.name, text, Privacy::private_));
  }
  return {};
}

}  // namespace

Status prepare(const StageRoom& room) {
  const auto names = base_names(room);
  BB_CHECK(write_files(room.stage.files, room.folder, names));
  for (const auto& program : room.stage.prepared) {
    const auto errors = room.folder / "prepared.err";
    BB_TRY(const auto options, options_of(room, program, names, errors));
    BB_TRY(auto child, ChildProcess::start(options));
    const auto status = run_to_end(child, prepare_ms_max, room.cancellation);
    if (!status) return Error{fmt::format("{} did not end within {} s", program.program, prepare_ms_max / 1000)};
    if (*status != 0)
      return Error{fmt::format("{} ended with status {}: {}", program.program, *status, last_words(errors))};
  }
  return {};
}

Result<StageScene> StageScene::open(const StageRoom& room, fs::path folder, const std::string& defect) {
  BB_CHECK(make_private_folder(folder));
  StageScene scene(room, std::move(folder), defect);
  scene.names_ = base_names(room);
  scene.names_.set("run", scene.folder_.string());
  scene.names_.set("password", random_token());
  for (const auto& program : room.stage.programs) BB_CHECK(scene.start(program));
  BB_CHECK(write_files(room.stage.secrets, scene.folder_, scene.names_));
  BB_CHECK(scene.write_target());
  return scene;
}

Status StageScene::start(const Stage::Program& program) {
  const auto errors = folder_ / (program.name + ".err");
  BB_TRY(auto options, options_of(*room_, program, names_, errors));
  if (program.has_defects && !defect_.empty()) options.arguments.insert(options.arguments.end(), {"--defect", defect_});
  BB_TRY(auto child, ChildProcess::start(options));
  const auto line = read_ready_line(child, room_->cancellation);
  if (!line) return Error{fmt::format("{} did not start: {}", program.program, last_words(errors))};
  auto ready = parse_json(*line);
  if (!ready)
    return Error{fmt::format("{} said '{}' when it was ready, expected one object as JSON", program.program,
                             shorten(*line, 200))};
  names_.set(program.name, with_ports(*std::move(ready)));
  programs_.push_back(std::move(child));
  return {};
}

Status StageScene::write_target() {
  BB_TRY(const auto target, fill_value(room_->stage.target, names_));
  // JSON is YAML.
  return write_text(folder_ / "target.yaml", to_json_pretty(target), Privacy::private_);
}

// With a defect what never comes would be waited for as long as the suite has it: a copy of the suite waits less.
Result<std::string> StageScene::suite_file(const std::string& name, const fs::path& out) const {
  const bool is_file = name.find('/') != std::string::npos || name.ends_with(".yaml");
  auto file = is_file ? fs::absolute(room_->stage.file).parent_path() / name : fs::path();
  if (!is_file) {
    BB_TRY(file, find_suite(room_->places, name));
  }
  if (defect_.empty() || room_->stage.waits.empty()) return file.string();
  BB_TRY(auto text, read_text(file));
  for (const auto& [wait, shorter] : room_->stage.waits)
    for (const auto* key : {"within: ", "timeout: "}) text = replace_all(text, key + wait, key + shorter);
  BB_CHECK(make_private_folder(out / "suites"));
  std::error_code ignored;
  fs::create_directory_symlink(fs::absolute(room_->places.catalogues()), out / "requirements", ignored);
  BB_CHECK(write_text(out / "suites" / file.filename(), text));
  return (out / "suites" / file.filename()).string();
}

Result<std::string> StageScene::answers_file(const Stage::Run& run, const fs::path& out) const {
  if (!run.answers.empty()) return fill_text(run.answers, names_);
  if (run.attested.empty()) return std::string();
  auto answers = Value::object();
  for (const auto& question : run.attested)
    answers.set(question, Value::object({{"answer", "yes"}, {"evidence", "Made up to measure the suite."}}));
  const auto file = out / "answers.yaml";
  BB_CHECK(write_text(file, to_json(Value::object({{"format", "bluebridge-answers/1"},
                                                   {"by", Value::object({{"name", "bluebridge suite mutate"}})},
                                                   {"date", format_date(now_unix_ns())},
                                                   {"answers", std::move(answers)}}))));
  return file.string();
}

Result<fs::path> StageScene::run(const Stage::Run& run, const std::vector<std::string>& filters) {
  const auto out = folder_ / fmt::format("run-{}", ++run_count_);
  BB_CHECK(make_private_folder(out));
  ChildProcess::Options options;
  options.program = room_->places.program_folder / "bluebridge";
  options.arguments = {"run"};
  auto& arguments = options.arguments;
  const auto add = [&](std::initializer_list<std::string> words) {
    arguments.insert(arguments.end(), words.begin(), words.end());
  };
  for (const auto& name : run.suites) {
    BB_TRY(auto file, suite_file(name, out));
    add({std::move(file)});
  }
  add({"--target", (folder_ / "target.yaml").string(), "--out", (out / "runs").string(), "--no-ask"});
  BB_TRY(const auto answers, answers_file(run, out));
  if (!answers.empty()) add({"--answers", answers});
  for (const auto& argument : run.arguments) {
    BB_TRY(auto filled, fill_text(argument, names_));
    add({std::move(filled)});
  }
  for (const auto& filter : filters) add({"--filter", filter});
  arguments.insert(arguments.end(), room_->run_options.begin(), room_->run_options.end());
  BB_TRY(const auto environment, fill_value(room_->stage.environment, names_));
  for (const auto& variable : *environment.members()) options.environment[variable.key] = variable.value.string_or("");
  options.errors_to = out / "run.err";

  BB_TRY(auto child, ChildProcess::start(options));
  const auto status = run_to_end(child, run_ms_max, room_->cancellation);
  if (!status)
    return Error{room_->cancellation.is_cancelled()
                     ? std::string("it was cancelled")
                     : fmt::format("the run did not end within {} s", run_ms_max / 1000)};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(out / "runs", ignored))
    if (fs::exists(entry.path() / "events.ndjson", ignored)) return entry.path();
  return Error{fmt::format("nothing was run, status {}: {}", *status, last_words(options.errors_to))};
}

}  // namespace bb::cli
