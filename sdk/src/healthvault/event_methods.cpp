#include <bb/healthvault/event_methods.hpp>

#include "messages.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<Subscription>& subscription) {
  a.element("common", [&] {
    a.maybe("id", Kind::guid, subscription.id);
    a.element("notification-authentication-info", [&] {
      a.element("hv-eventing-shared-key", [&] {
        a.one("notification-key", Kind::filled, subscription.notification_key);
        a.one("notification-key-version-id", Kind::filled, subscription.notification_key_version);
      });
    });
    a.element("notification-channel",
              [&] { a.element("http-notification-channel", [&] { a.one("url", Kind::filled, subscription.url); }); });
  });
  a.element("record-item-changed-event", [&] {
    a.element("filters", [&] {
      a.many_with(
          "filter", subscription.filters,
          [&](auto& type_ids) { a.element("type-ids", [&] { a.many("type-id", Kind::guid, type_ids, 1); }); }, 1);
    });
  });
}

template <class A>
void describe(A& a, typename A::template Of<SubscriptionRequest>& request) {
  a.one("subscription", request.subscription);
}

template <class A>
void describe(A& a, typename A::template Of<SubscribeToEvent::Answer>& answer) {
  a.one("subscription-id", Kind::guid, answer.subscription_id);
}

template <class A>
void describe(A& a, typename A::template Of<GetEventSubscriptions::Answer>& answer) {
  a.list("subscriptions", "subscription", answer.subscriptions);
}

template <class A>
void describe(A& a, typename A::template Of<UnsubscribeToEvent::Request>& request) {
  a.one("subscription-id", Kind::guid, request.subscription_id);
}

BB_TYPED_METHOD(SubscribeToEvent);
BB_TYPED_METHOD(GetEventSubscriptions);
BB_TYPED_METHOD(UpdateEventSubscription);
BB_TYPED_METHOD(UnsubscribeToEvent);

}  // namespace bb::healthvault
