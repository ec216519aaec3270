// bb/healthvault/thing_common.hpp - what any application may say beside the data of a thing.
//
// For who stores things: the id by which a put that was repeated is known (HV-ENV-13), and
// where the data came from (HV-PUT-09). Facts are thing_types.hpp's.
//
// Source: thing.xsd of the platform, type common.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::healthvault {

inline constexpr std::size_t client_id_length_max = 255;  // characters

struct ThingCommon {
  std::string source;
  std::string note;
  std::string client_id;  // client-thing-id
  friend bool operator==(const ThingCommon&, const ThingCommon&) = default;
};

// Of the inside of data-xml (DataXml::bytes of thing.hpp); empty what is not there.
[[nodiscard]] Result<ThingCommon> common_of(std::string_view data_xml);

// The inside of data-xml with these; what is empty stays as it is, and so does all else, byte by
// byte. An error for what common_of() refuses, and for a client id that is too long.
[[nodiscard]] Result<std::string> with_common(std::string_view data_xml, const ThingCommon& common);

}  // namespace bb::healthvault
