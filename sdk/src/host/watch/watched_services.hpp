// watched_services.hpp - the host's services with the watch before each function.
#pragma once

#include <bb/abi/host_person.h>
#include <bb/abi/host_services.h>
#include <bb/abi/host_stream.h>

namespace bb::host {

// The functions that are watched; the others of a table stay the host's own.
void watch_service(bb_host_log& table);
void watch_service(bb_host_clock& table);
void watch_service(bb_host_cancel& table);
void watch_service(bb_host_secret& table);
void watch_service(bb_host_http& table);
void watch_service(bb_host_evidence& table);
void watch_service(bb_host_person& table);
void watch_service(bb_host_stream& table);

}  // namespace bb::host
