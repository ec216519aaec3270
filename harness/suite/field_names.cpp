#include "harness/suite/field_names.hpp"

#include <algorithm>

#include <bb/core/text.hpp>

namespace bb::suite {
namespace {

constexpr std::size_t restricted_name_max = 127;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// RFC 6838: restricted-name.
bool is_restricted_name(std::string_view text) {
  constexpr std::string_view others = "!#$&-^_.+";
  return !text.empty() && text.size() <= restricted_name_max && is_alphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

}  // namespace

bool is_field_name(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_media_type(std::string_view text) {
  const auto type = trim(text.substr(0, text.find(';')));
  const auto slash = type.find('/');
  return slash != std::string_view::npos && is_restricted_name(type.substr(0, slash)) &&
         is_restricted_name(type.substr(slash + 1));
}

}  // namespace bb::suite
