// bb/healthvault/event_methods.hpp - methods that subscribe to changes of records.
//
// Source: the published schemas of each method and subscription.xsd; the catalogue's
// rows HV-EVT-*.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>

namespace bb::healthvault {

struct Subscription {
  std::string id = {};                // of the platform; none in a new one
  std::string notification_key = {};  // shared, in base64: notices are checked by it (HV-EVT-03)
  std::string notification_key_version = {};
  std::string url = {};                                // where notices go, by HTTPS
  std::vector<std::vector<std::string>> filters = {};  // type ids, of each filter
  friend bool operator==(const Subscription&, const Subscription&) = default;
};

// Of a subscription that is made or changed.
struct SubscriptionRequest {
  Subscription subscription;
  friend bool operator==(const SubscriptionRequest&, const SubscriptionRequest&) = default;
};

struct SubscribeToEvent {
  static constexpr std::string_view name = "SubscribeToEvent";
  static constexpr int latest = 1;
  using Request = SubscriptionRequest;
  struct Answer {
    std::string subscription_id;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetEventSubscriptions {
  static constexpr std::string_view name = "GetEventSubscriptions";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::vector<Subscription> subscriptions = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct UpdateEventSubscription {
  static constexpr std::string_view name = "UpdateEventSubscription";
  static constexpr int latest = 1;
  using Request = SubscriptionRequest;
  using Answer = Nothing;
};

struct UnsubscribeToEvent {
  static constexpr std::string_view name = "UnsubscribeToEvent";
  static constexpr int latest = 1;
  struct Request {
    std::string subscription_id;
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

}  // namespace bb::healthvault
