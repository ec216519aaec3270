// bb/records/read.hpp - read a clinical document of any kind we know.
#pragma once

#include <cstddef>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>

namespace bb::records {

inline constexpr std::size_t document_bytes_max = 64ull * 1024 * 1024;

// Reads a document by what its root element says it is: CDA R2 as read_ccda()
// does (ccda.hpp), a body without structure (C62) as an attachment; a CCR (ASTM
// E2369-05). Bounded: `document_bytes_max`, 100,000 facts and what ccda.hpp says.
// The error says where and what was found instead.
[[nodiscard]] Result<Record> read_record(std::string_view xml);

}  // namespace bb::records
