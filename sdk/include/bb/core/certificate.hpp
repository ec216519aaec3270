// bb/core/certificate.hpp - X.509 certificates as text. Nothing here reads what
// is inside one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bb {

// More than any certificate in use; what is longer is none.
inline constexpr std::size_t certificate_bytes_max = std::size_t{64} * 1024;

// The bytes of one certificate given as PEM (RFC 7468) or as the base64 of its
// DER; nothing where it is neither, or more than one.
std::optional<std::string> certificate_der(std::string_view text);

}  // namespace bb
