// harness/bundle/mask_run.hpp - the end of a run that is to be masked: what others may see is made in its
// folder, from what lies in its part `unmasked` (harness/evidence/run_folder.hpp).
//
// A run that can still be gone on with keeps `unmasked`; of one that has ended it is removed. Whatever kills
// this, doing it again comes to the same. docs/adr/0012-masked-at-the-end.md.
#pragma once

#include <filesystem>

#include <bb/core/result.hpp>

namespace bb::bundle {

// Whether a run folder has something to mask, or to remove after it was.
bool is_to_be_masked(const std::filesystem::path& run);

// The error: what is damaged is not masked, what cannot be read, written or removed, and another process that is
// at it. Then `unmasked` stays as it is.
[[nodiscard]] Status mask_run(const std::filesystem::path& run);

}  // namespace bb::bundle
