// bb.view/1
#include <bb/abi/ext/view.h>

#include <array>

#include "capability.hpp"

namespace bb::host {
namespace {

bb_status list(Invocation& invocation) { return emit_items(invocation, table_of<bb_view>(invocation).list); }
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_view>(invocation).read); }

}  // namespace

const Capability& view_capability() {
  static const std::array functions{BB_FUNCTION(bb_view, list, list), BB_FUNCTION(bb_view, read, read)};
  static const Capability capability{BB_VIEW, functions};
  return capability;
}

}  // namespace bb::host
