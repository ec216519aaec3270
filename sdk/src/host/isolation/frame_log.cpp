#include "frame_log.hpp"

namespace bb::host {

void FrameLog::note(Way way, const FrameHeader& header) {
  const std::scoped_lock lock(mutex_);
  if (frames_.size() == frame_count_max) frames_.pop_front();
  frames_.push_back({way, header});
}

std::string FrameLog::text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const auto& [way, header] : frames_)
    text += (text.empty() ? "" : ", ") + std::string(way == Way::sent ? "> " : "< ") +
            std::string(frame_type_name(header.type)) + " " + std::to_string(header.length) + " bytes call " +
            std::to_string(header.call);
  return text;
}

}  // namespace bb::host
