// xml_view.hpp - elements of a thing as they are read, and text as it is written.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <bb/xml/nodes.hpp>

namespace bb::healthvault::types {

// Elements whose text was read.
using Marks = std::unordered_set<const xmlNode*>;

// The element children of the name, in no namespace or that of their parent.
const xmlNode* child(const xmlNode* parent, std::string_view name);
std::vector<const xmlNode*> children(const xmlNode* parent, std::string_view name);
bool has_elements(const xmlNode* node);

// The text that stands in the element itself, without white space around it.
std::string text_of(const xmlNode* node);
// The same of a child; empty where there is none.
std::string text_of(const xmlNode* parent, std::string_view name);

// Text as it stands between tags. What XML cannot carry becomes U+FFFD or a picture of it.
std::string text_markup(std::string_view text);
// An element, with text or markup in it.
std::string element(std::string_view name, std::string_view markup);
std::string text_element(std::string_view name, std::string_view text);

}  // namespace bb::healthvault::types
