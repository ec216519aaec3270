// Any bytes are a document or a problem with a place; of a document, the places
// of start tags are as many as libxml2 has elements.
#include <libxml/tree.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include <bb/core/text.hpp>
#include <bb/xml/document.hpp>

namespace {

std::size_t count_elements(const xmlNode* node) {
  std::size_t count = 0;
  for (; node != nullptr; node = node->next)
    if (node->type == XML_ELEMENT_NODE) count += 1 + count_elements(node->children);
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = bb::xml::read(bytes);
  if (const auto* problem = std::get_if<bb::xml::Problem>(&document)) {
    if (problem->line < 1 || problem->column < 1 || problem->what.empty()) std::abort();
    return 0;
  }
  const auto positions = bb::xml::element_positions(bytes);
  // Other encodings have no places, or say what they are in their declaration.
  if (positions.empty() || !bb::is_utf8(bytes)) return 0;
  if (bytes.starts_with("<?xml") && bytes.substr(0, bytes.find("?>")).find("encoding") != std::string_view::npos)
    return 0;
  if (positions.size() != count_elements(std::get<bb::xml::Document>(document).root())) std::abort();
  return 0;
}
