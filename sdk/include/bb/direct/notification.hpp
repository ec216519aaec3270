// bb/direct/notification.hpp - message disposition notifications (MDN), by which a
// receiver says what became of a message, and delivery status notifications (DSN),
// by which a mail server says that it could not be delivered.
//
// Sources: RFC 8098 (3798 before it) and RFC 3464; Applicability Statement 1.2,
// section 3; Implementation Guide for Delivery Notification in Direct 1.0, 1.3;
// requirements DIRECT-MDN and DIRECT-DN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/entity.hpp>

namespace bb::direct {

inline constexpr std::string_view final_delivery = "X-DIRECT-FINAL-DESTINATION-DELIVERY";

// What a receiver says of a message.
struct Notification {
  std::string disposition_mode;  // "automatic-action/mdn-sent-automatically", lower case
  std::string disposition;       // "processed", "dispatched", "failed" …, lower case
  std::vector<std::string> modifiers;
  std::string final_recipient;      // the address; "rfc822;" and a name taken off
  std::string original_message_id;  // with its brackets where it has them
  std::string reporting_ua;
  std::string text;  // for people
  // Every field as it stands: Error, Warning, Failure and extensions too.
  std::vector<Field> fields;

  const Field* find(std::string_view name) const;
};
// None where the message is no multipart/report of that kind. The error says what of
// it is not as RFC 8098 has it.
[[nodiscard]] Result<std::optional<Notification>> read_notification(const Entity& message);

struct DeliveryStatus {
  std::string recipient;  // Final-Recipient, its address
  std::string action;     // "failed", "delayed", "delivered" …, lower case
  std::string status;     // "5.1.1"
  std::string diagnostic;
  std::string
      original_message_id;  // of the returned header, else of a field of the report; empty where neither is there
};
// One for each recipient; none where the message is no such report.
[[nodiscard]] Result<std::vector<DeliveryStatus>> read_delivery_status(const Entity& message);

// What is to be said of a message, and by whom.
struct NotificationRequest {
  std::string from;        // of whom the message was sent to
  std::string to;          // who sent it
  std::string message_id;  // of the notification, without brackets
  std::int64_t date_unix_ns = 0;
  std::string original_message_id;  // of the inner message, as it stands there
  std::string disposition = "processed";
  std::string reporting_ua = {};    // "host; product"
  std::string text = {};            // for people; made where it is empty
  std::string error = {};           // an Error field; empty: none
  bool has_final_delivery = false;  // with the extension field
};
// The notification as a message, to be sealed as any other (DIRECT-MDN-09). It asks
// for no notification itself (DIRECT-MDN-10).
std::string write_notification(const NotificationRequest& request);

// Whether a message asks to be told of its final delivery.
enum class FinalDelivery { not_asked, asked, ill_formed };
FinalDelivery asked_of(const Entity& message);
// The header field that asks: DIRECT-DN-01.
std::string final_delivery_option();

}  // namespace bb::direct
