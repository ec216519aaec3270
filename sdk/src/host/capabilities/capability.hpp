// capability.hpp - the functions of the ABI's capabilities as a table.
//
// One file per capability says how its functions' JSON arguments become ABI
// structs and what they emit; docs/reference/operations.md lists the shapes.
#pragma once

#include <span>
#include <string_view>

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/delivery.h>
#include <bb/host/call.hpp>
#include "../plugin_call.hpp"
#include "arguments.hpp"

namespace bb::host {

class ContentSink;

struct Invocation {
  bb_connector* connector;
  const void* table;  // the capability's, as get_interface gave it
  PluginCall& state;
  Arguments& arguments;
  RawResult& result;  // takes `emitted`, or `item`, `body` and attributes

  // Whether the arguments are good; else the call says why.
  bool is_ready();
};

struct Function {
  std::string_view name;
  bool (*is_there)(const void* table);       // not NULL, and within struct_size
  bb_status (*run)(Invocation& invocation);  // reads arguments, then calls
};

struct Capability {
  std::string_view interface;
  std::span<const Function> functions;
};

const Capability& session_capability();
const Capability& view_capability();
const Capability& download_capability();
const Capability& share_capability();
const Capability& transmit_capability();
const Capability& inbox_capability();
const Capability& activity_capability();
const Capability& probe_capability();
const Capability& trust_capability();
const Capability& messaging_capability();
const Capability& refills_capability();
const Capability& appointments_capability();

// nullptr for an interface or a function this host does not know.
const Capability* find_capability(std::string_view interface);
const Function* find_function(const Capability& capability, std::string_view name);

// The functions that every reading and listing capability shares.
template <class Table>
const Table& table_of(const Invocation& invocation) {
  return *static_cast<const Table*>(invocation.table);
}

bb_status emit_items(Invocation& invocation,
                     bb_status(BB_CALL* list)(bb_connector*, bb_call*, const bb_query*, bb_item_sink*));
bb_status emit_content(Invocation& invocation,
                       bb_status(BB_CALL* read)(bb_connector*, bb_call*, bb_str, bb_content_sink*));
// Moves what a content sink took into the result.
void take_content(Invocation& invocation, ContentSink& sink, bb_status status);
bb_status emit_receipts(Invocation& invocation,
                        bb_status(BB_CALL* track)(bb_connector*, bb_call*, bb_str, bb_receipt_sink*));

}  // namespace bb::host

// A row of a capability's table: a member of its ABI struct and what runs it.
#define BB_FUNCTION(Table, member, body)                             \
  Function {                                                         \
#member, [](const void* table) {                                   \
      const auto* const filled = static_cast<const Table*>(table);     \
      return BB_HAS(filled, member) && filled->member != nullptr;      \
    },                                                                 \
        body \
  }
