// bb/core/printable.hpp - bytes of others as text that is safe to show.
//
// What a file or a system holds may be escape sequences, control characters or
// no text at all. It passes through here before a terminal or a report gets
// it; escaping for HTML, XML or JSON comes after.
#pragma once

#include <string>
#include <string_view>

namespace bb {

// Well-formed UTF-8 that every report format may hold: ill-formed bytes, C1
// controls and noncharacters become U+FFFD, C0 controls but tab and line feed
// become their pictures (U+2400 ...), CR LF becomes LF.
std::string printable(std::string_view bytes);

// As printable(), on one line: every run of white space becomes one blank.
std::string one_line(std::string_view bytes);

}  // namespace bb
