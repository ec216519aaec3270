#include <bb/xml/document.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

namespace bb::xml {
namespace {

// The place after the '>' of the tag that begins at `begin`.
std::size_t end_of_tag(std::string_view text, std::size_t begin) {
  char quote = 0;
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return text.size();
}

std::vector<Position> positions_in(std::string_view bytes) {
  std::vector<Position> positions;
  LineCounter lines(bytes);
  for (std::size_t at = bytes.find('<'); at < bytes.size(); at = bytes.find('<', at)) {
    if (const auto length = opaque_length(bytes.substr(at)); length > 0) {
      at += length;
      continue;
    }
    if (at + 1 < bytes.size() && bytes[at + 1] != '/') positions.push_back(lines.at(at));
    at = end_of_tag(bytes, at);
  }
  return positions;
}

}  // namespace

std::vector<Position> element_positions(std::string_view bytes) {
  return is_wide(bytes) ? positions_in(narrowed(bytes)) : positions_in(bytes);
}

}  // namespace bb::xml
