#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>

#include "http/request_coding.hpp"

namespace bb::test {
namespace {

using host::decoded_for_record;
using testing::HasSubstr;

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// printf 'auth-token: hello' | gzip -n | xxd -p; the same by zlib.compress() of Python.
const std::string in_gzip = from_hex("1f8b08000000000000034b2c2dc9d02dc9cf4ecdb352c848cdc9c9070085f91aba11000000");
const std::string in_deflate = from_hex("789c4b2c2dc9d02dc9cf4ecdb352c848cdc9c907003a74066f");

TEST(RequestCodingTest, WhatIsCompressedIsRecordedAsWhatItHolds) {
  EXPECT_EQ(decoded_for_record(in_gzip, "gzip", 17), "auth-token: hello");
  EXPECT_EQ(decoded_for_record(in_deflate, "Deflate", 17), "auth-token: hello");
  EXPECT_EQ(decoded_for_record("plain", "", 100), "plain");
  EXPECT_EQ(decoded_for_record("plain", "identity", 100), "plain");
  EXPECT_EQ(decoded_for_record("", "gzip", 100), "");
}

TEST(RequestCodingTest, WhatCannotBeSearchedForSecretsIsNotRecorded) {
  EXPECT_EQ(decoded_for_record(in_gzip, "br", 100),
            "[37 bytes, not recorded: they are in the coding 'br', so that no secret in them is found]");
  EXPECT_THAT(decoded_for_record(in_gzip, "gzip", 16), HasSubstr("they hold more than 16"));
}

TEST(RequestCodingTest, WhatOnlySaysThatItIsCompressedIsRecordedAsItIs) {
  EXPECT_EQ(decoded_for_record("auth-token: hello", "gzip", 100), "auth-token: hello");
}

}  // namespace
}  // namespace bb::test
