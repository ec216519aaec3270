#include "harness/suite/references.hpp"

#include <algorithm>

namespace bb::suite {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

std::optional<std::vector<ReferenceName>> parse_reference_names(std::string_view text) {
  std::vector<ReferenceName> out;
  while (true) {
    if (text.empty() || !is_name_char(text[0]) || (out.empty() && !is_letter(text[0]))) return std::nullopt;
    const auto end = static_cast<std::size_t>(
        std::find_if(text.begin(), text.end(), [](char c) { return !is_name_char(c); }) - text.begin());
    ReferenceName& next = out.emplace_back();
    next.name = text.substr(0, end);
    text.remove_prefix(end);
    if (text.starts_with('[')) {
      const auto close = text.find(']');
      if (close == std::string_view::npos || close == 1) return std::nullopt;
      next.instance = std::string(text.substr(1, close - 1));
      text.remove_prefix(close + 1);
    }
    if (text.empty()) return out;
    if (text[0] != '.') return std::nullopt;
    text.remove_prefix(1);
  }
}

std::vector<FoundReference> find_references(std::string_view text) {
  std::vector<FoundReference> out;
  if (text.size() > 1 && text[0] == '$' && is_letter(text[1])) {
    auto names = parse_reference_names(text.substr(1));
    FoundReference whole{{}, std::string(text.substr(1)), 0, text.size(), true};
    if (names) whole.names = *std::move(names);
    out.push_back(std::move(whole));
    return out;
  }
  for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const auto close = text.find('}', at);
    const std::size_t end = close == std::string_view::npos ? text.size() : close + 1;
    const std::size_t inside = close == std::string_view::npos ? end : close;
    FoundReference part{{}, std::string(text.substr(at + 2, inside - at - 2)), at, end - at, false};
    if (close != std::string_view::npos)
      if (auto names = parse_reference_names(part.text)) part.names = *std::move(names);
    out.push_back(std::move(part));
    at = end;
  }
  return out;
}

bool is_one_reference(std::string_view text) {
  const auto references = find_references(text);
  return references.size() == 1 && references[0].is_whole;
}

std::string with_sample(std::string_view text, std::string_view sample) {
  std::string out;
  std::size_t at = 0;
  for (const auto& reference : find_references(text)) {
    if (reference.is_whole) continue;
    out += text.substr(at, reference.offset - at);
    out += sample;
    at = reference.offset + reference.length;
  }
  return out.append(text.substr(at));
}

}  // namespace bb::suite
