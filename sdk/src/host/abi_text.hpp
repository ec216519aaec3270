// abi_text.hpp - between our text and the ABI's slices.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/abi/base.h>
#include <bb/host/call.hpp>

namespace bb::host {

inline bb_str to_abi(std::string_view text) { return {text.data(), text.size()}; }

inline std::string_view from_abi(bb_str text) {
  return text.data ? std::string_view(text.data, static_cast<std::size_t>(text.size)) : std::string_view();
}

inline std::string_view from_abi(bb_bytes bytes) {
  return bytes.data ? std::string_view(static_cast<const char*>(bytes.data), static_cast<std::size_t>(bytes.size))
                    : std::string_view();
}

inline std::vector<Attribute> from_abi(const bb_pair* pairs, std::uint64_t count) {
  std::vector<Attribute> attributes;
  for (std::uint64_t index = 0; pairs && index < count; ++index)
    attributes.push_back({std::string(from_abi(pairs[index].key)), std::string(from_abi(pairs[index].value))});
  return attributes;
}

// How much there is to copy.
inline std::uint64_t bytes_of(const bb_pair* pairs, std::uint64_t count) {
  std::uint64_t bytes = 0;
  for (std::uint64_t index = 0; pairs && index < count; ++index)
    bytes += sizeof(bb_pair) + from_abi(pairs[index].key).size() + from_abi(pairs[index].value).size();
  return bytes;
}

// Borrows from `attributes`.
inline std::vector<bb_pair> to_abi(const std::vector<Attribute>& attributes) {
  std::vector<bb_pair> pairs;
  pairs.reserve(attributes.size());
  for (const Attribute& attribute : attributes) pairs.push_back({to_abi(attribute.name), to_abi(attribute.value)});
  return pairs;
}

}  // namespace bb::host
