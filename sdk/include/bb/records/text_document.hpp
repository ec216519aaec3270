// bb/records/text_document.hpp - a Blue Button text file as it stands: sections,
// entries and fields, each with its line, and how the file departs from its layout.
//
// Read by va_text.hpp, cms_text.hpp and key_value_text.hpp. Reading is tolerant:
// what departs from the layout is read as far as it can be and told in
// `deviations`. Values are as written: a value of several lines holds '\n', white
// space at the ends of lines is gone. Lines count from 1; CR LF, LF and CR end one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb::records {

struct TextField {
  std::string key;  // as the layout spells it, where it knows the key
  std::string value;
  int line = 0;
  int column = 1;        // of the key
  bool is_known = true;  // to the layout
};

// A record of a section, or a part of one: a test of a laboratory report, a line
// of a claim.
struct TextEntry {
  std::string kind;  // the heading it stands below: "FUTURE APPOINTMENTS"; "table" for a row of a table
  std::vector<TextField> fields;
  std::vector<TextEntry> parts;
  std::string text;  // free text: a note
  int line = 0;
  bool is_repeat = false;  // states again what another entry states: a "most recent" table, a summary list
};

struct TextSection {
  std::string title;            // as written
  std::string name;             // as the newest layout calls it; empty = not known
  std::vector<TextField> head;  // Source, Last Updated, Sorted By
  std::vector<TextEntry> entries;
  std::string text;  // lines that are no field
  int line = 0;
  bool says_nothing = false;  // "No information was available that matched your selection."
};

// What departs from the layout. The kinds are in docs/reference/records.md.
struct TextDeviation {
  std::string kind;  // "unknown-key"
  std::string what;  // "Fax"
  int line = 0;
  int column = 1;
};

struct TextDocument {
  std::string format;           // "va-text", "cms-text", "text"
  std::string title;            // "MY HEALTHEVET PERSONAL INFORMATION REPORT"
  std::string producer;         // "Produced by the VA Blue Button (v12.6)"
  std::string version;          // "12.6"
  std::string created;          // as written: "09 Sep 2013 @ 0602"
  std::string encoding;         // "ASCII", "UTF-8", "UTF-16LE", "UTF-16BE"
  std::string line_ends;        // "CRLF", "LF", "CR", "CRCRLF", "mixed"; empty = one line
  std::vector<TextField> head;  // fields before the first section
  std::vector<TextSection> sections;
  std::vector<TextDeviation> deviations;
  int line_count = 0;
  bool has_end = false;  // the last line of the layout is there
};

// Whether a value says that there is none: "", "--", "* Not Available *",
// "No Information Available", "None Entered".
bool is_null_text(std::string_view value);

// The first field of a key that says something, in one line; empty = none.
std::string text_of(const TextEntry& entry, std::string_view key);

// Whose word a section is, for Record: "self-entered", "VA", "DoD",
// "MyMedicare.gov"; empty = not said.
std::string source_of(const TextSection& section);

// Whether a value is a date of the calendar, as these files write one.
bool is_text_date(std::string_view value);

// Whether a date is in the form of a format's layout: "10 Dec 2012" in "va-text",
// "12/10/2012" in "cms-text"; a year alone is in both.
bool is_date_of_text_layout(std::string_view format, std::string_view value);

// The place of a section in the layout of a format, from 1; 0 = not in it.
int order_of_text_section(std::string_view format, std::string_view name);

// The fields and lines of a section as text, for people.
std::string words_of(const TextSection& section);

}  // namespace bb::records
