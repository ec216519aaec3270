// Input: a JSONPath, a line end, a JSON document. Whatever is parsed selects
// the same nodes as it locates.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <bb/core/json.hpp>
#include <bb/core/json_path.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line_end = input.find('\n');
  const auto path = bb::JsonPath::parse(input.substr(0, line_end));
  if (!path) return 0;
  const auto document =
      bb::parse_json(line_end == std::string_view::npos ? std::string_view("[]") : input.substr(line_end + 1));
  if (!document) return 0;
  const auto selected = path->select(*document);
  const auto located = path->locate(*document);
  if (selected.size() != located.size()) std::abort();
  if (path->is_singular() && selected.size() > 1) std::abort();
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const bb::Value* node = &*document;
    for (const auto& step : located[i])
      node = step.string() ? node->find(*step.string()) : &(*node)[static_cast<std::size_t>(step.integer_or(0))];
    if (node != selected[i]) std::abort();
  }
  return 0;
}
