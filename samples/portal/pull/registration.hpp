// portal/pull/registration.hpp - applications of Blue Button+ Pull register themselves: openly, or with a registration
// JWT of the registry (BBP-PULL-10 to -22).
//
// Source: Blue Button+ Pull drafts, 2013, "App Registration"; RFC 7591 for errors.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "portal/pull/registry.hpp"
#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal::pull {

// [any thread]
class Registration {
 public:
  Registration(const Registry& registry, SmartClients& clients, Clock clock, Defects defects)
      : registry_(registry), clients_(clients), clock_(std::move(clock)), defects_(defects) {}

  // A POST of application/json.
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse add(const web::HttpRequest& request);
  // Whose registration JWT the request has; nullptr without one. The answer is the refusal.
  std::optional<web::HttpResponse> find_app(const web::HttpRequest& request, const RegistryApp*& into) const;
  // What was registered, in the words of the request.
  web::HttpResponse answer_of(const SmartClient& client, const Value& body, const std::string& secret) const;

  const Registry& registry_;
  SmartClients& clients_;
  Clock clock_;
  Defects defects_;
  std::mutex mutex_;
  std::map<std::string, web::HttpResponse> answers_;  // by request, for pull-reuses-client alone
};

}  // namespace bb::portal::pull
