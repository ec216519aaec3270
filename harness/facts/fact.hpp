// harness/facts/fact.hpp - the one form in which copies of a record are compared.
//
// docs/reference/facts.md has the table of kinds and attributes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>

#include "harness/facts/kinds.hpp"

namespace bb::facts {

// What two values of an attribute agree by.
enum class How {
  words,      // the same words, folded
  name,       // as the name of a thing: harness/facts/words.hpp, Wording
  date,       // at the precision of the poorer
  quantity,   // as numbers with units, else as words
  frequency,  // "every 24 hours" and "every 1 day" are one; else as words
  amount,     // a quantity that nobody rounds: a dose, a count, money
  status,     // one word of those that mean the same
  sex,
  interpretation,
  set,  // the same names in any order
};

struct Attribute {
  std::string_view name;  // "status"
  How how = How::words;
  std::string value;                      // as the document says it; empty = not said
  std::string unit = {};                  // of a quantity
  std::vector<std::string> names = {};    // of a set
  records::Code code = {};                // of a name or a value, where it has one
  std::vector<records::Code> codes = {};  // of a set of coded things: one for each name

  // "7.2 %", "Hives, Nausea"
  std::string in_words() const;
};

struct Fact {
  Kind kind = Kind::identity;
  std::string name;                     // in words, as the document has it; may be empty where there is a code
  records::Code code;                   // empty = named in words alone
  std::string context;                  // what else makes it this fact: the claim of a claim line, the relative
  std::string date;                     // ISO, at its precision
  std::string_view date_name = "date";  // what the date is: "onset", "start"
  std::vector<Attribute> attributes;
  int line = 0;

  const Attribute* find(std::string_view attribute) const;
  // "Penicillin", "code 123 of RxNorm", "Claim 12: ..."
  std::string title() const;
};

// The kind of the facts of a section, named as records::Section::kind: "vital_signs".
// Nothing for one that has no kind of its own.
std::optional<Kind> kind_of_section(std::string_view section);

// The name of the fact who the patient is; that of further patients is another.
inline constexpr std::string_view patient_title = "patient";

// Every fact of a record, kinds in their order, each with its place. What is said
// twice stays twice; see compare.hpp.
std::vector<Fact> facts_of(const records::Record& record);

// What changes the meaning of facts in a way that is not known here, by what it is and where it stands.
struct Modifiers {
  std::string what;  // "modifierExtension URL of Condition"
  std::size_t count = 0;
};
std::vector<Modifiers> modifiers_of(const records::Record& record);

// What of a record is in words that no fact holds: titles of notes, sections and
// attachments.
std::vector<std::string> words_alone(const records::Record& record);

}  // namespace bb::facts
