#include <bb/xml/document.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

namespace bb::xml {
namespace {

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
