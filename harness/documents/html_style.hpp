// harness/documents/html_style.hpp - how the text of a page looks, as far as its
// own style sheets and attributes tell without a browser.
//
// CSS 2.1 cascade of colour, background, size and weight of type, and whether an
// element is shown: selectors of names, ids and classes joined by blanks and `>`.
// What depends on more (images, transparency, media, other selectors, sheets of
// other files) is told as not known, and never guessed.
#pragma once

#include <libxml/tree.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/html_colour.hpp"

namespace bb::documents {

struct TextStyle {
  std::optional<Colour> colour = 0x000000;      // nothing: not known
  std::optional<Colour> background = 0xFFFFFF;  // behind the text: of the element, or of those around it
  std::optional<double> size_px = 16;
  bool is_bold = false;
  bool is_shown = true;
  bool has_picture = false;  // as its own background

  // WCAG 2.1, large text; nothing where the size is not known.
  std::optional<bool> is_large() const;
};

// The first URL that a style sheet or style attribute has fetched from another host:
// of url() and of @import (CSS Syntax 3, 4.3; CSS Cascade 4, 2); empty: none.
std::string loaded_from_elsewhere(std::string_view css);

class StyleSheets {
 public:
  // The texts of a page's style elements, in order.
  explicit StyleSheets(const std::vector<std::string>& sheets);
  ~StyleSheets();

  // Of an element in one of such a style. Nothing is known once too much work has
  // been done for the page.
  TextStyle style_of(const xmlNode* element, const TextStyle& around) const;
  // Whether a sheet takes in others.
  bool has_import() const;
  // Whether the outline of what has the focus is taken away and nothing put in its place.
  bool hides_focus() const;

 private:
  struct Sheet;
  std::unique_ptr<Sheet> sheet_;
};

}  // namespace bb::documents
