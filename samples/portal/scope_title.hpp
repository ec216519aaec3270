// scope_title.hpp - what a copy says on its face: whether it is the whole record or which part of it, and for which
// dates (VDT-SCOPE-01).
#pragma once

#include <string>

#include <bb/records/ccda.hpp>
#include <bb/records/record.hpp>

#include "portal/selection.hpp"

namespace bb::portal {

// "Complete health record of Nora Lind, up to 03 May 2024", "Part of the health record of Nora Lind: Office visit,
// 2024-05-03". `whole` is the record that the part is of.
std::string scope_title(const records::Record& whole, const Selection& selection);

// The period that a part is about, for the head of its C-CDA; empty for the whole record.
records::CcdaHead scope_head(const records::Record& part, const Selection& selection);

}  // namespace bb::portal
