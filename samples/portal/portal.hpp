// portal.hpp - the whole sample portal: reads the records, makes its
// certificate, listens, and ends.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/defects.hpp"
#include "portal/direct_options.hpp"
#include "portal/fhir/given_tokens.hpp"
#include "portal/holder_kinds/holder_kind.hpp"
#include "portal/mail_post.hpp"
#include "portal/record_line.hpp"

namespace bb::portal {

class Portal {
 public:
  struct Options {
    int port = 0;
    std::filesystem::path records;
    std::filesystem::path people;  // empty = people.yaml in `records`, if there
    std::filesystem::path trust;   // empty = own certificate alone
    Defects defects;
    bool has_cleartext = false;
    std::string password_base = "blue-button";
    std::optional<DirectOptions> direct = {};
    std::optional<MailOptions> mail = {};
    std::optional<RecordOptions> record = {};
    std::filesystem::path clients = {};  // of the authorization server; empty: applications for demonstration
    fhir::GivenTokens fhir_tokens = {};
    std::string source_key = {};  // of the record system that changes records; empty: nobody may
    bool is_uscdi_v1 = false;     // what later versions added is left out
    HolderKind kind = HolderKind::provider;
    bool has_source = false;  // a door to what happens at the source of the records, for tests
    std::function<void(const std::string&)> log_line = {};  // for the operator: what goes wrong in the background
  };

  // Listens when it returns. The error says what to mend.
  static Result<std::unique_ptr<Portal>> start(const Options& options);
  ~Portal();

  // What docs/reference/portal-api.md prints when ready.
  Value ready() const;
  // One for each document that could not be read.
  const std::vector<std::string>& warnings() const;
  // Ends connections and shares under way; removes the temporary folder.
  void stop();

 private:
  struct Parts;
  explicit Portal(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bb::portal
