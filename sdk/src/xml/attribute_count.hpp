// attribute_count.hpp - finds a start tag with too many attributes.
#pragma once

#include <string_view>

namespace bb::xml {

// libxml2 compares each attribute of an element with each other, so their
// number is bounded before it sees them. The line of the first start tag with
// more than `count_max`, or 0. Zero bytes are skipped, for UTF-16.
int overfull_line(std::string_view xml, int count_max);

}  // namespace bb::xml
