// services.hpp - the tables behind bb_host::get_interface.
#pragma once

#include <string_view>

#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/abi/host_stream.h>

namespace bb::host {

const bb_host_log& log_service();
const bb_host_clock& clock_service();
const bb_host_cancel& cancel_service();
const bb_host_random& random_service();
const bb_host_secret& secret_service();
const bb_host_http& http_service();
const bb_host_evidence& evidence_service();
const bb_host_person& person_service();
const bb_host_stream& stream_service();

// The table by interface id, nullptr for services this host does not have.
const void* find_service(std::string_view id);

}  // namespace bb::host
