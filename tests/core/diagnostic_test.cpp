#include <bb/core/diagnostic.hpp>

#include <gtest/gtest.h>

namespace bb {
namespace {

std::shared_ptr<const Source> source(std::string text) {
  return std::make_shared<const Source>(Source{"suite.yaml", std::move(text)});
}

TEST(DiagnosticTest, UnderlinesTheOffendingText) {
  const auto file = source("a: 1\n- do: inbox.recieve\n");
  EXPECT_EQ(
      render(Diagnostic{
          Severity::error, {file, 2, 7, 13}, "unknown verb 'recieve' of role 'inbox'", "did you mean 'receive'?"}),
      "suite.yaml:2:7: error: unknown verb 'recieve' of role 'inbox'\n"
      "    2 | - do: inbox.recieve\n"
      "      |       ^~~~~~~~~~~~~ did you mean 'receive'?\n");
}

TEST(DiagnosticTest, CountsCharactersNotBytesUnderTheLine) {
  const auto file = source("n: Zo\xC3\xAB x\n");
  EXPECT_EQ(render(Diagnostic{Severity::warning, {file, 1, 9, 1}, "odd", ""}),
            "suite.yaml:1:9: warning: odd\n    1 | n: Zo\xC3\xAB x\n      |        ^\n");
}

TEST(DiagnosticTest, GivesNoPictureWhereThereIsNoPlace) {
  EXPECT_EQ(render(Diagnostic{Severity::error, {source(""), 0, 0, 0}, "the file is empty", ""}),
            "suite.yaml: error: the file is empty\n");
  EXPECT_EQ(render(Diagnostic{Severity::error, {source("a\n"), 9, 4, 1}, "ends too early", ""}),
            "suite.yaml:9:4: error: ends too early\n");
}

TEST(DiagnosticTest, SortsByPlaceAndSaysEachOnce) {
  const auto file = source("a\nb\n");
  const Diagnostic first{Severity::error, {file, 1, 1, 1}, "x", ""}, second{Severity::error, {file, 2, 1, 1}, "y", ""};
  EXPECT_EQ(render({second, first, second}), render(first) + render(second));
  EXPECT_EQ(render(std::vector<Diagnostic>{}), "");
}

TEST(DiagnosticTest, ShowsNoUserAndNoPasswordOfAUrl) {
  const auto file = source("a: {b: \"https://ann:p@ss w@host/x\", c: ftp://u@h, d: https://h/@x}\n");
  EXPECT_EQ(render(Diagnostic{Severity::error, {file, 1, 37, 1}, "got 'https://ann:p@host'", "not http://q@h?"}),
            "suite.yaml:1:37: error: got 'https://*****@host'\n"
            "    1 | a: {b: \"https://**********@host/x\", c: ftp://*@h, d: https://h/@x}\n"
            "      |                                     ^ not http://*@h?\n");
}

TEST(DiagnosticTest, ShowsNoValueOfAKeyLikePassword) {
  const auto shown = [](const std::string& line) {
    const std::string text = render(Diagnostic{Severity::error, {source(line + "\n"), 1, 1, 1}, "no", ""});
    const auto begin = text.find("    1 | ") + 8;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  EXPECT_EQ(shown("password: hunter2"), "password: *******");
  EXPECT_EQ(shown("  pasword:  'hunter 2'"), "  pasword:  **********");
  EXPECT_EQ(shown("Password:hunter2"), "Password:*******");
  EXPECT_EQ(shown("{a: 1, client_secret: x, \"token\": \"y, z\", b: {c: [2]}}"),
            "{a: 1, client_secret: *, \"token\": ******, b: {c: [2]}}");
  EXPECT_EQ(shown("password: a, b: c} # d"), "password: ************");
  EXPECT_EQ(shown("password: 'open"), "password: *****");
  for (const std::string line : {"password: {env: NAME}", "secrets: {password: {file: a}}", "password: $input.x",
                                 "password:", "{type: secret, kind: token}", "key: a", "token_count: 3"})
    EXPECT_EQ(shown(line), line);
}

// The mark stays under what it marks.
TEST(DiagnosticTest, WhatIsHiddenMovesNoMark) {
  const auto file = source("{password: Zo\xC3\xAB, b: 1}\n");
  EXPECT_EQ(render(Diagnostic{Severity::error, {file, 1, 18, 1}, "odd", ""}),
            "suite.yaml:1:18: error: odd\n    1 | {password: ***, b: 1}\n      |                 ^\n");
}

TEST(DiagnosticTest, ShowsTheFirstOfEachFileAndHowManyMoreThereAre) {
  std::string text;
  for (std::size_t i = 0; i < diagnostics_shown_max + 2; ++i) text += "a\n";
  const auto file = source(text);
  const auto other = std::make_shared<const Source>(Source{"target.yaml", "b\n"});
  const auto at = [&](int line, Severity severity = Severity::error) {
    return Diagnostic{severity, {file, line, 1, 1}, "x", ""};
  };
  std::vector<Diagnostic> many{{Severity::error, {other, 1, 1, 1}, "y", ""}};
  std::string shown;
  for (int line = 1; line <= static_cast<int>(diagnostics_shown_max); ++line) {
    many.push_back(at(line));
    shown += render(at(line));
  }
  const std::string rest = render(many[0]);
  EXPECT_EQ(render(many), shown + rest);
  many.push_back(at(static_cast<int>(diagnostics_shown_max) + 1));
  EXPECT_EQ(render(many), shown + "suite.yaml: 1 more of the like is not shown\n" + rest);
  many.push_back(at(static_cast<int>(diagnostics_shown_max) + 2));
  EXPECT_EQ(render(many), shown + "suite.yaml: 2 more of the like are not shown\n" + rest);
}

TEST(DiagnosticTest, ErrorsAreShownBeforeWarningsWhereThereAreTooMany) {
  const auto file = source(std::string(400, '\n'));
  std::vector<Diagnostic> many;
  for (int line = 1; line <= static_cast<int>(diagnostics_shown_max); ++line)
    many.push_back({Severity::warning, {file, line, 1, 1}, "w", ""});
  many.push_back({Severity::error, {file, 300, 1, 1}, "e", ""});
  const auto first = first_of_each_file(in_order(many));
  ASSERT_EQ(first.size(), diagnostics_shown_max);
  EXPECT_EQ(first.back().message, "e");
  EXPECT_EQ(first.front().place.line, 1);
}

TEST(DiagnosticTest, WarningsAreNoErrors) {
  EXPECT_FALSE(has_errors({Diagnostic{Severity::warning, {}, "w", ""}}));
  EXPECT_TRUE(has_errors({Diagnostic{Severity::warning, {}, "w", ""}, Diagnostic{Severity::error, {}, "e", ""}}));
}

}  // namespace
}  // namespace bb
