// bb/xml/html.hpp - the one way in which HTML from outside is read.
//
// As a browser does, whatever stands there becomes a tree; what is wrong with the
// markup is told beside it. Bounded in every direction, nothing is loaded and no
// script runs.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bb/xml/document.hpp>

namespace bb::xml {

// Markup that browsers mend, each in their way.
struct HtmlMistake {
  Position position;
  std::string what;  // in libxml2's words
};

struct HtmlPage {
  Document document;                  // names in lower case, no namespaces; there is a root "html"
  std::vector<Position> positions;    // of each element, in document order; where it is implied, of what implied it
  std::vector<HtmlMistake> mistakes;  // at most html_mistakes_max
  std::string encoding;               // "utf-8", "windows-1252", ...
};
inline constexpr std::size_t html_mistakes_max = 100;

// Refuses what exceeds the limits, and an empty page.
std::variant<HtmlPage, Problem> read_html(std::string_view bytes, const Limits& limits = {});

// Whether bytes are a page, by their beginning: a DOCTYPE of HTML or an element html, head,
// title, body or meta.
bool looks_like_html(std::string_view bytes);

// A page as UTF-8. Its encoding is that of its byte order mark, else what a meta
// element of its first 1024 bytes says, else UTF-8 where it is, else windows-1252
// (WHATWG Encoding). `encoding` is what was taken.
std::string html_to_utf8(std::string_view bytes, std::string& encoding);

}  // namespace bb::xml
