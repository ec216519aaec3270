// text_facts.hpp - what the readers of text files share on the way from entries to
// facts.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// Whether `what` names something. "No known ..." becomes an absence.
bool is_fact(std::string_view section, const Code& what, int line, Record& record);

// The first of several keys that says something.
std::string first_of(const TextEntry& entry, std::initializer_list<std::string_view> keys);
// Every value of a key that may repeat.
std::vector<std::string> all_of(const TextEntry& entry, std::string_view key);
// Every line of every value of a key.
std::vector<std::string> lines_of(const TextEntry& entry, std::string_view key);

// Each text once.
void add_unless_empty(std::vector<std::string>& list, std::string text);
// Each address once; one without a word is none.
void add_unless_empty(std::vector<Address>& list, Address address);
void add_contact(Contact contact, Record& record);

// How an entry of a section becomes facts.
using ReadEntry = void (*)(const TextEntry&, const std::string& source, Record&);
struct EntryKind {
  std::string_view section;
  ReadEntry read;
};

// nullptr = for people alone.
ReadEntry find_reader(std::span<const EntryKind> kinds, std::string_view section);

// The section as people see it; a section that says that there is nothing is an
// absence. `kind` as Section::kind; its text is kept where nothing reads its entries.
void add_section(const TextSection& section, std::string_view kind, bool is_read, Record& record);

}  // namespace bb::records
