// bb/xdr/response.hpp - what a receiver answers to a submission.
//
// Sources: IHE ITI TF-3, 4.2.4 (RegistryResponse); SOAP 1.2 part 1, 5.4 (faults); the
// catalogue's rows DIRECT-XDR-08 and -09.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::xdr {

struct RegistryError {
  std::string code;     // "XDSRepositoryMetadataError"
  std::string context;  // for people
};

enum class Outcome { success, failure, fault };

struct Response {
  Outcome outcome = Outcome::success;
  std::string relates_to = {};             // the message that is answered
  std::vector<RegistryError> errors = {};  // of a failure; of a fault one: its code and reason
};

inline constexpr std::string_view soap_media_type = "application/soap+xml";

// A SOAP envelope, not packaged. A fault is of the sender's making.
std::string write_response(const Response& response);

// The SOAP envelope of an answer, as SOAP alone or as MTOM. The error is of what is neither.
[[nodiscard]] Result<std::string> envelope_of(std::string_view content_type, std::string_view body);

// Of an answer as SOAP alone or as MTOM. The error is of what is neither a registry
// response nor a fault.
[[nodiscard]] Result<Response> read_response(std::string_view content_type, std::string_view body);

}  // namespace bb::xdr
