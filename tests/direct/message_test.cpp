#include <bb/direct/message.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>

#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::HasSubstr;
using testing::Not;

const std::string letter =
    "From: Alice <alice@direct.example.org>\r\n"
    "To: bob@direct.example.net,\r\n carol@direct.example.net\r\n"
    "Subject: The record of Mary Canary\r\n"
    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
    "Message-ID: <one@direct.example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=us-ascii\r\n"
    "\r\n"
    "See the attachment.\r\n";

Identity carol() { return people().issue(address_request("carol@direct.example.net")); }

TEST(SealTest, OpensAsItWasWritten) {
  const auto sealed = must(seal(letter, people().alice, {people().bob.certificate}));
  const auto layers = must(look_through(sealed, {people().bob}));
  EXPECT_EQ(layers.encryption, Encryption::opened);
  EXPECT_EQ(layers.envelope->cipher, "AES-256-CBC");
  EXPECT_TRUE(layers.is_signed);
  EXPECT_TRUE(layers.is_detached);
  EXPECT_TRUE(layers.is_signed_canonical);
  EXPECT_EQ(layers.micalg, "sha-256");
  ASSERT_TRUE(layers.signature);
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
  EXPECT_EQ(layers.signature->signers.at(0).certificate, people().alice.certificate);
  EXPECT_TRUE(layers.is_wrapped);
  EXPECT_EQ(layers.message, letter);
}

TEST(SealTest, TellsNothingOutside) {  // DIRECT-MSG-04, -04-b
  const auto sealed = must(seal(letter, people().alice, {people().bob.certificate}));
  EXPECT_THAT(sealed, Not(HasSubstr("Canary")));
  const auto outer = must(read_entity(sealed));
  EXPECT_EQ(outer.value("from"), "Alice <alice@direct.example.org>");
  EXPECT_THAT(outer.value("to"), HasSubstr("carol@direct.example.net"));
  EXPECT_EQ(outer.value("message-id"), "<one@direct.example.org>");
  EXPECT_EQ(outer.value("mime-version"), "1.0");
  EXPECT_EQ(outer.value("subject"), "");
  EXPECT_EQ(outer.type.value, "application/pkcs7-mime");
  EXPECT_EQ(outer.type.of("smime-type"), "enveloped-data");
  EXPECT_EQ(outer.type.of("name"), "smime.p7m");
  EXPECT_EQ(outer.encoding, "base64");
  EXPECT_TRUE(is_canonical(sealed));
}

TEST(SealTest, MayLeaveTheMessageUnwrapped) {  // DIRECT-MSG-03
  const auto sealed =
      must(seal(letter, people().alice, {people().bob.certificate}, {.sign = {}, .encrypt = {}, .is_wrapped = false}));
  const auto layers = must(look_through(sealed, {people().bob}));
  EXPECT_FALSE(layers.is_wrapped);
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
  const auto message = must(read_entity(layers.message));
  EXPECT_EQ(message.value("from"), "Alice <alice@direct.example.org>");
  EXPECT_EQ(message.type.of("charset"), "us-ascii");
  EXPECT_EQ(message.body, "See the attachment.\r\n");
}

TEST(SealTest, RefusesWhatWouldNotComeThrough) {  // DIRECT-MSG-10
  EXPECT_THAT(seal("Subject: a\n\nb", people().alice, {people().bob.certificate}).error().what, HasSubstr("CRLF"));
  EXPECT_THAT(seal(letter + "Zo\xC3\xAB\r\n", people().alice, {people().bob.certificate}).error().what,
              HasSubstr("line 11 of the message is not 7-bit"));
  EXPECT_FALSE(seal(letter, people().alice, {}));
}

TEST(LayersTest, StayClosedWithoutTheKey) {
  const auto sealed = must(seal(letter, people().alice, {people().bob.certificate}));
  const auto layers = must(look_through(sealed, {carol()}));
  EXPECT_EQ(layers.encryption, Encryption::closed);
  EXPECT_THAT(layers.why_closed, HasSubstr("nobody whose key is at hand"));
  EXPECT_EQ(layers.message, "");
  ASSERT_TRUE(layers.envelope);
  EXPECT_EQ(layers.envelope->recipients.size(), 1u);
}

TEST(LayersTest, TellAMessageThatIsNotSealed) {
  const auto layers = must(look_through(letter, {people().bob}));
  EXPECT_EQ(layers.encryption, Encryption::none);
  EXPECT_FALSE(layers.is_signed);
  EXPECT_EQ(layers.message, letter);
}

TEST(LayersTest, TellOneThatIsEncryptedButNotSigned) {
  const auto sealed = must(addressed(must(encrypted_entity(wrap(letter), {people().bob.certificate})), letter));
  const auto layers = must(look_through(sealed, {people().bob}));
  EXPECT_EQ(layers.encryption, Encryption::opened);
  EXPECT_FALSE(layers.is_signed);
  EXPECT_EQ(layers.message, letter);
}

TEST(LayersTest, TellOneThatIsSignedButNotEncrypted) {
  const auto layers =
      must(look_through(must(addressed(must(signed_entity(wrap(letter), people().alice)), letter)), {}));
  EXPECT_EQ(layers.encryption, Encryption::none);
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
  EXPECT_EQ(layers.message, letter);
}

TEST(LayersTest, FindAByteThatWasChanged) {  // DIRECT-SEC-03
  auto entity = must(signed_entity(wrap(letter), people().alice));
  entity.replace(entity.find("attachment."), 10, "attachmend");
  const auto sealed = must(addressed(must(encrypted_entity(entity, {people().bob.certificate})), letter));
  const auto layers = must(look_through(sealed, {people().bob}));
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::content_changed);
}

TEST(LayersTest, JudgeLinesThatAnotherProgramKeptItsWay) {
  auto entity = must(signed_entity(wrap(letter), people().alice));
  std::erase(entity, '\r');
  const auto layers = must(look_through(entity, {}));
  EXPECT_FALSE(layers.is_signed_canonical);
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
}

TEST(LayersTest, TakeTheOldNames) {  // DIRECT-MSG-09
  auto entity = must(signed_entity(wrap(letter), people().alice));
  for (auto at = entity.find("application/pkcs7-"); at != std::string::npos;
       at = entity.find("application/pkcs7-", at + 1))
    entity.insert(at + 12, "x-");
  auto sealed = must(addressed(must(encrypted_entity(entity, {people().bob.certificate})), letter));
  sealed.insert(sealed.find("application/pkcs7-") + 12, "x-");
  const auto layers = must(look_through(sealed, {people().bob}));
  EXPECT_EQ(layers.encryption, Encryption::opened);
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
}

TEST(LayersTest, OpenASignatureThatHoldsItsContent) {
  const auto der = must(sign(wrap(letter), people().alice, {.is_detached = false}));
  constexpr std::string_view told = "; smime-type=signed-data";
  for (const auto type : {told, std::string_view()}) {
    auto entity = opaque_entity(der);
    entity.replace(entity.find(told), told.size(), type);
    const auto layers = must(look_through(entity, {}));
    EXPECT_TRUE(layers.is_signed) << type;
    EXPECT_FALSE(layers.is_detached);
    EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::good);
    EXPECT_EQ(layers.message, letter);
  }
}

TEST(LayersTest, JudgeASignatureOverThePartBesideItAndNotOverWhatItHolds) {
  auto entity = must(signed_entity(wrap(letter), people().alice));
  const auto other = must(sign("Something else.\r\n", people().alice, {.is_detached = false}));
  const auto begin = entity.find("\r\n\r\n", entity.rfind("application/pkcs7-signature")) + 4;
  entity.replace(begin, entity.find("\r\n--", begin) - begin, bb::base64_encode(other));
  const auto layers = must(look_through(entity, {}));
  ASSERT_TRUE(layers.signature) << layers.why_unsigned;
  EXPECT_EQ(layers.signature->signers.at(0).integrity, Integrity::content_changed);
}

TEST(LayersTest, SayWhatOfASignatureCannotBeRead) {
  const auto entity = must(signed_entity(wrap(letter), people().alice));
  const auto why = [](const std::string& message) { return must(look_through(message, {})).why_unsigned; };
  auto other_type = entity;
  other_type.replace(other_type.rfind("application/pkcs7-signature"), 27, "application/octet-stream");
  EXPECT_THAT(why(other_type), HasSubstr("expected application/pkcs7-signature"));

  const auto boundary = must(read_entity(entity)).type.of("boundary");
  auto alone = entity.substr(0, entity.rfind("--" + boundary, entity.size() - boundary.size() - 6));
  EXPECT_THAT(why(alone.substr(0, alone.rfind("--" + boundary)) + "--" + boundary + "--\r\n"), HasSubstr("1 part"));

  auto broken = entity;
  broken.replace(broken.rfind("\r\n\r\n") - 40, 4, "!!!!");
  EXPECT_THAT(why(broken), testing::AnyOf(HasSubstr("base64"), HasSubstr("no SignedData")));
}

TEST(LayersTest, RefuseWhatIsNoMessage) { EXPECT_FALSE(look_through("no header\r\n\r\n", {})); }

}  // namespace
