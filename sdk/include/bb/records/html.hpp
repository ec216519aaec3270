// bb/records/html.hpp - a record as an accessible HTML fragment, and HTML as text.
#pragma once

#include <string>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

// Headings and tables of a record, for a page's <main>: no <html>, no style.
// Codes stand beside names in words, never alone.
std::string write_html_fragment(const Record& record);

// The text a reader of the page sees: tags, scripts and styles gone, entities
// decoded, white space collapsed, a line end after each block. Between the cells of
// a row stands `cell_end`.
std::string html_to_text(std::string_view html, char cell_end = ' ');

}  // namespace bb::records
