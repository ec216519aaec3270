// The browser's way: HV-SHELL-01 to -07.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/text.hpp>
#include <bb/healthvault/shell.hpp>

#include "example_messages.hpp"
#include "support/must.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using testing::HasSubstr;

ShellRedirect redirect() {
  ShellRedirect made;
  made.target = "APPAUTH";
  made.app_id = id_a;
  made.is_multi_record = true;
  made.external_record_id = "274814";
  made.online_rules = {1, 3};
  made.offline_rules = {2};
  made.return_method = "post";
  made.action_query = action_query_of("the+state", "next=/a?b&c=d e");
  made.may_change_instance = true;
  return made;
}

TEST(HealthvaultShellTest, TheQueryIsEncodedOnceAsAWhole) {
  // HV-SHELL-01
  ShellRedirect plain;
  plain.target = "APPAUTH";
  plain.app_id = id_a;
  plain.action_query = "a=b c";
  const auto expected =
      "https://shell.example/redirect.aspx?target=APPAUTH&targetqs=appid%3D" + id_a + "%26actionqs%3Da%253Db%2520c";
  EXPECT_EQ(must(shell_url("https://shell.example/", plain, ShellUse::production)), expected);
  EXPECT_EQ(must(shell_url("https://shell.example", plain, ShellUse::production)), expected);
}

TEST(HealthvaultShellTest, IsReadByAShellAsItWasMade) {
  auto sent = redirect();
  sent.return_url = "https://app.example/back?x=1&y=%20";
  sent.more = {{"thingid", id_b}};
  const auto read =
      must(read_shell_url(must(shell_url("https://shell.example/", sent, ShellUse::test)), ShellUse::test));
  EXPECT_EQ(read.target, sent.target);
  EXPECT_EQ(read.app_id, sent.app_id);
  EXPECT_TRUE(read.is_multi_record);
  EXPECT_EQ(read.external_record_id, "274814");
  EXPECT_EQ(read.online_rules, sent.online_rules);
  EXPECT_EQ(read.offline_rules, sent.offline_rules);
  EXPECT_EQ(read.return_method, "post");
  EXPECT_EQ(read.action_query, sent.action_query);
  EXPECT_EQ(read.may_change_instance, true);
  EXPECT_EQ(read.return_url, sent.return_url);
  EXPECT_EQ(read.more, sent.more);
}

TEST(HealthvaultShellTest, WhatAShellRefuses) {
  const auto refusal = [](const ShellRedirect& wrong, ShellUse use) {
    const auto url = shell_url("https://shell.example", wrong, use);
    return url ? "" : url.error().what;
  };
  // HV-SHELL-02
  auto wrong = redirect();
  wrong.target = "ELSEWHERE";
  EXPECT_THAT(refusal(wrong, ShellUse::test), HasSubstr("no target 'ELSEWHERE'"));
  EXPECT_EQ(shell_targets().size(), 17u);
  // HV-SHELL-03
  wrong = redirect();
  wrong.app_id.clear();
  EXPECT_THAT(refusal(wrong, ShellUse::test), HasSubstr("'appid'"));
  wrong = redirect();
  wrong.return_url = "https://app.example/";
  EXPECT_EQ(refusal(wrong, ShellUse::test), "");
  EXPECT_THAT(refusal(wrong, ShellUse::production), HasSubstr("'redirect' may not be sent in production"));
  const auto url = must(shell_url("https://shell.example", wrong, ShellUse::test));
  EXPECT_FALSE(read_shell_url(url, ShellUse::production));
  EXPECT_FALSE(read_shell_url("https://shell.example/redirect.aspx?target=APPAUTH", ShellUse::test));
  EXPECT_FALSE(read_shell_url("https://shell.example/redirect.aspx?target=APPAUTH&targetqs=appid%3D1%26appid%3D2",
                              ShellUse::test));
}

TEST(HealthvaultShellTest, EachReturnIsTold) {
  // HV-SHELL-04
  for (const auto& [target, outcome] : {std::pair{"APPAUTHSUCCESS", ShellOutcome::authorized},
                                        {"APPAUTHREJECT", ShellOutcome::rejected},
                                        {"APPAUTHINVALIDRECORD", ShellOutcome::invalid_record},
                                        {"SELECTEDRECORDCHANGED", ShellOutcome::record_changed},
                                        {"SIGNOUT", ShellOutcome::signed_out},
                                        {"EDITRECORDCOMPLETE", ShellOutcome::edit_complete},
                                        {"EDITRECORDCANCEL", ShellOutcome::edit_cancelled},
                                        {"RECONCILECOMPLETE", ShellOutcome::reconcile_complete},
                                        {"RECONCILECANCELED", ShellOutcome::reconcile_cancelled},
                                        {"RECONCILEFAILURE", ShellOutcome::reconcile_failed},
                                        {"SHARERECORDSUCCESS", ShellOutcome::share_success},
                                        {"SHARERECORDFAILED", ShellOutcome::share_failed},
                                        {"SOMETHINGNEW", ShellOutcome::unknown},
                                        {"appauthsuccess", ShellOutcome::unknown},
                                        {"", ShellOutcome::unknown}}) {
    const auto read = must(read_shell_return(std::string{"https://app.example/?wctoken=t&target="} + target));
    EXPECT_EQ(read.outcome, outcome) << target;
    EXPECT_EQ(read.target, target);
    EXPECT_EQ(word_of(outcome), outcome == ShellOutcome::unknown ? "" : target);
  }
}

TEST(HealthvaultShellTest, ASuccessCarriesItsTokenAndTheStateUnchanged) {
  // HV-SHELL-05
  ShellReturn answer;
  answer.outcome = ShellOutcome::authorized;
  answer.token = Secret("ASAAA+/=&");
  answer.instance_id = "1";
  answer.action_query = redirect().action_query;
  for (const auto* url : {"https://app.example/back", "https://app.example/back?x=1", "https://app.example/back#part",
                          "https://app.example/back?x=1#part?"}) {
    const auto read = must(read_shell_return(write_shell_return(url, answer)));
    EXPECT_EQ(read.outcome, ShellOutcome::authorized);
    EXPECT_EQ(read.token.bytes(), "ASAAA+/=&");
    EXPECT_EQ(read.instance_id, "1");
    EXPECT_EQ(read.action_query, redirect().action_query);
  }
  // Of a posted form: no URL around it.
  EXPECT_EQ(must(read_shell_return("target=APPAUTHREJECT&actionqs=a?b")).action_query, "a?b");
}

TEST(HealthvaultShellTest, ReturnsThatAreNone) {
  const auto refusal = [](std::string_view url) {
    const auto read = read_shell_return(url);
    return read ? "" : read.error().what;
  };
  EXPECT_THAT(refusal("https://a.example/?target=APPAUTHSUCCESS"), HasSubstr("without 'wctoken'"));
  EXPECT_THAT(refusal("?target=SIGNOUT&target=APPAUTHSUCCESS"), HasSubstr("'target' stands twice"));
  EXPECT_THAT(refusal("?target=%2"), HasSubstr("broken escape"));
  EXPECT_THAT(refusal("?target=" + std::string(20'000, 'x')), HasSubstr("too long"));
  // No token is in an error (HV-SHELL-06).
  EXPECT_THAT(refusal("?wctoken=SECRET&wctoken=SECRET"), Not(HasSubstr("SECRET")));
}

TEST(HealthvaultShellTest, AReturnBelongsToItsRedirect) {
  // HV-SHELL-07
  const auto state = new_shell_state();
  EXPECT_GE(state.size(), 32u);
  EXPECT_NE(state, new_shell_state());
  ShellReturn answer;
  answer.action_query = action_query_of(state, "next=1");
  EXPECT_TRUE(is_own_return(answer, state));
  EXPECT_FALSE(is_own_return(answer, new_shell_state()));
  EXPECT_FALSE(is_own_return(answer, ""));
  answer.action_query = "state=";
  EXPECT_FALSE(is_own_return(answer, ""));
  answer.action_query = "next=1";
  EXPECT_FALSE(is_own_return(answer, state));
  answer.action_query = action_query_of(state, "state=" + state);
  EXPECT_FALSE(is_own_return(answer, state));
}

}  // namespace
}  // namespace bb::healthvault::test
