// platform.hpp - a personal health record platform for tests: HealthVault-style XML over HTTPS.
//
// Everything runs in one process on the loopback address; what it acknowledged lies in
// a SQLite file. Reference: docs/reference/record-platform.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "record_platform/defects.hpp"
#include "record_platform/set_up.hpp"

namespace bb::record_platform {

class Platform {
 public:
  struct Options {
    int port = 0;                       // 0 = the kernel's choice
    std::filesystem::path folder = {};  // of the database; empty: one that goes with the platform
    SetUp set_up = sample_set_up();
    std::filesystem::path records = {};  // NAME.xml is a document of the record NAME; empty: none
    std::filesystem::path schemas = {};  // of published ones; empty: data are not checked by one
    Defects defects = {};
    bool has_control = false;  // serve /double
    // A person signs in at the shell with "<password_base>-<account>".
    std::string password_base = "blue-button";
    std::function<void(const std::string&)> log_line = {};  // empty: nobody reads it
  };

  // Makes a certificate, opens the database, listens.
  static Result<std::unique_ptr<Platform>> start(Options options);
  ~Platform();

  // The line that the program prints: url, shell_url, ca_file, applications, people, records.
  Value ready() const;
  // Ends all connections and removes what was temporary.
  void stop();

 private:
  struct Parts;
  explicit Platform(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bb::record_platform
