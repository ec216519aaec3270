#include "attribute_count.hpp"

#include <algorithm>

#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

namespace bb::xml {

int overfull_line(std::string_view xml, int count_max) {
  for (auto at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at)) {
    if (const auto length = opaque_length(xml.substr(at)); length > 0) {
      at += length;
      continue;
    }
    int count = 0;
    for (; at < xml.size() && xml[at] != '>'; ++at) {
      const char c = xml[at];
      if (c == '"' || c == '\'')
        at = std::min(xml.find(c, at + 1), xml.size() - 1);
      else if (c == '=' && ++count > count_max)
        return LineCounter(xml).at(at).line;
    }
  }
  return 0;
}

}  // namespace bb::xml
