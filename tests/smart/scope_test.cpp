#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/smart/scope.hpp>

namespace {

using namespace bb::smart;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

bool is_covered(std::string_view granted, std::string_view wanted) {
  const auto scope = read_scope(wanted);
  EXPECT_TRUE(scope) << wanted;
  return covers(read_scopes(granted), *scope);
}

TEST(ScopeTest, ReadsBothVersions) {
  const auto v1 = *read_scope("patient/Observation.read");
  EXPECT_EQ(v1.version, Scope::Version::v1);
  EXPECT_EQ(v1.rights, "rs");
  EXPECT_EQ(read_scope("user/*.*")->rights, "cruds");
  EXPECT_EQ(read_scope("patient/Observation.write")->rights, "cud");
  const auto v2 = *read_scope(
      "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory");
  EXPECT_EQ(v2.version, Scope::Version::v2);
  EXPECT_EQ(v2.context, "patient");
  EXPECT_EQ(v2.resource_type, "Observation");
  EXPECT_EQ(v2.rights, "rs");
  EXPECT_THAT(v2.filter,
              ElementsAre(Pair("category", "http://terminology.hl7.org/CodeSystem/observation-category|laboratory")));
  for (const auto* const other : {"openid", "fhirUser", "launch/patient", "offline_access", "https://a.example/x.rs"})
    EXPECT_FALSE(read_scope(other)->is_on_data()) << other;
}

TEST(ScopeTest, RefusesLettersThatAreNoRights) {
  for (const auto* const wrong : {"patient/Patient.sr", "patient/Patient.rr", "patient/Patient.", "patient/Patient",
                                  "patient/Patient.x", "system/.rs", "user/patient.rs", "patient/*.Read"})
    EXPECT_THAT(read_scope(wrong).error().what, HasSubstr(wrong)) << wrong;
  EXPECT_THAT(read_scope("patient/Patient.read?x=1").error().what, HasSubstr("has no parameters"));
  // A list goes on with what it cannot read.
  EXPECT_EQ(read_scopes("openid  patient/Patient.sr patient/*.rs").size(), 3u);
}

TEST(ScopeTest, CoversRightByRight) {
  EXPECT_TRUE(is_covered("patient/*.rs", "patient/Observation.r"));
  EXPECT_TRUE(is_covered("patient/Observation.r patient/Observation.s", "patient/Observation.rs"));
  EXPECT_TRUE(is_covered("patient/Observation.read", "patient/Observation.rs"));
  EXPECT_TRUE(is_covered("openid launch/patient", "launch/patient"));
  EXPECT_FALSE(is_covered("patient/Observation.r", "patient/Observation.rs"));
  EXPECT_FALSE(is_covered("patient/Observation.rs", "patient/*.rs"));
  EXPECT_FALSE(is_covered("patient/*.rs", "user/Patient.r"));
  EXPECT_FALSE(is_covered("user/*.cruds", "patient/Patient.r"));
  EXPECT_FALSE(is_covered("openid", "profile"));
  EXPECT_FALSE(is_covered("", "patient/Patient.r"));
}

TEST(ScopeTest, AFilterGrantsLess) {
  EXPECT_TRUE(is_covered("patient/Observation.rs?category=a", "patient/Observation.rs?category=a"));
  EXPECT_TRUE(is_covered("patient/Observation.rs", "patient/Observation.rs?category=a"));
  EXPECT_FALSE(is_covered("patient/Observation.rs?category=a", "patient/Observation.rs"));
  EXPECT_FALSE(is_covered("patient/Observation.rs?category=a", "patient/Observation.rs?category=b"));
}

TEST(ScopeTest, NamesWhatWasNotAskedFor) {
  const auto asked = read_scopes("openid patient/*.rs");
  EXPECT_EQ(first_beyond(read_scopes("patient/Patient.r openid"), asked), nullptr);
  const auto wider = read_scopes("openid patient/Patient.u");
  EXPECT_EQ(first_beyond(wider, asked)->text, "patient/Patient.u");
}

}  // namespace
