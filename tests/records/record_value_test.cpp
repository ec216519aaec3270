// A record as JSON-shaped data and back.
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/record_value.hpp>

#include "test_data.hpp"

namespace bb::records {
namespace {

TEST(RecordValueTest, IsReadBackAsItWasTold) {
  for (const auto* stem : {"alice", "bruno", "dmitri", "zoe"}) {
    const auto value = to_value(read_sample(stem));
    EXPECT_EQ(to_json(to_value(from_value(value))), to_json(value)) << stem;
  }
}

TEST(RecordValueTest, PassesOverWhatIsOfAnotherKindOrNoField) {
  const auto value = parse_json(
      R"({"format": 7, "no_such": "x", "patient": "Ann", "allergies": [{"onset": "2012", "line": 4294967296}, 3], "notes": {}})");
  ASSERT_TRUE(value);
  const auto record = from_value(*value);
  EXPECT_EQ(record.format, "");
  EXPECT_EQ(record.patient, Patient{});
  ASSERT_EQ(record.allergies.size(), 2u);
  EXPECT_EQ(record.allergies[0].onset, "2012");
  EXPECT_EQ(record.allergies[0].line, 0);
  EXPECT_TRUE(record.notes.empty());
}

}  // namespace
}  // namespace bb::records
