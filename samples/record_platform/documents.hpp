// documents.hpp - the documents that records have from the start.
#pragma once

#include <filesystem>

#include "record_platform/call.hpp"
#include "record_platform/set_up.hpp"

namespace bb::record_platform {

// Stores NAME.xml of the folder as a CCD of the record NAME, once: a second start finds it
// there. The error names the file.
[[nodiscard]] Status store_documents(Database& database, const World& world, const SetUp& set_up,
                                     const std::filesystem::path& folder, std::int64_t now_ns);

}  // namespace bb::record_platform
