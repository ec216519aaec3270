// http_service.hpp - bb.host.http/1 of one instance: policy, connections and
// the record of every exchange.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <bb/abi/host_services.h>
#include <bb/host/host.hpp>
#include "connection.hpp"
#include "shared_parts.hpp"

namespace bb::host {

struct CallState;

// [any thread]
class HttpService {
 public:
  HttpService(HttpPolicy policy, std::shared_ptr<SharedParts> shared);

  // Refuses, or makes the exchange and records it, whatever became of it.
  bb_status perform(CallState& state, const bb_http_request& request, bb_http_response_sink& response);

 private:
  // A kept connection that nobody uses, or a new one. keep() takes it back.
  Result<std::unique_ptr<Connection>> connection_to(const std::string& key, const Url& url,
                                                    const std::string& identity_pem);
  void keep(const std::string& key, std::unique_ptr<Connection> connection);

  HttpPolicy policy_;
  std::shared_ptr<SharedParts> shared_;
  std::mutex mutex_;  // of those that nobody uses, by origin and client identity; the last used last
  std::multimap<std::string, std::unique_ptr<Connection>> idle_;
};

}  // namespace bb::host
