// bb::Value where memory ends in the middle of what it does.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include <bb/core/value.hpp>

namespace {

// Of this program: how many allocations still work (-1 = all), and how many are
// not given back yet.
int allocations_left = -1;
int allocation_count = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* const memory = allocations_left == 0 ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  ++allocation_count;
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) --allocation_count;
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace bb {
namespace {

const std::string long_text(100, 'x');

Value nested() {
  return Value::object({{"text", long_text},
                        {"list", Value(Value::Array{long_text, 1, Value::object({{"inner", long_text}})})},
                        {"flag", true},
                        {"none", nullptr},
                        {"half", 0.5}});
}

// Runs `body` with memory for n allocations, n = 0, 1, 2 ..., until it is enough.
// Returns how many were too few, and fails where one left something behind.
template <class Body>
int times_out_of_memory(const Body& body) {
  for (int n = 0;; ++n) {
    const int before = allocation_count;
    allocations_left = n;
    bool is_out_of_memory = false;
    try {
      body();
    } catch (const std::bad_alloc&) {
      is_out_of_memory = true;
    }
    allocations_left = -1;
    EXPECT_EQ(allocation_count, before) << "with memory for " << n << " allocations";
    if (!is_out_of_memory) return n;
  }
}

TEST(ValueMemoryTest, CopyIsWholeOrNotAtAll) {
  const auto value = nested();
  bool is_equal = false;
  EXPECT_EQ(times_out_of_memory([&] {
              const Value copy = value;
              is_equal = copy == value;
            }),
            6);  // two vectors of members, one of values, three long texts
  EXPECT_TRUE(is_equal);
}

TEST(ValueMemoryTest, ObjectIsMadeWholeOrNotAtAll) {
  const auto value = nested();
  EXPECT_EQ(times_out_of_memory([&] {
              Value::object({{"first", value["list"]}, {"second", value}});
            }),
            21);  // 4 and 6 for the arguments, one for the vector, 4 and 6 for the members
}

TEST(ValueMemoryTest, AssignmentThatFailsLeavesTheOldContent) {
  const auto value = nested();
  for (const auto& old : {Value(long_text), Value(Value::Array{1, 2}), Value(true), nested()}) {
    Value target = old;
    allocations_left = 3;
    EXPECT_THROW(target = value, std::bad_alloc);
    allocations_left = -1;
    EXPECT_EQ(target, old);
    target = value;
    EXPECT_EQ(target, value);
  }
}

}  // namespace
}  // namespace bb
