// plugins/tls/tls_version.hpp - versions of SSL and TLS, by the numbers that they have on the wire.
//
// Source: RFC 6101; RFC 2246, 4346, 5246, 8446.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bb::tls {

enum class Version : std::uint16_t { ssl3 = 0x0300, tls10 = 0x0301, tls11 = 0x0302, tls12 = 0x0303, tls13 = 0x0304 };

inline constexpr std::array<std::pair<Version, std::string_view>, 5> versions{{{Version::ssl3, "SSLv3"},
                                                                               {Version::tls10, "TLSv1.0"},
                                                                               {Version::tls11, "TLSv1.1"},
                                                                               {Version::tls12, "TLSv1.2"},
                                                                               {Version::tls13, "TLSv1.3"}}};

// "0x0305" where there is no such version.
std::string word_of(Version version);
std::optional<Version> version_of(std::string_view word);

}  // namespace bb::tls
