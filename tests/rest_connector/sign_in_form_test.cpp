#include "pages/sign_in_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(SignInFormTest, FindsAccountAndPasswordAmongWhatIsSent) {
  const auto form = find_sign_in_form(R"(<form action="/search"><input name="q"></form>
    <form method="POST" action="/enter?x=1"><input type="hidden" name="csrf" value="a&amp;b"><input type="checkbox" name="stay">
    <input type="checkbox" name="terms" value="yes" checked><p><input type="email" name="who" value=""></p>
    <input type="text" name="off" disabled><input type="password" name="word"><input type="submit" name="go" value="Go"></form>)");
  ASSERT_TRUE(form) << form.error().what;
  ASSERT_TRUE(*form);
  EXPECT_EQ((*form)->action, "/enter?x=1");
  EXPECT_THAT((*form)->fields,
              ElementsAre(Pair("csrf", "a&b"), Pair("terms", "yes"), Pair("who", ""), Pair("word", "")));
  EXPECT_EQ((*form)->account, 2u);
  EXPECT_EQ((*form)->password, 3u);
}

TEST(SignInFormTest, TellsAPageWithoutOne) {
  EXPECT_FALSE(*find_sign_in_form("<p>Welcome</p>"));
  EXPECT_FALSE(*find_sign_in_form("<form method='post'><input name='q'></form>"));
  // A new password alone is no sign-in.
  EXPECT_FALSE(*find_sign_in_form("<form method='post'><input type='password' name='a'></form>"));
}

TEST(SignInFormTest, RefusesAPasswordInAnAddress) {
  const auto form = find_sign_in_form("<form><input name='a'><input type='password' name='b'></form>");
  ASSERT_FALSE(form);
  EXPECT_THAT(form.error().what, HasSubstr("expected a form with method 'post'"));
}

TEST(SignInFormTest, RefusesWhatIsNoPage) { EXPECT_FALSE(find_sign_in_form("")); }

}  // namespace
}  // namespace bb::rest
