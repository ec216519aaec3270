// type_conversion.hpp - the data of a thing in another version of its type.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "record_platform/type_registry.hpp"

namespace bb::record_platform {

// Where a version stands among those of its type: what it is converted from is older or newer.
enum class Converted { down, up };

struct ConvertedData {
  std::string data;  // the inside of data-xml; what stands behind the type's element is as it was
  Converted direction;
};

// `data`, of type `from`, as the version `to` of the same type has it, by way of the versions between them. It is
// checked as what is stored is. The error says why it cannot be.
[[nodiscard]] Result<ConvertedData> convert(const TypeRegistry& types, const ThingType& from, const ThingType& to,
                                            const std::string& data);

}  // namespace bb::record_platform
