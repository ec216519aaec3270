#include "harness/engine/run_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/redact_value.hpp>
#include <bb/host/secrets.hpp>

#include "harness/engine/recorded_run.hpp"
#include "harness/evidence/event_values.hpp"

namespace bb::engine {
namespace {

namespace fs = std::filesystem;

struct SuiteFile {
  fs::path path;  // absolute
  std::string text;
};

fs::path absolute_path(const fs::path& file) {
  std::error_code error;
  const fs::path path = fs::absolute(file, error);
  return (error ? file : path).lexically_normal();
}

// The texts of the suite and of the catalogues it names, as they were read.
std::vector<SuiteFile> files_of(const suite::Suite& suite) {
  std::vector<SuiteFile> files;
  if (!suite.source) return files;
  files.push_back({absolute_path(suite.file), suite.source->text});
  for (const auto& row : suite.catalogue.requirements) {
    if (!row.place.source) continue;
    const fs::path path = absolute_path(row.place.source->name);
    const auto is_it = [&](const SuiteFile& file) { return file.path == path; };
    if (std::none_of(files.begin(), files.end(), is_it)) files.push_back({path, row.place.source->text});
  }
  return files;
}

fs::path common_folder(const std::vector<SuiteFile>& files) {
  fs::path common = files.front().path.parent_path();
  for (const auto& file : files)
    while (!file.path.lexically_relative(common).empty() && *file.path.lexically_relative(common).begin() == "..")
      common = common.parent_path();
  return common;
}

// Paths are kept relative to each other, since a suite names its catalogues so.
Result<Value> stored_files(const suite::Suite& suite, evidence::RunFolder& folder) {
  const auto files = files_of(suite);
  Value stored = Value::array();
  if (files.empty()) return stored;
  const fs::path common = common_folder(files);
  for (const auto& file : files) {
    BB_TRY(const std::string blob, folder.put_blob(file.text));
    stored.push(Value::object({{"path", file.path.lexically_relative(common).generic_string()}, {"blob", blob}}));
  }
  return stored;
}

std::string suite_hash(const suite::Suite& suite) { return suite.source ? sha256_hex(suite.source->text) : ""; }

Value recorded_scope(const RunRecord& record, std::size_t suite) {
  Value root = recorded_root(record.plan.roots[suite], record.redactor);
  root.set("run", run_value(record.facts));
  return root;
}

Value options_value(const ScopeRoot& scope, const host::Redactor& redactor) {
  Value options = Value::array();
  for (const auto& option : scope.options) options.push(evidence::option_to_value(option));
  return host::redacted(redactor, std::move(options));
}

Value requirement_value(const suite::Requirement& row, const std::string& rule_date) {
  Value value = Value::object({{"id", row.id},
                               {"level", row.level_text},
                               {"text", row.text},
                               {"status", row.status},
                               {"check", row.check},
                               {"counts", requirement_counts(row, rule_date)}});
  const std::pair<std::string_view, const std::string*> optional[] = {
      {"at", &row.at},       {"source", &row.source},       {"applies", &row.applies},  {"from", &row.from},
      {"until", &row.until}, {"judged_by", &row.judged_by}, {"untested", &row.untested}};
  for (const auto& [key, text] : optional)
    if (!text->empty()) value.set(key, *text);
  if (!row.rests_on.empty()) value.set("rests_on", Value::strings(row.rests_on));
  return value;
}

Value requirements_value(const RunRecord& record) {
  Value rows = Value::array();
  std::set<std::string> seen;
  for (const auto& suite : record.plan.suites)
    for (const auto& row : suite.catalogue.requirements)
      if (seen.insert(row.id).second) rows.push(requirement_value(row, record.plan.rule_date));
  return rows;
}

Value notes_value(const RunRecord& record) {
  std::vector<std::string> notes = record.options.notes;
  const auto& options = record.options;
  if (record.plan.left_out > 0)
    notes.push_back(
        fmt::format("only a part of the suites was run{}{}{}{}: the verdict is of that part, not of the system",
                    options.filters.empty() ? "" : ", --filter ", join(options.filters, " "),
                    options.tags.empty() ? "" : ", --tag ", join(options.tags, " ")));
  if (record.options.seed) notes.push_back(fmt::format("seeded {}", *record.options.seed));
  if (record.input.target.clock != "real") notes.push_back("clock: " + record.input.target.clock);
  return host::redacted(record.redactor, Value::strings(notes));
}

Value suites_value(const RunRecord& record) {
  Value suites = Value::array();
  for (const auto& suite : record.plan.suites)
    suites.push(Value::object({{"id", suite.id},
                               {"version", suite.version},
                               {"title", suite.title},
                               {"file", record.redactor.redact(suite.file.generic_string())},
                               {"sha256", suite_hash(suite)}}));
  return suites;
}

Value connectors_value(const RunRecord& record) {
  Value connectors = Value::array();
  for (const auto& connector : record.connectors) connectors.push(evidence::connector_to_value(connector));
  return connectors;
}

bool is_secret_input(const RunRecord& record, const std::string& name, const std::string& value) {
  if (record.redactor.redact(value) != value) return true;
  return std::any_of(record.plan.suites.begin(), record.plan.suites.end(), [&](const suite::Suite& suite) {
    const auto* const input = suite.find_input(name);
    return input != nullptr && input->type == "secret";
  });
}

// What another process needs to go on with the run, and no secret: a target and
// answers are read again from where they were.
Value settings_value(const RunRecord& record) {
  const auto& options = record.options;
  const auto& target = record.input.target;
  Value inputs = Value::object();
  Value secret_inputs = Value::array();
  for (const auto& [name, value] : options.inputs) {
    if (is_secret_input(record, name, value))
      secret_inputs.push(name);
    else
      inputs.set(name, value);
  }
  Value chosen = Value::object();
  for (const auto& [name, value] : options.options) chosen.set(name, value);
  Value target_file = Value::object({{"file", absolute_path(target.file).generic_string()}});
  if (target.source) target_file.set("sha256", sha256_hex(target.source->text));
  Value settings = Value::object({{"target", std::move(target_file)},
                                  {"inputs", std::move(inputs)},
                                  {"secret_inputs", std::move(secret_inputs)},
                                  {"options", std::move(chosen)},
                                  {"filters", Value::strings(options.filters)},
                                  {"tags", Value::strings(options.tags)},
                                  {"max_failures", options.max_failures}});
  if (!record.input.answers.file.empty())
    settings.set("answers", absolute_path(record.input.answers.file).generic_string());
  return host::redacted(record.redactor, std::move(settings));
}

// Claims and tests stay as they are: claims that are violated are looked up by them.
Status add_waivers(const RunRecord& record, evidence::RunFolder& folder, Value& event) {
  const auto& file = record.input.target.waivers;
  if (!file.source) return {};
  Value waivers = Value::array();
  for (auto waiver : record.waivers) {
    waiver.reason = record.redactor.redact(waiver.reason);
    waiver.link = record.redactor.redact(waiver.link);
    waivers.push(evidence::waiver_to_value(waiver));
  }
  event.set("waivers", std::move(waivers));
  BB_TRY(const std::string blob, folder.put_blob(record.redactor.redact(file.source->text)));
  event.find("settings")
      ->set("waivers", Value::object({{"file", absolute_path(file.file).generic_string()}, {"blob", blob}}));
  return {};
}

// The names of tests stay as they are: every later event joins its test by them.
Value plan_value(const RunRecord& record) {
  Value tests = Value::array();
  for (const auto& node : record.plan.nodes) {
    evidence::TestView view = node.view;
    view.title = record.redactor.redact(view.title);
    view.hint = record.redactor.redact(view.hint);
    Value test = evidence::planned_to_value(view);
    test.set("path", node.test->path);
    if (node.each.size() > 0) test.set("each", host::redacted(record.redactor, node.each));
    tests.push(std::move(test));
  }
  return tests;
}

}  // namespace

void learn_secrets(const Plan& plan, const suite::Target& target, host::Redactor& redactor) {
  for (const auto& root : plan.roots)
    for (const auto& [name, value] : root.secrets) redactor.learn(name, value);
  const auto learn = [&](const std::map<std::string, host::SecretOrigin>& secrets) {
    const host::SecretStore store(secrets);
    for (const auto& [name, origin] : secrets)
      if (auto value = store.read(name, nullptr)) {
        redactor.learn(name, *value);
        wipe(*value);
      }
  };
  for (const auto& role : target.roles) learn(role.secrets);
  for (const auto& person : target.people) learn(person.secrets);
}

Value recorded_root(const ScopeRoot& scope, const host::Redactor& redactor) {
  Value root = scope.root;
  for (const auto& [name, value] : scope.secrets) root.set(name, "[secret " + name + "]");
  return host::redacted(redactor, std::move(root));
}

Value run_file(const RunRecord& record) {
  Value inputs = Value::object();
  for (std::size_t i = 0; i < record.plan.suites.size(); ++i) {
    const Value scope = recorded_scope(record, i);
    Value values = Value::object();
    for (const auto& input : record.plan.suites[i].inputs)
      if (const Value* value = scope.find(input.name))
        values.set(input.name, input.type == "person" ? (*value)["id"] : *value);
    inputs.set(record.plan.suites[i].id, Value::object({{"inputs", values}, {"options", scope["options"]}}));
  }
  Value file =
      Value::object({{"format", "bluebridge-run/1"},
                     {"run", record.facts.id},
                     {"program_version", record.options.program_version},
                     {"started", format_utc(record.facts.started_unix_ns)},
                     {"rule_date", record.plan.rule_date},
                     {"jobs", record.options.jobs},
                     {"filters", host::redacted(record.redactor, Value::strings(record.options.filters))},
                     {"tags", host::redacted(record.redactor, Value::strings(record.options.tags))},
                     {"notes", notes_value(record)},
                     {"target", host::redacted(record.redactor,
                                               Value::object({{"id", record.input.target.id},
                                                              {"version", record.input.target.version},
                                                              {"environment", record.input.target.environment},
                                                              {"file", record.input.target.file.generic_string()}}))},
                     {"connectors", connectors_value(record)},
                     {"suites", suites_value(record)},
                     {"given", std::move(inputs)}});
  if (record.options.seed) file.set("seed", *record.options.seed);
  if (record.input.target.source) (*file.find("target")).set("sha256", sha256_hex(record.input.target.source->text));
  return file;
}

Value run_resumed_event(const RunRecord& record, const RecordedRun& before, int process, std::int64_t torn_bytes) {
  Value event = Value::object({{"process", process},
                               {"program_version", record.options.program_version},
                               {"jobs", record.options.jobs},
                               {"notes", notes_value(record)},
                               {"connectors", connectors_value(record)}});
  if (record.input.target.source) event.set("target_sha256", sha256_hex(record.input.target.source->text));
  if (torn_bytes > 0) event.set("torn_bytes", torn_bytes);
  if (before.redone().empty()) return event;
  Value tests = Value::array();
  for (const auto node : before.redone())
    tests.push(Value::object({{"suite", record.plan.nodes[node].view.suite}, {"test", record.plan.nodes[node].name}}));
  event.set("redo", Value::object({{"asked_for", before.redo_words()}, {"tests", std::move(tests)}}));
  return event;
}

Result<Value> run_started_event(const RunRecord& record, evidence::RunFolder& folder) {
  Value suites = suites_value(record);
  for (std::size_t i = 0; i < record.plan.suites.size(); ++i) {
    BB_TRY(Value files, stored_files(record.plan.suites[i], folder));
    Value& suite = (*suites.items())[i];
    suite.set("files", std::move(files));
    suite.set("scope", recorded_scope(record, i));
    suite.set("options", options_value(record.plan.roots[i], record.redactor));
  }
  Value event =
      Value::object({{"format", evidence::events_format},
                     {"run", record.facts.id},
                     {"program_version", record.options.program_version},
                     {"rule_date", record.plan.rule_date},
                     {"jobs", record.options.jobs},
                     {"notes", notes_value(record)},
                     {"target", host::redacted(record.redactor, target_value(record.input.target, People::all))},
                     {"connectors", connectors_value(record)},
                     {"settings", settings_value(record)},
                     {"suites", std::move(suites)},
                     {"requirements", requirements_value(record)},
                     {"plan", plan_value(record)}});
  if (record.options.seed) event.set("seed", *record.options.seed);
  if (record.options.are_connectors_checked) event.set("connectors_checked", true);
  BB_CHECK(add_waivers(record, folder, event));
  if (const auto part = record.plan.part()) {
    Value rows = Value::array();
    for (const auto& [id, tests] : record.plan.rows_left_out) rows.push(Value::object({{"id", id}, {"tests", tests}}));
    event.set("part", Value::object({{"tests", part->tests}, {"of", part->of}, {"requirements", std::move(rows)}}));
  }
  return event;
}

}  // namespace bb::engine
