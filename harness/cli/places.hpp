// harness/cli/places.hpp - where the command finds plugins, conformance data
// and samples.
//
// An option goes before the environment, and that before what lies beside the
// program: a build tree or an installation. All paths that the command knows
// by itself are here.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/cli/args.hpp"

namespace bb::cli {

struct Places {
  std::vector<std::filesystem::path> plugins;
  std::filesystem::path conformance;
  std::filesystem::path program_folder;  // of this program
  std::filesystem::path connector_host;  // of run and demo; empty: connectors run in this process

  std::filesystem::path document_formats() const { return conformance / "documents" / "formats.yaml"; }
  std::filesystem::path document_rules() const { return conformance / "documents"; }
  std::filesystem::path document_rules_form() const { return conformance / "schemas" / "document-rules.schema.json"; }
  std::filesystem::path statements() const { return conformance / "statements"; }
  std::filesystem::path suites() const { return conformance / "suites"; }
  std::filesystem::path catalogues() const { return conformance / "requirements"; }
  std::filesystem::path samples() const { return conformance.parent_path() / "samples"; }
  std::filesystem::path sample_records() const { return samples() / "records"; }
  std::filesystem::path stages() const { return samples() / "stages"; }
  std::filesystem::path demo_suite() const { return suites() / "pledge.data_holder.yaml"; }
  std::filesystem::path demo_documents_suite() const { return suites() / "outputs.ccda.yaml"; }
  std::filesystem::path demo_answers() const { return samples() / "targets" / "demo.answers.yaml"; }
  std::filesystem::path demo_direct_answers() const { return samples() / "targets" / "demo.direct.answers.yaml"; }
  std::filesystem::path demo_record_answers() const { return samples() / "targets" / "demo.healthvault.answers.yaml"; }
  std::filesystem::path portal() const { return program_folder / "bluebridge-portal"; }
  std::filesystem::path pki() const { return program_folder / "bluebridge-pki"; }
  std::filesystem::path mailroom() const { return program_folder / "bluebridge-mailroom"; }
  std::filesystem::path record_platform() const { return program_folder / "bluebridge-record-platform"; }
};

// A program that lies beside this one, as it was given. The error says that `what`,
// "the sample portal", is not there.
[[nodiscard]] Result<std::filesystem::path> find_program(std::filesystem::path program, std::string_view what);

// `--plugins` and `--conformance`, for the tables of options.
OptionSpec plugins_option();
OptionSpec conformance_option();

// `--in-process`, for the tables of options.
OptionSpec in_process_option();

// The program that runs one connector in a process of its own; empty with
// --in-process. The error says where it was looked for.
[[nodiscard]] Result<std::filesystem::path> find_connector_host(const Args& args);

// `--data`, for the tables of options.
OptionSpec data_option();
// Where imported schemas and rules are: --data, else BLUEBRIDGE_DATA, else the user's
// data folder. The error: there is no home folder to put it in.
[[nodiscard]] Result<std::filesystem::path> find_data(const Args& args);

// Folders of connectors alone. The error names an option that is no folder.
[[nodiscard]] Result<std::vector<std::filesystem::path>> find_plugins(const Args& args);
// The error names the places that were looked at.
[[nodiscard]] Result<Places> find_places(const Args& args);

// "pledge.data_holder" is an installed suite, anything else that exists is for
// the reader to judge.
// The error names the nearest installed suite.
[[nodiscard]] Result<std::filesystem::path> find_suite(const Places& places, const std::string& name);
// Suite files of the conformance folder, by name.
std::vector<std::filesystem::path> installed_suites(const Places& places);
// Catalogues of the conformance folder, by name.
std::vector<std::filesystem::path> installed_catalogues(const Places& places);
// Names of the stages in samples/stages, in order.
std::vector<std::string> installed_stages(const Places& places);
// Those of the names that are installed, in their order.
std::vector<std::filesystem::path> installed_suites(const Places& places, std::span<const std::string_view> names);

// The template of `connector new`, beside the samples of this installation.
std::filesystem::path find_template();

}  // namespace bb::cli
