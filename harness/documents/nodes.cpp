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

}  // namespace

Paths::Among Paths::among(const xmlNode* element) {
  if (const auto known = among_.find(element); known != among_.end()) return known->second;
  Among among{.number = 1, .is_only = true};
  for (const xmlNode* s = element->prev; s != nullptr; s = s->prev) {
    if (!has_same_name(element, s)) continue;
    among.is_only = false;
    ++among.number;
    if (const auto known = among_.find(s); known != among_.end()) {
      among.number += known->second.number - 1;
      break;
    }
  }
  for (const xmlNode* s = element->next; s != nullptr && among.is_only; s = s->next)
    among.is_only = !has_same_name(element, s);
  return among_.emplace(element, among).first->second;
}

std::string Paths::step_of(const xmlNode* element) {
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
  const auto [number, is_only] = among(element);
  return is_only ? step : fmt::format("{}[{}]", step, number);
}

std::string Paths::of(const xmlNode* node) {
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
