// harness/cli/demo_records.hpp - what a demo with --transport healthvault has beside the portal: a
// personal health record platform on loopback, and the roles that look into it.
//
// Records and keys of the platform are made anew for each demo: bluebridge-record-platform,
// docs/reference/record-platform.md.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/cli/demo_room.hpp"
#include "harness/cli/places.hpp"

namespace bb::cli {

// What the platform said when it was ready, of what a demo needs of it.
struct ReadyPlatform {
  struct Application {
    std::string id, identity_file;  // PEM: certificate and key
  };
  std::string url, ca_file, control_url, control_token{};
  Application portal, harness;
  std::string person, record;  // whose record is the destination
};
[[nodiscard]] Result<ReadyPlatform> read_platform_line(const std::string& line);

// The suites of a demo into records, those of them that are installed, in this order.
std::vector<std::filesystem::path> record_suites(const Places& places);

// Adds to a demo's target what a platform brings: the roles inbox and platform, the person who looks
// into the record, and the inputs of healthvault.client. `thumbprint`: of the harness's certificate. The
// control interface's token is in the environment variable control_token_variable.
void add_record_platform(Value& target, const ReadyPlatform& platform, const std::string& thumbprint);
inline constexpr const char* control_token_variable = "BLUEBRIDGE_DEMO_CONTROL_TOKEN";

// A running platform. Makes `folder`, which is this room's alone and the caller's to remove. The error
// says what is missing.
[[nodiscard]] Result<std::unique_ptr<DemoRoom>> open_record_platform(const Places& places,
                                                                     const std::filesystem::path& folder);

}  // namespace bb::cli
