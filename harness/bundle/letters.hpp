// harness/bundle/letters.hpp - a text as the letters it stands for, each with the
// bytes that write it: so that a name is found however it is written.
//
// Case, marks on Latin letters and combining marks make no difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bb::bundle {

// How letters may be written beside themselves. Each is looked at by itself: what is an
// escape in one (`=41`) is none in the other.
enum class Writing {
  plain,
  escaped,  // %41, \u0041, \n and \/ of JSON, &#65; &#x41; and the names of XML
  quoted    // =41 of quoted-printable, with its soft line breaks
};

struct Letter {
  std::uint32_t folded = 0;          // as it is compared; 0 for what is no letter and no digit
  std::uint32_t begin = 0, end = 0;  // its bytes
  bool is_upper = false;
  bool is_digit = false;
};

// `text` is UTF-8, of less than 4 GB. Bytes that are none stand for themselves.
std::vector<Letter> letters_of(std::string_view text, Writing writing);

}  // namespace bb::bundle
