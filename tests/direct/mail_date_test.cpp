#include <bb/direct/mail_date.hpp>

#include <gtest/gtest.h>

#include <bb/core/time.hpp>

namespace {

using bb::direct::parse_mail_date;

std::int64_t seconds(std::string_view text) {
  return parse_mail_date(text).value_or(-bb::ns_per_second) / bb::ns_per_second;
}

// Values of Python's email.utils.
TEST(MailDateTest, IsReadInEveryFormThatServersWrite) {
  EXPECT_EQ(seconds("Fri, 21 Nov 1997 09:55:06 -0600"), 880'127'706);  // RFC 5322, A.1.1
  EXPECT_EQ(seconds(" Fri, 21 Nov 1997 09:55:06 -0600 (CST)"), 880'127'706);
  EXPECT_EQ(seconds("21 Nov 1997 15:55:06 GMT"), 880'127'706);
  EXPECT_EQ(seconds("21 nov 1997 15:55 +0000"), 880'127'700);
  EXPECT_EQ(seconds("Thu,  1 Jan 2026 00:00:00 +0200"), 1'767'218'400);
  EXPECT_EQ(parse_mail_date(bb::direct::mail_date(1'795'300'000'000'000'000)), 1'795'300'000'000'000'000);
}

TEST(MailDateTest, WhatIsNoneIsNone) {
  for (const auto* text : {"", "today", "Fri, 21 Nov 1997", "32 Nov 1997 09:55:06 -0600", "21 Nix 1997 09:55:06 -0600",
                           "21 Nov 1997 09:55:06", "21 Nov 1997 25:55:06 -0600", "21 Nov 1997 09:55:06 -06",
                           "1121 Nov 97 09:55:06 -0600", "21 Nov 1997 09:55:06 EST"})
    EXPECT_FALSE(parse_mail_date(text)) << text;
}

}  // namespace
