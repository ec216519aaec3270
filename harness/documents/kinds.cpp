#include "harness/documents/kinds.hpp"

#include <algorithm>
#include <array>

#include "harness/documents/kind_package.hpp"

namespace bb::documents {
namespace {

// The first that knows a file has it.
const std::array kinds{&xdm_kind, &zip_kind};

}  // namespace

const Kind* kind_of(std::string_view bytes) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind* kind) { return kind->is_it(bytes); });
  return found == kinds.end() ? nullptr : *found;
}

}  // namespace bb::documents
