// plugins/rest/fhir/kept_reads.hpp - what was read in this session, to be asked for again only if it has changed.
//
// Source: FHIR R4, http.html#cread (conditional read); RFC 9110, 13.1.2. In memory alone, and gone with the session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace bb::rest {

struct KeptRead {
  std::string item_id;  // "Patient/1"
  std::string etag;     // as the server sent it
  std::string media_type;
  std::string body;
};

class KeptReads {
 public:
  // nullptr: nothing is kept of it.
  const KeptRead* find(std::string_view item_id) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one.item_id == item_id; });
    return found == all_.end() ? nullptr : &*found;
  }
  // In the place of what was kept of it; what was kept first goes where there is no room.
  void keep(KeptRead read) {
    forget(read.item_id);
    if (read.body.size() > bytes_max) return;
    bytes_ += read.body.size();
    all_.push_back(std::move(read));
    while (bytes_ > bytes_max) forget(std::string(all_.front().item_id));
  }
  void forget(std::string_view item_id) {
    std::erase_if(all_, [&](const auto& one) {
      if (one.item_id != item_id) return false;
      bytes_ -= one.body.size();
      return true;
    });
  }
  void clear() {
    all_.clear();
    bytes_ = 0;
  }

 private:
  static constexpr std::size_t bytes_max = 8ul * 1024 * 1024;
  std::deque<KeptRead> all_;
  std::size_t bytes_ = 0;
};

}  // namespace bb::rest
