// cda_statements.hpp - what the readers of all sections share: the statements
// of an entry, and how a document says that there is nothing.
//
// Each statement becomes one fact or one Absence, never both.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records {

bool has_template(XmlNode node, std::initializer_list<std::string_view> roots);

// negationInd of the element itself.
bool is_negated(XmlNode node);

// moodCode: "EVN" = it happened, "INT" = it is intended ...
std::string read_mood(XmlNode statement);

// `source` of what the patient says.
inline constexpr std::string_view self_entered = "self-entered";
// HL7's code for the patient as author, and its system RoleCode.
inline constexpr std::string_view oneself = "ONESELF";
inline constexpr std::string_view role_code = "2.16.840.1.113883.5.111";
// "self-entered" where the patient is the author of the statement; else empty.
std::string read_source(XmlNode statement);

bool is_empty(const Code& code);

inline constexpr std::string_view drug_treatment_unknown = "182904002";

// Whether the words or the code mean "no known ..." or that it is not known.
bool says_none_known(const Code& code);

// Whether the code names the whole kind: not having "a problem" is having none.
bool is_anything(const Code& code);

// The statements of a kind in an entry: itself, or those a concern act or an
// organizer groups.
struct Statement {
  XmlNode node;
  // Of the act or organizer around it, if any; looked up once for all its
  // statements, for it may be long.
  XmlNode group_status;
  XmlNode group_time;
  // The act or organizer denies all it groups.
  bool is_group_negated = false;
};
bool is_negated(const Statement& statement);
std::vector<Statement> statements(XmlNode entry, std::string_view kind);

// The first related observation of a kind, by template or by code.
XmlNode related(XmlNode node, std::initializer_list<std::string_view> templates, std::string_view code);

// A substance or product: its code, and its name where the code has no words
// or where there is no code at all (VA documents then write "Coded allergy name
// not available" beside the real name).
Code read_named(const XmlDocument& document, XmlNode thing);

// What is stated by the code `coded`; where it has none, or one that no code
// system has (nullFlavor OTH), by the text of the statement.
Code read_stated(const XmlDocument& document, XmlNode coded, XmlNode statement);

// A statement that says what is not so, not known or not there. `coded` is the
// element that would name it.
Absence read_absence(const XmlDocument& document, std::string_view section, const Statement& statement, XmlNode coded,
                     Code what);

}  // namespace bb::records
