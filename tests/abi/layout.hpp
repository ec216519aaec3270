// tests/abi/layout.hpp - every struct of the ABI with its fields, written down
// once more by hand, so that a change of a header has to be meant.
//
// structs() gives them as data: name, size, fields with offset and size.
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

}  // namespace bb::test
