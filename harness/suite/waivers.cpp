#include "harness/suite/waivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>

#include <bb/core/text.hpp>

namespace bb::suite {
namespace {

using Relation = WaiverSubject::Relation;

// The numbers of "5.2.1"; nothing where it is anything else.
std::optional<std::vector<std::uint64_t>> numbers_of(std::string_view version) {
  std::vector<std::uint64_t> numbers;
  for (const auto& part : split(version, '.')) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::partial_ordering compare(std::string_view one, std::string_view other) {
  auto a = numbers_of(one);
  auto b = numbers_of(other);
  if (!a || !b) return one == other ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
  const auto length = std::max(a->size(), b->size());
  a->resize(length);
  b->resize(length);
  return *a <=> *b;
}

bool holds(Relation relation, std::partial_ordering order) {
  switch (relation) {
    case Relation::less:
      return order < 0;
    case Relation::at_most:
      return order <= 0;
    case Relation::equal:
      return order == 0;
    case Relation::at_least:
      return order >= 0;
    case Relation::greater:
      return order > 0;
  }
  return false;
}

}  // namespace

bool WaiverSubject::covers(std::string_view target_id, std::string_view target_version) const {
  if (target_id != target) return false;
  if (!versions.empty() && target_version.empty()) return false;
  return std::all_of(versions.begin(), versions.end(),
                     [&](const Comparison& one) { return holds(one.relation, compare(target_version, one.version)); });
}

bool Waiver::names(std::string_view path, std::string_view instance, std::string_view step) const {
  for (const auto name : {instance, path})
    if (address == name || address == fmt::format("{}.{}", name, step)) return true;
  return false;
}

}  // namespace bb::suite
