// codes.hpp - codable values: words, and codes of a vocabulary (types.xsd).
//
// A vocabulary of another authority is known by its OID (`systems` of the description); any other
// is the record's system_name "family/type". The version of a vocabulary is no fact.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>

#include "xml_view.hpp"

namespace bb::healthvault::types {

// Whether a record's system is an OID or an address; other words cannot be told from the names of
// vocabularies.
bool is_system(std::string_view system);

// As a code of a record. Of several codes the first of a vocabulary with an OID, else the first;
// the others stay unmarked.
std::optional<Value> read_codable(const xmlNode* node, Marks& marks);

// The words alone, or the first code where there are none.
std::optional<std::string> read_words(const xmlNode* node, Marks& marks);

// The value of the first code of a vocabulary ("lab-result-flag"; empty: of any); the whole is marked.
std::optional<std::string> read_code(const xmlNode* node, std::string_view vocabulary, Marks& marks);

// There are always words (HV-TYPE-10); empty where the code says nothing.
std::string write_codable(const Value& code);
std::string write_words(std::string_view words);
// With a code of the vocabulary "family/type".
std::string write_words(std::string_view words, std::string_view code, std::string_view vocabulary);

}  // namespace bb::healthvault::types
