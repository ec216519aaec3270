#include "record_platform/type_conversion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

#include "record_platform/type_versions.hpp"

namespace bb::record_platform {
namespace {

using Nodes = std::vector<xmlNode*>;

Nodes children(const xmlNode* parent, std::string_view name) {
  Nodes found;
  for (auto* node = parent->children; node != nullptr; node = node->next)
    if (node->type == XML_ELEMENT_NODE && node->ns == nullptr && xml::name_of(node) == name) found.push_back(node);
  return found;
}

Nodes at(xmlNode* top, std::string_view path) {
  Nodes found{top};
  for (const auto& name : split(path, '/')) {
    Nodes next;
    for (const auto* node : found) {
      const auto below = children(node, name);
      next.insert(next.end(), below.begin(), below.end());
    }
    found = std::move(next);
  }
  return found;
}

std::string text_of(const xmlNode* node) {
  const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlNodeGetContent(node), xmlFree);
  return std::string(trim(xml::view(text.get())));
}

// Of the one element at the path; empty where there is none, or more.
std::string one_text(xmlNode* top, std::string_view path) {
  const auto found = at(top, path);
  return found.size() == 1 ? text_of(found.front()) : std::string();
}

// A text with paths in braces; empty where one of them has none.
std::string filled(xmlNode* top, std::string_view form) {
  std::string text;
  while (!form.empty()) {
    const auto begin = form.find('{');
    text += form.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const auto end = form.find('}', begin);
    const auto part = one_text(top, form.substr(begin + 1, end - begin - 1));
    if (part.empty()) return {};
    text += part;
    form.remove_prefix(end + 1);
  }
  return text;
}

bool is_whole(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The version that is made, below its element.
class Made {
 public:
  Made(xmlDoc* document, xmlNode* from)
      : document_(document), from_(from), made_(xmlNewDocNode(document, nullptr, from->name, nullptr)) {}

  void take(const VersionStep& step) {
    if (!at(made_, step.to).empty()) return;
    if (!step.needs.empty() && at(from_, step.needs).empty()) return;
    if (!step.whole.empty() && !is_whole(one_text(from_, step.whole))) return;
    if (step.from.find('{') != std::string_view::npos) {
      const auto text = filled(from_, step.from);
      if (!text.empty()) xmlNodeAddContent(add(step.to), xml::to_xml(text.c_str()));
      return;
    }
    const auto found = at(from_, step.from);
    if (found.size() > 1 && !step.is_repeated) return;
    for (const auto* node : found) copy(node, step.to);
  }

  // In the place of what it was made of.
  xmlNode* put() {
    xmlReplaceNode(from_, made_);
    xmlFreeNode(from_);
    return made_;
  }

 private:
  static std::string last(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

  // The element that the path's last is put into.
  xmlNode* parent_of(std::string_view path) {
    auto* parent = made_;
    const auto names = split(path, '/');
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
      const auto there = children(parent, names[i]);

      parent = there.empty() ? xmlNewChild(parent, nullptr, xml::to_xml(names[i].c_str()), nullptr) : there.front();
    }
    return parent;
  }
  xmlNode* add(std::string_view path) {
    auto* parent = parent_of(path);
    return xmlNewChild(parent, nullptr, xml::to_xml(last(path).c_str()), nullptr);
  }
  void copy(const xmlNode* node, std::string_view path) {
    auto* parent = parent_of(path);
    auto* made = xmlDocCopyNode(const_cast<xmlNode*>(node), document_, 1);
    xmlNodeSetName(made, xml::to_xml(last(path).c_str()));
    xmlAddChild(parent, made);
  }

  xmlDoc* document_;
  xmlNode* from_;
  xmlNode* made_;
};

std::string inside_of(xmlDoc* document, const xmlNode* parent) {
  const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> bytes(xmlBufferCreate(), &xmlBufferFree);
  for (auto* node = parent->children; node != nullptr; node = node->next)
    xmlNodeDump(bytes.get(), document, node, 0, 0);
  return std::string(xml::view(xmlBufferContent(bytes.get())));
}

}  // namespace

Result<ConvertedData> convert(const TypeRegistry& types, const ThingType& from, const ThingType& to,
                              const std::string& data) {
  const auto no_way = [&](std::string_view why) {
    return Error{
        fmt::format("a thing is of type {} ({}) and cannot be converted to {}: {}", from.id, from.name, to.id, why)};
  };
  const auto versions = versions_of(from.id);
  const auto begin = std::find(versions.begin(), versions.end(), from.id);
  const auto end = std::find(versions.begin(), versions.end(), to.id);
  if (begin == versions.end() || end == versions.end()) return no_way("these are no versions of one type");
  auto read = types.read(from, data, false);
  if (!read) return no_way(read.error().what);
  auto* document = read->document.get();
  auto* holder = children(read->document.root(), "data-xml").front();
  auto* element = children(holder, from.element).front();
  const auto direction = begin < end ? Converted::up : Converted::down;
  for (auto version = begin; version != end;) {
    const auto next = direction == Converted::up ? version + 1 : version - 1;
    const auto steps = version_steps(*version, *next);
    if (!steps) return no_way("this platform does not know how");
    Made made(document, element);
    for (const auto& step : *steps) made.take(step);
    element = made.put();
    version = next;
  }
  ConvertedData converted{inside_of(document, holder), direction};
  if (auto checked = types.read(to, converted.data, true); !checked) return no_way(checked.error().what);
  return converted;
}

}  // namespace bb::record_platform
