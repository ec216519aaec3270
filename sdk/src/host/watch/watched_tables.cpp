#include "watched_tables.hpp"

#include <cstring>
#include <string>

#include "../plugin_call.hpp"
#include "watch.hpp"
#include "watched_call.hpp"

namespace bb::host {
namespace {

// A function of a table: its name and whether a table may go without it.
template <auto member>
struct Named {
  std::string_view name;
  bool is_optional = false;
};

// What the watch knows of each capability: its id and its functions.
template <class Table>
struct Known;
template <>
struct Known<bb_session> {
  static constexpr std::string_view id = BB_SESSION;
  static constexpr std::tuple functions{
      Named<&bb_session::open>{"session.open"}, Named<&bb_session::resume>{"session.resume"},
      Named<&bb_session::describe>{"session.describe"}, Named<&bb_session::close>{"session.close"}};
};
template <>
struct Known<bb_view> {
  static constexpr std::string_view id = BB_VIEW;
  static constexpr std::tuple functions{Named<&bb_view::list>{"view.list"}, Named<&bb_view::read>{"view.read"}};
};
template <>
struct Known<bb_download> {
  static constexpr std::string_view id = BB_DOWNLOAD;
  static constexpr std::tuple functions{Named<&bb_download::formats>{"download.formats"},
                                        Named<&bb_download::fetch>{"download.fetch"}};
};
template <>
struct Known<bb_share> {
  static constexpr std::string_view id = BB_SHARE;
  static constexpr std::tuple functions{Named<&bb_share::send>{"share.send"}, Named<&bb_share::track>{"share.track"}};
};
template <>
struct Known<bb_transmit> {
  static constexpr std::string_view id = BB_TRANSMIT;
  static constexpr std::tuple functions{Named<&bb_transmit::send>{"transmit.send"},
                                        Named<&bb_transmit::track>{"transmit.track"}};
};
template <>
struct Known<bb_inbox> {
  static constexpr std::string_view id = BB_INBOX;
  static constexpr std::tuple functions{Named<&bb_inbox::poll>{"inbox.poll"}, Named<&bb_inbox::read>{"inbox.read"},
                                        Named<&bb_inbox::acknowledge>{"inbox.acknowledge"},
                                        Named<&bb_inbox::allocate>{"inbox.allocate", true}};
};
template <>
struct Known<bb_activity> {
  static constexpr std::string_view id = BB_ACTIVITY;
  static constexpr std::tuple functions{Named<&bb_activity::list>{"activity.list"},
                                        Named<&bb_activity::read>{"activity.read"}};
};
template <>
struct Known<bb_probe> {
  static constexpr std::string_view id = BB_PROBE;
  static constexpr std::tuple functions{Named<&bb_probe::list>{"probe.list"}, Named<&bb_probe::run>{"probe.run"}};
};
template <>
struct Known<bb_trust> {
  static constexpr std::string_view id = BB_TRUST;
  static constexpr std::tuple functions{Named<&bb_trust::anchors>{"trust.anchors"},
                                        Named<&bb_trust::discover>{"trust.discover"},
                                        Named<&bb_trust::evaluate>{"trust.evaluate"}};
};
template <>
struct Known<bb_messaging> {
  static constexpr std::string_view id = BB_MESSAGING;
  static constexpr std::tuple functions{
      Named<&bb_messaging::threads>{"messaging.threads"}, Named<&bb_messaging::read>{"messaging.read"},
      Named<&bb_messaging::recipients>{"messaging.recipients"}, Named<&bb_messaging::post>{"messaging.post"}};
};
template <>
struct Known<bb_refills> {
  static constexpr std::string_view id = BB_REFILLS;
  static constexpr std::tuple functions{
      Named<&bb_refills::prescriptions>{"refills.prescriptions"}, Named<&bb_refills::read>{"refills.read"},
      Named<&bb_refills::request>{"refills.request"}, Named<&bb_refills::status>{"refills.status"}};
};
template <>
struct Known<bb_appointments> {
  static constexpr std::string_view id = BB_APPOINTMENTS;
  static constexpr std::tuple functions{
      Named<&bb_appointments::list>{"appointments.list"}, Named<&bb_appointments::slots>{"appointments.slots"},
      Named<&bb_appointments::read>{"appointments.read"}, Named<&bb_appointments::book>{"appointments.book"},
      Named<&bb_appointments::cancel>{"appointments.cancel"}};
};

template <auto member>
std::string_view name_of() {
  std::string_view found;
  const auto look = [&]<auto candidate>(const Named<candidate>& function) {
    if constexpr (std::is_same_v<Named<candidate>, Named<member>>) found = function.name;
  };
  [&]<class Table, class Type>(Type Table::*) {
    std::apply([&](const auto&... function) { (look(function), ...); }, Known<Table>::functions);
  }(member);
  return found;
}

// The function of a watched table: the connector's own, with the watch around it.
template <auto member>
struct Watched;
template <class Table, class... Arguments, bb_status (BB_CALL* Table::*member)(bb_connector*, bb_call*, Arguments...)>
struct Watched<member> {
  static bb_status BB_CALL run(bb_connector* connector, bb_call* real, Arguments... arguments) {
    Watch& watch = *plugin_call_of(real).watch;
    const std::shared_ptr<WatchedCall> call = watch.begin(*real, name_of<member>());
    bb_status status = BB_E_INTERNAL;
    try {
      status = (watch.tables().template real<Table>().*member)(connector, call->abi(), call->wrap(arguments)...);
    } catch (...) {
      call->let_exception_out();
      throw;
    }
    call->end(status);
    return status;
  }
};

template <class Table, class Type>
bool has(const Table& table, Type Table::*member) {
  const auto end = reinterpret_cast<const char*>(&(table.*member) + 1) - reinterpret_cast<const char*>(&table);
  return table.struct_size >= static_cast<std::size_t>(end) && table.*member != nullptr;
}

// Fills the watched table anew from the connector's.
template <class Table>
void fill(WatchedTable<Table>& kept, const Table& real, Watch& watch) {
  // All tables begin with struct_size and one number.
  constexpr std::size_t numbers_bytes = 2 * sizeof(std::uint32_t);
  kept.real = &real;
  kept.abi = {};
  if (real.struct_size >= numbers_bytes) std::memcpy(static_cast<void*>(&kept.abi), &real, numbers_bytes);
  kept.abi.struct_size = sizeof(Table);
  const auto add = [&]<auto member>(const Named<member>& function) {
    if (has(real, member))
      kept.abi.*member = &Watched<member>::run;
    else if (!function.is_optional)
      watch.tell(
          {"BB-R067", "the table of " + std::string(Known<Table>::id) + " has no " + std::string(function.name)});
  };
  std::apply([&](const auto&... function) { (add(function), ...); }, Known<Table>::functions);
}

}  // namespace

bool WatchedTables::has(std::string_view interface) const {
  bool is_there = false;
  const auto look = [&]<class Table>(const WatchedTable<Table>& kept) {
    is_there = is_there || (Known<Table>::id == interface && kept.real);
  };
  std::apply([&](const auto&... kept) { (look(kept), ...); }, tables_);
  return is_there;
}

std::vector<std::string_view> WatchedTables::interfaces() {
  std::vector<std::string_view> ids;
  const auto add = [&]<class Table>(const WatchedTable<Table>&) { ids.push_back(Known<Table>::id); };
  std::apply([&](const auto&... table) { (add(table), ...); }, decltype(tables_){});
  return ids;
}

const void* WatchedTables::wrap(std::string_view interface, const void* given, Watch& watch) {
  const void* watched = given;
  const auto look = [&]<class Table>(WatchedTable<Table>& kept) {
    if (Known<Table>::id != interface) return;
    const auto* const real = static_cast<const Table*>(given);
    if (kept.real && kept.real != real)
      watch.tell({"BB-R021", "get_interface gave another pointer for " + std::string(interface) + " than before"});
    if (kept.real != real) fill(kept, *real, watch);
    watched = &kept.abi;
  };
  std::apply([&](auto&... kept) { (look(kept), ...); }, tables_);
  return watched;
}

}  // namespace bb::host
