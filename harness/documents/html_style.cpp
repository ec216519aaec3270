#include "harness/documents/html_style.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <bb/core/text.hpp>

#include "harness/documents/css_text.hpp"
#include "harness/documents/named_checks.hpp"
#include "harness/documents/nodes.hpp"

namespace bb::documents {
namespace {

constexpr std::size_t rule_count_max = 20'000;
constexpr std::size_t step_count_max = 20'000'000;  // parts of selectors tried on elements
constexpr std::size_t compound_count_max = 32;      // of one selector
constexpr double root_px = 16;

struct Declaration {
  std::string name;
  std::string value;  // lower case
  bool is_important = false;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '\\' ||  // an escape
         static_cast<unsigned char>(c) >= 0x80;
}

std::vector<Declaration> declarations_of(std::string_view block) {
  std::vector<Declaration> declarations;
  for (const auto part : parts_of(block, ';')) {
    const auto colon = parts_of(part, ':').front().size();
    if (colon == part.size()) continue;
    Declaration one{to_lower(without_escapes(trim(part.substr(0, colon)))),
                    to_lower(collapse_whitespace(without_escapes(part.substr(colon + 1)))), false};
    if (const auto mark = one.value.find('!'); mark != std::string::npos) {
      one.is_important = one.value.find("important", mark) != std::string::npos;
      one.value = trim(std::string_view(one.value).substr(0, mark));
    }
    declarations.push_back(std::move(one));
  }
  return declarations;
}

// One element's part of a selector: "td.value".
struct Compound {
  std::string type;  // empty: any
  std::string id;
  std::vector<std::string> classes;
  bool is_link = false;   // :link
  bool is_never = false;  // :hover and others that a page at rest does not show
  bool is_more = false;   // something that is not understood
  char before = 0;        // what joins it to the one before: blank or '>'
};

struct Selector {
  std::vector<Compound> compounds;  // from left to right
  int specificity = 0;
  bool is_uncertain = false;  // it matches under conditions that are not known
};

void read_pseudo(std::string_view name, Compound& compound) {
  constexpr std::array<std::string_view, 12> never{"hover",  "active",        "focus",        "visited",
                                                   "target", "focus-visible", "focus-within", "before",
                                                   "after",  "disabled",      "selection",    "placeholder"};
  if (name == "link" || name == "any-link")
    compound.is_link = true;
  else if (name == "root" && compound.type.empty())
    compound.type = "html";
  else if (std::find(never.begin(), never.end(), name) != never.end())
    compound.is_never = true;
  else
    compound.is_more = true;
}

Selector selector_from(std::string_view text) {
  Selector selector;
  text = trim(text);
  char joint = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '>' || text[i] == '+' || text[i] == '~' || text[i] == '\t' || text[i] == '\n' ||
        text[i] == '\r') {
      if (text[i] == '+' || text[i] == '~') {  // what stands left of it may or may not be there
        selector.is_uncertain = true;
        selector.compounds.clear();
      }
      if (joint != '>') joint = text[i] == '>' ? '>' : ' ';
      ++i;
      continue;
    }
    Compound compound;
    compound.before = selector.compounds.empty() ? char{0} : joint;
    joint = 0;
    const auto word = [&] {
      const auto begin = i;
      while (i < text.size() && is_word(text[i])) i = behind_character(text, i);
      return without_escapes(text.substr(begin, i - begin));
    };
    const auto begin = i;
    for (bool is_open = true; is_open && i < text.size();) {
      switch (text[i]) {
        case '*':
          ++i;
          break;
        case '#':
          ++i;
          compound.id = word();
          selector.specificity += 10'000;
          break;
        case '.':
          ++i;
          compound.classes.push_back(word());
          selector.specificity += 100;
          break;
        case ':': {
          i = text.find_first_not_of(':', i);
          if (i == std::string_view::npos) i = text.size();
          read_pseudo(to_lower(word()), compound);
          selector.specificity += 100;
          if (i < text.size() && text[i] == '(') {
            compound.is_more = true;
            i = std::min(text.find(')', i), text.size() - 1) + 1;
          }
          break;
        }
        case '[':
          compound.is_more = true;
          selector.specificity += 100;
          i = std::min(text.find(']', i), text.size() - 1) + 1;
          break;
        default:
          if (is_word(text[i])) {
            compound.type = to_lower(word());
            selector.specificity += 1;
          } else {
            is_open = false;
          }
      }
    }
    if (i == begin) {  // no selector that is known
      compound.is_more = true;
      ++i;
    }
    selector.is_uncertain = selector.is_uncertain || compound.is_more;
    if (selector.compounds.size() == compound_count_max) {  // the leftmost goes: it then fits more
      selector.compounds.erase(selector.compounds.begin());
      selector.compounds.front().before = 0;
      selector.is_uncertain = true;
    }
    selector.compounds.push_back(std::move(compound));
  }
  return selector;
}

bool has_class(const xmlNode* element, std::string_view name) {
  const auto classes = attribute(element, "class");
  for (auto at = classes.find(name); at != std::string_view::npos; at = classes.find(name, at + 1)) {
    const auto end = at + name.size();
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    if ((at == 0 || is_space(classes[at - 1])) && (end == classes.size() || is_space(classes[end]))) return true;
  }
  return false;
}

bool matches(const Compound& compound, const xmlNode* element) {
  if (compound.is_never) return false;
  if (!compound.type.empty() && compound.type != view(element->name)) return false;
  if (!compound.id.empty() && compound.id != attribute(element, "id")) return false;
  if (compound.is_link && !(view(element->name) == "a" && xmlHasProp(element, xml::to_xml("href")) != nullptr))
    return false;
  return std::all_of(compound.classes.begin(), compound.classes.end(),
                     [&](const std::string& name) { return has_class(element, name); });
}

const xmlNode* around(const xmlNode* element) {
  return element->parent != nullptr && element->parent->type == XML_ELEMENT_NODE ? element->parent : nullptr;
}

// Whether what stands before compound `i` fits around an element that fits it.
bool matches_around(const Selector& selector, std::size_t i, const xmlNode* element, std::size_t& steps) {
  if (i == 0) return true;
  const bool is_child = selector.compounds[i].before == '>' && !selector.is_uncertain;
  for (element = around(element); element != nullptr && ++steps <= step_count_max; element = around(element)) {
    if (matches(selector.compounds[i - 1], element) && matches_around(selector, i - 1, element, steps)) return true;
    if (is_child) return false;
  }
  return false;
}

bool matches(const Selector& selector, const xmlNode* element, std::size_t& steps) {
  ++steps;
  return matches(selector.compounds.back(), element) &&
         matches_around(selector, selector.compounds.size() - 1, element, steps);
}

struct Rule {
  Selector selector;
  std::size_t block = 0;  // of declarations
  bool is_uncertain = false;
};

// A length; nothing where it is not known. `em` is what a share is of.
std::optional<double> pixels(std::string_view text, double em) {
  constexpr std::array<std::pair<std::string_view, double>, 9> words{{{"xx-small", 9},
                                                                      {"x-small", 10},
                                                                      {"small", 13},
                                                                      {"medium", 16},
                                                                      {"large", 18},
                                                                      {"x-large", 24},
                                                                      {"xx-large", 32},
                                                                      {"xxx-large", 48},
                                                                      {"initial", root_px}}};
  for (const auto& [word, px] : words)
    if (text == word) return px;
  if (text == "smaller") return em / 1.2;
  if (text == "larger") return em * 1.2;
  if (text == "inherit") return em;
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str() || !std::isfinite(value) || value < 0) return std::nullopt;
  const std::string_view unit(end);
  const std::array<std::pair<std::string_view, double>, 10> units{{{"px", 1},
                                                                   {"pt", 96.0 / 72},
                                                                   {"em", em},
                                                                   {"rem", root_px},
                                                                   {"%", em / 100},
                                                                   {"ex", em / 2},
                                                                   {"in", 96},
                                                                   {"cm", 96 / 2.54},
                                                                   {"mm", 96 / 25.4},
                                                                   {"pc", 16}}};
  for (const auto& [name, factor] : units)
    if (unit == name) return value * factor;
  return value == 0 && unit.empty() ? std::optional(0.0) : std::nullopt;
}

bool is_bold_weight(std::string_view value) {
  return value == "bold" || value == "bolder" || (value.size() == 3 && value >= "600" && value <= "900");
}

// What a declaration makes of a style. `around` is that of the element around it.
class Applier {
 public:
  Applier(TextStyle& style, const TextStyle& around) : style_(style), around_(around) {}

  void apply(const Declaration& one, bool is_uncertain) {
    const auto& [name, value, important] = one;
    if (name == "color") {
      if (value == "inherit")
        style_.colour = around_.colour;
      else
        style_.colour = is_uncertain ? std::nullopt : colour_from(value);
    } else if (name == "background-color" || name == "background") {
      apply_background(value, is_uncertain, name == "background");
    } else if (name == "background-image") {
      if (value != "none") style_.background.reset();
      style_.has_picture = is_picture(value);
    } else if (name == "font-size") {
      style_.size_px =
          is_uncertain || !around_.size_px ? absolute(value, is_uncertain) : pixels(value, *around_.size_px);
    } else if (name == "font-weight") {
      if (is_uncertain)
        style_.size_px.reset();
      else if (value != "inherit")
        style_.is_bold = is_bold_weight(value);
    } else if (name == "font") {
      apply_font(value, is_uncertain);
    } else if (name == "opacity" || name == "filter" || name == "mix-blend-mode") {
      if (value != "1" && value != "1.0" && value != "none" && value != "normal") {
        style_.colour.reset();
        style_.background.reset();
      }
    } else if (name == "display") {
      if (!is_uncertain) style_.is_shown = around_.is_shown && value != "none";
    } else if (name == "visibility") {
      if (!is_uncertain) style_.is_shown = around_.is_shown && value == "visible";
    } else if (name == "position" && (value == "absolute" || value == "fixed")) {
      style_.background.reset();  // what is behind it is not what is around it
    }
  }

 private:
  static std::optional<double> absolute(const std::string& value, bool is_uncertain) {
    if (is_uncertain || value.ends_with("em") != value.ends_with("rem") || value.ends_with("%") ||
        value.ends_with("ex") || value.starts_with("smaller") || value.starts_with("larger") || value == "inherit")
      return std::nullopt;
    return pixels(value, root_px);
  }

  // A gradient only adorns.
  static bool is_picture(const std::string& value) {
    return value.find("url(") != std::string::npos || value.find("image-set(") != std::string::npos;
  }

  void apply_background(const std::string& value, bool is_uncertain, bool is_whole) {
    if (is_whole) style_.has_picture = is_picture(value);
    if (is_uncertain || value.find("url(") != std::string::npos || value.find("gradient") != std::string::npos ||
        value.find("var(") != std::string::npos) {
      style_.background.reset();
      return;
    }
    std::optional<Colour> found;
    for (const auto part : parts_of(value, ' ')) {
      if (const auto colour = colour_from(part)) found = colour;
      if (part.starts_with("rgba(") || part.starts_with("hsla(") || part == "currentcolor") {
        style_.background = colour_from(part);
        if (!style_.background && !part.ends_with(" 0)") && !part.ends_with(",0)")) return;
      }
    }
    style_.background = found ? found : around_.background;  // transparent
    if (value == "inherit") style_.background = around_.background;
  }

  void apply_font(const std::string& value, bool is_uncertain) {
    style_.is_bold = false;
    style_.size_px.reset();
    if (is_uncertain) return;
    for (const auto part : parts_of(value, ' ')) {
      if (is_bold_weight(part)) {
        style_.is_bold = true;
        continue;
      }
      if (part.size() == 3 && part.ends_with("00")) continue;  // a weight
      if (const auto size = pixels(part.substr(0, part.find('/')), around_.size_px.value_or(root_px))) {
        style_.size_px = size;
        return;
      }
    }
  }

  TextStyle& style_;
  const TextStyle& around_;
};

// What browsers show without any style, and what attributes of HTML 4 say.
void apply_defaults(const xmlNode* element, TextStyle& style) {
  const auto name = view(element->name);
  constexpr std::array<double, 6> headings{2, 1.5, 1.17, 1, 0.83, 0.67};
  if (name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6') {
    style.is_bold = true;
    if (style.size_px) *style.size_px *= headings[static_cast<std::size_t>(name[1] - '1')];
  }
  if (name == "b" || name == "strong" || name == "th") style.is_bold = true;
  if (name == "big" && style.size_px) *style.size_px *= 1.2;
  if ((name == "small" || name == "sub" || name == "sup") && style.size_px) *style.size_px /= 1.2;
  if (name == "a" && xmlHasProp(element, xml::to_xml("href")) != nullptr) style.colour = 0x0000EE;
  if (name == "mark") {
    style.colour = 0x000000;
    style.background = 0xFFFF00;
  }
  // Each system has its own colours for them.
  if (name == "button" || name == "select" || name == "input" || name == "textarea" || name == "option") {
    style.colour.reset();
    style.background.reset();
  }
  if (xmlHasProp(element, xml::to_xml("hidden")) != nullptr || name == "template" || name == "noscript" ||
      name == "script" || name == "style" || name == "head")
    style.is_shown = false;
  if (name == "font") {
    if (const auto colour = attribute(element, "color"); !colour.empty()) style.colour = legacy_colour_from(colour);
    constexpr std::array<double, 7> sizes{10, 13, 16, 18, 24, 32, 48};
    if (const auto size = attribute(element, "size"); !size.empty())
      style.size_px = size.size() == 1 && size[0] >= '1' && size[0] <= '7'
                          ? std::optional(sizes[static_cast<std::size_t>(size[0] - '1')])
                          : std::nullopt;
  }
  if (name == "body")
    if (const auto colour = attribute(element, "text"); !colour.empty()) style.colour = legacy_colour_from(colour);
  if (const auto colour = attribute(element, "bgcolor"); !colour.empty()) style.background = legacy_colour_from(colour);
  if (!attribute(element, "background").empty()) {
    style.background.reset();
    style.has_picture = true;
  }
}

}  // namespace

std::optional<bool> TextStyle::is_large() const {
  if (!size_px) return std::nullopt;
  const double points = *size_px * 72 / 96 + 1e-6;
  return points >= 18 || (is_bold && points >= 14);
}

std::string loaded_from_elsewhere(std::string_view css) {
  const auto text = without_escapes(without_comments(css));
  const auto lower = to_lower(text);
  // Where a URL begins, behind what says that it is fetched.
  const auto url_at = [&](std::size_t at) {
    at = std::min(lower.find_first_not_of(" \t\r\n\f", at), lower.size());
    const char quote = at < text.size() && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';
    const auto begin = quote == '\0' ? at : at + 1;
    const auto end = quote == '\0' ? text.find_first_of(" \t\r\n\f);", begin) : text.find(quote, begin);
    return std::string_view(text).substr(begin, end == std::string::npos ? end : end - begin);
  };
  for (const std::string_view word : {"url(", "@import"})
    for (auto at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
      // The URL of a namespace is a name.
      const auto statement = at == 0 ? std::string::npos : lower.find_last_of(";{}", at - 1);
      const auto begin = statement == std::string::npos ? 0 : statement + 1;
      if (trim(std::string_view(lower).substr(begin, at - begin)).starts_with("@namespace")) continue;
      if (const auto url = url_at(at + word.size()); is_elsewhere(url)) return shorten(url, 200);
    }
  return {};
}

struct StyleSheets::Sheet {
  std::vector<std::vector<Declaration>> blocks;
  std::vector<Rule> rules;
  // Numbers of rules by what the element itself has to have.
  std::unordered_map<std::string, std::vector<std::size_t>> by_id, by_class, by_type;
  std::vector<std::size_t> by_nothing;
  bool has_import = false;
  bool hides_focus = false;
  mutable std::size_t steps = 0;

  void read(std::string_view css, bool is_uncertain, int depth = 0) {
    for (std::size_t i = 0; i < css.size();) {
      auto open = i;
      while (open < css.size() && css[open] != '{' && css[open] != ';') open = behind_token(css, open);
      if (open == css.size()) return;
      const auto head = trim(css.substr(i, open - i));
      if (css[open] == ';') {
        if (to_lower(without_escapes(head)).starts_with("@import")) has_import = true;
        i = open + 1;
        continue;
      }
      const auto end = block_end(css, open);
      const auto block = css.substr(open + 1, end - open - 1);
      if (head.starts_with('@'))
        read_at_rule(to_lower(without_escapes(head)), block, is_uncertain, depth);
      else
        add(head, block, is_uncertain);
      i = end + 1;
    }
  }

  void read_at_rule(const std::string& head, std::string_view block, bool is_uncertain, int depth) {
    if (depth > 4 || !(head.starts_with("@media") || head.starts_with("@supports") || head.starts_with("@layer")))
      return;
    const auto media = trim(std::string_view(head).substr(
        head.find_first_of(" (") == std::string::npos ? head.size() : head.find_first_of(" (")));
    if (media.starts_with("print") || media.starts_with("speech") || media.starts_with("only print")) return;
    const bool is_plain = head.starts_with("@media") && (media.empty() || media == "all" || media == "screen");
    read(block, is_uncertain || !is_plain, depth + 1);
  }

  void add(std::string_view head, std::string_view text, bool is_uncertain) {
    if (rules.size() > rule_count_max) return;
    const auto number = blocks.size();
    blocks.push_back(declarations_of(text));
    for (const auto part : parts_of(head, ',')) {
      Rule rule{selector_from(part), number, is_uncertain};
      if (rule.selector.compounds.empty()) continue;
      rule.is_uncertain = rule.is_uncertain || rule.selector.is_uncertain;
      const auto& last = rule.selector.compounds.back();
      if (part.find(":focus") != std::string_view::npos && takes_outline_away(blocks.back())) hides_focus = true;
      auto& list = !last.id.empty()        ? by_id[last.id]
                   : !last.classes.empty() ? by_class[last.classes.front()]
                   : !last.type.empty()    ? by_type[last.type]
                                           : by_nothing;
      list.push_back(rules.size());
      rules.push_back(std::move(rule));
    }
  }

  static bool takes_outline_away(const std::vector<Declaration>& declarations) {
    bool is_away = false;
    for (const auto& one : declarations) {
      if (one.name == "outline" || one.name == "outline-style") is_away = one.value == "none" || one.value == "0";
      if (one.name.starts_with("border") || one.name == "box-shadow" || one.name.starts_with("background"))
        return false;
    }
    return is_away;
  }

  void try_all(const std::vector<std::size_t>& numbers, const xmlNode* element, std::vector<std::size_t>& out) const {
    for (const auto number : numbers) {
      if (steps > step_count_max) return;
      if (matches(rules[number].selector, element, steps)) out.push_back(number);
    }
  }

  std::vector<std::size_t> rules_for(const xmlNode* element) const {
    std::vector<std::size_t> found;
    try_all(by_nothing, element, found);
    const auto look_up = [&](const auto& map, std::string_view key) {
      if (const auto list = map.find(std::string(key)); list != map.end()) try_all(list->second, element, found);
    };
    look_up(by_type, view(element->name));
    if (const auto id = attribute(element, "id"); !id.empty() && !by_id.empty()) look_up(by_id, id);
    if (const auto classes = attribute(element, "class"); !classes.empty() && !by_class.empty()) {
      auto names = split(collapse_whitespace(classes.substr(0, 1000)), ' ');
      std::sort(names.begin(), names.end());
      names.erase(std::unique(names.begin(), names.end()), names.end());
      for (const auto& name : names) look_up(by_class, name);
    }
    return found;
  }
};

StyleSheets::StyleSheets(const std::vector<std::string>& sheets) : sheet_(std::make_unique<Sheet>()) {
  for (const auto& sheet : sheets) sheet_->read(without_comments(sheet), false);
}
StyleSheets::~StyleSheets() = default;

bool StyleSheets::has_import() const { return sheet_->has_import; }
bool StyleSheets::hides_focus() const { return sheet_->hides_focus; }

TextStyle StyleSheets::style_of(const xmlNode* element, const TextStyle& around) const {
  TextStyle style = around;
  style.has_picture = false;
  apply_defaults(element, style);
  const auto numbers = sheet_->rules_for(element);
  if (sheet_->steps > step_count_max) {
    style.colour.reset();
    style.background.reset();
    return style;
  }
  // By importance, specificity, order (CSS 2.1, 6.4.1). A style attribute is more specific than any selector.
  constexpr int of_attribute = 1'000'000;
  std::vector<std::tuple<bool, int, std::size_t, const Declaration*, bool>> cascade;
  for (const auto number : numbers) {
    const auto& rule = sheet_->rules[number];
    for (const auto& one : sheet_->blocks[rule.block])
      cascade.emplace_back(one.is_important, rule.selector.specificity, number, &one, rule.is_uncertain);
  }
  const auto own = declarations_of(attribute(element, "style"));
  for (const auto& one : own) cascade.emplace_back(one.is_important, of_attribute, cascade.size(), &one, false);
  std::stable_sort(cascade.begin(), cascade.end(), [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a)) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b));
  });
  Applier applier(style, around);
  for (const auto& [important, specificity, number, one, is_uncertain] : cascade) applier.apply(*one, is_uncertain);
  return style;
}

}  // namespace bb::documents
