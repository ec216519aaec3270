// plugins/rest/fhir/kept_reads.hpp - what was read in this session, to be asked for again only if it has changed.
//
// Source: FHIR R4, http.html#cread (conditional read); RFC 9110, 13.1.2. In memory alone, and gone with the session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace bb::rest {

struct KeptRead {
  std::string item_id;  // "Patient/1"
  std::string etag;     // as the server sent it
  std::string media_type;
  std::string body;

  std::size_t size() const { return item_id.size() + etag.size() + media_type.size() + body.size(); }
};

// [any thread]
class KeptReads {
 public:
  // Nothing: it is not kept.
  std::optional<KeptRead> find(std::string_view item_id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one.item_id == item_id; });
    return found == all_.end() ? std::nullopt : std::optional(*found);
  }
  // In the place of what was kept of it; what was kept first goes where there is no room.
  void keep(KeptRead read) {
    const std::scoped_lock lock(mutex_);
    remove(read.item_id);
    if (read.size() > bytes_max) return;
    bytes_ += read.size();
    all_.push_back(std::move(read));
    while (bytes_ > bytes_max) remove(std::string(all_.front().item_id));
  }
  void forget(std::string_view item_id) {
    const std::scoped_lock lock(mutex_);
    remove(item_id);
  }
  void clear() {
    const std::scoped_lock lock(mutex_);
    all_.clear();
    bytes_ = 0;
  }

 private:
  void remove(std::string_view item_id) {
    std::erase_if(all_, [&](const auto& one) {
      if (one.item_id != item_id) return false;
      bytes_ -= one.size();
      return true;
    });
  }

  static constexpr std::size_t bytes_max = 8ul * 1024 * 1024;
  mutable std::mutex mutex_;
  std::deque<KeptRead> all_;
  std::size_t bytes_ = 0;
};

}  // namespace bb::rest
