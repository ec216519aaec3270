#include "harness/checks/xml_canonical.hpp"

#include <fmt/format.h>
#include <libxml/c14n.h>

#include <algorithm>
#include <map>
#include <memory>
#include <variant>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/value.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::checks {
namespace {

constexpr std::size_t shown_before = 20, shown_bytes_max = 120;

Result<xml::Document> read(std::string_view bytes) {
  auto parsed = xml::read(bytes);
  if (const auto* problem = std::get_if<xml::Problem>(&parsed)) return Error{"not XML: " + xml::describe(*problem)};
  return std::get<xml::Document>(std::move(parsed));
}

// Instructions outside of the document element, as that for a stylesheet, say nothing of the record.
int is_inside(void*, xmlNode* node, xmlNode* parent) {
  return (node->type == XML_PI_NODE && parent != nullptr && parent->type == XML_DOCUMENT_NODE) ? 0 : 1;
}

Result<std::string> canonical(const xml::Document& document) {
  std::string text;
  const auto append = [](void* context, const char* bytes, int count) {
    static_cast<std::string*>(context)->append(bytes, static_cast<std::size_t>(count));
    return count;
  };
  auto* const out = xmlOutputBufferCreateIO(append, nullptr, &text, nullptr);
  if (out == nullptr) return Error{"out of memory for a canonical form"};
  const int done = xmlC14NExecute(document.get(), is_inside, nullptr, XML_C14N_1_1, nullptr, 0, out);
  xmlOutputBufferClose(out);
  if (done < 0) return Error{"the document has no canonical form: a namespace that is relative"};
  return text;
}

std::string name_of(const xmlNs* ns, const xmlChar* name) {
  const auto prefix = ns == nullptr ? std::string_view{} : xml::view(ns->prefix);
  return fmt::format("{}{}{}", prefix, prefix.empty() ? "" : ":", xml::view(name));
}

// One step through a document in its order. Pieces of text that touch, or that comments keep apart, are one.
struct Step {
  enum class Kind { begin, text, instruction, end } kind;
  std::string name;  // of an element or an instruction
  std::string text;  // of a text or an instruction
  std::string space;
  std::map<std::string, std::string> attributes;
  long line;
  bool operator==(const Step& other) const {
    return kind == other.kind && name == other.name && text == other.text && space == other.space &&
           attributes == other.attributes;
  }
};

class Walk {
 public:
  explicit Walk(const xmlNode* root) { visit(root); }
  std::vector<Step> steps;

 private:
  void visit(const xmlNode* node) {
    const long line = xmlGetLineNo(node);
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
      if (steps.back().kind == Step::Kind::text)
        steps.back().text += xml::view(node->content);
      else
        steps.push_back({Step::Kind::text, {}, std::string(xml::view(node->content)), {}, {}, line});
      return;
    }
    if (node->type == XML_PI_NODE) {
      steps.push_back({Step::Kind::instruction,
                       std::string(xml::view(node->name)),
                       std::string(xml::view(node->content)),
                       {},
                       {},
                       line});
      return;
    }
    if (node->type != XML_ELEMENT_NODE) return;
    Step begin{Step::Kind::begin, name_of(node->ns, node->name), {}, {}, {}, line};
    if (node->ns != nullptr) begin.space = xml::view(node->ns->href);
    for (const auto* a = node->properties; a != nullptr; a = a->next)
      begin.attributes.emplace(name_of(a->ns, a->name),
                               a->children == nullptr ? std::string() : std::string(xml::view(a->children->content)));
    steps.push_back(begin);
    for (const auto* child = node->children; child != nullptr; child = child->next) visit(child);
    steps.push_back({Step::Kind::end, begin.name, {}, {}, {}, line});
  }
};

// From a little before where two texts part, with what cannot be seen as JSON writes it.
std::string shown(const std::string& text, std::size_t from) {
  const auto begin = from <= shown_before ? 0 : from - shown_before;
  return (begin > 0 ? "..." : "") + to_json(Value(shorten(std::string(text.substr(begin)), shown_bytes_max)));
}

std::string in_words(const Step& step, const Step& other) {
  switch (step.kind) {
    case Step::Kind::text: {
      const auto parted = std::mismatch(step.text.begin(), step.text.end(), other.text.begin(), other.text.end());
      return "text " + shown(step.text, static_cast<std::size_t>(parted.first - step.text.begin()));
    }
    case Step::Kind::instruction:
      return fmt::format("<?{} {}?>", step.name, shorten(step.text, shown_bytes_max));
    case Step::Kind::end:
      return fmt::format("the end of {}", step.name);
    case Step::Kind::begin:
      break;
  }
  if (other.kind != Step::Kind::begin || other.name != step.name || other.space != step.space)
    return fmt::format("{} of namespace '{}'", step.name, step.space);
  const auto differs = [&](const auto& attribute, const Step& there) {
    const auto found = there.attributes.find(attribute.first);
    return found == there.attributes.end() || found->second != attribute.second;
  };
  for (const auto& attribute : step.attributes)
    if (differs(attribute, other))
      return fmt::format("{}/@{} {}", step.name, attribute.first, shown(attribute.second, 0));
  for (const auto& attribute : other.attributes)
    if (differs(attribute, step)) return fmt::format("{} without @{}", step.name, attribute.first);
  return step.name;
}

}  // namespace

Result<std::string> canonical_xml(std::string_view bytes) {
  BB_TRY(const auto document, read(bytes));
  return canonical(document);
}

Result<std::optional<std::string>> first_xml_difference(std::string_view first, std::string_view other) {
  BB_TRY(const auto one, read(first));
  BB_TRY(const auto two, read(other));
  BB_TRY(const auto one_text, canonical(one));
  BB_TRY(const auto two_text, canonical(two));
  if (one_text == two_text) return std::optional<std::string>();
  const Walk a(one.root()), b(two.root());
  const auto parted = std::mismatch(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end());
  // Both end with the end of the document element: neither is the other's beginning.
  if (parted.first == a.steps.end() || parted.second == b.steps.end())
    return std::optional<std::string>("namespaces are declared at other places or by other prefixes");
  return std::optional(fmt::format("line {}: {}; line {}: {}", parted.first->line,
                                   in_words(*parted.first, *parted.second), parted.second->line,
                                   in_words(*parted.second, *parted.first)));
}

}  // namespace bb::checks
