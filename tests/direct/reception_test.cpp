#include <bb/direct/reception.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/text.hpp>

#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string letter =
    "From: Alice <alice@direct.example.org>\r\nTo: bob@direct.example.net\r\nSubject: x\r\n"
    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <one@direct.example.org>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n";

Reception received(const std::string& message) {
  ReceptionPolicy policy;
  policy.trust.anchors = {people().root.certificate};
  policy.trust.at = noon;
  return receive(message, must(look_through(message, {people().bob})), address("bob@direct.example.net"), policy);
}

std::vector<std::string> requirements_of(const std::vector<Reason>& reasons) {
  std::vector<std::string> ids;
  for (const auto& reason : reasons) ids.push_back(reason.requirement);
  return ids;
}

std::vector<std::string> refusals_of(const std::string& message) { return requirements_of(received(message).refusals); }

std::string sealed(const Identity& sender = people().alice, const std::string& text = letter,
                   const SealOptions& options = {}) {
  return must(seal(text, sender, {people().bob.certificate}, options));
}

std::string as_encrypted(const std::string& entity, const std::string& outside = letter) {
  return must(addressed(must(encrypted_entity(entity, {people().bob.certificate})), outside));
}

std::vector<std::string> refusals_of_sender(const bb::pki::Request& request) {
  return refusals_of(sealed(people().issue(request)));
}

bb::pki::Request alice() { return address_request("alice@direct.example.org"); }

TEST(ReceptionTest, TakesAGoodMessage) {
  const auto reception = received(sealed());
  EXPECT_THAT(requirements_of(reception.refusals), IsEmpty());
  EXPECT_EQ(reception.from->text(), "alice@direct.example.org");
  EXPECT_EQ(reception.message_id, "<one@direct.example.org>");
  EXPECT_EQ(reception.signer, people().alice.certificate);
  EXPECT_TRUE(reception.is_to_be_answered());
  EXPECT_THAT(refusals_of(sealed(people().alice, letter, {.sign = {}, .encrypt = {}, .is_wrapped = false})), IsEmpty())
      << "unwrapped, as partners of before 2015 send (DIRECT-MSG-03)";
}

TEST(ReceptionTest, RefusesWhatIsNotSealed) {
  EXPECT_THAT(refusals_of(letter), ElementsAre("DIRECT-SEC-02", "DIRECT-SEC-02"));
  EXPECT_THAT(refusals_of(must(addressed(must(signed_entity(wrap(letter), people().alice)), letter))),
              ElementsAre("DIRECT-SEC-02"));
  EXPECT_THAT(refusals_of(as_encrypted(wrap(letter))), ElementsAre("DIRECT-SEC-02"));
  EXPECT_FALSE(received(as_encrypted(wrap(letter))).is_to_be_answered());
}

TEST(ReceptionTest, RefusesWhatItCannotOpen) {
  const auto for_alice = must(seal(letter, people().alice, {people().alice.certificate}));
  EXPECT_THAT(refusals_of(for_alice), ElementsAre("DIRECT-SEC-01"));
}

TEST(ReceptionTest, RefusesWeakAlgorithms) {
  EXPECT_THAT(refusals_of(sealed(people().alice, letter, {.sign = {}, .encrypt = {.cipher = Cipher::des3_cbc}})),
              ElementsAre("DIRECT-ALG-04"));
  const auto old = received(sealed(people().alice, letter, {.sign = {.digest = Digest::sha1}, .encrypt = {}}));
  EXPECT_THAT(requirements_of(old.refusals), IsEmpty()) << "DIRECT-ALG-02: a receiver may take it";
  EXPECT_THAT(requirements_of(old.remarks), Contains("DIRECT-ALG-01"));
}

TEST(ReceptionTest, RefusesWhatWasChanged) {
  auto entity = must(signed_entity(wrap(letter), people().alice));
  entity.replace(entity.find("attachment."), 10, "attachmend");
  EXPECT_THAT(refusals_of(as_encrypted(entity)), ElementsAre("DIRECT-SEC-04"));
}

TEST(ReceptionTest, RefusesASignerWhoIsNotThere) {
  EXPECT_THAT(refusals_of(sealed(people().alice, letter, {.sign = {.has_certificates = false}, .encrypt = {}})),
              ElementsAre("DIRECT-MSG-13"));
}

TEST(ReceptionTest, RefusesSignersWhoAreNotTrusted) {
  EXPECT_THAT(refusals_of_sender(alice()), IsEmpty());
  auto request = alice();
  request.not_after = noon - 1;
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-CERT-08"));
  request = alice();
  request.not_before = noon + 1;
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-CERT-08"));
  request = alice();
  request.addresses = {"eve@direct.example.org"};
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-MSG-14"));
  request = alice();
  request.addresses = {};
  request.domains = {"*.example.org"};
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-MSG-14"));
  request.domains = {"direct.example.org"};
  EXPECT_THAT(refusals_of_sender(request), IsEmpty());
  request = alice();
  request.key = bb::pki::Key::rsa_1024;
  request.key_usage = "digitalSignature";
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-CERT-09"));
  request = alice();
  request.key_usage = "keyAgreement";
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-CERT-13"));
  request = alice();
  request.is_authority = true;
  EXPECT_THAT(refusals_of_sender(request), ElementsAre("DIRECT-CERT-14"));

  const auto other = must(bb::pki::make_root(authority_request("Another Root")));
  EXPECT_THAT(refusals_of(sealed(must(bb::pki::issue(other, alice())))), ElementsAre("DIRECT-SEC-06"));
}

// Counts, and has nothing.
class NothingThere : public Fetcher {
 public:
  bb::Result<std::string> fetch(const std::string&, std::string_view, std::string_view) override {
    ++count;
    return bb::Error{"nobody answers"};
  }
  std::size_t count = 0;
};

TEST(ReceptionTest, FetchesSixteenTimesForAMessage) {
  auto request = alice();
  request.issuer_urls = {"http://aia.example.org/1", "http://aia.example.org/2"};
  auto stranger = must(bb::pki::issue(must(bb::pki::make_root(authority_request("Another Root"))), request));
  request.issuer_urls.clear();
  request.crl_urls = {"http://crl.example.org/list.crl"};
  const auto known = people().issue(request);
  const auto message = sealed(known);
  auto layers = must(look_through(message, {people().bob}));
  auto& signers = layers.signature->signers;
  ASSERT_EQ(signers.size(), 1u);
  auto other = signers.front();
  other.certificate = stranger.certificate;

  NothingThere nothing;
  ReceptionPolicy policy;
  policy.trust.anchors = {people().root.certificate};
  policy.trust.at = noon;
  policy.trust.fetcher = &nothing;
  const auto refusals = [&] {
    nothing.count = 0;
    return requirements_of(receive(message, layers, address("bob@direct.example.net"), policy).refusals);
  };
  signers.insert(signers.begin(), 7, other);  // 14 fetches, and one for the list of whom is known
  EXPECT_THAT(refusals(), IsEmpty());
  EXPECT_EQ(nothing.count, 15u);
  signers.insert(signers.begin(), other);
  EXPECT_THAT(refusals(), Contains("DIRECT-CERT-11")) << "whether he was revoked was not looked at";
  EXPECT_EQ(nothing.count, fetches_of_message_max);
}

TEST(ReceptionTest, RefusesWhatDiffersOutside) {  // DIRECT-SEC-09
  const auto entity = must(signed_entity(wrap(letter), people().alice));
  const auto outside = [&](std::string_view from, std::string_view to) {
    return refusals_of(as_encrypted(entity, bb::replace_all(letter, from, to)));
  };
  EXPECT_THAT(outside("bob@direct.example.net", "Bob <BOB@direct.example.NET>"), IsEmpty());
  EXPECT_THAT(outside("To: bob@", "To: eve@"), ElementsAre("DIRECT-SEC-09"));
  EXPECT_THAT(outside("alice@", "eve@"), ElementsAre("DIRECT-SEC-09"));
}

TEST(ReceptionTest, RefusesAMessageWithoutSenderOrRecipient) {  // DIRECT-SEC-10
  const auto without = [](std::string_view name) {
    const auto begin = letter.find(std::string(name) + ":");
    return letter.substr(0, begin) + letter.substr(letter.find("\r\n", begin) + 2);
  };
  EXPECT_THAT(refusals_of(sealed(people().alice, without("From"))), ElementsAre("DIRECT-SEC-10"));
  EXPECT_THAT(refusals_of(sealed(people().alice, without("To"))), Contains("DIRECT-SEC-10"));
}

TEST(ReceptionTest, OwesNoAnswerToANotification) {  // DIRECT-MDN-11
  NotificationRequest request;
  request.from = "alice@direct.example.org";
  request.to = "bob@direct.example.net";
  request.message_id = "mdn@direct.example.org";
  request.original_message_id = "<zero@direct.example.net>";
  const auto reception = received(sealed(people().alice, write_notification(request)));
  EXPECT_THAT(requirements_of(reception.refusals), IsEmpty());
  EXPECT_TRUE(reception.is_notification);
  EXPECT_FALSE(reception.is_to_be_answered());
}

TEST(ReceptionTest, KnowsThatFinalDeliveryIsAskedFor) {
  auto asking = letter;
  asking.insert(0, final_delivery_option());
  EXPECT_EQ(received(sealed(people().alice, asking)).final_delivery, FinalDelivery::asked);
}

}  // namespace
