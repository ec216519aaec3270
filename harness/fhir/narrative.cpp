#include "harness/fhir/narrative.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::fhir {
namespace {

constexpr std::string_view xhtml = "http://www.w3.org/1999/xhtml";
constexpr std::size_t fault_count_max = 20;

// "The basic HTML formatting elements described in chapters 7-11 (except section 4
// of chapter 9) and 15 of the HTML 4.0 standard, <a> elements, images and
// internally contained style attributes."
constexpr std::array<std::string_view, 62> elements{
    "a",    "abbr", "acronym", "address",  "b",   "bdo",   "big",  "blockquote", "br",   "caption", "center",
    "cite", "code", "col",     "colgroup", "dd",  "dfn",   "dir",  "div",        "dl",   "dt",      "em",
    "font", "h1",   "h2",      "h3",       "h4",  "h5",    "h6",   "hr",         "i",    "img",     "kbd",
    "li",   "ol",   "p",       "pre",      "q",   "s",     "samp", "small",      "span", "strike",  "strong",
    "sub",  "sup",  "table",   "tbody",    "td",  "tfoot", "th",   "thead",      "tr",   "tt",      "u",
    "ul",   "var",  "map",     "area",     "ins", "del",   "menu"};

// Links that somebody can follow, and pictures that are in the document.
constexpr std::array<std::string_view, 9> schemes{"http", "https", "mailto", "tel", "ftp",
                                                  "sms",  "cid",   "data",   "file"};

using xml::view;

class Look {
 public:
  std::vector<NarrativeFault> run(std::string_view div) {
    const auto read = xml::read(div);
    if (const auto* problem = std::get_if<xml::Problem>(&read)) {
      add({fmt::format("the narrative is no XHTML: {}", problem->what), "well-formed XML without entities of HTML",
           shorten(trim(div), 80)});
      return std::move(faults_);
    }
    auto* root = std::get<xml::Document>(read).root();
    if (view(root->name) != "div" || root->ns == nullptr || view(root->ns->href) != xhtml)
      add({"the narrative is no div of XHTML", fmt::format("<div xmlns=\"{}\">", xhtml),
           fmt::format("<{}>", shorten(view(root->name), 80))});
    for (xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root)) {
      if (node->type == XML_ELEMENT_NODE) look_at(node);
      if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && !trim(view(node->content)).empty())
        has_content_ = true;
    }
    if (!has_content_) add({"the narrative holds nothing to read", "text or an image [txt-2]", ""});
    return std::move(faults_);
  }

 private:
  void add(NarrativeFault fault) {
    if (faults_.size() < fault_count_max && said_.insert(fault.what + fault.found).second)
      faults_.push_back(std::move(fault));
  }

  void look_at(const xmlNode* node) {
    const auto name = view(node->name);
    if (name == "img") has_content_ = true;
    if (std::find(elements.begin(), elements.end(), name) == elements.end())
      add({"the narrative holds an element that is not allowed in it", "text, lists, tables, links and images",
           fmt::format("<{}>", shorten(name, 80))});
    for (const auto* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
      const auto word = view(attribute->name);
      if (word.starts_with("on") && attribute->ns == nullptr)
        add({"the narrative runs a script", "no attribute that begins with 'on'", std::string(word)});
      if (word == "href" || word == "src") look_at_link(attribute);
    }
  }

  void look_at_link(const xmlAttr* attribute) {
    xmlChar* joined = xmlNodeListGetString(attribute->doc, attribute->children, 1);
    const std::string address(trim(view(joined)));
    xmlFree(joined);
    const auto colon = address.find(':');
    if (colon == std::string::npos || colon > address.find_first_of("/?#")) return;  // relative
    const auto scheme = to_lower(address.substr(0, colon));
    if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
      add({fmt::format("a link of the narrative is of the scheme '{}', which nobody can follow", shorten(scheme, 40)),
           "a link of http, https, mailto or tel, or into this page", shorten(address, 80)});
  }

  std::vector<NarrativeFault> faults_;
  std::set<std::string> said_;
  bool has_content_ = false;
};

}  // namespace

std::vector<NarrativeFault> narrative_faults(std::string_view div) { return Look().run(div); }

}  // namespace bb::fhir
