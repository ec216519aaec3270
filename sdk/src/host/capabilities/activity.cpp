// bb.activity/1
#include <bb/abi/ext/activity.h>

#include <array>

#include "capability.hpp"

namespace bb::host {
namespace {

bb_status list(Invocation& invocation) { return emit_items(invocation, table_of<bb_activity>(invocation).list); }
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_activity>(invocation).read); }

}  // namespace

const Capability& activity_capability() {
  static const std::array functions{BB_FUNCTION(bb_activity, list, list), BB_FUNCTION(bb_activity, read, read)};
  static const Capability capability{BB_ACTIVITY, functions};
  return capability;
}

}  // namespace bb::host
