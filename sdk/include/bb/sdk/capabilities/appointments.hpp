// bb/sdk/capabilities/appointments.hpp - bb.appointments/1, a draft: free times of a clinic, and appointments in them.
#pragma once

#include <string_view>

#include <bb/abi/draft/appointments.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

class Appointments {
 public:
  virtual void list_appointments(Call& call, const bb_query& query, Items& out) = 0;
  virtual void list_slots(Call& call, const bb_query& query, Items& out) = 0;
  // These three give JSON in the shape of bb/abi/draft/appointments.h.
  virtual void read_appointment(Call& call, std::string_view item_id, Content& out) = 0;
  // The same idempotency key never books twice.
  virtual void book(Call& call, const bb_booking& booking, Content& out) = 0;
  virtual void cancel(Call& call, std::string_view appointment_id, Content& out) = 0;

 protected:
  ~Appointments() = default;
};

namespace detail {

template <class T>
inline constexpr bb_appointments appointments_table{
    sizeof(bb_appointments),
    0,
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Appointments>(c).list_appointments(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, const bb_query* query, bb_item_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Items items(out);
        capability<T, Appointments>(c).list_slots(running, *query, items);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(item_id, "the item id");
        with_content(out, "read_appointment()",
                     [&](Content& content) { capability<T, Appointments>(c).read_appointment(running, id, content); });
      });
    },
    [](bb_connector* c, bb_call* call, const bb_booking* booking, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(booking->idempotency_key, "the idempotency key");
        with_content(out, "book()",
                     [&](Content& content) { capability<T, Appointments>(c).book(running, *booking, content); });
      });
    },
    [](bb_connector* c, bb_call* call, bb_str appointment_id, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto id = checked_text(appointment_id, "the appointment id");
        with_content(out, "cancel()",
                     [&](Content& content) { capability<T, Appointments>(c).cancel(running, id, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
