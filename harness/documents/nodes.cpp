#include "harness/documents/nodes.hpp"

#include <vector>

#include <fmt/format.h>

namespace bb::documents {
namespace {

bool has_same_name(const xmlNode* a, const xmlNode* b) {
  if (b->type != XML_ELEMENT_NODE || view(a->name) != view(b->name)) return false;
  const auto uri = [](const xmlNode* node) { return node->ns == nullptr ? std::string_view{} : view(node->ns->href); };
  return uri(a) == uri(b);
}

// "cda:section[3]"; the number where there are several.
std::string step_of(const xmlNode* element) {
  const auto uri = element->ns == nullptr ? std::string_view{} : view(element->ns->href);
  std::string step;
  if (uri == "urn:hl7-org:v3")
    step = fmt::format("cda:{}", view(element->name));
  else if (uri == "urn:hl7-org:sdtc")
    step = fmt::format("sdtc:{}", view(element->name));
  else if (uri.empty())
    step = std::string(view(element->name));
  else
    step = fmt::format("*[local-name()='{}']", view(element->name));
  int before = 0;
  for (const xmlNode* s = element->prev; s != nullptr; s = s->prev) before += has_same_name(element, s);
  bool has_more = before > 0;
  for (const xmlNode* s = element->next; s != nullptr && !has_more; s = s->next) has_more = has_same_name(element, s);
  return has_more ? fmt::format("{}[{}]", step, before + 1) : step;
}

}  // namespace

std::string xpath_of(const xmlNode* node) {
  std::vector<std::string> steps;
  if (node != nullptr && node->type == XML_ATTRIBUTE_NODE) {
    steps.push_back(fmt::format("@{}", view(node->name)));
    node = node->parent;
  }
  for (; node != nullptr && node->type == XML_ELEMENT_NODE; node = node->parent) steps.push_back(step_of(node));
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) path += "/" + *step;
  return path.empty() ? "/" : path;
}

}  // namespace bb::documents
