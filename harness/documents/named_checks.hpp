// harness/documents/named_checks.hpp - what rules ask of a value and XPath cannot
// say: check digits, calendar dates, forms of identifiers. Pure functions.
//
// Rules call them as bb:is-loinc(@code) (docs/reference/document-rules.md).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/schematron/schema.hpp"

namespace bb::documents {

// A point in time as CDA writes it, YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+|-ZZ[ZZ]], on a
// day of the calendar. Source: HL7 V3 Data Types R1 (CDA R2), TS.
bool is_time(std::string_view text);
// The same, at least to the day. Source: C-CDA R2.1, 81-10127.
bool is_time_to_the_day(std::string_view text);
// Whether `a` is not after `b`, as far as both are precise and zones aside. True
// where one of them is no time: that is for another rule to say.
bool is_in_order(std::string_view a, std::string_view b);

// An ISO object identifier under an arc that is given out: below iso(1) there
// are 0 to 3 alone. Source: ISO/IEC 8824-1; ITU-T X.660, 7 and A.
bool is_oid(std::string_view text);
// Source: RFC 4122, 3.
bool is_uuid(std::string_view text);

// One to seven digits, a dash and the check digit (mod 10). Source: LOINC Users' Guide, appendix C.
bool is_loinc(std::string_view code);
// 6 to 18 digits with the check digit of Verhoeff. Source: SNOMED CT TIG, SCTID.
bool is_snomed(std::string_view code);
// Ten digits of which the last is Luhn's after the prefix 80840. Source: 45 CFR 162.406; ISO/IEC 7812.
bool is_npi(std::string_view id);
// One to eight digits. Source: RxNorm Technical Documentation, RXCUI.
bool is_rxnorm(std::string_view code);

// A language tag of two or three letters with subtags. Source: RFC 5646, 2.1;
// C-CDA R2.1, value set 2.16.840.1.113883.1.11.11526.
bool is_language(std::string_view tag);
// Base64 of at least one byte, white space aside. Source: RFC 4648, 4.
bool is_base64(std::string_view text);
// An absolute URI. Source: RFC 3986, 3.
bool is_uri(std::string_view text);

// A URL that a browser runs: javascript, vbscript, or data of HTML, XML or SVG.
// Source: WHATWG URL Standard, 4.4 (what of white space is passed over); RFC 2397.
bool is_script(std::string_view url);
// A URL that is fetched from another place than the document's own, as far as it says so: http,
// https, or of a host without a scheme. Source: WHATWG URL Standard, 4.4.
bool is_elsewhere(std::string_view url);
// A URL of http, https, mailto or tel, or without a scheme. Source: RFC 3986, 3.1 and 4.2.
bool is_link(std::string_view url);

// Whether a text of one colour can be told from a background of another, with 4.5:1
// or, where `is_large` is "yes", 3:1. Source: WCAG 2.1, 1.4.3.
bool is_told_apart(std::string_view text, std::string_view background, std::string_view is_large);

// All of them by the name that rules use.
const std::map<std::string, schematron::Function, std::less<>>& named_checks();

}  // namespace bb::documents
