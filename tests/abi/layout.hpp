// tests/abi/layout.hpp - every frozen struct of the ABI with its fields, written
// down once more by hand, so that a change of a header has to be meant.
//
// Drafts are not in it. docs/abi/versioning.md says which headers are frozen.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bb::test {

struct LayoutField {
  std::string name;
  std::size_t offset = 0;
  std::size_t size = 0;
};

struct LayoutStruct {
  std::string name;
  std::size_t size = 0;
  std::vector<LayoutField> fields;
};

// In the order of the headers.
std::vector<LayoutStruct> layout_structs();

// "struct size" and "struct field offset size", a line each.
std::string layout_text(const std::vector<LayoutStruct>& structs);

// Where `older`, such a text, is no prefix of `newer` struct by struct: a struct
// that is gone or has shrunk, a field that is gone, elsewhere or of another size.
std::vector<std::string> layout_breaks(const std::string& older, const std::string& newer);

}  // namespace bb::test
