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
}  // namespace bb
