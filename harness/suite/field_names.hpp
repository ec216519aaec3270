// harness/suite/field_names.hpp - the forms of header names and media types.
#pragma once

#include <string_view>

namespace bb::suite {

// A field name, which is a token: RFC 9110, sections 5.1 and 5.6.2.
bool is_field_name(std::string_view text);

// "type/subtype", RFC 6838, section 4.2; parameters may follow a ';'.
bool is_media_type(std::string_view text);

}  // namespace bb::suite
