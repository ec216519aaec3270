#include <bb/xml/builder.hpp>

#include <libxml/tree.h>

#include <new>
#include <string>

#include <bb/core/printable.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::xml {
namespace {

template <class T>
T* made(T* one) {
  if (one == nullptr) throw std::bad_alloc();
  return one;
}

const xmlChar* chars(const std::string& text) { return to_xml(text.c_str()); }

// Names stand in the document's dictionary, as those of a parsed one do.
xmlDoc* new_document() {
  auto* document = made(xmlNewDoc(to_xml("1.0")));
  document->dict = made(xmlDictCreate());
  return document;
}

xmlNode* new_element(xmlDoc* document, std::string_view name) {
  const auto* kept = made(xmlDictLookup(document->dict, to_xml(name.data()), static_cast<int>(name.size())));
  return made(xmlNewDocNodeEatName(document, nullptr, const_cast<xmlChar*>(kept), nullptr));
}

}  // namespace

Builder::Builder(std::string_view root) : document_(new_document()), open_(new_element(document_.get(), root)) {
  xmlDocSetRootElement(document_.get(), open_);
}

void Builder::open(std::string_view name) { open_ = xmlAddChild(open_, new_element(document_.get(), name)); }

void Builder::set(std::string_view name, std::string_view value) {
  made(xmlSetProp(open_, chars(std::string(name)), chars(printable(value))));
}

void Builder::text(std::string_view text) {
  const auto safe = printable(text);
  if (!safe.empty()) made(xmlAddChild(open_, made(xmlNewDocText(document_.get(), chars(safe)))));
}

void Builder::close() {
  if (open_->parent != nullptr && open_->parent->type == XML_ELEMENT_NODE) open_ = open_->parent;
}

Document Builder::take() && { return std::move(document_); }

}  // namespace bb::xml
