// What is written is read by independent programs in tests/direct_connector/roundtrip_test.py.
#include <bb/xdr/xdm.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/must.hpp"

namespace {

using namespace bb::xdr;
using bb::test::must;
using testing::HasSubstr;
using testing::Not;

XdmRequest request() {
  return {{"alice", "a.example"}, {{"bob", "b.example"}}, {{"text/xml", "record.xml", "<a/>"}}, "<1@a.example>", 0};
}

TEST(XdmTest, TheSameRequestGivesTheSamePackage) {
  const auto first = must(write_xdm(request()));
  EXPECT_EQ(must(write_xdm(request())), first);
  auto other = request();
  other.name = "<2@a.example>";
  EXPECT_NE(must(write_xdm(other)), first);
}

TEST(XdmTest, WhatIsGivenIsNoMarkup) {
  auto hostile = request();
  hostile.documents[0] = {"text/xml\"><Evil/>", "</Name><Evil/>\r\n", "<a/>"};
  EXPECT_THAT(must(write_xdm(hostile)), Not(HasSubstr("<Evil")));
}

TEST(XdmTest, RefusesWhatIsNoPackage) {
  auto none = request();
  none.documents.clear();
  EXPECT_THAT(write_xdm(none).error().what, HasSubstr("needs a document"));
  auto nobody = request();
  nobody.recipients.clear();
  EXPECT_THAT(write_xdm(nobody).error().what, HasSubstr("needs an intended recipient"));
  auto many = request();
  many.documents.resize(999, many.documents[0]);
  EXPECT_TRUE(write_xdm(many));
  many.documents.push_back(many.documents[0]);
  EXPECT_THAT(write_xdm(many).error().what, HasSubstr("1000 documents"));
}

}  // namespace
