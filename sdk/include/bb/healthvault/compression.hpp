// bb/healthvault/compression.hpp - bodies of requests that are sent compressed.
//
// Source: the catalogue's row HV-ENV-11; RFC 9110, section 8.4.1: "deflate" is the zlib format (RFC 1950).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bb::healthvault {

enum class ContentEncoding { identity, gzip, deflate };

// "gzip", "deflate", as Content-Encoding has them; empty: identity.
std::string_view word_of(ContentEncoding encoding);
// Of that word, without case; an empty one is identity. Nothing: another encoding (91 UNSUPPORTED_CONTENT_ENCODING).
std::optional<ContentEncoding> content_encoding(std::string_view word);

// What goes out; whoever has it sends Content-Encoding with it. [any thread]
std::string compressed(std::string_view bytes, ContentEncoding encoding);

}  // namespace bb::healthvault
