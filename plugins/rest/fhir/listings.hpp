// plugins/rest/fhir/listings.hpp - what listings that are under way have given, page after page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace bb::rest {

// A resource that two searches of a listing find is listed once. A listing has a number, which its cursors name;
// of one that was forgotten nothing is known. [any thread]
class Listings {
 public:
  std::uint64_t begin() {
    const std::scoped_lock lock(mutex_);
    if (given_.size() == under_way_max) given_.erase(given_.begin());
    given_[++last_];
    return last_;
  }
  bool has(std::uint64_t listing, std::string_view id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = given_.find(listing);
    return found != given_.end() && found->second.contains(id);
  }
  void add(std::uint64_t listing, std::string id) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = given_.find(listing); found != given_.end()) found->second.insert(std::move(id));
  }
  void end(std::uint64_t listing) {
    const std::scoped_lock lock(mutex_);
    given_.erase(listing);
  }

 private:
  static constexpr std::size_t under_way_max = 512;  // twice what a target lets be in flight
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::set<std::string, std::less<>>> given_;  // "Observation/1"
};

}  // namespace bb::rest
