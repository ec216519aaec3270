// bb.appointments/1
#include <bb/abi/draft/appointments.h>

#include <array>

#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status list(Invocation& invocation) { return emit_items(invocation, table_of<bb_appointments>(invocation).list); }
bb_status slots(Invocation& invocation) { return emit_items(invocation, table_of<bb_appointments>(invocation).slots); }
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_appointments>(invocation).read); }
bb_status cancel(Invocation& invocation) {
  return emit_content(invocation, table_of<bb_appointments>(invocation).cancel);
}

bb_status book(Invocation& invocation) {
  bb_booking booking{};
  booking.struct_size = sizeof(booking);
  booking.idempotency_key = invocation.arguments.required_text("idempotency_key");
  booking.slot_id = invocation.arguments.required_text("slot_id");
  booking.appointment_id = invocation.arguments.text("appointment_id");
  booking.reason = invocation.arguments.text("reason");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ContentSink sink(invocation.state);
  const bb_status status =
      table_of<bb_appointments>(invocation).book(invocation.connector, &invocation.state.abi, &booking, sink.abi());
  take_content(invocation, sink, status);
  return status;
}

}  // namespace

const Capability& appointments_capability() {
  static const std::array functions{BB_FUNCTION(bb_appointments, list, list),
                                    BB_FUNCTION(bb_appointments, slots, slots),
                                    BB_FUNCTION(bb_appointments, read, read), BB_FUNCTION(bb_appointments, book, book),
                                    BB_FUNCTION(bb_appointments, cancel, cancel)};
  static const Capability capability{BB_APPOINTMENTS, functions};
  return capability;
}

}  // namespace bb::host
