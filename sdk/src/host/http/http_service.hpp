// http_service.hpp - bb.host.http/1 of one instance: policy, connections and
// the record of every exchange.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <bb/abi/host_services.h>
#include <bb/host/host.hpp>
#include "connection.hpp"
#include "shared_parts.hpp"

namespace bb::host {

struct CallState;

class HttpService {
 public:
  HttpService(HttpPolicy policy, std::shared_ptr<SharedParts> shared);

  // Refuses, or makes the exchange and records it, whatever became of it.
  bb_status perform(CallState& state, const bb_http_request& request, bb_http_response_sink& response);

 private:
  Result<Connection*> connection_to(const Url& url, const std::string& identity_name, const std::string& identity_pem);

  HttpPolicy policy_;
  std::shared_ptr<SharedParts> shared_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;  // by origin and client identity
};

}  // namespace bb::host
