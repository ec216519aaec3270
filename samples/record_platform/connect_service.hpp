// connect_service.hpp - binding a patient and a record by a code, and documents that wait for a person.
//
// The methods are the application's side; at the shell a person says the code and the
// answer (shell.cpp), by claim().
#pragma once

#include <bb/healthvault/connect_methods.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

healthvault::IdentityCodeAnswer create_connect_request(Call& call,
                                                       const healthvault::CreateConnectRequest::Request& request);
healthvault::GetAuthorizedConnectRequests::Answer authorized_connect_requests(
    Call& call, const healthvault::GetAuthorizedConnectRequests::Request& request);
healthvault::Nothing delete_connect_request(Call& call,
                                            const healthvault::DeletePendingConnectRequest::Request& request);
healthvault::Nothing update_external_id(Call& call, const healthvault::UpdateExternalId::Request& request);
healthvault::IdentityCodeAnswer allocate_package_id(Call& call, const healthvault::Nothing&);
healthvault::IdentityCodeAnswer create_connect_package(Call& call,
                                                       const healthvault::CreateConnectPackage::Request& request);
healthvault::Nothing delete_connect_package(Call& call,
                                            const healthvault::DeletePendingConnectPackage::Request& request);

// What waits behind a code.
struct Waiting {
  std::string app_id;
  std::string friendly_name, question;
  bool is_package = false;
};

// Throws Refusal: 74 for a code that stands for nothing, or for what has expired or was
// picked up; 95 for a package without contents; 75 where too often another answer was given.
Waiting look_up(Transaction& t, const Defects& defects, std::int64_t now_ns, const std::string& code);
// 73 for a wrong answer, of which three end the request; the count stays, so commit in any case.
void check_answer(Transaction& t, const Defects& defects, const std::string& code, const std::string& answer);
// What a package holds, by the answer: 73 and 75 as check_answer(), 120 where it cannot be read. The package itself
// where it is not encrypted, or in a way that is not opened here.
std::vector<healthvault::Thing> contents_of(Transaction& t, const Defects& defects, const std::string& code,
                                            const std::string& answer);
// Binds the request to the person's record, or puts the `contents` of a package into it. `call` is of the
// application that made it, for the person and the record.
void claim(Call& call, const std::string& code, const std::vector<healthvault::Thing>& contents);

}  // namespace bb::record_platform
