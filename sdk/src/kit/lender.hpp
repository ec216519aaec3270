// lender.hpp - memory that is lent for one call. In a lender that protects, the
// pages are unreadable once the call has ended, so that a pointer that was kept
// faults at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>

#include <bb/abi/base.h>

namespace bb::kit {

class Lender {
 public:
  // keep: readable for good. protect: unreadable after end(). edge: each struct
  // ends where its page ends, and nothing readable follows.
  enum class How { keep, protect, edge };
  explicit Lender(How how = How::keep) : how_(how) {}
  Lender(const Lender&) = delete;
  Lender& operator=(const Lender&) = delete;
  ~Lender() { end(); }

  bb_str text(std::string_view value);
  template <class T>
  T* put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return new (take(sizeof(T), alignof(T))) T(value);
  }
  template <class T>
  T* array(const T* first, std::size_t count) {
    auto* const out = static_cast<T*>(take(sizeof(T) * (count + 1), alignof(T)));
    if (count > 0) std::memcpy(static_cast<void*>(out), first, sizeof(T) * count);
    return out;
  }
  // The borrow is over. What was lent without protection stays readable until
  // the process ends: no check may turn on freed memory.
  void end();

  // What an address is that cannot be read. Async-signal-safe.
  enum class Place { elsewhere, taken_back, behind_a_struct };
  static Place place_of(const void* address);

 private:
  void* take(std::size_t size, std::size_t alignment);

  How how_;
  char* page_ = nullptr;
  std::size_t used_ = 0, size_ = 0;
};

}  // namespace bb::kit
