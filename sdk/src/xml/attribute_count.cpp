#include "attribute_count.hpp"

#include <bb/xml/markup.hpp>

namespace bb::xml {

int overfull_line(std::string_view xml, int count_max) {
  int line = 1;
  int count = 0;
  bool is_in_tag = false;
  char quote = 0;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    const char c = xml[i];
    if (c == '\n') ++line;
    if (!is_in_tag) {
      if (c != '<') continue;
      const auto rest = xml.substr(i);
      if (const auto length = opaque_length(rest); length > 0) {
        for (std::size_t k = 1; k < length; ++k) line += rest[k] == '\n';
        i += length - 1;
        continue;
      }
      is_in_tag = true;
      count = 0;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      is_in_tag = false;
    } else if (c == '=' && ++count > count_max) {
      return line;
    }
  }
  return 0;
}

}  // namespace bb::xml
