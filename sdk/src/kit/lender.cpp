#include "lender.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace bb::kit {
namespace {

struct Range {
  std::atomic<std::uintptr_t> begin{0}, end{0};
  std::atomic<Lender::Place> place{Lender::Place::elsewhere};
};
// For the signal handler: fixed, and only ever appended to.
std::array<Range, 4096> closed;
std::atomic<std::size_t> closed_count{0};
constexpr std::size_t page_bytes = 4096;

void close_range(char* begin, std::size_t size, Lender::Place place) {
  const auto slot = closed_count.fetch_add(1);
  if (slot < closed.size()) {
    closed[slot].place = place;
    closed[slot].begin = reinterpret_cast<std::uintptr_t>(begin);
    closed[slot].end = reinterpret_cast<std::uintptr_t>(begin) + size;
  }
  ::mprotect(begin, size, PROT_NONE);
}

char* map(std::size_t size) {
  void* const made = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) std::abort();
  return static_cast<char*>(made);
}

}  // namespace

void* Lender::take(std::size_t size, std::size_t alignment) {
  if (how_ == How::edge && alignment > 1) {
    const auto whole = (size + page_bytes - 1) / page_bytes * page_bytes;
    char* const made = map(whole + page_bytes);
    close_range(made + whole, page_bytes, Place::behind_a_struct);
    return made + whole - size;
  }
  used_ = (used_ + alignment - 1) / alignment * alignment;
  if (page_ == nullptr || used_ + size > size_) {
    end();
    constexpr std::size_t lent_bytes = 65'536;
    size_ = (std::max(size, lent_bytes) + page_bytes - 1) / page_bytes * page_bytes;
    page_ = map(size_);
    used_ = 0;
  }
  char* const out = page_ + used_;
  used_ += size;
  return out;
}

bb_str Lender::text(std::string_view value) {
  if (value.empty()) return {nullptr, 0};
  auto* const out = static_cast<char*>(take(value.size(), 1));
  std::memcpy(out, value.data(), value.size());
  return {out, value.size()};
}

void Lender::end() {
  if (page_ != nullptr && how_ == How::protect) close_range(page_, size_, Place::taken_back);
  page_ = nullptr;
}

Lender::Place Lender::place_of(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const Range& range : closed)
    if (at >= range.begin && at < range.end) return range.place;
  return Place::elsewhere;
}

}  // namespace bb::kit
