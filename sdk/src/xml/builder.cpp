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

}  // namespace

Builder::Builder(std::string_view root)
    : document_(made(xmlNewDoc(to_xml("1.0")))),
      open_(made(xmlNewDocNode(document_.get(), nullptr, chars(std::string(root)), nullptr))) {
  xmlDocSetRootElement(document_.get(), open_);
}

void Builder::open(std::string_view name) {
  auto* node = made(xmlNewDocNode(document_.get(), nullptr, chars(std::string(name)), nullptr));
  open_ = xmlAddChild(open_, node);
}

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
