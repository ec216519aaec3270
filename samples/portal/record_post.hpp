// record_post.hpp - delivers documents into records of a personal health record platform,
// as an application that people authorised there.
//
// Requirements: conformance/requirements/healthvault.yaml.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <bb/core/result.hpp>
#include <bb/healthvault/client.hpp>
#include <bb/healthvault/ids.hpp>
#include <bb/records/mime.hpp>
#include <bb/records/record.hpp>

#include "portal/defects.hpp"
#include "portal/record_line.hpp"

namespace bb::portal {

// What goes into one record, in one transaction.
struct RecordParcel {
  std::string id;  // of the delivery: what has it is stored once (HV-ENV-13)
  records::MimePart document;
  const records::Record& record;  // that the document states
};

// [any thread]
class RecordPost {
 public:
  // `trust_file` holds the authorities that the platform is verified against.
  RecordPost(RecordOptions options, const Defects& defects, std::string trust_file);

  // The error says why nothing was stored, without anything of the platform's context (HV-RSP-05).
  [[nodiscard]] Status send(const healthvault::RecordAddress& to, const RecordParcel& parcel);
  // Ends deliveries under way, and refuses to deliver from now on.
  void stop() { is_stopping_ = true; }

 private:
  healthvault::Called<healthvault::Nothing> store(healthvault::Client& client, healthvault::Line& line,
                                                  const healthvault::RecordAddress& to,
                                                  const RecordParcel& parcel) const;
  healthvault::ClientOptions client_options() const;

  const RecordOptions options_;
  const Defects defects_;
  const std::string trust_file_;
  std::atomic<bool> is_stopping_ = false;
  healthvault::Client client_;  // whose session all deliveries share (HV-AUTH-07)
};

}  // namespace bb::portal
