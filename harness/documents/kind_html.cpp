// The view is the page's own tree, with what takes more than XPath to see as
// attributes that begin with `bb-`.
#include "harness/documents/kind_html.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/xml/html.hpp>

#include "harness/documents/html_style.hpp"
#include "harness/documents/named_checks.hpp"
#include "harness/documents/nodes.hpp"

namespace bb::documents {
namespace {

constexpr std::size_t element_count_max = 500'000;
constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t named_steps_max = 5'000'000;  // nodes looked at for names, of a page

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
bool has(const xmlNode* element, const char* name) { return xmlHasProp(element, xml::to_xml(name)) != nullptr; }

// Of a heading, by its name or by its role (WAI-ARIA 1.2, heading: 2 where no level is said); 0: it is none.
int heading_level(const xmlNode* element) {
  const auto role = to_lower(trim(attribute(element, "role")));
  const auto name = name_of(element);
  const bool is_named = name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
  if (!role.empty() && role != "heading") return 0;
  if (const auto level = trim(attribute(element, "aria-level"));
      !role.empty() && level.size() == 1 && level[0] >= '1' && level[0] <= '9')
    return level[0] - '0';
  return is_named ? name[1] - '0' : role.empty() ? 0 : 2;
}

// What a meta element has the browser go to: "0; url='next.html'" (WHATWG HTML, 4.2.5.3).
std::string_view refresh_url(const xmlNode* meta) {
  if (to_lower(trim(attribute(meta, "http-equiv"))) != "refresh") return {};
  const auto content = attribute(meta, "content");
  const auto after = content.find_first_of(";,");
  if (after == std::string_view::npos) return {};
  auto url = trim(content.substr(after + 1));
  if (to_lower(url).starts_with("url"))
    if (const auto rest = trim(url.substr(3)); rest.starts_with("=")) url = trim(rest.substr(1));
  if (!url.empty() && (url.front() == '"' || url.front() == '\'')) url = url.substr(1, url.find(url.front(), 1) - 1);
  return url;
}

bool is_disabled(const xmlNode* element) {
  return to_lower(attribute(element, "aria-disabled")) == "true" ||
         (has(element, "disabled") &&
          is_one_of(name_of(element), {"button", "input", "select", "textarea", "option", "optgroup"}));
}

// As a name of the view: pages have "xml:lang", "@click" and worse.
std::string view_name(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), ':', '-');
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' ||
           (c >= '0' && c <= '9');
  };
  const bool is_start = !out.empty() && (out[0] == '_' || (out[0] | 0x20) >= 'a') && is_good(out[0]) && out[0] != '-';
  return is_start && std::all_of(out.begin(), out.end(), is_good) ? out : std::string();
}

// Words with a blank at each end where there was one.
std::string words_of(std::string_view text) {
  auto words = collapse_whitespace(text);
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  if (words.empty()) return text.empty() ? "" : " ";
  if (is_space(text.front())) words.insert(0, 1, ' ');
  if (is_space(text.back())) words += ' ';
  return words;
}

struct Table {
  std::size_t rows = 0;
  std::size_t columns = 0;  // of the longest row
  std::size_t headers = 0;  // th, or a cell that says that it is one, with something in it
  bool has_headers_on_top = false;
  bool has_headers_aside = false;
  bool is_layout = false;
};

class Page {
 public:
  Page(const xml::HtmlPage& page, std::string_view bytes, Look& look) : page_(page), bytes_(bytes), look_(look) {
    collect();
    sheets_ = std::make_unique<StyleSheets>(style_texts_);
  }

  View take() && {
    const auto* root = page_.document.root();
    ViewBuilder view("html", page_.positions.empty() ? xml::Position{} : page_.positions[0]);
    open_element(root, view, {}, true);
    // Each level: an element and its style.
    std::vector<TextStyle> styles{sheets_->style_of(root, {})};
    for (const xmlNode* node = root->children; node != nullptr;) {
      if (node->type == XML_ELEMENT_NODE) {
        auto style = sheets_->style_of(node, styles.back());
        open_element(node, view, style, false);
        if (node->children != nullptr) {
          styles.push_back(style);
          node = node->children;
          continue;
        }
        view.close();
      } else if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        if (!is_one_of(name_of(node->parent), {"script", "style"})) view.text(words_of(xml::view(node->content)));
      }
      while (node->next == nullptr && node->parent != root && node->parent != nullptr) {
        node = node->parent;
        view.close();
        styles.pop_back();
      }
      node = node->next;
    }
    add_page_facts(view);
    for (const auto& mistake : page_.mistakes) {
      view.open("deviation", {mistake.position.line, std::max(mistake.position.column, 1)});
      view.set("kind", "nesting");
      view.set("what", mistake.what);
      view.close();
    }
    say_what_is_not_known();
    return std::move(view).take();
  }

 private:
  // One pass: style sheets, ids, labels, tables.
  void collect() {
    const xmlNode* const root = page_.document.root();
    for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root)) {
      if (node->type != XML_ELEMENT_NODE) continue;
      const auto name = name_of(node);
      if (const auto id = attribute(node, "id"); !id.empty()) by_id_.emplace(id, node);
      if (name == "label")
        if (const auto target = attribute(node, "for"); !target.empty()) labels_.emplace(target, node);
      if (name == "style") style_texts_.push_back(content_of(node));
      if (name == "link" && to_lower(attribute(node, "rel")).find("stylesheet") != std::string::npos)
        has_other_sheet_ = true;
      image_count_ += is_picture(node, name);
      if (is_one_of(name, {"td", "th"})) count_cell(node);
      if (name == "table") begin_table(node);
      if (name == "tr")
        if (const auto* table = table_of(node)) ++tables_[table].rows;
    }
  }

  // What shows a picture of its own; <picture> shows that of its img.
  static bool is_picture(const xmlNode* element, std::string_view name) {
    return is_one_of(name, {"img", "svg", "canvas", "object", "embed"}) ||
           (name == "video" && has(element, "poster")) ||
           (name == "input" && to_lower(attribute(element, "type")) == "image");
  }

  static std::string content_of(const xmlNode* element) {
    std::string text;
    for (const xmlNode* child = element->children; child != nullptr; child = child->next)
      text += xml::view(child->content);
    return text;
  }

  static const xmlNode* table_of(const xmlNode* node) {
    while (node != nullptr && !(node->type == XML_ELEMENT_NODE && name_of(node) == "table")) node = node->parent;
    return node;
  }

  void begin_table(const xmlNode* table) {
    auto& one = tables_[table];
    const auto role = attribute(table, "role");
    one.is_layout = one.is_layout || role == "presentation" || role == "none";
    // A table that holds a table lays out.
    if (const auto* around = table_of(table->parent)) tables_[around].is_layout = true;
  }

  void count_cell(const xmlNode* cell) {
    const auto* table = table_of(cell);
    if (table == nullptr) return;
    auto& one = tables_[table];
    const auto before = static_cast<std::size_t>(preceding_cells_[cell->parent]++);
    one.columns = std::max(one.columns, before + 1);
    const auto role = attribute(cell, "role");
    if (name_of(cell) != "th" && role != "columnheader" && role != "rowheader" && !has(cell, "scope")) return;
    if (!says_something(cell)) return;
    ++one.headers;
    if (one.rows <= 1)
      one.has_headers_on_top = one.has_headers_on_top || before > 0;
    else
      one.has_headers_aside = one.has_headers_aside || before == 0;
  }

  // Not read out, as its attributes say.
  static bool is_silent(const xmlNode* node) {
    return node->type == XML_ELEMENT_NODE && (has(node, "hidden") || attribute(node, "aria-hidden") == "true");
  }

  // The text of an element as it is read out: words, and the alternatives of
  // pictures, without what is silent in it; at most name_bytes_max.
  std::string text_in(const xmlNode* element) {
    std::string text;
    for (const xmlNode* node = element; node != nullptr; node = xml::next_in_order(node, element)) {
      if (++named_steps_ > named_steps_max || text.size() > name_bytes_max) break;
      while (node != element && is_silent(node)) {
        while (node != element && node->next == nullptr) node = node->parent;
        if (node == element || ++named_steps_ > named_steps_max) return collapse_whitespace(text);
        node = node->next;
      }
      if (node->type == XML_TEXT_NODE) text += xml::view(node->content);
      if (node->type != XML_ELEMENT_NODE) continue;
      if (is_one_of(name_of(node), {"img", "area"})) text += " " + std::string(attribute(node, "alt")) + " ";
      if (node != element) text += attribute(node, "aria-label");
    }
    return collapse_whitespace(text);
  }

  // Accessible name, as far as markup gives it (ARIA, HTML accessibility mapping).
  std::string name_for(const xmlNode* element, bool is_control) {
    for (const auto& id : split(collapse_whitespace(attribute(element, "aria-labelledby")), ' '))
      if (const auto found = by_id_.find(id); found != by_id_.end())
        if (auto text = text_in(found->second); !text.empty()) return text;
    if (const auto label = trim(attribute(element, "aria-label")); !label.empty()) return std::string(label);
    if (is_control) {
      const auto id = attribute(element, "id");
      if (const auto label = id.empty() ? labels_.end() : labels_.find(id); label != labels_.end())
        if (auto text = text_in(label->second); !text.empty()) return text;
      for (const xmlNode* node = element->parent; node != nullptr && node->type == XML_ELEMENT_NODE;
           node = node->parent)
        if (name_of(node) == "label") return text_in(node);
    } else if (auto text = text_in(element); !text.empty()) {
      return text;
    }
    return std::string(trim(attribute(element, "title")));
  }

  void open_element(const xmlNode* element, ViewBuilder& view, const TextStyle& style, bool is_root) {
    const auto name = name_of(element);
    const auto order = order_++;
    if (!is_root) {
      auto safe = view_name(name);
      view.open(safe.empty() ? "other" : safe,
                order < page_.positions.size() ? page_.positions[order] : xml::Position{0, 0});
    }
    for (const xmlAttr* one = element->properties; one != nullptr; one = one->next)
      if (const auto safe = view_name(xml::view(one->name)); !safe.empty() && !safe.starts_with("bb-"))
        view.set(safe, one->children == nullptr ? std::string_view{} : xml::view(one->children->content));
    if (is_root) return;
    if (const auto url = fetched_by(element, name); !url.empty()) view.set("bb-loads", url);
    if (!style.is_shown) {
      view.set("bb-hidden", "yes");
      return;
    }
    if (style.has_picture) {
      ++image_count_;
      view.set("bb-picture", "yes");
    }
    if (const int level = heading_level(element); level > 0) {
      view.set("bb-level", std::to_string(level));
      view.set("bb-before", std::to_string(level_before_));
      level_before_ = level;
    }
    if (name == "table") add_table(element, view);
    const auto type = to_lower(attribute(element, "type"));
    if (name == "select" || name == "textarea" || name == "meter" || name == "progress" ||
        (name == "input" && !is_one_of(type, {"hidden", "submit", "reset", "button", "image"})))
      view.set("bb-name", name_for(element, true));
    if (name == "a" || name == "button" || name == "iframe" || name == "summary" || has(element, "role"))
      view.set("bb-name", name_for(element, false));
    if (has_text(element) && !is_one_of(name, {"script", "style", "title", "option", "noscript"}))
      if (!is_of_disabled(element)) add_colours(view, style);
  }

  // The URL on another host that an element fetches by its style or as one of several pictures, or
  // goes to by itself.
  static std::string fetched_by(const xmlNode* element, std::string_view name) {
    if (name == "style") return loaded_from_elsewhere(content_of(element));
    if (name == "meta")
      if (const auto url = refresh_url(element); is_elsewhere(url)) return std::string(url);
    if (auto url = pictured_from_elsewhere(element); !url.empty()) return url;
    return has(element, "style") ? loaded_from_elsewhere(attribute(element, "style")) : std::string();
  }

  // The URL on another host of a picture that one of its attributes names: of each candidate of a
  // srcset the first word (WHATWG HTML, 4.8.4.2.1).
  static std::string pictured_from_elsewhere(const xmlNode* element) {
    for (const char* name : {"poster", "background"})
      if (const auto url = attribute(element, name); is_elsewhere(url)) return shorten(url, 200);
    for (const char* name : {"srcset", "imagesrcset"})
      for (const auto& candidate : split(attribute(element, name), ',')) {
        const auto words = collapse_whitespace(candidate);
        const auto url = std::string_view(words).substr(0, words.find(' '));
        if (is_elsewhere(url)) return shorten(url, 200);
      }
    return {};
  }

  // Whether a text is of a control that cannot be used: its contrast does not count (WCAG 2.1, 1.4.3).
  bool is_of_disabled(const xmlNode* element) const {
    for (const xmlNode* node = element; node != nullptr && node->type == XML_ELEMENT_NODE; node = node->parent) {
      if (is_disabled(node)) return true;
      if (name_of(node) != "label") continue;
      const auto control = by_id_.find(attribute(node, "for"));
      if (control != by_id_.end() && is_disabled(control->second)) return true;
    }
    return false;
  }

  // Whether a cell says something, in words or by a picture.
  static bool says_something(const xmlNode* cell) {
    for (const xmlNode* node = cell; node != nullptr; node = xml::next_in_order(node, cell)) {
      if (node->type == XML_TEXT_NODE && !collapse_whitespace(xml::view(node->content)).empty()) return true;
      if (node->type == XML_ELEMENT_NODE && (!trim(attribute(node, "alt")).empty() || has(node, "aria-label") ||
                                             has(node, "aria-labelledby") || is_one_of(name_of(node), {"svg"})))
        return true;
    }
    return false;
  }

  static bool has_text(const xmlNode* element) {
    for (const xmlNode* child = element->children; child != nullptr; child = child->next)
      if (child->type == XML_TEXT_NODE && !collapse_whitespace(xml::view(child->content)).empty()) return true;
    return false;
  }

  void add_table(const xmlNode* element, ViewBuilder& view) {
    const auto& table = tables_[element];
    view.set("bb-kind", table.is_layout || table.rows < 2 || table.columns < 2 ? "layout" : "data");
    view.set("bb-rows", std::to_string(table.rows));
    view.set("bb-columns", std::to_string(table.columns));
    view.set("bb-headers", std::to_string(table.headers));
    view.set("bb-headers-both", table.has_headers_on_top && table.has_headers_aside ? "yes" : "no");
  }

  void add_colours(ViewBuilder& view, const TextStyle& style) {
    if (has_other_sheet_ || sheets_->has_import()) return;
    if (!style.colour || !style.background) {
      ++unknown_colour_count_;
      return;
    }
    const auto large = style.is_large();
    const double ratio = contrast_ratio(*style.colour, *style.background);
    if (!large &&
        has_contrast(*style.colour, *style.background, true) != has_contrast(*style.colour, *style.background, false)) {
      ++unknown_size_count_;
      return;
    }
    view.set("bb-colour", to_text(*style.colour));
    view.set("bb-background", to_text(*style.background));
    view.set("bb-large", large.value_or(false) ? "yes" : "no");
    view.set("bb-ratio", fmt::format("{:.2f}", ratio));
  }

  void add_page_facts(ViewBuilder& view) {
    const auto words = collapse_whitespace(records::html_to_text(bytes_));
    view.set("bb-words", std::to_string(words.empty() ? 0 : std::count(words.begin(), words.end(), ' ') + 1));
    view.set("bb-images", std::to_string(image_count_));
    view.set("bb-hides-focus", sheets_->hides_focus() ? "yes" : "no");
    view.set("bb-encoding", page_.encoding);
  }

  void say_what_is_not_known() {
    constexpr const char* rule = "A11Y-21";
    if (has_other_sheet_ || sheets_->has_import())
      look_.unjudged.push_back({rule, "a style sheet of another file says how texts look"});
    if (unknown_colour_count_ > 0)
      look_.unjudged.push_back(
          {rule, "the colour of a text or of what is behind it is not known: a picture, transparency, a condition",
           unknown_colour_count_});
    if (unknown_size_count_ > 0)
      look_.unjudged.push_back({rule, "the size of a text is not known", unknown_size_count_});
    for (const auto* other : {"A11Y-05", "A11Y-10", "A11Y-20"})
      look_.unjudged.push_back({other, "a person has to look"});
  }

  const xml::HtmlPage& page_;
  std::string_view bytes_;
  Look& look_;
  std::unordered_map<std::string_view, const xmlNode*> by_id_;
  std::unordered_map<std::string_view, const xmlNode*> labels_;  // by what they are for
  std::unordered_map<const xmlNode*, Table> tables_;
  std::unordered_map<const xmlNode*, int> preceding_cells_;  // by row
  std::vector<std::string> style_texts_;
  std::unique_ptr<StyleSheets> sheets_;
  bool has_other_sheet_ = false;
  std::size_t image_count_ = 0;
  std::size_t order_ = 0;  // of the next element
  std::size_t named_steps_ = 0;
  int level_before_ = 0;  // of the heading before
  std::size_t unknown_colour_count_ = 0;
  std::size_t unknown_size_count_ = 0;
};

}  // namespace

Look look_at_html(std::string_view bytes, Rules&) {
  Look look;
  const auto page = xml::read_html(bytes, {.element_count_max = element_count_max});
  if (const auto* problem = std::get_if<xml::Problem>(&page)) {
    look.findings.push_back({.rule = "html",
                             .line = problem->line,
                             .column = problem->column,
                             .message = problem->what,
                             .expected = "an HTML page"});
    return look;
  }
  look.view = Page(std::get<xml::HtmlPage>(page), bytes, look).take();
  return look;
}

}  // namespace bb::documents
