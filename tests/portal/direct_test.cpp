// The portal sends records by Direct and receives by it, with a mail room between it and Bob.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/process.hpp>
#include <bb/records/mime.hpp>

#include "portal/direct_world.hpp"
#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Published = DirectWorld::Published;

std::string delivery_of(ApiUser& user, const Value& share) {
  return user.json("/api/patients/alice/shares/" + share["id"].string_or(""))["receipts"][0]["delivery"].string_or("");
}
std::string detail_of(ApiUser& user, const Value& share) {
  return user.json("/api/patients/alice/shares/" + share["id"].string_or(""))["receipts"][0]["detail"].string_or("");
}
std::string id_of(const std::string& message) { return direct::read_entity(message)->value("message-id"); }

Value messages_of(ApiUser& user, const std::string& patient = "alice") {
  return user.json("/api/patients/" + patient + "/messages")["items"];
}
bool has_message(ApiUser& user, const std::string& subject) {
  const auto items = messages_of(user);
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i]["subject"].string_or("") == subject) return true;
  return false;
}

TEST(DirectTest, SendsASealedRecordAndShowsWhatBecameOfIt) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  EXPECT_EQ(portal.ready()["direct"]["domain"].string_or(""), portal_domain);
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  EXPECT_EQ(share["receipts"][0]["delivery"].string_or(""), "accepted") << share["receipts"][0]["detail"].string_or("");
  EXPECT_EQ(share["receipts"][0]["recipient"].string_or(""), bob_direct);

  const auto layers = world.next_opened();
  EXPECT_TRUE(layers.is_wrapped);
  EXPECT_TRUE(layers.is_detached);
  EXPECT_EQ(layers.micalg, "sha-256");
  EXPECT_EQ(direct::asked_of(*direct::read_entity(layers.message)), direct::FinalDelivery::asked);
  const auto mail = records::read_mime(layers.message);
  ASSERT_TRUE(mail);
  ASSERT_EQ(mail->parts.size(), 2u);
  EXPECT_EQ(mail->parts[1].body, ccda({"Alice", "Newman"}));

  const auto id = id_of(layers.message);
  world.notify(id, "processed");
  EXPECT_TRUE(eventually([&] { return delivery_of(alice, share) == "processed"; }));
  world.notify(id, "dispatched");
  EXPECT_TRUE(eventually([&] { return delivery_of(alice, share) == "dispatched"; }));
}

TEST(DirectTest, SendsWhatOpensslDecryptsAndVerifies) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  alice.share("alice", bob_direct);
  const auto outer = world.next_of_bob();
  EXPECT_THAT(outer, AllOf(Not(HasSubstr("Subject:")), Not(HasSubstr("Newman"))));  // DIRECT-MSG-04
  world.folder().write("sent.eml", outer);
  const auto path = [&](const std::string& name) { return (world.folder().path() / name).string(); };
  const auto run = [](std::vector<std::string> words) {
    words.insert(words.begin(), "cms");
    const auto done = run_command({"/usr/bin/openssl", words, {}, true}, 20'000);
    EXPECT_TRUE(done && done->status == 0) << (done ? done->err : done.error().what);
    return done ? done->out : "";
  };
  world.folder().write("signed.eml", run({"-decrypt", "-in", path("sent.eml"), "-recip", path("bob.pem")}));
  const auto inner = run({"-verify", "-in", path("signed.eml"), "-CAfile", path("anchors.pem"), "-purpose", "any"});
  EXPECT_THAT(inner, HasSubstr("Content-Type: message/rfc822"));
  EXPECT_THAT(inner, HasSubstr("Subject: Health record of Alice Newman"));
}

TEST(DirectTest, TellsThePatientOfAFailure) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  const auto id = id_of(world.next_opened().message);
  world.notify(id, "processed");
  world.notify(id, "failed", "mailbox full");
  ASSERT_TRUE(eventually([&] { return delivery_of(alice, share) == "failed"; }));
  EXPECT_THAT(detail_of(alice, share), HasSubstr("mailbox full"));
  EXPECT_TRUE(eventually([&] {
    return alice.json("/api/patients/alice/activity")["events"][0]["detail"].string_or("").find("mailbox full") !=
           std::string::npos;
  }));
  // DIRECT-DN-10: what comes later changes nothing.
  world.notify(id, "dispatched");
  ASSERT_TRUE(eventually([&] { return detail_of(alice, share).find("came later") != std::string::npos; }));
  EXPECT_EQ(delivery_of(alice, share), "failed");
}

TEST(DirectTest, TellsWhenNobodyConfirmsInTime) {
  DirectWorld world;
  RunningPortal portal(world.arguments({"--direct-wait", "2"}));
  ApiUser alice(portal, "alice");
  const auto silent = alice.share("alice", bob_direct);
  ASSERT_TRUE(eventually([&] { return delivery_of(alice, silent) == "failed"; }));
  EXPECT_THAT(detail_of(alice, silent), HasSubstr("no notification 'processed'"));
  world.next_opened();
  const auto half = alice.share("alice", bob_direct);
  world.notify(id_of(world.next_opened().message), "processed");
  ASSERT_TRUE(eventually([&] { return delivery_of(alice, half) == "failed"; }));
  EXPECT_THAT(detail_of(alice, half), HasSubstr("no notification 'dispatched'"));
}

TEST(DirectTest, BelievesNotificationsOfTheRecipientAlone) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  const auto id = id_of(world.next_opened().message);
  // Not sealed; by a foreign authority; by somebody else of the portal's trust; of another message.
  world.hand_in(bob_direct, alice_direct, world.notification(id, "failed"));
  world.hand_in(bob_direct, alice_direct,
                world.sealed(world.notification(id, "failed"), world.bob_by(Published::foreign)));
  auto request = test::request_now("mallory");
  request.addresses = {"mallory@direct.bob.example"};
  const auto mallory = *pki::issue(world.authority(), request);
  const auto of_mallory = "From: mallory@direct.bob.example\r\n" +
                          world.notification(id, "failed").substr(("From: " + bob_direct + "\r\n").size());
  world.hand_in(bob_direct, alice_direct, world.sealed(of_mallory, mallory));
  world.notify("<other@direct.portal.example>", "failed");
  world.notify(id, "processed");
  ASSERT_TRUE(eventually([&] { return delivery_of(alice, share) != "accepted"; }));
  EXPECT_EQ(delivery_of(alice, share), "processed");
}

TEST(DirectTest, TakesTheReportOfAMailServer) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  const auto id = id_of(world.next_opened().message);
  world.hand_in(
      "", alice_direct,
      "From: MAILER-DAEMON@mail.bob.example\r\nTo: " + alice_direct +
          "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
          "\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
          "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.bob.example\r\n\r\n"
          "Final-Recipient: rfc822; " +
          bob_direct +
          "\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 over quota\r\n\r\n"
          "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " +
          id + "\r\n\r\n--b--\r\n");
  ASSERT_TRUE(eventually([&] { return delivery_of(alice, share) == "failed"; }));
  EXPECT_THAT(detail_of(alice, share), HasSubstr("552 over quota"));
}

class DirectRecipientTest : public testing::TestWithParam<std::pair<Published, std::string>> {};
TEST_P(DirectRecipientTest, IsSentNothingWithoutACertificateToBeTrusted) {
  const auto& [published, why] = GetParam();
  DirectWorld world(published);
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  EXPECT_EQ(share["receipts"][0]["delivery"].string_or(""), "failed");
  EXPECT_THAT(share["receipts"][0]["detail"].string_or(""), HasSubstr(why));
  EXPECT_EQ(delivery_of(alice, share), "failed");
  EXPECT_EQ(world.count_of_bob(), 0u);
}
INSTANTIATE_TEST_SUITE_P(Faults, DirectRecipientTest,
                         testing::Values(std::pair(Published::none, "no certificate that can be used"),
                                         std::pair(Published::expired, "expired: valid until"),
                                         std::pair(Published::foreign, "no_path"),
                                         std::pair(Published::revoked, "revoked"),
                                         std::pair(Published::wrong_name, "wrong_name")));

TEST(DirectTest, SkipsAnExpiredCertificateBesideAGoodOne) {
  DirectWorld world(Published::expired_and_good);
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  EXPECT_EQ(alice.share("alice", bob_direct)["receipts"][0]["delivery"].string_or(""), "accepted");
  world.next_opened();
}

TEST(DirectTest, SaysWhyItCannotBeHandedOver) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto refused = alice.share("alice", ghost_direct)["receipts"][0];
  EXPECT_EQ(refused["delivery"].string_or(""), "failed");
  EXPECT_THAT(refused["detail"].string_or(""), HasSubstr("550"));
}

TEST(DirectTest, SaysThatNobodyAnswersItsQuestions) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  world.room().stop();
  const auto share = alice.share("alice", bob_direct)["receipts"][0];
  EXPECT_EQ(share["delivery"].string_or(""), "failed");
  EXPECT_THAT(share["detail"].string_or(""), HasSubstr("CERT bob.direct.bob.example"));
}

class DirectInboxTest : public testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> arguments(DirectWorld& world) const {
    if (GetParam() == "imap") return world.arguments();
    return world.arguments({"--direct-pop3", "127.0.0.1:" + std::to_string(world.room().pop3_port())});
  }
};
TEST_P(DirectInboxTest, TakesAMessageAndConfirmsIt) {
  DirectWorld world;
  RunningPortal portal(arguments(world));
  ApiUser alice(portal, "alice");
  world.send_to_alice("Visit summary");
  ASSERT_TRUE(eventually([&] { return messages_of(alice).size() == 1; }));
  const auto items = messages_of(alice);
  EXPECT_EQ(items[0]["from"].string_or(""), bob_direct);
  EXPECT_EQ(items[0]["subject"].string_or(""), "Visit summary");
  const auto message = alice.text("/api/patients/alice/messages/" + items[0]["id"].string_or(""));
  EXPECT_THAT(message, HasSubstr("The visit summary."));

  const auto layers = world.next_opened();  // DIRECT-MDN-09: signed and encrypted
  const auto notification = direct::read_notification(*direct::read_entity(layers.message));
  ASSERT_TRUE(notification && *notification);
  EXPECT_EQ((*notification)->disposition, "processed");
  EXPECT_EQ((*notification)->disposition_mode, "automatic-action/mdn-sent-automatically");
  EXPECT_EQ((*notification)->final_recipient, alice_direct);
  EXPECT_EQ((*notification)->original_message_id, id_of(message));
  EXPECT_EQ((*notification)->find("X-DIRECT-FINAL-DESTINATION-DELIVERY"), nullptr);
  EXPECT_TRUE(eventually([&] { return world.room().mailboxes().list("portal").empty(); }));
  EXPECT_EQ(world.count_of_bob(), 1u);  // DIRECT-DN-05: nobody asked for more

  ApiUser bob(portal, "bob");
  EXPECT_EQ(messages_of(bob, "bob").size(), 0u);
  EXPECT_EQ(status_of(bob.get("/api/patients/alice/messages")), 403);
  EXPECT_EQ(status_of(alice.get("/api/patients/alice/messages/2")), 404);
}
INSTANTIATE_TEST_SUITE_P(Protocols, DirectInboxTest, testing::Values("imap", "pop3"));

std::string disposition_of(const direct::Layers& layers, bool& has_final_delivery) {
  const auto notification = direct::read_notification(*direct::read_entity(layers.message));
  if (!notification || !*notification) return "no notification";
  has_final_delivery = (*notification)->find("X-DIRECT-FINAL-DESTINATION-DELIVERY") != nullptr;
  return (*notification)->disposition;
}

TEST(DirectTest, ConfirmsTheFinalDeliveryToWhoAsksForIt) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  bool has_field = true;
  world.send_to_alice("asked", direct::final_delivery_option());
  EXPECT_EQ(disposition_of(world.next_opened(), has_field), "processed");
  EXPECT_FALSE(has_field);
  EXPECT_EQ(disposition_of(world.next_opened(), has_field), "dispatched");  // DIRECT-DN-02, -03
  EXPECT_TRUE(has_field);
  // DIRECT-DN-06: an ill-formed option changes nothing.
  world.send_to_alice("ill-formed", "Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=bogus\r\n");
  EXPECT_EQ(disposition_of(world.next_opened(), has_field), "processed");
  EXPECT_FALSE(has_field);
}

TEST(DirectTest, SaysThatAMessageForNobodyFailed) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  const auto to = "nobody@" + portal_domain;
  world.hand_in(bob_direct, to, world.sealed(world.text("lost", direct::final_delivery_option(), to), world.bob()));
  bool has_field = false;
  EXPECT_EQ(disposition_of(world.next_opened(), has_field), "processed");  // DIRECT-MDN-12
  EXPECT_EQ(disposition_of(world.next_opened(), has_field), "failed");
  EXPECT_TRUE(has_field);  // DIRECT-DN-04
}

TEST(DirectTest, NeitherTakesNorAnswersWhatItCannotTrust) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto hand_in = [&](const std::string& message) { world.hand_in(bob_direct, alice_direct, message); };
  hand_in(world.text("clear"));
  const auto message = world.text("x");
  hand_in(*direct::addressed(*direct::signed_entity(direct::wrap(message), world.bob()), message));  // not encrypted
  hand_in(*direct::addressed(*direct::encrypted_entity(direct::wrap(message), {world.portal().certificate}), message));
  for (const auto fault : {Published::expired, Published::foreign, Published::revoked, Published::wrong_name})
    hand_in(world.sealed(message, world.bob_by(fault)));
  auto tampered = *direct::signed_entity(direct::wrap(message), world.bob());
  tampered.replace(tampered.find("The visit summary."), 3, "Thy");
  hand_in(*direct::addressed(*direct::encrypted_entity(tampered, {world.portal().certificate}), message));
  direct::SealOptions weak;
  weak.encrypt.cipher = direct::Cipher::des3_cbc;
  hand_in(world.sealed(message, world.bob(), weak));
  hand_in("no mail at all");
  world.send_to_alice("good");
  ASSERT_TRUE(eventually([&] { return messages_of(alice).size() > 0; }));
  EXPECT_EQ(messages_of(alice).size(), 1u);
  EXPECT_EQ(messages_of(alice)[0]["subject"].string_or(""), "good");
  world.next_opened();
  EXPECT_TRUE(eventually([&] { return world.room().mailboxes().list("portal").empty(); }));
  EXPECT_EQ(world.count_of_bob(), 1u);
}

TEST(DirectTest, TakesAMessageThatComesTwiceOnce) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto message = world.sealed(world.text("twice"), world.bob());
  world.hand_in(bob_direct, alice_direct, message);
  world.hand_in(bob_direct, alice_direct, message);
  world.send_to_alice("marker");
  ASSERT_TRUE(eventually([&] { return has_message(alice, "marker"); }));
  EXPECT_EQ(messages_of(alice).size(), 2u);
  EXPECT_TRUE(eventually([&] { return world.room().mailboxes().list("portal").empty(); }));
  EXPECT_EQ(world.count_of_bob(), 2u);  // one for each
}

TEST(DirectTest, ListsWhereItsMessagesGoOn) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  constexpr std::size_t page_size = 100;
  for (std::size_t i = 0; i <= page_size; ++i) world.send_to_alice("n");
  ASSERT_TRUE(eventually([&] { return alice.json("/api/patients/alice/messages?cursor=100")["items"].size() == 1; }));
  const auto first = alice.json("/api/patients/alice/messages");
  EXPECT_EQ(first["items"].size(), page_size);
  EXPECT_EQ(first["next"].string_or(""), "100");
  EXPECT_TRUE(alice.json("/api/patients/alice/messages?cursor=100")["next"].is_null());
}

TEST(DirectTest, TakesAMessageThatIsNotWrapped) {
  DirectWorld world;  // DIRECT-MSG-03
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  direct::SealOptions unwrapped;
  unwrapped.is_wrapped = false;
  world.hand_in(bob_direct, alice_direct, world.sealed(world.text("not wrapped"), world.bob(), unwrapped));
  EXPECT_TRUE(eventually([&] { return messages_of(alice).size() == 1; }));
}

TEST(DirectTest, AnswersNoNotification) {
  DirectWorld world;  // DIRECT-MDN-11
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  world.notify("<unknown@direct.portal.example>", "processed");
  world.send_to_alice("marker");
  bool has_field = false;
  const auto layers = world.next_opened();
  EXPECT_EQ(disposition_of(layers, has_field), "processed");
  EXPECT_TRUE(eventually([&] { return has_message(alice, "marker"); }));
  EXPECT_EQ(world.count_of_bob(), 1u);
}

TEST(DirectTest, ShowsPeopleWhatCameAndWhatBecameOfWhatTheySent) {
  DirectWorld world;
  RunningPortal portal(world.arguments({"--direct-wait", "2"}));
  Browser browser(portal);
  browser.sign_in("alice", password_of("alice"));
  EXPECT_THAT(body_of(browser.get("/patients/alice/share")), HasSubstr("a Direct address like"));
  const auto shared = browser.post(
      "/patients/alice/share",
      {{"csrf", browser.token()}, {"key", "k"}, {"to", bob_direct}, {"format", "ccda-2.1"}, {"item", "summary"}});
  EXPECT_THAT(body_of(shared), HasSubstr("Sent to bob@direct.bob.example."));
  world.next_opened();
  world.hand_in(bob_direct, alice_direct, world.sealed(world.text("<b>Visit</b>"), world.bob()));
  const auto page = [&] { return body_of(browser.get("/patients/alice/messages")); };
  EXPECT_THAT(page(), HasSubstr("at the Direct address " + alice_direct));
  EXPECT_TRUE(eventually([&] {
    return page().find("Not delivered: the recipient&apos;s system did not say") != page().npos;
  })) << page();
  EXPECT_TRUE(eventually([&] { return page().find("&lt;b&gt;Visit&lt;/b&gt;") != page().npos; })) << page();
  const auto message = body_of(browser.get("/patients/alice/messages/1"));
  EXPECT_THAT(message, AllOf(HasSubstr("The visit summary."), HasSubstr("From " + bob_direct), Not(HasSubstr("<b>V"))));
  EXPECT_THAT(body_of(browser.get("/patients/alice/messages/1/mail")), HasSubstr("Subject: <b>Visit</b>"));
  EXPECT_EQ(status_of(browser.get("/patients/alice/messages/2")), 404);
  EXPECT_EQ(status_of(browser.get("/patients/bob/messages")), 403);
  EXPECT_THAT(body_of(browser.get("/patients/alice/history")), HasSubstr("failed: bob@direct.bob.example"));
}

TEST(DirectTest, RefusesADirectAddressWhereItDoesNotSpeakDirect) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto answer = alice.post("/api/patients/alice/shares", R"({"to": ["bob@direct.bob.example"]})", "k");
  EXPECT_EQ(status_of(answer), 422);
  EXPECT_EQ(alice.json("/api/patients/alice/messages")["items"].size(), 0u);
}

TEST(DirectTest, RefusesAnAddressThatIsNone) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  for (const auto* to : {"bob@", "@direct.bob.example", "bob@localhost", "mailto:bob@direct.bob.example",
                         "b b@x.example", "a@b@c.example"})
    EXPECT_EQ(status_of(alice.post("/api/patients/alice/shares", R"({"to": [")" + std::string(to) + "\"]}", "k")), 422)
        << to;
}

TEST(DirectTest, NamesWhatIsMissingOrWrongOfItsOptions) {
  DirectWorld world;
  TemporaryFolder records;
  write_sample_records(records);
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--records", records.path().string()});
    const auto done = run_command({portal_program(), arguments, {}, true}, 20'000);
    EXPECT_TRUE(done && done->status == 2);
    return done ? done->err : "";
  };
  const auto without = [&](const std::string& name) {
    auto all = world.arguments();
    const auto at = std::find(all.begin(), all.end(), name);
    all.erase(at, at + 2);
    return all;
  };
  for (const auto* name :
       {"--direct-identity", "--direct-anchors", "--direct-resolver", "--direct-smtp", "--direct-imap"})
    EXPECT_THAT(run(without(name)), HasSubstr("--direct-domain needs " + std::string(name)));
  EXPECT_THAT(run(without("--direct-domain")), HasSubstr("goes with --direct-domain only"));
  const auto with = [&](const std::string& name, const std::string& value) {
    auto all = world.arguments();
    *(std::find(all.begin(), all.end(), name) + 1) = value;
    return all;
  };
  EXPECT_THAT(run(with("--direct-smtp", "localhost")), HasSubstr("--direct-smtp must be HOST:PORT, got 'localhost'"));
  EXPECT_THAT(run(with("--direct-smtp", "localhost:65536")), HasSubstr("--direct-smtp must be HOST:PORT"));
  EXPECT_THAT(run(with("--direct-smtp", "localhost:0")), HasSubstr("--direct-smtp must be HOST:PORT"));
  EXPECT_THAT(run(with("--direct-domain", "localhost")), HasSubstr("localhost"));
  EXPECT_THAT(run(with("--direct-identity", (world.folder().path() / "anchors.pem").string())),
              HasSubstr("anchors.pem"));
  EXPECT_THAT(run(with("--direct-anchors", (records.path() / "people.yaml").string())),
              HasSubstr("people.yaml: no certificate"));
  EXPECT_THAT(run({"--defect", "direct-no-mdn"}), HasSubstr("defect 'direct-no-mdn' needs --direct-domain"));
  EXPECT_THAT(run(world.arguments({"--direct-wait", "0"})), HasSubstr("--direct-wait must be 1 to 86400, got 0"));
  EXPECT_THAT(run(world.arguments({"--direct-pop3", "h:1", "--direct-imap", "h:2"})), HasSubstr("one mailbox"));
}

TEST(DirectTest, EndsWithinASecondWhileItWaitsForMail) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  const auto started_ns = monotonic_ns();
  EXPECT_EQ(portal.process().stop(5'000), 0);
  EXPECT_LT(monotonic_ns() - started_ns, ns_per_second);
}

}  // namespace
}  // namespace bb::portal_test
