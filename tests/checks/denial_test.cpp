// `not: {…}` from a suite's text to the verdict, each matcher both ways.
#include <gmock/gmock.h>

#include <bb/core/crypto.hpp>
#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>

#include "checks/fixtures.hpp"
#include "harness/suite/reader.hpp"
#include "support/temporary_folder.hpp"

namespace bb::checks {
namespace {

struct DenialTest : testing::Test {
  // What the claim comes to, as the suite's author writes it.
  Holds judged(const std::string& claim) {
    const auto file = folder.path() / "s.yaml";
    EXPECT_TRUE(write_text(file,
                           "format: bluebridge-suite/1\nsuite: a.b\nversion: \"1.0.0\"\nroles:\n"
                           "  portal: {needs: [view]}\ntests:\n  t:\n    steps:\n      - do: portal.list\n"
                           "        expect:\n          - " +
                               claim + "\n"));
    const auto loaded = suite::read_suite(file);
    if (!loaded.is_good()) {
      ADD_FAILURE() << render(loaded.diagnostics);
      return Holds::unjudgeable;
    }
    return judge_claim(loaded.value->tests.at(0).steps.at(0).expect.at(0), scope(), &answer).holds;
  }
  evidence::Message answer =
      message("application/json", R"({"names": ["Newman", "Oldman"], "text": "of Isabella Newman"})");
  test::TemporaryFolder folder;
};

TEST_F(DenialTest, Contains) {
  EXPECT_EQ(judged("{json: $.text, not: {contains: Oldman}}"), Holds::held);
  EXPECT_EQ(judged("{json: $.text, not: {contains: $patient.family_name}}"), Holds::violated);
  EXPECT_EQ(judged("{json: $.text, not: {contains: [Oldman, Newman]}}"), Holds::violated);
  EXPECT_EQ(judged("{json: $.text, not: {contains: $patient.blank}}"), Holds::violated);
}

TEST_F(DenialTest, ARefusalWithoutContentGivesNothingAway) {
  const std::string denial = "{body: text, not: {contains: $patient.family_name}}";
  answer = message("text/plain", "");
  EXPECT_EQ(judged(denial), Holds::violated) << "an empty answer shows nothing";
  for (const char* const word : {"refused", "not_found"}) {
    answer.result = word;
    EXPECT_EQ(judged(denial), Holds::held) << word;
    EXPECT_EQ(judged("{body: text, contains: Newman}"), Holds::violated) << word;
    EXPECT_EQ(judged("{body: text, exists: true}"), Holds::violated) << word;
    EXPECT_EQ(judged("{body: text, not: {contains: Oldman}, contains: Newman}"), Holds::violated) << word;
  }
  answer.body = "Isabella Newman";
  EXPECT_EQ(judged(denial), Holds::violated);
}

// A page of UTF-16, as its encoder writes it.
std::string in_utf16(const std::string& ascii, bool is_big_endian) {
  std::string out;
  for (const char c : ascii) out += is_big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return out;
}

TEST_F(DenialTest, NothingIsHiddenFromEverything) {
  const std::string denial = "{body: everything, not: {contains: [Newman, Müller]}}";
  const std::pair<std::string, std::string> pages[] = {
      {"text/html", "<p>No.</p><script>var name = 'Newman'</script>"},
      {"text/html", "<p>No.</p><input type=hidden value='M&uuml;ller'>"},
      {"text/html", "<p>No.</p><!-- M&#252;ller -->"},
      {"text/html", "<p>No.</p><script>var name = \"M\\u00fcller\"</script>"},
      {"application/json", "{\"error\": \"no\", \"of\": \"M\\u00FCller\"}"},
      {"text/plain", "M\\u00fcller"},
      {"text/html", in_utf16("<p>Newman</p>", false)},
      {"text/html", "\xfe\xff" + in_utf16("<p>Newman</p>", true)},
      {"application/octet-stream", in_utf16("M\xfcller", true)},
  };
  for (const auto& [type, body] : pages) {
    answer = message(type, body);
    answer.result = "refused";
    EXPECT_EQ(judged(denial), Holds::violated) << body;
  }
  answer = message("text/html", "<p>You may not read this.</p><script>go('\\u0041\\ud83d\\')</script>");
  answer.result = "refused";
  EXPECT_EQ(judged(denial), Holds::held);
  answer = message("text/html", in_utf16("<p>No.</p>", false) + "\xd8");
  EXPECT_EQ(judged(denial), Holds::held);
}

TEST_F(DenialTest, WhatNobodySeesIsInEverythingAndIsNotRead) {
  for (const auto* hidden : {"<noscript>New<b>man</b></noscript>", "<template>New<i>man</i></template>",
                             "<div hidden>New<span></span>man</div>", "<NOSCRIPT><p>Newman</p></NOSCRIPT>"}) {
    answer = message("text/html", std::string("<p>No.</p>") + hidden);
    EXPECT_EQ(judged("{body: everything, not: {contains: Newman}}"), Holds::violated) << hidden;
    EXPECT_EQ(judged("{body: text, contains: Newman}"), Holds::violated) << hidden;
  }
}

TEST_F(DenialTest, Base64HidesNothingFromEverything) {
  const std::string denial = "{body: everything, not: {contains: [Newman, Müller]}}";
  const auto is_seen = [&](const std::string& body) {
    answer = message("text/html", body);
    answer.result = "refused";
    return judged(denial) == Holds::violated;
  };
  const std::string filler(150, 'x');
  auto wrapped = base64_encode(filler + "Newman" + filler);
  for (std::size_t at = 76; at < wrapped.size(); at += 78) wrapped.insert(at, "\r\n");
  for (const auto& body :
       {"<p>No.</p><img src=\"data:;base64," + base64_encode("<p>Newman</p>") + "\">",
        "{\"state\": \"" + base64url_encode("\xC3\xBF? of Müller") + "\"}", "/api/" + base64_encode("Newman"),
        "go(\"" + base64_encode("{\"of\": \"M\\u00fcller\"}") + "\")",
        "=" + base64_encode(std::string("\0\1Newman\2", 9)), base64_encode("M&uuml;ller"), wrapped})
    EXPECT_TRUE(is_seen(body)) << body;
  for (const auto& body : {std::string("<p>The administration of this portal is characteristically unsympathetic</p>"),
                           base64_encode("<p>You may not read this.</p>"), base64_encode(random_bytes(3'000))})
    EXPECT_FALSE(is_seen(body)) << body;
}

TEST_F(DenialTest, HeaderFieldsAreInEverything) {
  const std::string denial = "{body: everything, not: {contains: [Newman, Müller]}}";
  for (const auto* body : {"", "<p>You may not read this.</p>"}) {
    const auto is_seen = [&](const std::string& value) {
      answer = message("text/html", body);
      answer.result = "refused";
      answer.attributes.push_back({"x-note", value});
      return judged(denial) == Holds::violated;
    };
    for (const std::string leak :
         {"record of Newman", "/login?of=M%C3%BCller", "bmFtZTogTmV3bWFu", "{\"a\":\"M\\u00fcller\"}"})
      EXPECT_TRUE(is_seen(leak)) << leak << " beside '" << body << "'";
    EXPECT_FALSE(is_seen("nothing here, 100%")) << body;
    answer.filename = "Newman.xml";
    EXPECT_EQ(judged(denial), Holds::violated);
  }
  answer = message("text/html", "");
  EXPECT_EQ(judged(denial), Holds::violated) << "an empty answer shows nothing";
}

TEST_F(DenialTest, EverythingReadsAddressesAndForms) {
  const std::string denial = "{body: everything, not: {contains: [Isabella Newman, Müller, Tom+Ann]}}";
  for (const std::string leak :
       {"/login?of=Isabella+Newman", "of=Isabella%20Newman", "100%&of=M%C3%BCller", "%zz%4&of=Isabella+Newm%61n%",
        "of=Tom+Ann", "of=Tom%2BAnn", "of=%49sabella%0ANewman"}) {
    answer = message("text/html", "<p>You may not read this.</p>");
    answer.result = "refused";
    answer.attributes.push_back({"location", leak});
    EXPECT_EQ(judged(denial), Holds::violated) << "field " << leak;
    for (const auto& [type, body] : {std::pair("application/x-www-form-urlencoded", leak),
                                     std::pair("text/html", "<a href='" + leak + "'>on</a>")}) {
      answer = message(type, body);
      answer.result = "refused";
      EXPECT_EQ(judged(denial), Holds::violated) << body;
    }
  }
  for (const std::string good : {"100%", "a+b", "%", "%4", "%%", "M%C3%", "of=Isabella%2BNewman"}) {
    answer = message("text/plain", good);
    answer.result = "refused";
    EXPECT_EQ(judged(denial), Holds::held) << good;
  }
}

TEST_F(DenialTest, EverythingReadsEscapesAndWhatTagsPart) {
  const auto is_seen = [&](const std::string& type, const std::string& body) {
    answer = message(type, body);
    answer.result = "refused";
    return judged("{body: everything, not: {contains: Isabella Newman}}") == Holds::violated;
  };
  EXPECT_TRUE(is_seen("application/json", R"({"n":"Isabella\nNewman"})"));
  EXPECT_TRUE(is_seen("application/json", R"({"n":"Isabella\tNewman"})"));
  EXPECT_TRUE(is_seen("text/html", "<template>Isabella<br>Newman</template>"));
  EXPECT_TRUE(is_seen("text/html", "<noscript><td>Isabella</td><td>Newman</td></noscript>"));
  EXPECT_FALSE(is_seen("text/html", "<p>You may not read this.</p>"));
}

TEST_F(DenialTest, Matches) {
  EXPECT_EQ(judged("{json: $.text, not: {matches: ^Newman}}"), Holds::held);
  EXPECT_EQ(judged("{json: $.text, not: {matches: Newman$}}"), Holds::violated);
  EXPECT_EQ(judged("{json: \"$.names[*]\", not: {matches: ^New}}"), Holds::violated);
  EXPECT_EQ(judged("{json: \"$.names[*]\", not: {matches: ^Isabella}}"), Holds::held);
}

TEST_F(DenialTest, In) {
  EXPECT_EQ(judged("{json: \"$.names[*]\", not: {in: [Isabella, Miller]}}"), Holds::held);
  EXPECT_EQ(judged("{json: \"$.names[*]\", not: {in: [Isabella, Oldman]}}"), Holds::violated);
}

TEST_F(DenialTest, Is) {
  EXPECT_EQ(judged("{json: $.text, not: {is: Newman}}"), Holds::held);
  EXPECT_EQ(judged("{json: $.text, not: {is: of Isabella Newman}}"), Holds::violated);
}

}  // namespace
}  // namespace bb::checks
