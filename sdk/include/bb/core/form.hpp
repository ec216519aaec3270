// bb/core/form.hpp - application/x-www-form-urlencoded: queries of URLs and bodies of forms.
//
// Source: WHATWG URL Standard, 5; RFC 6749, appendix B.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>

namespace bb {

inline constexpr std::size_t form_bytes_max = 1'048'576;
inline constexpr std::size_t form_fields_max = 1'000;

// Names and values as they are meant, in order; a name may stand more than once.
using FormFields = std::vector<std::pair<std::string, std::string>>;

// "name=value&other=a%20b": only what RFC 3986 leaves unreserved stays as it is.
std::string write_form(const FormFields& fields);

// '+' is a blank, a part without '=' has an empty value, an empty part is none. The error is of a
// broken escape, of text that is no UTF-8, of more than the bounds above.
[[nodiscard]] Result<FormFields> read_form(std::string_view text);

// What stands behind the '?' of a URL, before any '#'; empty where there is no '?'.
std::string_view query_of_url(std::string_view url);
// The form in what a browser came back with: a URL's query, or a posted form itself, which has its first '=' before any
// '?'.
std::string_view form_within(std::string_view url_or_form);
// The URL with the fields behind what query it has, and without its fragment.
std::string with_query(std::string_view url, const FormFields& fields);

// The first field of the name; nullptr: there is none.
const std::string* find_field(const FormFields& fields, std::string_view name);
// A name that stands more than once.
std::optional<std::string> repeated_field(const FormFields& fields);

}  // namespace bb
