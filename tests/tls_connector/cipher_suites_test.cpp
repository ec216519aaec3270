#include "tls/cipher_suites.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::tls {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(CipherSuitesTest, HasFamiliesByTheRegisteredNumbers) {
  // IANA, "TLS Cipher Suites".
  EXPECT_THAT(suites_of("md5"), UnorderedElementsAre(0x0001, 0x0003, 0x0004, 0x0006, 0x0017, 0x0018));
  EXPECT_THAT(suites_of("des"), UnorderedElementsAre(0x0008, 0x0009, 0x000b, 0x000c, 0x000e, 0x000f, 0x0011, 0x0012,
                                                     0x0014, 0x0015, 0x0019, 0x001a));
  EXPECT_THAT(suites_of("null"), Contains(0x003b));
  EXPECT_THAT(suites_of("rc4"), Contains(0x0018));
  EXPECT_THAT(suites_of("anonymous"), Contains(0x0018));
  EXPECT_THAT(suites_of("export"), Contains(0x0017));
  EXPECT_THAT(suites_of_tls13(), ElementsAre(0x1301, 0x1302, 0x1303, 0x1304, 0x1305));
  EXPECT_TRUE(suites_of("strong").empty());
}

TEST(CipherSuitesTest, OffersNothingWeakAsUsual) {
  const auto usual = suites_of("usual");
  for (const auto* family : {"null", "export", "rc4", "des", "anonymous", "md5"}) {
    EXPECT_FALSE(suites_of(family).empty());
    for (const auto suite : suites_of(family)) EXPECT_THAT(usual, Not(Contains(suite))) << name_of_suite(suite);
  }
  EXPECT_THAT(usual, Contains(0x000a));  // TDEA, which old hosts may have alone
}

TEST(CipherSuitesTest, NamesWhatItDoesNotKnowByItsNumber) {
  EXPECT_EQ(name_of_suite(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(name_of_suite(0x5a5a), "0x5a5a");
}

}  // namespace
}  // namespace bb::tls
