#include "needles.hpp"

#include <algorithm>
#include <utility>

namespace bb::host {

constexpr std::size_t pair_count = 65'536;
constexpr std::size_t shift_max = 255;

namespace {

inline std::size_t pair_at(std::string_view text, std::size_t position) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[position])) << 8 |
         static_cast<unsigned char>(text[position + 1]);
}

}  // namespace

Needles::Needles(std::vector<Needle> needles) : needles_(std::move(needles)) {
  if (needles_.empty()) return;
  window_ = std::min_element(needles_.begin(), needles_.end(), [](const Needle& a, const Needle& b) {
              return a.bytes.size() < b.bytes.size();
            })->bytes.size();
  window_ = std::min(window_, shift_max);
  shift_.assign(pair_count, static_cast<std::uint8_t>(window_ - 1));
  for (const Needle& needle : needles_) {
    for (std::size_t end = 2; end <= window_; ++end) {
      auto& shift = shift_[pair_at(needle.bytes, end - 2)];
      shift = std::min(shift, static_cast<std::uint8_t>(window_ - end));
    }
    ending_[pair_at(needle.bytes, window_ - 2)].push_back(&needle);
  }
  for (auto& [pair, ending] : ending_)
    std::stable_sort(ending.begin(), ending.end(),
                     [](const Needle* a, const Needle* b) { return a->bytes.size() > b->bytes.size(); });
}

const Needle* Needles::longest_at(std::string_view text, std::size_t position, std::size_t pair) const {
  for (const Needle* const needle : ending_.find(pair)->second)
    if (text.substr(position, needle->bytes.size()) == needle->bytes) return needle;
  return nullptr;
}

NeedleHit Needles::find(std::string_view text, std::size_t from) const {
  if (window_ == 0) return {};
  const std::uint8_t* const shifts = shift_.data();
  const std::size_t window = window_;
  std::size_t position = from;
  while (position + window <= text.size()) {
    const std::size_t pair = pair_at(text, position + window - 2);
    if (const std::size_t shift = shifts[pair]; shift != 0) {
      position += shift;
      continue;
    }
    if (const Needle* const needle = longest_at(text, position, pair)) return {position, needle};
    ++position;
  }
  return {};
}

NeedleHit Needles::find_beginning_at_end(std::string_view text) const {
  NeedleHit found{text.size(), nullptr};
  for (const Needle& needle : needles_) {
    const std::size_t size_max = std::min(needle.bytes.size(), text.size());
    for (std::size_t size = size_max; size >= bytes_min && size > text.size() - found.position; --size)
      if (text.ends_with(std::string_view(needle.bytes).substr(0, size))) {
        found = {text.size() - size, &needle};
        break;
      }
  }
  return found;
}

}  // namespace bb::host
