#include <bb/direct/ldap.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answering.hpp"
#include "ldap_bytes.hpp"
#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A directory that answers each request, by its number, as it is told.
class Directory {
 public:
  explicit Directory(std::function<std::string(const std::string& request)> answer, LdapLimits limits = {},
                     Trouble at_end = Trouble::timed_out)
      : stream({[this, answer](const std::string& request) {
                  requests.push_back(request);
                  return std::vector{answer(request)};
                },
                at_end}),
        client(stream, limits) {}

  // What a search finds that is answered so.
  static bb::Result<LdapFound> found(const std::string& answers, LdapLimits limits = {},
                                     Trouble at_end = Trouble::timed_out) {
    return Directory([&](const std::string&) { return answers; }, limits, at_end)
        .client.search({.base = "o=Example", .filter = certificates_of("alice@example.org")});
  }

  std::vector<std::string> requests;
  ScriptedStream stream;
  LdapClient client;
};

const std::string entry = ldap_message(
    1,
    ldap_entry("cn=alice,o=Example", {{"mail", {"alice@example.org"}}, {"userCertificate;binary", {"\x30\0x"s, "y"}}}));
const std::string done = ldap_message(1, ldap_result(0x65, 0));

TEST(LdapTest, BindsWithoutANameOrPassword) {  // DIRECT-LDAP-05
  Directory directory([](const std::string&) { return ldap_message(1, ldap_result(0x61, 0)); });
  ASSERT_TRUE(directory.client.bind());
  // RFC 4511, 4.2: message 1, bind, version 3, empty name, simple with an empty password.
  EXPECT_EQ(directory.requests.at(0), "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"s);
}

TEST(LdapTest, SaysGoodByeOnlyWhereItHasBound) {
  std::vector<std::string> requests;
  const auto converse = [&](int code) {
    ScriptedStream stream({[&](const std::string& request) {
      requests.push_back(request);
      return std::vector{ldap_message(1, ldap_result(0x61, code))};
    }});
    LdapClient client(stream);
    static_cast<void>(client.bind());
  };
  converse(0);
  EXPECT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests.back(), "\x30\x05\x02\x01\x02\x42\x00"s);  // RFC 4511, 4.3
  converse(48);
  EXPECT_EQ(requests.size(), 3u);
}

TEST(LdapTest, TellsWhyItMayNotBind) {
  Directory directory(
      [](const std::string&) { return ldap_message(1, ldap_result(0x61, 48, "anonymous bind\r\ndisallowed")); });
  const auto bound = directory.client.bind();
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().what,
            "the directory refuses an anonymous bind: inappropriateAuthentication (anonymous bind disallowed)");
  EXPECT_FALSE(Directory([](const std::string&) { return done; }).client.bind()) << "another kind of answer";
  EXPECT_FALSE(Directory([](const std::string&) { return ldap_message(2, ldap_result(0x61, 0)); }).client.bind());
}

TEST(LdapTest, SearchesByTheFilterOfTheCatalogue) {  // DIRECT-LDAP-07
  const auto filter = certificates_of("alice@example.org");
  EXPECT_EQ(filter.text(), "(&(mail=alice@example.org)(|(userCertificate;binary=*)(userCertificate=*)))");
  Directory directory([](const std::string&) { return done; });
  ASSERT_TRUE(directory.client.search({.base = "o=Example", .filter = filter, .attributes = {"userCertificate"}}));
  // RFC 4511, 4.5.1: base, subtree, never dereferenced, 1000 entries, no time limit, with values.
  const auto equal = tlv(0xa3, tlv(4, "mail") + tlv(4, "alice@example.org"));
  const auto either = tlv(0xa1, tlv(0x87, "userCertificate;binary") + tlv(0x87, "userCertificate"));
  EXPECT_EQ(directory.requests.at(0),
            ldap_message(
                1, tlv(0x63, tlv(4, "o=Example") + tlv(10, "\2") + tlv(10, "\0"s) + tlv(2, "\x03\xe8") + tlv(2, "\0"s) +
                                 tlv(1, "\0"s) + tlv(0xa0, equal + either) + tlv(0x30, tlv(4, "userCertificate")))));
}

TEST(LdapTest, EscapesValuesInTheTextOfAFilter) {
  const auto text = [](std::string value) {
    return LdapFilter{.kind = LdapFilter::Kind::equal, .attribute = "o", .value = std::move(value)}.text();
  };
  // RFC 4515, 4.
  EXPECT_EQ(text("Parens R Us (for all your parenthetical needs)"),
            "(o=Parens R Us \\28for all your parenthetical needs\\29)");
  EXPECT_EQ(text("*"), "(o=\\2a)");
  EXPECT_EQ(text("C:\\MyFile"), "(o=C:\\5cMyFile)");
  EXPECT_EQ(text("\0\0\0\4"s), "(o=\\00\\00\\00\\04)");
  EXPECT_EQ(text("Lu\xc4\x8di\xc4\x87"), "(o=Lu\\c4\\8di\\c4\\87)");
}

TEST(LdapTest, ReadsEntriesUntilTheEnd) {
  const auto found = must(Directory::found(entry + done));
  ASSERT_EQ(found.entries.size(), 1u);
  EXPECT_EQ(found.entries[0].name, "cn=alice,o=Example");
  EXPECT_THAT(found.entries[0].values("USERCERTIFICATE"), ElementsAre("\x30\0x"s, "y"));
  EXPECT_THAT(found.entries[0].values("user"), IsEmpty());
  EXPECT_EQ(found.code, 0);
}

TEST(LdapTest, ReadsAnswersInAnyPieces) {
  std::vector<std::string> pieces;
  for (const char c : entry + done) pieces.emplace_back(1, c);
  ScriptedStream stream({[&](const std::string&) { return pieces; }});
  LdapClient client(stream);
  EXPECT_EQ(must(client.search({.base = "o=Example"})).entries.size(), 1u);
}

TEST(LdapTest, ReportsReferralsAndDoesNotFollowThem) {
  const auto reference = ldap_message(1, tlv(0x73, tlv(4, "ldap://one.example.org/o=Example")));
  const auto referral = ldap_message(
      1, tlv(0x65, tlv(10, "\x0a") + tlv(4, "") + tlv(4, "") + tlv(0xa3, tlv(4, "ldap://two.example.org/"))));
  const auto found = must(Directory::found(reference + referral));
  EXPECT_THAT(found.referrals, ElementsAre("ldap://one.example.org/o=Example", "ldap://two.example.org/"));
  EXPECT_EQ(ldap_code_word(found.code), "referral");
}

TEST(LdapTest, TellsNoBaseFromALimitFromARefusal) {
  EXPECT_THAT(must(Directory::found(ldap_message(1, ldap_result(0x65, 32)))).entries, IsEmpty());
  const auto limited = must(Directory::found(entry + ldap_message(1, ldap_result(0x65, 4))));
  EXPECT_EQ(limited.entries.size(), 1u);
  EXPECT_EQ(ldap_code_word(limited.code), "sizeLimitExceeded");
  const auto refused = Directory::found(ldap_message(1, ldap_result(0x65, 50, "go away")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the directory says insufficientAccessRights (go away)");
  EXPECT_THAT(Directory::found(ldap_message(1, ldap_result(0x65, 90))).error().what, HasSubstr("resultCode 90"));
}

TEST(LdapTest, TellsOfADirectoryThatEndsTheConnection) {  // RFC 4511, 4.4.1
  const auto ended = Directory::found(ldap_message(0, ldap_result(0x78, 52, "shutting down")));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().what, "the directory ends the connection: unavailable (shutting down)");
}

TEST(LdapTest, NamesItsBases) {  // DIRECT-LDAP-06
  Directory directory([](const std::string&) {
    return ldap_message(1, ldap_entry("", {{"NamingContexts", {"dc=direct,dc=test", "o=Second"}}})) + done;
  });
  EXPECT_THAT(must(directory.client.naming_contexts()), ElementsAre("dc=direct,dc=test", "o=Second"));
  // Of the root, alone, for that attribute.
  EXPECT_THAT(directory.requests.at(0), HasSubstr(tlv(4, "") + tlv(10, "\0"s)));
  EXPECT_THAT(directory.requests.at(0), HasSubstr(tlv(4, "namingContexts")));
}

std::string fault_in(const std::string& answers, LdapLimits limits = {}) {
  const auto found = Directory::found(answers, limits);
  return found ? "none" : found.error().what;
}

TEST(LdapTest, RefusesWhatIsNoLdap) {
  EXPECT_THAT(fault_in("HTTP/1.1 400 Bad Request\r\n"), HasSubstr("it begins with 0x48, expected 0x30"));
  EXPECT_THAT(fault_in("\x30\x80\x02\x01\x01"), HasSubstr("its length has 0 bytes"));
  EXPECT_THAT(fault_in("\x30\x85\x01\x01\x01\x01\x01"), HasSubstr("its length has 5 bytes"));
  EXPECT_THAT(fault_in(tlv(0x30, "")), HasSubstr("the message's number is missing"));
  EXPECT_THAT(fault_in(tlv(0x30, tlv(4, "1"))), HasSubstr("the message's number has the tag 0x4, expected 0x2"));
  EXPECT_THAT(fault_in(tlv(0x30, tlv(2, "12345"))), HasSubstr("no number of at most 4 bytes"));
  EXPECT_THAT(fault_in(tlv(0x30, tlv(2, "\1"))), HasSubstr("content is missing"));
  EXPECT_THAT(fault_in(ldap_message(1, tlv(0x65, tlv(10, "\0"s)))), HasSubstr("the matched name is missing"));
  EXPECT_THAT(fault_in(ldap_message(1, tlv(0x64, tlv(4, "cn=x") + "\x30\x7f"))), HasSubstr("cut off"));
  EXPECT_THAT(fault_in(ldap_message(1, tlv(0x64, tlv(4, "cn=x") + tlv(0x30, "\x30")))), HasSubstr("cut off"));
  EXPECT_THAT(fault_in(ldap_message(1, ldap_result(0x61, 0))), HasSubstr("belongs to no search"));
  EXPECT_EQ(fault_in(ldap_message(7, ldap_result(0x65, 0))), "an answer to message 7 came, expected one to 1");
}

TEST(LdapTest, KeepsWithinItsBounds) {
  const auto size = entry.size();
  EXPECT_EQ(fault_in(entry + done, {.message_bytes_max = size}), "none");
  EXPECT_THAT(fault_in(entry + done, {.message_bytes_max = size - 1}), HasSubstr("at most"));
  EXPECT_EQ(fault_in(entry + done, {.answer_bytes_max = size + done.size()}), "none");
  EXPECT_THAT(fault_in(entry + done, {.answer_bytes_max = size + done.size() - 1}), HasSubstr("at most"));
  EXPECT_EQ(fault_in(entry + entry + done, {.entries_max = 2}), "none");
  EXPECT_THAT(fault_in(entry + entry + done, {.entries_max = 1}), HasSubstr("more than 1 entries"));
  // Two attributes, three values.
  EXPECT_EQ(fault_in(entry + done, {.values_max = 5}), "none");
  EXPECT_THAT(fault_in(entry + done, {.values_max = 4}), HasSubstr("more than 4 values"));
  // Said to be of 4 GB, and never read.
  EXPECT_THAT(fault_in("\x30\x84\xff\xff\xff\xff"), HasSubstr("an LDAP message of 4294967301 bytes"));
}

TEST(LdapTest, TellsSilenceFromAClosedConnection) {
  const auto silent = [](const std::string& bytes, Trouble at_end) {
    Directory directory([&](const std::string&) { return bytes; }, {}, at_end);
    const auto found = directory.client.search({.base = "o=Example"});
    return std::pair(found ? "none" : found.error().what, directory.client.trouble());
  };
  EXPECT_EQ(silent(entry, Trouble::timed_out).second, Trouble::timed_out);
  EXPECT_EQ(silent("", Trouble::none),
            std::pair("the directory closed the connection without an answer"s, Trouble::unavailable));
  EXPECT_EQ(silent(entry + "\x30", Trouble::none),
            std::pair("the directory closed the connection within an answer"s, Trouble::unavailable));
}

}  // namespace
