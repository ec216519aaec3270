// Sending a record to a destination of the patient's choice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/records/mime.hpp>

#include "portal/running_portal.hpp"
#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string shares = "/api/patients/alice/shares";

std::string request_to(const std::string& url, const std::string& more = "") {
  return R"({"to": [")" + url + "\"]" + more + "}";
}

records::MimeMessage only_mail(ApiUser& user, const std::string& inbox) {
  const auto items = user.json(path_of(inbox))["items"];
  EXPECT_EQ(items.size(), 1u);
  auto mail = records::read_mime(user.text(path_of(inbox) + "/" + items[0]["id"].string_or("")));
  EXPECT_TRUE(mail) << mail.error().what;
  return mail ? *std::move(mail) : records::MimeMessage();
}

TEST(ShareTest, SendsTheDocumentAsAnAttachmentBesideAText) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  const auto answer = alice.share("alice", inbox);
  EXPECT_EQ(answer["receipts"][0]["delivery"].string_or(""), "accepted");
  EXPECT_EQ(answer["receipts"][0]["recipient"].string_or(""), inbox);
  EXPECT_TRUE(parse_time(answer["receipts"][0]["at"].string_or("")));

  const auto mail = only_mail(alice, inbox);
  ASSERT_EQ(mail.parts.size(), 2u);
  EXPECT_EQ(mail.parts[0].content_type, "text/plain");
  EXPECT_THAT(mail.parts[0].body, HasSubstr("Alice Newman"));
  EXPECT_EQ(mail.parts[1].content_type, "application/xml");
  EXPECT_EQ(mail.parts[1].disposition, "attachment");
  EXPECT_EQ(mail.parts[1].filename, "Alice Newman-summary.xml");
  EXPECT_EQ(mail.parts[1].body, ccda({"Alice", "Newman"}));
}

TEST(ShareTest, SendsNamesBeyondAscii) {
  RunningPortal portal;
  ApiUser bob(portal, "bob");
  const auto inbox = bob.fresh_inbox();
  bob.share("bob", inbox);
  const auto mail = only_mail(bob, inbox);
  ASSERT_EQ(mail.parts.size(), 2u);
  EXPECT_EQ(mail.parts[1].filename, "Zo\u00eb \u00c5ngstr\u00f6m-summary.xml");
}

TEST(ShareTest, SendsTheFormatAndPartThatWereAskedFor) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  const auto answer = alice.post(shares, request_to(inbox, R"(, "format": "fhir-bundle", "items": ["visit-2"])"), "k");
  EXPECT_EQ(status_of(answer), 202) << body_of(answer);
  const auto mail = only_mail(alice, inbox);
  ASSERT_EQ(mail.parts.size(), 2u);
  EXPECT_EQ(mail.parts[1].content_type, "application/fhir+json");
  EXPECT_THAT(mail.parts[1].body, HasSubstr("Amlodipine"));
  EXPECT_THAT(mail.parts[1].body, testing::Not(HasSubstr("Lisinopril")));
}

TEST(ShareTest, SendsOnceForOneIdempotencyKey) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  const auto first = alice.post(shares, request_to(inbox), "same");
  const auto second = alice.post(shares, request_to(inbox), "same");
  EXPECT_EQ(status_of(second), 202);
  EXPECT_EQ(body_of(first), body_of(second));
  EXPECT_EQ(alice.json(path_of(inbox))["items"].size(), 1u);
  alice.share("alice", inbox, "other");
  EXPECT_EQ(alice.json(path_of(inbox))["items"].size(), 2u);
}

TEST(ShareTest, SendsOnceWhenTheSameKeyComesFromManyAtOnce) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  std::vector<std::thread> threads;
  for (int number = 0; number < 8; ++number)
    threads.emplace_back([&] { ApiUser(portal, "alice").share("alice", inbox, "same"); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(alice.json(path_of(inbox))["items"].size(), 1u);
}

TEST(ShareTest, RefusesAKeyThatWasUsedForSomethingElse) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  alice.share("alice", alice.fresh_inbox(), "same");
  const auto inbox = alice.fresh_inbox();
  const auto answer = alice.post(shares, request_to(inbox), "same");
  EXPECT_EQ(status_of(answer), 409);
  EXPECT_EQ(error_code_of(answer), "conflict");
  EXPECT_EQ(alice.json(path_of(inbox))["items"].size(), 0u);
  ApiUser carol(portal, "carol", "alice");
  carol.share("alice", inbox, "same");  // another account's keys are its own
}

TEST(ShareTest, KeepsTheAnswerForThePatientAlone) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", alice.fresh_inbox());
  const auto id = share["id"].string_or("");
  EXPECT_EQ(alice.json(shares + "/" + id), share);
  EXPECT_EQ(status_of(alice.get(shares + "/unknown")), 404);
  ApiUser bob(portal, "bob");
  EXPECT_EQ(status_of(bob.get("/api/patients/bob/shares/" + id)), 404);
}

TEST(ShareTest, GivesOneReceiptForEachDestination) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto good = alice.fresh_inbox();
  const auto bad = portal.url() + "/inbox/unknown";
  const auto answer = alice.post(shares, R"({"to": [")" + bad + "\", \"" + good + "\"]}", "k");
  ASSERT_EQ(status_of(answer), 202);
  const auto receipts = parsed(answer->body)["receipts"];
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_EQ(receipts[0]["delivery"].string_or(""), "failed");
  EXPECT_EQ(receipts[0]["detail"].string_or(""), "the destination answered 404, expected 2xx");
  EXPECT_EQ(receipts[1]["delivery"].string_or(""), "accepted");
  const auto event = alice.json("/api/patients/alice/activity")["events"][0];
  EXPECT_EQ(event["action"].string_or(""), "transmit");
  EXPECT_EQ(event["to"][0].string_or(""), bad);
  EXPECT_EQ(event["to"][1].string_or(""), good);
  EXPECT_THAT(event["detail"].string_or(""), HasSubstr("failed: " + bad));
}

TEST(ShareTest, SaysWhenNobodyListensAtTheDestination) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto receipts = alice.share("alice", "https://127.0.0.1:1/")["receipts"];
  EXPECT_EQ(receipts[0]["delivery"].string_or(""), "failed");
  EXPECT_EQ(receipts[0]["detail"].string_or(""), "no connection to the destination");
}

TEST(ShareTest, TrustsOtherDestinationsOnlyWhenToldTo) {
  RunningPortal destination;
  RunningPortal careful;
  ApiUser receiver(destination, "");
  const auto inbox = receiver.fresh_inbox();
  ApiUser refused(careful, "alice");
  const auto failed = refused.share("alice", inbox)["receipts"];
  EXPECT_EQ(failed[0]["delivery"].string_or(""), "failed");
  EXPECT_THAT(failed[0]["detail"].string_or(""), HasSubstr("not trusted"));
  EXPECT_EQ(receiver.json(path_of(inbox))["items"].size(), 0u);

  RunningPortal trusting({"--trust", destination.ca_file()});
  ApiUser alice(trusting, "alice");
  EXPECT_EQ(alice.share("alice", inbox)["receipts"][0]["delivery"].string_or(""), "accepted");
  EXPECT_EQ(alice.share("alice", alice.fresh_inbox(), "own")["receipts"][0]["delivery"].string_or(""), "accepted");
  EXPECT_EQ(receiver.json(path_of(inbox))["items"].size(), 1u);
}

TEST(ShareTest, RefusesWhatIsNoHttpsDestination) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  for (const auto* url :
       {"http://127.0.0.1/", "ftp://127.0.0.1/", "mailto:dr.who@example.org", "https://", "https:///x",
        "https://user:pass@127.0.0.1/", "https://127.0.0.1:0/", "https://127.0.0.1:65536/", "https://127.0.0.1:x/",
        "https://127.0.0.1/#part", "https://127.0.0.1/a b", "//127.0.0.1/", ""}) {
    const auto answer = alice.post(shares, request_to(url), "k");
    EXPECT_EQ(status_of(answer), 422) << url;
    EXPECT_THAT(body_of(answer), HasSubstr("cannot be used")) << url;
  }
  EXPECT_EQ(status_of(alice.post(shares, request_to("https://localhost/\\r\\nX: y"), "k")), 422);
}

TEST(ShareTest, RefusesARequestThatCannotBeRead) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  const auto status = [&](const std::string& body, const std::string& key = "k") {
    return status_of(alice.post(shares, body, key));
  };
  EXPECT_EQ(status("{"), 400);
  EXPECT_EQ(status("[]"), 400);
  EXPECT_EQ(status("{}"), 400);
  EXPECT_EQ(status(R"({"to": []})"), 400);
  EXPECT_EQ(status(R"({"to": "https://localhost/"})"), 400);
  EXPECT_EQ(status(R"({"to": [7]})"), 400);
  EXPECT_EQ(status(request_to(inbox), ""), 400);                     // no key
  EXPECT_EQ(status(request_to(inbox), std::string(256, 'k')), 400);  // one byte too long
  EXPECT_EQ(status(request_to(inbox), std::string(255, 'k')), 202);
  EXPECT_EQ(status(request_to(inbox, R"(, "format": "docx")")), 422);
  EXPECT_EQ(status(request_to(inbox, R"(, "format": 7)")), 400);
  EXPECT_EQ(status(request_to(inbox, R"(, "items": ["visit-9"])")), 422);
  EXPECT_EQ(status(request_to(inbox, R"(, "from": "soon")")), 400);
  EXPECT_EQ(status_of(alice.client().Post(shares, "x", "text/plain")), 401);
}

TEST(ShareTest, TakesTenDestinationsAndNotEleven) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto inbox = alice.fresh_inbox();
  auto urls = Value::array();
  for (int number = 0; number < 10; ++number) urls.push(inbox);
  EXPECT_EQ(status_of(alice.post(shares, to_json(Value::object({{"to", urls}})), "ten")), 202);
  EXPECT_EQ(alice.json(path_of(inbox))["items"].size(), 10u);
  urls.push(inbox);
  EXPECT_EQ(status_of(alice.post(shares, to_json(Value::object({{"to", urls}})), "eleven")), 422);
}

}  // namespace
}  // namespace bb::portal_test
