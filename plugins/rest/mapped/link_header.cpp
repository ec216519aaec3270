#include "mapped/link_header.hpp"

#include <string_view>

#include <bb/core/text.hpp>

namespace bb::rest {
namespace {

// Whether the parameters `; rel="prev next"; title=x` hold the relation next.
bool is_next(std::string_view parameters) {
  for (const auto& part : split(parameters, ';')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || !iequals(trim(part.substr(0, equals)), "rel")) continue;
    for (const auto& relation : split(replace_all(trim(part.substr(equals + 1)), "\"", ""), ' '))
      if (iequals(relation, "next")) return true;
    return false;  // 3.3: a second rel is ignored
  }
  return false;
}

// The end of a link's parameters: a comma that no quoted text holds.
std::size_t end_of_link(std::string_view text, std::size_t at) {
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') is_quoted = !is_quoted;
    if (text[at] == ',' && !is_quoted) break;
  }
  return at;
}

}  // namespace

std::string next_link_of(const HttpResponse& response) {
  for (const auto& field : response.headers) {
    if (!iequals(field.name, "link")) continue;
    const std::string_view text = field.value;
    for (auto begin = text.find('<'); begin != std::string_view::npos;) {
      const auto end = text.find('>', begin);
      if (end == std::string_view::npos) break;
      const auto next = end_of_link(text, end);
      if (is_next(text.substr(end + 1, next - end - 1))) return std::string(text.substr(begin + 1, end - begin - 1));
      begin = text.find('<', next);
    }
  }
  return {};
}

}  // namespace bb::rest
