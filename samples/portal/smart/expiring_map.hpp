// expiring_map.hpp - what is kept for a while, by key, and never more than so much of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace bb::portal {

// Times are of whoever calls. Where it is full and nothing has expired, what would expire first goes.
// Not safe to use from many threads at once.
template <class T>
class ExpiringMap {
 public:
  explicit ExpiringMap(std::size_t count_max) : count_max_(count_max) {}

  void put(const std::string& key, T value, std::int64_t expires_ns, std::int64_t now_ns) {
    if (is_full(now_ns) && entries_.find(key) == entries_.end())
      entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
        return a.second.expires_ns < b.second.expires_ns;
      }));
    entries_.insert_or_assign(key, Entry{std::move(value), expires_ns});
  }

  // nullptr: it is not there, or has expired.
  const T* find(const std::string& key, std::int64_t now_ns) const {
    const auto found = entries_.find(key);
    return found == entries_.end() || found->second.expires_ns <= now_ns ? nullptr : &found->second.value;
  }
  T* find(const std::string& key, std::int64_t now_ns) {
    return const_cast<T*>(std::as_const(*this).find(key, now_ns));
  }

  // Whether one more would drive out what has not expired.
  bool is_full(std::int64_t now_ns) {
    if (entries_.size() < count_max_) return false;
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.expires_ns <= now_ns; });
    return entries_.size() >= count_max_;
  }

  void erase(const std::string& key) { entries_.erase(key); }

  template <class Predicate>
  void erase_if(Predicate is_unwanted) {
    std::erase_if(entries_, [&](const auto& entry) { return is_unwanted(entry.second.value); });
  }

  // Calls `look(key, value)` for each that has not expired, by key.
  template <class Look>
  void for_each(std::int64_t now_ns, Look look) const {
    for (const auto& [key, entry] : entries_)
      if (entry.expires_ns > now_ns) look(key, entry.value);
  }

 private:
  struct Entry {
    T value;
    std::int64_t expires_ns = 0;
  };
  std::size_t count_max_;
  std::map<std::string, Entry> entries_;
};

}  // namespace bb::portal
