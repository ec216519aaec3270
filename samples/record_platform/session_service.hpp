// session_service.hpp - methods by which an application gets a session and finds its platform.
#pragma once

#include <bb/healthvault/session_methods.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

inline constexpr std::int64_t session_seconds = 4 * 60 * 60;         // HV-AUTH-07
inline constexpr std::int64_t clock_skew_seconds_max = 5 * 60;       // of a caller's clock
inline constexpr std::int64_t request_bytes_max = 10 * 1024 * 1024;  // HV-PUT-06

healthvault::CreateAuthenticatedSessionToken::Answer create_session(
    Call& call, const healthvault::CreateAuthenticatedSessionToken::Request& request);
healthvault::NewApplicationCreationInfo::Answer new_application(
    Call& call, const healthvault::NewApplicationCreationInfo::Request&);
healthvault::GetServiceDefinition::Answer service_definition(Call& call,
                                                             const healthvault::GetServiceDefinition::Request& request);
healthvault::SelectInstance::Answer select_instance(Call& call, const healthvault::SelectInstance::Request& request);
healthvault::GetApplicationInfo::Answer application_info(Call& call,
                                                         const healthvault::GetApplicationInfo::Request& request);

}  // namespace bb::record_platform
