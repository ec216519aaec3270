#include <gtest/gtest.h>

#include <bb/core/uri.hpp>

namespace bb {
namespace {

TEST(UriTest, KnowsWhatBeginsWithAScheme) {
  for (const auto* text : {"http://x.org/a", "urn:uuid:0", "tel:+1-555-0100", "a+b-c.1:x"})
    EXPECT_TRUE(is_absolute_uri(text)) << text;
  for (const auto* text : {"", ":x", "tel:", "Patient/1", "1a:x", "a b:x", "(555):1", "#a"})
    EXPECT_FALSE(is_absolute_uri(text)) << text;
}

}  // namespace
TEST(UriTest, TellsOriginsApart) {
  EXPECT_EQ(bb::origin_of("https://A.example/fhir?x#y"), "https://a.example");
  EXPECT_EQ(bb::origin_of("HTTPS://a.example:443"), "https://a.example");
  EXPECT_EQ(bb::origin_of("https://a.example:"), "https://a.example");
  EXPECT_EQ(bb::origin_of("http://a.example:80/"), "http://a.example");
  EXPECT_EQ(bb::origin_of("https://a.example:8443/"), "https://a.example:8443");
  EXPECT_EQ(bb::origin_of("http://a.example:443/"), "http://a.example:443");
  EXPECT_EQ(bb::origin_of("https://[::1]:8443/x"), "https://[::1]:8443");
  EXPECT_NE(bb::origin_of("https://a.example"), bb::origin_of("https://a.example.evil.example"));
  for (const auto* const none : {"", "a.example", "//a.example", "file:///etc/passwd", "https://", "https:///x",
                                 "https://a.example@evil.example/", "https://a.example\\@evil.example/", "https://a b/",
                                 "https://%61.example/", "ftp://a.example"})
    EXPECT_EQ(bb::origin_of(none), "") << none;
}

}  // namespace bb
