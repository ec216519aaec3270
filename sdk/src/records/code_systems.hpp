// code_systems.hpp - names and FHIR addresses of the code systems by OID.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

inline constexpr std::string_view snomed_ct = "2.16.840.1.113883.6.96";
inline constexpr std::string_view loinc = "2.16.840.1.113883.6.1";
inline constexpr std::string_view rxnorm = "2.16.840.1.113883.6.88";
inline constexpr std::string_view null_flavors = "2.16.840.1.113883.5.1008";
inline constexpr std::string_view cvx = "2.16.840.1.113883.12.292";

// Attributes of SNOMED CT by which one concept qualifies another.
inline constexpr std::string_view snomed_laterality = "272741003";
inline constexpr std::string_view snomed_finding_site = "363698007";

// Digits and at least one dot, nothing else.
bool is_oid(std::string_view text);

// "SNOMED CT", or "" for an OID that is not in the table.
std::string code_system_name(std::string_view oid);

// The inverse, blind to case and punctuation: "ICD9-CM" is "ICD-9-CM". "" for a
// name that is not in the table.
std::string code_system_oid(std::string_view name);

// The inverse of in_words() for a code that came without words, of a system in the
// table: "code C25158 of NCI Thesaurus". Nothing for any other words.
std::optional<Code> code_without_words(std::string_view words);

// "http://snomed.info/sct", else "urn:oid:…"; what is an address already as it
// is; else "".
std::string code_system_url(std::string_view oid);

// The inverse: the OID of an address, whether it begins with http or https; an
// address that is not in the table as it is.
std::string code_system_of_url(std::string_view url);

}  // namespace bb::records
