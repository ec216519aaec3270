#include "services.hpp"

namespace bb::host {

const void* find_service(std::string_view id) {
  if (id == BB_HOST_LOG) return &log_service();
  if (id == BB_HOST_CLOCK) return &clock_service();
  if (id == BB_HOST_CANCEL) return &cancel_service();
  if (id == BB_HOST_RANDOM) return &random_service();
  if (id == BB_HOST_SECRET) return &secret_service();
  if (id == BB_HOST_HTTP) return &http_service();
  if (id == BB_HOST_EVIDENCE) return &evidence_service();
  if (id == BB_HOST_PERSON) return &person_service();
  if (id == BB_HOST_STREAM) return &stream_service();
  return nullptr;
}

}  // namespace bb::host
