// harness/documents/pdf_content.hpp - what the bytes in a PDF's streams are, whatever
// they are called: programs among embedded files, scripts in forms of XFA.
#pragma once

#include <cstddef>
#include <string_view>

namespace bb::documents {

// Enough of a file for is_program_content().
inline constexpr std::size_t program_head_bytes = 1024;

// Whether a file begins as what a system runs: of Windows (MZ), Linux (ELF), macOS
// (Mach-O), Java (a class), or a script that names its interpreter (#!).
bool is_program_content(std::string_view head);

// Whether a part of a form (XFA 3.3, "script") has a script in JavaScript. XFA's own
// language of formulas is none.
bool has_form_script(std::string_view xml);

}  // namespace bb::documents
