// bb/core/descriptor.hpp - owns a file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace bb {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}  // negative: none
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int get() const { return number_; }
  // The caller owns it from then on.
  int release() { return std::exchange(number_, -1); }
  // 0, or -1 with errno.
  int close() { return ::close(release()); }

 private:
  int number_;
};

}  // namespace bb
