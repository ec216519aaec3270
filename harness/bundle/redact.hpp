// harness/bundle/redact.hpp - a run folder that others may see: with pseudonyms in
// place of who the patients are.
//
// What is masked, what is left out and what stays: docs/how-to/evidence.md.
#pragma once

#include <cstddef>
#include <filesystem>

#include <bb/core/result.hpp>

namespace bb::bundle {

struct Redacted {
  std::filesystem::path folder;
  std::size_t values = 0;    // forms of personal values that were looked for
  std::size_t left_out = 0;  // bodies, texts and parts that could not be masked
};

// Writes a run folder of its own into `out`, which must not be there yet, with reports made
// from it. The error: what is damaged is not redacted, and what of `folder` cannot be read.
[[nodiscard]] Result<Redacted> redact(const std::filesystem::path& folder, const std::filesystem::path& out);

}  // namespace bb::bundle
