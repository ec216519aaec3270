// watched_tables.hpp - the tables of capabilities with the watch before each
// function.
#pragma once

#include <string_view>
#include <tuple>
#include <vector>

#include <bb/abi/draft/appointments.h>
#include <bb/abi/draft/messaging.h>
#include <bb/abi/draft/refills.h>
#include <bb/abi/ext/activity.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/inbox.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/share.h>
#include <bb/abi/ext/transmit.h>
#include <bb/abi/ext/trust.h>
#include <bb/abi/ext/view.h>

namespace bb::host {

class Watch;

template <class Table>
struct WatchedTable {
  const Table* real = nullptr;
  Table abi{};
};

class WatchedTables {
 public:
  // The watched table for the one that the connector gave, and what is wrong
  // with that; the given one where the watch does not know the interface.
  const void* wrap(std::string_view interface, const void* given, Watch& watch);

  // Whether a table was wrapped for the interface.
  bool has(std::string_view interface) const;
  // All that the watch knows.
  static std::vector<std::string_view> interfaces();

  template <class Table>
  const Table& real() const {
    return *std::get<WatchedTable<Table>>(tables_).real;
  }

 private:
  std::tuple<WatchedTable<bb_session>, WatchedTable<bb_view>, WatchedTable<bb_download>, WatchedTable<bb_share>,
             WatchedTable<bb_transmit>, WatchedTable<bb_inbox>, WatchedTable<bb_activity>, WatchedTable<bb_probe>,
             WatchedTable<bb_trust>, WatchedTable<bb_messaging>, WatchedTable<bb_refills>,
             WatchedTable<bb_appointments>>
      tables_;
};

}  // namespace bb::host
