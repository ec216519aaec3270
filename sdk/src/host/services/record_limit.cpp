#include "record_limit.hpp"

#include <utility>

namespace bb::host {
namespace {

bool fits(const RecordLimit::Most& kept, std::uint64_t bytes, const RecordLimit::Most& most) {
  return kept.count < most.count && bytes <= most.bytes - kept.bytes;
}

}  // namespace

bool RecordLimit::keep(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  if (!fits(in_call_, bytes, in_call_max_) || !fits(in_all_, bytes, in_all_max_)) {
    ++dropped_;
    return false;
  }
  for (Most* const kept : {&in_call_, &in_all_}) {
    ++kept->count;
    kept->bytes += bytes;
  }
  return true;
}

std::uint64_t RecordLimit::end_call() {
  const std::scoped_lock lock(mutex_);
  in_call_ = {0, 0};
  return std::exchange(dropped_, 0);
}

}  // namespace bb::host
