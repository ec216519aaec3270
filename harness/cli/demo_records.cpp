#include "harness/cli/demo_records.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <array>
#include <utility>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/signing.hpp>
#include "harness/cli/yaml_text.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t platform_start_ms_max = 60'000;
constexpr std::array<std::string_view, 2> demo_suites{"pledge.data_holder", "healthvault.client"};

// The first is the destination; a second one shows what goes astray.
constexpr const char* owner = "owner";
constexpr const char* neighbour = "neighbour";
constexpr const char* portal_application = "portal";
constexpr const char* harness_application = "harness";

// The format is the platform's: docs/reference/record-platform.md, Set-up.
Value set_up() {
  auto people = Value::object(), records = Value::object(), applications = Value::object();
  auto grants = Value::array();
  for (const auto* name : {owner, neighbour}) {
    people.set(name, Value::object({{"name", name}}));
    records.set(name, Value::object({{"name", name}, {"holders", Value::object({{name, "self"}})}}));
    grants.push(fmt::format("{0}@{0}", name));
  }
  for (const auto* name : {portal_application, harness_application})
    applications.set(name, Value::object({{"name", fmt::format("The {} of the demo", name)}, {"granted_by", grants}}));
  return Value::object(
      {{"people", std::move(people)}, {"records", std::move(records)}, {"applications", std::move(applications)}});
}

// The item of a list whose `key` is `name`.
const Value& find_item(const Value& list, std::string_view key, std::string_view name) {
  static const Value none;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i][key].string_or("") == name) return list[i];
  return none;
}

std::string id_in(const Value& list, std::string_view key, std::string_view name) {
  return find_item(list, key, name)["id"].string_or("");
}

Value bound(std::string_view connector, const ReadyPlatform& platform, const std::string& thumbprint) {
  return Value::object(
      {{"connector", connector},
       {"ca_file", platform.ca_file},
       {"config", Value::object({{"platform_url", platform.url},
                                 {"app_id", platform.harness.id},
                                 {"key", "application_key"},
                                 {"thumbprint", thumbprint}})},
       {"secrets", Value::object({{"application_key", Value::object({{"file", platform.harness.identity_file}})}})}});
}

class RecordRoom final : public DemoRoom {
 public:
  RecordRoom(ChildProcess program, ReadyPlatform platform, std::string thumbprint)
      : program_(std::move(program)), platform_(std::move(platform)), thumbprint_(std::move(thumbprint)) {}

  std::vector<std::string> portal_arguments() const override {
    return {"--record-platform", platform_.url,     "--record-app",
            platform_.portal.id, "--record-key",    platform_.portal.identity_file,
            "--trust",           platform_.ca_file, "--record-entries"};
  }
  void add_to(Value& target) const override { add_record_platform(target, platform_, thumbprint_); }

 private:
  ChildProcess program_;
  ReadyPlatform platform_;
  std::string thumbprint_;
};

}  // namespace

Result<ReadyPlatform> read_platform_line(const std::string& line) {
  BB_TRY(const auto ready, parse_json(line));
  ReadyPlatform platform;
  platform.url = ready["url"].string_or("");
  platform.ca_file = ready["ca_file"].string_or("");
  platform.control_url = ready["control"]["url"].string_or("");
  platform.control_token = ready["control"]["token"].string_or("");
  for (const auto& [name, application] :
       {std::pair(portal_application, &platform.portal), std::pair(harness_application, &platform.harness)}) {
    const auto& found = find_item(ready["applications"], "name", name);
    *application = {found["id"].string_or(""), found["identity_file"].string_or("")};
  }
  platform.person = id_in(ready["people"], "account", owner);
  platform.record = id_in(ready["records"], "name", owner);
  for (const auto* text : {&platform.url, &platform.ca_file, &platform.control_url, &platform.portal.identity_file,
                           &platform.harness.identity_file, &platform.person, &platform.record})
    if (text->empty())
      return Error{
          fmt::format("the record platform said '{}', expected url, ca_file, control, and the demo's people, "
                      "records and applications",
                      shorten(line, 200))};
  return platform;
}

std::vector<fs::path> record_suites(const Places& places) { return installed_suites(places, demo_suites); }

void add_record_platform(Value& target, const ReadyPlatform& platform, const std::string& thumbprint) {
  const auto address = fmt::format("healthvault:{}/{}", platform.person, platform.record);
  auto inbox = bound("org.bluebridge.healthvault.inbox", platform, thumbprint);
  inbox.find("config")->set("address", address);
  auto looking = bound("org.bluebridge.healthvault.record", platform, thumbprint);
  looking.find("config")->set("control_url", platform.control_url);
  looking.find("config")->set("control_token", "control_token");
  looking.find("secrets")->set("control_token", Value::object({{"env", control_token_variable}}));
  auto* roles = target.find("roles");
  roles->set("inbox", std::move(inbox));
  roles->set("platform", std::move(looking));
  target.find("patients")
      ->set("record_holder", Value::object({{"account", address}, {"role", "staff"}, {"method", "signed_request"}}));
  auto* inputs = target.find("inputs");
  inputs->set("record_holder", "record_holder");
  inputs->set("application", platform.portal.id);
  inputs->set("person", platform.person);
  inputs->set("record", platform.record);
  auto* options = target.find("options");
  options->set("transport", "healthvault");
  options->set("entries", "declared");
}

Result<std::unique_ptr<DemoRoom>> open_record_platform(const Places& places, const fs::path& path) {
  BB_CHECK(make_private_folder(path));
  const auto folder = fs::absolute(path);
  const auto people = folder / "people.yaml";
  BB_CHECK(write_text(people, to_yaml(set_up()), Privacy::private_));
  ChildProcess::Options options;
  BB_TRY(options.program, find_program(places.record_platform(), "the sample record platform"));
  options.arguments = {"--exit-with-parent", "--control", "--people",
                       people.string(),      "--folder",  (folder / "platform").string()};
  BB_TRY(auto program, ChildProcess::start(options));
  const auto line = program.read_line(platform_start_ms_max);
  if (!line) return Error{"the sample record platform did not start: " + line.error().what};
  BB_TRY(auto platform, read_platform_line(*line));
  ::setenv(control_token_variable, platform.control_token.c_str(), 1);
  BB_TRY(const auto pem, read_text(platform.harness.identity_file));
  BB_TRY(const auto certificate, healthvault::SigningCertificate::read(pem));
  return std::unique_ptr<DemoRoom>(new RecordRoom(std::move(program), std::move(platform), certificate.thumbprint()));
}

}  // namespace bb::cli
