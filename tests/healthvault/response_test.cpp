// The envelope of an answer, and the status codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include <bb/healthvault/response.hpp>

#include "example_messages.hpp"
#include "support/must.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using testing::HasSubstr;

std::string refusal(std::string_view body) {
  const auto read = read_response(body);
  return read ? "" : read.error().what;
}

TEST(HealthvaultResponseTest, ASuccessCarriesItsInfo) {
  const auto info = write_answer_info<GetThings>(things_answer(3));
  const auto read = must(read_response(write_response({.info = info})));
  EXPECT_EQ(read.code, 0);
  EXPECT_EQ(read.info, info);
  EXPECT_EQ(must(read_response("<response><status><code>0</code></status></response>")).info, "");
}

TEST(HealthvaultResponseTest, AnErrorCarriesItsMessage) {
  Response error{.code = 11,
                 .message = "no <right>",
                 .server_name = "srv7",
                 .server_address = "10.0.0.7",
                 .exception = "at Wildcat.Foo()"};
  error.error_info = "<missing-right/>";
  const auto read = must(read_response(write_response(error)));
  EXPECT_EQ(read.code, 11);
  EXPECT_EQ(read.message, "no <right>");
  EXPECT_EQ(read.server_name, "srv7");
  EXPECT_EQ(read.server_address, "10.0.0.7");
  EXPECT_EQ(read.exception, "at Wildcat.Foo()");
  EXPECT_EQ(read.error_info, "<missing-right/>");
  EXPECT_EQ(read.info, "");
}

TEST(HealthvaultResponseTest, AServerHasAddresses) {
  const auto read =
      must(read_response("<response><status><code>1</code><error><message>m</message><context><server-name/"
                         "><server-ip>10.0.0.7</server-ip>"
                         "<server-ip>10.0.0.8</server-ip><exception/></context></error></status></response>"));
  EXPECT_EQ(read.server_address, "10.0.0.7, 10.0.0.8");
}

TEST(HealthvaultResponseTest, UsersSeeNoContext) {
  // HV-RSP-05
  const Response error{.code = 11,
                       .message = "no\n\x1B[31mright",
                       .server_name = "srv7",
                       .server_address = "10.0.0.7",
                       .exception = "at Foo()"};
  const auto text = describe(error);
  EXPECT_THAT(text, HasSubstr("11 ACCESS_DENIED: no "));
  for (const auto* hidden : {"srv7", "10.0.0.7", "Foo", "\x1B", "\n"}) EXPECT_THAT(text, Not(HasSubstr(hidden)));
  EXPECT_EQ(describe({.code = 27}), "27");
}

TEST(HealthvaultResponseTest, WhatIsNoAnswer) {
  // HV-RSP-01
  EXPECT_THAT(refusal("<html/>"), HasSubstr("expected 'response' in no namespace, found 'html'"));
  EXPECT_THAT(refusal("<response/>"), HasSubstr("expected 'status', found the end of 'response'"));
  EXPECT_THAT(refusal("<response><status/></response>"), HasSubstr("expected 'code', found the end of 'status'"));
  EXPECT_THAT(refusal("<response><status><code/></status></response>"), HasSubstr("'code' is not a number but empty"));
  EXPECT_THAT(refusal("<response><status><code>-1</code></status></response>"), HasSubstr("a code from 0"));
  EXPECT_THAT(refusal("<response><status><code>4294967296</code></status></response>"), HasSubstr("a code from 0"));
  EXPECT_THAT(refusal("<response><status><code>11</code></status></response>"),
              HasSubstr("the code 11 comes without 'error/message'"));
  EXPECT_THAT(refusal("<response><status><code>11</code><error/></status></response>"),
              HasSubstr("expected 'message'"));
  EXPECT_THAT(refusal("<response><status><code>0</code></status><info/></response>"),
              HasSubstr("expected 'info' of a namespace"));
  EXPECT_THAT(refusal("<response><status><code>0</code></status><w:info xmlns:w='urn:x'/></response>"),
              HasSubstr("expected 'info' of a namespace"));
  const std::string info = "<w:info xmlns:w='urn:com.microsoft.wc.methods.response.X'/>";
  EXPECT_EQ(refusal("<response><status><code>0</code></status>" + info + "</response>"), "");
  EXPECT_THAT(refusal("<response><status><code>0</code></status>" + info + info + "</response>"),
              HasSubstr("expected the end of 'response'"));
  EXPECT_THAT(refusal("<response xmlns:p='urn:p'><status><code>0</code></status><w:info "
                      "xmlns:w='urn:com.microsoft.wc.methods.response.X'><p:a/></w:info></response>"),
              HasSubstr("uses the prefix 'p'"));
  EXPECT_THAT(refusal("<response>x<status><code>0</code></status></response>"), HasSubstr("holds text beside"));
  EXPECT_THAT(refusal("<response a='1'><status><code>0</code></status></response>"), HasSubstr("has an attribute"));
  EXPECT_EQ(refusal("<response xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='a'>\n<status><code>0</code>"
                    "</status></response>"),
            "");
  EXPECT_THAT(refusal("<!DOCTYPE response><response/>"), HasSubstr("DOCTYPE"));
}

TEST(HealthvaultResponseTest, ALongMessageIsCut) {
  const auto read = must(read_response(write_response({.code = 1, .message = std::string(100'000, 'x')})));
  EXPECT_LE(read.message.size(), 1000u);
}

TEST(HealthvaultStatusCodeTest, ClassesAreThoseOfTheCatalogue) {
  // HV-RSP-04, word by word.
  const auto of_class = [](StatusClass wanted) {
    std::set<int> numbers;
    for (const auto& code : status_codes)
      if (code.status_class == wanted) numbers.insert(code.number);
    return numbers;
  };
  EXPECT_EQ(of_class(StatusClass::ok), (std::set{0}));
  EXPECT_EQ(of_class(StatusClass::renew_session), (std::set{7, 8, 65}));
  EXPECT_EQ(of_class(StatusClass::authorization_lost), (std::set{11, 18}));
  EXPECT_EQ(of_class(StatusClass::resend), (std::set{49}));
  EXPECT_EQ(of_class(StatusClass::reread), (std::set{60, 61}));
  EXPECT_EQ(of_class(StatusClass::size), (std::set{68, 99}));
  EXPECT_EQ(of_class(StatusClass::later), (std::set{152}));
  EXPECT_EQ(status_codes.size(), 147u);
  EXPECT_EQ(class_of(27), StatusClass::permanent);  // not documented
  EXPECT_EQ(class_of(-1), StatusClass::permanent);
  EXPECT_EQ(find_status(27), nullptr);
}

TEST(HealthvaultStatusCodeTest, NamesAndNumbers) {
  static_assert(status("BAD_SIG") == 4);
  static_assert(status("MAINTENANCE_MODE_ACCESS_DENIED") == 152);
  static_assert(status("DUPLICATE_APPLICATION_FOUND") == 56);
  int last = -1;
  for (const auto& code : status_codes) {
    EXPECT_GT(code.number, last);
    last = code.number;
  }
  EXPECT_EQ(last, 161);
  EXPECT_EQ(find_status(61)->name, "VERSION_STAMP_MISMATCH");
}

}  // namespace
}  // namespace bb::healthvault::test
