#include <bb/direct/address.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people.hpp"

namespace {

using namespace bb::direct;
using bb::test::address;
using bb::test::address_request;
using bb::test::people;
using testing::HasSubstr;

TEST(AddressTest, ReadsLocalPartAndDomain) {
  const auto read = read_address("Mary.Smith+bb@Direct.Example.ORG");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->local, "Mary.Smith+bb");
  EXPECT_EQ(read->domain, "direct.example.org");
  EXPECT_EQ(read->dns_name(), "Mary.Smith+bb.direct.example.org");
}

TEST(AddressTest, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "alice", "alice@", "@example.org", "alice@localhost", "alice@[192.0.2.1]", "alice@192.0.2.1",
        "alice@example..org", "al ice@example.org", "alice@-example.org", "a..b@example.org", ".a@example.org"})
    EXPECT_FALSE(read_address(text)) << text;
  EXPECT_FALSE(read_address(std::string(250, 'a') + "@example.org"));
  EXPECT_THAT(read_address("alice@localhost").error().what, HasSubstr("fully qualified"));
}

TEST(AddressTest, ReadsTheMailboxesOfAField) {
  const auto read = read_addresses(
      "\"Smith, Mary\" <mary@example.org>, bob@example.net (Bob (the builder), MD),\r\n Team: a@example.org, "
      "b@example.org;, =?utf-8?q?Zo=C3=AB?= <zoe@example.org>");
  ASSERT_TRUE(read) << read.error().what;
  std::vector<std::string> texts;
  for (const auto& one : *read) texts.push_back(one.text());
  EXPECT_THAT(texts, testing::ElementsAre("mary@example.org", "bob@example.net", "a@example.org", "b@example.org",
                                          "zoe@example.org"));
}

TEST(AddressTest, NamesTheMailboxThatCannotBeRead) {
  EXPECT_THAT(read_addresses("a@example.org, nobody").error().what, HasSubstr("'nobody'"));
  EXPECT_FALSE(read_addresses("Mary <mary@example.org"));
  EXPECT_FALSE(read_addresses("mary@example.org>"));
  EXPECT_FALSE(read_addresses("(mary@example.org"));
  EXPECT_FALSE(read_addresses("\"mary@example.org"));
  EXPECT_FALSE(read_addresses("<a@example.org> <b@example.org>"));
}

// DIRECT-CERT-03 to -06, DIRECT-ADDR-04.
TEST(AddressTest, IsBoundByTheNamesOfACertificate) {
  const auto mary = address("mary@direct.example.org");
  auto request = address_request("MARY@Direct.example.org");
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::address);

  request.addresses = {};
  request.domains = {"DIRECT.example.org"};
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::domain);

  request.domains = {"*.example.org"};
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::none) << "a wildcard names nothing";

  request.domains = {"example.org"};
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::none) << "the domain above it";

  request.domains = {};
  request.addresses = {"john@direct.example.org"};
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::none);

  request.addresses = {"mary@direct.example.org"};
  request.subject_address = "john@direct.example.org";
  EXPECT_EQ(binding_of(people().issue(request).certificate, mary), Binding::none) << "its subject names another";
}

}  // namespace
