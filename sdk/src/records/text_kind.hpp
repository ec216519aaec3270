// text_kind.hpp - what a text file is by the lines that it begins with: a report that
// has its title where a report has it, or a mail, Markdown, a key, the source of a
// program that only speaks of one.
#pragma once

#include <string_view>

namespace bb::records {

// Whether a line is one that no Blue Button text has: PEM and PGP armour (RFC 7468,
// RFC 9580), a field of a mail's head or a quoted line of its body (RFC 5322, RFC 3676),
// markup of Markdown (CommonMark), a comment, string or block of a program.
bool is_of_another_kind(std::string_view line);

// Whether the first 2 kB of a file have `title` as a line of its own, between dashes on
// the line or lines of dashes around it, as the first thing said. Where few plain
// lines stand before it or the dashes are missing, what follows has to be the head of a
// report: CONFIDENTIAL between stars, the producer, or the patient's name.
bool begins_with_title(std::string_view bytes, std::string_view title);

}  // namespace bb::records
