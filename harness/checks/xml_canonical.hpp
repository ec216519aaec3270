// harness/checks/xml_canonical.hpp - whether two documents are the same XML, for the claim `same` by `xml`.
//
// Canonical XML 1.1 without comments (W3C Recommendation, 2008) of the document element and what is in it: the order
// and quotes of attributes, empty tags, CDATA, encodings and what stands outside of the document element make no
// difference; white space, prefixes, declarations of namespaces and every attribute do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::checks {

// The canonical form, UTF-8. The error says where it is no XML; bounded as bb/xml/document.hpp has it.
Result<std::string> canonical_xml(std::string_view bytes);

// Nothing: the same. Else the first place in document order where they differ, as "line 3: text "a  b"; line 4: text
// "a b"", the line of the first document before that of the other. The error is of canonical_xml().
Result<std::optional<std::string>> first_xml_difference(std::string_view first, std::string_view other);

}  // namespace bb::checks
