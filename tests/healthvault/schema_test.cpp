// What the toolkit writes, against the schemas that the platform published.
#include <gtest/gtest.h>

#include <bb/healthvault/notice.hpp>

#include "example_messages.hpp"
#include "published_schema.hpp"

namespace bb::healthvault::test {
namespace {

struct HealthvaultSchemaTest : testing::Test {
  void SetUp() override {
    if (!std::filesystem::is_directory(healthvault_folder()))
      GTEST_SKIP() << "no published schemas at " << healthvault_folder() << ": set BB_TEST_DATA";
  }
};

TEST_F(HealthvaultSchemaTest, EachTypedMessageIsValid) {
  int validated = 0;
  each_message([&]<class M>(int version, const typename M::Request& request, const typename M::Answer& answer) {
    if (const auto schema = schema_of("method", M::name, version); !schema.empty()) {
      const auto info = write_request_info<M>(request, version);
      EXPECT_EQ(violations(schema, info), "") << schema << " of version " << version << "\n" << info;
      ++validated;
    } else {
      // Published are schemas of all requests that hold something.
      EXPECT_EQ(write_request_info<M>(request, version), "<info></info>") << M::name;
    }
    if (const auto schema = schema_of("response", M::name, version); !schema.empty()) {
      const auto info = write_answer_info<M>(answer, version);
      EXPECT_EQ(violations(schema, info), "") << schema << " of version " << version << "\n" << info;
      ++validated;
    } else {
      EXPECT_EQ(write_answer_info<M>(answer, version), "") << M::name;
    }
  });
  EXPECT_GT(validated, 80);
}

TEST_F(HealthvaultSchemaTest, NoticesAreValid) {
  EXPECT_EQ(violations("notification.xsd",
                       write_notices({{id_a, id_b, id_c, {weight_type, id_a}}, {id_b, id_b, id_c, {id_c}}})),
            "");
  EXPECT_NE(violations("notification.xsd", write_notices({{id_a, "7", id_c, {id_a}}})), "");
}

TEST_F(HealthvaultSchemaTest, ASchemaTakesNotEverything) {
  EXPECT_NE(violations("method-putthings2.xsd", "<info></info>"), "");
  EXPECT_NE(violations("method-putthings2.xsd", "<info><thing><flags>x</flags></thing></info>"), "");
  EXPECT_NE(violations("response-putthings.xsd", "<w:info xmlns:w='urn:x'></w:info>"), "");
}

}  // namespace
}  // namespace bb::healthvault::test
