// set_up.hpp - who and what the platform has from its start: persons, records, applications.
// Format: docs/reference/record-platform.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

#include "record_platform/rights.hpp"

namespace bb::record_platform {

struct SetUpPerson {
  std::string account;
  std::string id;
  std::string name;
};

struct Holder {
  std::string account;
  bool is_self = false;  // else somebody who looks after the person of the record
  bool is_custodian = true;
};

struct SetUpRecord {
  std::string key;
  std::string id;
  std::string name;
  std::vector<Holder> holders;
  std::optional<bool> meaningful_use_opt_in = {};
  std::int64_t bytes_max = 0;  // 0: the platform's own bound
};

// HV-SHELL-03: optional rules are named by number, counted from 1.
struct Rule {
  std::string type_id;
  TypeRights rights;
  bool is_optional = false;
};

struct Grant {
  std::string account;
  std::string record;
};

struct SetUpApplication {
  std::string key;
  std::string id;
  std::string name;
  std::string certificate_pem = {};  // empty: one is made, with its key
  std::string return_url = {};       // where the shell sends the browser
  std::vector<Rule> rules = {};      // none: every type, with all rights
  std::vector<Grant> grants = {};    // authorised before the start
};

// A type of the house, beside the published ones.
struct SetUpType {
  std::string id;
  std::string name;
  std::string element;
  bool is_immutable = false, is_undeletable = false, is_uncreatable = false;
};

// HV-SHELL-08: one platform of several, for some countries.
struct SetUpInstance {
  std::string id = "1";
  std::string name = "sample";
  std::string platform_url = {}, shell_url = {};  // of the platform itself empty: where it listens
  std::vector<std::string> countries = {};        // ISO 3166; empty: all that no other one has
};

struct SetUp {
  std::vector<SetUpPerson> people;
  std::vector<SetUpRecord> records;
  std::vector<SetUpApplication> applications;
  std::vector<SetUpType> types;
  SetUpInstance instance = {};             // the platform itself
  std::vector<SetUpInstance> others = {};  // of the same topology
};

// The error names line and column of each mistake.
[[nodiscard]] Result<SetUp> read_set_up(const std::filesystem::path& file);

// The people of samples/records, carol as Alice's caregiver, and one application that all have authorised.
SetUp sample_set_up();

// The id of what has none of its own: the same at every start.
std::string derived_guid(std::string_view kind, std::string_view key);
// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx" of random bytes.
std::string new_guid();

}  // namespace bb::record_platform
