// The portal sends records by plain mail, with a mail room between it and Bob.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include <bb/records/mime.hpp>

#include "mailroom/running_mailroom.hpp"
#include "portal/defects.hpp"
#include "portal/running_portal.hpp"
#include "portal/sample_ccda.hpp"
#include "support/must.hpp"

namespace bb::portal_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string bob = "mailto:bob@bob.example";
const std::string nobody = "mailto:nobody@bob.example";  // refused at once
const std::string gone = "mailto:gone@bob.example";      // taken, and comes back

class MailWorld {
 public:
  MailWorld() {
    folder_.write("zone.yaml",
                  "records:\n  - {name: bob.example, type: MX, preference: 10, host: mail.bob.example}\n"
                  "  - {name: mail.bob.example, type: A, address: 127.0.0.1}\n"
                  "  - {name: closed.example, type: MX, preference: 0, host: .}\n"
                  "  - {name: silent.example, type: SRV, priority: 0, weight: 0, port: 1, host: mail.bob.example}\n");
    mailroom::Mailroom::Options options;
    options.accounts = {{"portal", "pw", {"records@portal.example"}}, {"bob", "pw", {"bob@bob.example"}}};
    options.returned = {"gone@bob.example"};
    options.zone = test::must(mailroom::Zone::read(folder_.path() / "zone.yaml"));
    room_ = std::make_unique<test::RunningMailroom>(std::move(options));
    folder_.write("tls.pem", room_->anchors_pem());
    ::setenv("BLUEBRIDGE_PORTAL_MAIL_PASSWORD", "pw", 1);
  }

  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    const auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
    auto& room = room_->room();
    std::vector<std::string> all{"--mail-smtp",     at(room.smtp_port()),
                                 "--mail-from",     "records@portal.example",
                                 "--mail-user",     "portal",
                                 "--mail-imap",     at(room.imap_port()),
                                 "--mail-resolver", at(room.dns_port()),
                                 "--trust",         (folder_.path() / "tls.pem").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  mailroom::Mailboxes& boxes() { return room_->room().mailboxes(); }
  std::size_t count_of_bob() { return boxes().list("bob").size(); }
  // Bob's first mail; none after ten seconds.
  std::string mail_of_bob() {
    if (!eventually([&] { return count_of_bob() > 0; })) return {};
    return *boxes().read("bob", boxes().list("bob").front().uid);
  }
  std::uint16_t pop3_port() { return room_->room().pop3_port(); }
  void stop() { room_->room().stop(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<test::RunningMailroom> room_;
};

// Asks for a share of Alice's record; the JSON of the answer, with its status.
struct Asked {
  int status = 0;
  Value answer;
  std::string delivery() const { return answer["receipts"][0]["delivery"].string_or(""); }
  std::string code() const { return answer["error"]["code"].string_or(""); }
  std::string message() const { return answer["error"]["message"].string_or(""); }
};
Asked ask(ApiUser& user, const std::string& to, bool is_confirmed = true, const std::string& more = "") {
  const auto list = Value::strings({to});
  auto body = Value::object({{"to", list}});
  if (is_confirmed) body.set("confirmed", list);
  auto text = to_json(body);
  if (!more.empty()) text.insert(text.size() - 1, "," + more);
  static int count = 0;
  const auto answer = user.post("/api/patients/alice/shares", text, "key-" + std::to_string(++count));
  return {status_of(answer), parsed(body_of(answer))};
}

Value receipt_of(ApiUser& user, const Asked& asked) {
  return user.json("/api/patients/alice/shares/" + asked.answer["id"].string_or(""))["receipts"][0];
}
std::string delivery_of(ApiUser& user, const Asked& asked) { return receipt_of(user, asked)["delivery"].string_or(""); }

std::vector<records::MimePart> parts_of(const std::string& message) {
  const auto mail = records::read_mime(message);
  return mail ? mail->parts : std::vector<records::MimePart>();
}

TEST(MailTest, SendsTheDocumentAndACopyForPeople) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  EXPECT_EQ(portal.ready()["mail"]["from"].string_or(""), "records@portal.example");
  ApiUser alice(portal, "alice");
  const auto asked = ask(alice, bob);
  EXPECT_EQ(asked.status, 202);
  EXPECT_EQ(asked.delivery(), "accepted") << to_json(asked.answer);
  EXPECT_EQ(asked.answer["receipts"][0]["recipient"].string_or(""), bob);

  const auto message = world.mail_of_bob();
  const auto mail = records::read_mime(message);
  ASSERT_TRUE(mail);
  std::map<std::string, std::string> header(mail->headers.begin(), mail->headers.end());
  EXPECT_EQ(header["from"], "records@portal.example");
  EXPECT_EQ(header["to"], "bob@bob.example");
  EXPECT_EQ(header["return-path"], "<records@portal.example>");
  ASSERT_EQ(mail->parts.size(), 3u);
  EXPECT_THAT(mail->parts[0].body, HasSubstr("This mail is not encrypted"));
  EXPECT_EQ(mail->parts[1].content_type, "application/xml");
  EXPECT_EQ(mail->parts[1].filename, "Alice Newman-summary.xml");
  EXPECT_EQ(mail->parts[1].body, ccda({"Alice", "Newman"}));
  EXPECT_EQ(mail->parts[2].content_type, "text/plain");
  EXPECT_EQ(mail->parts[2].filename, "Alice Newman-summary.txt");
  EXPECT_THAT(mail->parts[2].body, AllOf(HasSubstr("Alice Newman"), HasSubstr("Penicillin")));

  const auto event = alice.json("/api/patients/alice/activity")["events"][0];
  EXPECT_EQ(event["to"][0].string_or(""), bob);
  EXPECT_EQ(event["detail"].string_or(""), "");
}

TEST(MailTest, SendsWhatPeopleReadAlone) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  EXPECT_EQ(ask(alice, bob, true, R"("format":"pdf")").status, 202);
  const auto parts = parts_of(world.mail_of_bob());
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[1].content_type, "application/pdf");
}

TEST(MailTest, WarnsAndAsksBeforeItSends) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto asked = ask(alice, bob, false);
  EXPECT_EQ(asked.status, 422);
  EXPECT_EQ(asked.code(), "confirmation_needed");
  EXPECT_THAT(asked.message(), AllOf(HasSubstr("others can read"), HasSubstr("bob@bob.example")));
  // The confirmation of another address is none.
  EXPECT_EQ(ask(alice, bob, false, R"("confirmed":["mailto:bo@bob.example"])").code(), "confirmation_needed");
  EXPECT_EQ(ask(alice, bob, false, R"("confirmed":["MAILTO:bob@BOB.example"])").status, 202);
  EXPECT_NE(world.mail_of_bob(), "");
  EXPECT_EQ(world.count_of_bob(), 1u);
}

TEST(MailTest, AsksBackWhereAWellKnownDomainIsNearlyMeant) {
  MailWorld world;
  auto arguments = world.arguments();
  const auto resolver = std::find(arguments.begin(), arguments.end(), "--mail-resolver");
  arguments.erase(resolver, resolver + 2);
  RunningPortal portal(arguments);
  ApiUser alice(portal, "alice");
  EXPECT_THAT(ask(alice, "mailto:bob@gmial.com", false).message(), HasSubstr("Did you mean bob@gmail.com?"));
  EXPECT_THAT(ask(alice, "mailto:bob@gmail.com", false).message(), Not(HasSubstr("Did you mean")));
}

TEST(MailTest, RefusesWhatIsNoAddressBeforeItSends) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const std::map<std::string, std::string> reasons = {
      {"mailto:a@@bob.example", "cannot be used"},
      {"mailto:bob", "cannot be used"},
      {"mailto:bob@localhost", "without a dot"},
      {"mailto:bob@[127.0.0.1]", "literal address"},
      {"mailto:bob@bob.example,eve@bob.example", "expected one address"},
      {"mailto:bob@bob.example?bcc=eve@bob.example", "expected one address"},
      {"mailto:bob@nowhere.example", "there is no domain 'nowhere.example'"},
      {"mailto:bob@silent.example", "has no mail server"},
      {"mailto:bob@closed.example", "takes no mail"},
      {"bob@bob.example", "https://"},  // this portal does not send by Direct
  };
  for (const auto& [to, why] : reasons) {
    const auto asked = ask(alice, to);
    EXPECT_EQ(asked.status, 422) << to;
    EXPECT_THAT(asked.message(), AllOf(HasSubstr(why), HasSubstr("bob"))) << to;
  }
  EXPECT_EQ(world.count_of_bob(), 0u);
}

TEST(MailTest, ShowsARefusalOfTheMailServer) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  ApiUser alice(portal, "alice");
  const auto asked = ask(alice, nobody);
  EXPECT_EQ(asked.status, 202);
  EXPECT_EQ(asked.delivery(), "failed");
  EXPECT_THAT(asked.answer["receipts"][0]["detail"].string_or(""),
              HasSubstr("550 5.1.1 there is no such mailbox here"));
  EXPECT_EQ(delivery_of(alice, asked), "failed");
  EXPECT_THAT(alice.json("/api/patients/alice/activity")["events"][0]["detail"].string_or(""),
              AllOf(HasSubstr("failed"), HasSubstr("550")));
}

TEST(MailTest, ShowsWhatComesBack) {
  for (const auto* protocol : {"--mail-imap", "--mail-pop3"}) {
    MailWorld world;
    auto arguments = world.arguments();
    if (protocol == std::string("--mail-pop3")) {
      const auto imap = std::find(arguments.begin(), arguments.end(), "--mail-imap");
      *imap = protocol;
      *(imap + 1) = "127.0.0.1:" + std::to_string(world.pop3_port());
    }
    RunningPortal portal(arguments);
    ApiUser alice(portal, "alice");
    const auto right = ask(alice, bob);
    const auto asked = ask(alice, gone);
    ASSERT_TRUE(eventually([&] { return delivery_of(alice, asked) == "failed"; })) << protocol;
    EXPECT_THAT(receipt_of(alice, asked)["detail"].string_or(""), HasSubstr("5.1.1"));
    EXPECT_EQ(delivery_of(alice, right), "accepted");
    EXPECT_THAT(alice.json("/api/patients/alice/activity")["events"][0]["detail"].string_or(""), HasSubstr("failed"));
    EXPECT_TRUE(eventually([&] { return world.boxes().list("portal").empty(); }));
  }
}

TEST(MailTest, FailsWhereNoServerIs) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  world.stop();
  ApiUser alice(portal, "alice");
  const auto asked = ask(alice, bob);  // the name server is away too: that keeps nobody from sending
  EXPECT_EQ(asked.delivery(), "failed");
  EXPECT_THAT(asked.answer["receipts"][0]["detail"].string_or(""), HasSubstr("connect"));
}

TEST(MailTest, IsOffUnlessAskedFor) {
  RunningPortal portal;
  ApiUser alice(portal, "alice");
  const auto asked = ask(alice, bob);
  EXPECT_EQ(asked.status, 422);
  EXPECT_THAT(asked.message(), HasSubstr("sends no plain e-mail"));
}

TEST(MailTest, SaysWhatOptionsLack) {
  const auto run = [](const std::vector<std::string>& words) {
    const auto done = run_command({portal_program(), words, {}, true}, 20'000);
    EXPECT_TRUE(done && done->status == 2);
    return done ? done->err : done.error().what;
  };
  EXPECT_THAT(run({"--mail-smtp", "127.0.0.1:25"}), HasSubstr("--mail-smtp needs --mail-from"));
  EXPECT_THAT(run({"--mail-from", "a@b.example"}), HasSubstr("--mail-from goes with --mail-smtp only"));
  EXPECT_THAT(run({"--mail-smtp", "127.0.0.1:25", "--mail-from", "a"}), HasSubstr("--mail-from: "));
  EXPECT_THAT(run({"--mail-smtp", "here", "--mail-from", "a@b.example"}), HasSubstr("HOST:PORT"));
  EXPECT_THAT(run({"--defect", "mail-hides-bounce"}), HasSubstr("needs --mail-smtp"));
}

TEST(MailTest, AsksPeopleOnAPageOfItsOwn) {
  MailWorld world;
  RunningPortal portal(world.arguments());
  Browser browser(portal);
  browser.sign_in("alice", password_of("alice"));
  EXPECT_THAT(body_of(browser.get("/patients/alice/share")),
              AllOf(HasSubstr("Encrypted:"), HasSubstr("Plain e-mail, to any e-mail address")));
  const auto send = [&](httplib::Params more) {
    httplib::Params fields{{"csrf", browser.token()}, {"way", "mail"}, {"format", "ccda-2.1"}, {"key", "k"}};
    fields.insert(more.begin(), more.end());
    return browser.post("/patients/alice/share", fields);
  };
  const auto wrong = send({{"to", "bob@nowhere.example"}});
  EXPECT_EQ(status_of(wrong), 422);
  EXPECT_THAT(body_of(wrong), AllOf(HasSubstr("there is no domain"), HasSubstr("value=\"bob@nowhere.example\"")));
  const auto page = send({{"to", "bob@bob.example"}});
  EXPECT_EQ(status_of(page), 200);
  EXPECT_THAT(body_of(page), AllOf(HasSubstr("Plain e-mail is not encrypted"),
                                   HasSubstr("<strong>bob@bob.example</strong>"), HasSubstr("Type the address again")));
  const auto other = send({{"to", "bob@bob.example"}, {"again", "bo@bob.example"}, {"understood", "yes"}});
  EXPECT_EQ(status_of(other), 422);
  EXPECT_THAT(body_of(other), HasSubstr("Nothing was sent"));
  EXPECT_EQ(status_of(send({{"to", "bob@bob.example"}, {"again", "bob@bob.example"}})), 422);
  EXPECT_EQ(world.count_of_bob(), 0u);
  const auto sent = send({{"to", "bob@bob.example"}, {"again", "bob@bob.example"}, {"understood", "yes"}});
  EXPECT_EQ(status_of(sent), 200);
  EXPECT_THAT(body_of(sent), HasSubstr("Sent to mailto:bob@bob.example"));
  EXPECT_EQ(world.count_of_bob(), 1u);
}

// Each defect shows on the defective portal and does not show on the clean one.

struct Case {
  std::string defect;
  std::function<bool(MailWorld&, ApiUser&)> shows;
};

bool has_attachment(const std::string& message, const std::function<bool(const records::MimePart&)>& is_it) {
  const auto parts = parts_of(message);
  return parts.size() > 1 && std::any_of(parts.begin() + 1, parts.end(), is_it);
}

std::vector<Case> cases() {
  const auto sent = [](MailWorld& world, ApiUser& alice, const std::string& more = "") {
    return ask(alice, bob, true, more).delivery() == "accepted" ? world.mail_of_bob() : std::string();
  };
  return {
      {"mail-drops-attachment", [=](auto& w, auto& a) { return parts_of(sent(w, a)).size() == 1; }},
      {"mail-wrong-patient",
       [=](auto& w, auto& a) {
         const auto message = sent(w, a);
         return has_attachment(message, [](const auto& p) { return p.body.find("Newman") == std::string::npos; });
       }},
      {"mail-never-arrives",
       [](auto& w, auto& a) {
         EXPECT_EQ(ask(a, bob).delivery(), "accepted");
         return w.count_of_bob() == 0;  // the clean portal has handed it over by now
       }},
      {"mail-unreadable-attachment",
       [=](auto& w, auto& a) {
         return has_attachment(sent(w, a), [](const auto& p) { return p.filename == "winmail.dat"; });
       }},
      {"mail-no-readable-part",
       [=](auto& w, auto& a) {
         const auto message = sent(w, a);
         return !message.empty() &&
                !has_attachment(message, [](const auto& p) { return p.content_type == "text/plain"; });
       }},
      {"mail-hides-failure", [](auto&, auto& a) { return ask(a, nobody).delivery() == "accepted"; }},
      {"mail-hides-bounce",
       [](auto& w, auto& a) {
         const auto asked = ask(a, gone);
         // What comes back is taken out of the mailbox once it was looked at.
         EXPECT_TRUE(eventually([&] { return w.boxes().list("portal").empty(); }));
         return delivery_of(a, asked) == "accepted";
       }},
      {"mail-accepts-any-address",
       [](auto&, auto& a) { return ask(a, "mailto:a@@bob.example").delivery() == "accepted"; }},
      {"mail-sends-unconfirmed",
       [](auto& w, auto& a) { return ask(a, bob, false).status == 202 && w.count_of_bob() == 1; }},
      {"mail-direct-addresses-only",
       [](auto&, auto& a) { return ask(a, bob).message().find("no Direct address") != std::string::npos; }},
      {"mail-ignores-dates",
       [=](auto& w, auto& a) {
         return has_attachment(sent(w, a, R"("from":"1950-01-01","until":"1950-01-02")"),
                               [](const auto& p) { return p.body.find("Penicillin") != std::string::npos; });
       }},
  };
}

class MailDefectTest : public testing::TestWithParam<Case> {};

TEST_P(MailDefectTest, ShowsWhereItIsOnAndOnlyThere) {
  for (const bool is_on : {false, true}) {
    MailWorld world;
    RunningPortal portal(
        world.arguments(is_on ? std::vector<std::string>{"--defect", GetParam().defect} : std::vector<std::string>{}));
    ApiUser alice(portal, "alice");
    EXPECT_EQ(GetParam().shows(world, alice), is_on) << GetParam().defect;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MailDefectTest, testing::ValuesIn(cases()), [](const auto& each) {
  auto name = each.param.defect;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(MailDefectsTest, EachHasACase) {
  std::set<std::string> tested, known;
  for (const auto& each : cases()) tested.insert(each.defect);
  for (const auto& each : portal::all_defects())
    if (each.name.starts_with("mail-")) known.emplace(each.name);
  EXPECT_EQ(tested, known);
}

}  // namespace
}  // namespace bb::portal_test
