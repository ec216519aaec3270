// harness/checks/everything.hpp - all that an answer carries, in every form in
// which a program may find it: for claims that something is not in it.
#pragma once

#include <string>
#include <vector>

#include "harness/checks/judge.hpp"

namespace bb::checks {

// Texts to search: the bytes as they are; with character references, JSON escapes
// and the percent signs of addresses and forms read, also inside of attributes, scripts and comments; the texts alone,
// also of elements that nobody sees; what stands there in base64; of UTF-16 and
// UTF-32 the characters. Never fails: what cannot be read another way stands
// there as it came.
std::vector<std::string> everything_in(const Document& document);

// The same of the name and the header fields that a message came with.
std::vector<std::string> everything_around(const evidence::Message& message);

}  // namespace bb::checks
