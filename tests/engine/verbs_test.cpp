#include "harness/engine/verbs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/checks/scope.hpp"
#include "support/fake_connector.hpp"

namespace bb::engine {
namespace {

using test::content;
using test::emitted;
using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Operations as they were asked for, and answers in order.
class Script {
 public:
  explicit Script(std::vector<host::Reply> replies) : replies_(std::move(replies)) {}
  Invoke invoke() {
    return [this](const host::Operation& operation) {
      asked.push_back(operation.interface + " " + operation.function + " " + to_json(operation.arguments));
      return next_ < replies_.size() ? replies_[next_++] : emitted(Value::object());
    };
  }
  std::vector<std::string> asked;

 private:
  std::vector<host::Reply> replies_;
  std::size_t next_ = 0;
};

Value json(std::string_view text) { return *parse_json(text); }

host::Reply items(const std::string& ids, const std::string& cursor = "") {
  Value list = Value::array();
  for (const auto& id : split(ids, ' '))
    if (!id.empty()) list.push(Value::object({{"id", id}, {"kind", "summary"}}));
  Value value = Value::object({{"items", std::move(list)}});
  if (!cursor.empty()) value.set("cursor", cursor);
  return emitted(std::move(value));
}

VerbCall call_of(const std::string& verb, const std::string& arguments = "{}") {
  VerbCall call;
  call.verb = verb;
  call.arguments = json(arguments);
  call.idempotency_key = "key";
  call.state = "state";
  return call;
}

TEST(VerbsTest, ListFollowsCursorsAndGivesOneBody) {
  Script script({items("a b", "next"), items("c")});
  const auto listed = run_verb(call_of("list", R"({"kind": "summary", "from": "2024-01-01"})"), script.invoke());
  EXPECT_THAT(script.asked, ElementsAre(R"(bb.view/1 list {"kind":"summary","from":"2024-01-01"})",
                                        R"(bb.view/1 list {"kind":"summary","from":"2024-01-01","cursor":"next"})"));
  EXPECT_TRUE(listed.is_composed);
  EXPECT_EQ(json(listed.reply.body)["items"].size(), 3u);
}

TEST(VerbsTest, AListingOfOnePageIsTheConnectorsOwnReply) {
  Script script({items("a b")});
  const auto listed = run_verb(call_of("list"), script.invoke());
  EXPECT_FALSE(listed.is_composed);
  EXPECT_EQ(listed.reply.emitted["items"].size(), 2u);
}

TEST(VerbsTest, ALimitEndsTheListing) {
  Script script({items("a b", "1"), items("c d", "2"), items("e")});
  const auto listed = run_verb(call_of("list", R"({"limit": 3})"), script.invoke());
  EXPECT_THAT(script.asked, SizeIs(2));
  EXPECT_EQ(json(listed.reply.body)["items"].size(), 3u);
}

TEST(VerbsTest, AListingThatRepeatsItsCursorIsABrokenProtocol) {
  Script script({items("a", "x"), items("b", "x")});
  const auto listed = run_verb(call_of("list"), script.invoke());
  EXPECT_EQ(listed.reply.status, BB_E_PROTOCOL);
  EXPECT_THAT(listed.reply.error.message, HasSubstr("cursor 'x' twice"));
}

TEST(VerbsTest, AListingHasAtMostTenThousandItems) {
  const auto listing = [](std::size_t count) {
    std::size_t left = count;
    const Invoke invoke = [&](const host::Operation&) {
      const std::size_t page = std::min<std::size_t>(left, 100);
      left -= page;
      std::string ids;
      for (std::size_t i = 0; i < page; ++i) ids += "i ";
      return items(ids, left > 0 ? std::to_string(left) : "");
    };
    return run_verb(call_of("list"), invoke).reply.status;
  };
  EXPECT_EQ(listing(list_items_max), BB_OK);
  EXPECT_EQ(listing(list_items_max + 1), BB_E_TOO_LARGE);
}

TEST(VerbsTest, EmptyPagesWithoutEndAreStoppedToo) {
  int page = 0;
  const Invoke invoke = [&](const host::Operation&) { return items("", std::to_string(++page)); };
  EXPECT_EQ(run_verb(call_of("list"), invoke).reply.status, BB_E_TOO_LARGE);
}

TEST(VerbsTest, ViewByKindReadsTheOnlyItem) {
  Script script({items("s1"), content("<p>", "text/html")});
  const auto viewed = run_verb(call_of("view", R"({"kind": "summary"})"), script.invoke());
  EXPECT_THAT(script.asked, ElementsAre(R"(bb.view/1 list {"kind":"summary"})", R"(bb.view/1 read {"item_id":"s1"})"));
  EXPECT_FALSE(viewed.is_composed);
  EXPECT_EQ(viewed.reply.body, "<p>");
}

TEST(VerbsTest, ViewByKindWantsExactlyOneItem) {
  for (const std::string found : {"", "a b"}) {
    Script script({items(found)});
    const auto viewed = run_verb(call_of("view", R"({"kind": "summary"})"), script.invoke());
    EXPECT_EQ(viewed.reply.status, BB_E_NOT_FOUND);
    EXPECT_THAT(viewed.reply.error.message, HasSubstr("expected exactly one item of kind 'summary', found"));
    EXPECT_THAT(script.asked, SizeIs(1));
  }
}

TEST(VerbsTest, ViewByItemTakesAnIdOrAListedItem) {
  for (const std::string item : {R"("s1")", R"({"id": "s1", "kind": "summary"})"}) {
    Script script({});
    run_verb(call_of("view", R"({"item": )" + item + "}"), script.invoke());
    EXPECT_THAT(script.asked, ElementsAre(R"(bb.view/1 read {"item_id":"s1"})"));
  }
}

TEST(VerbsTest, ARefusedListingEndsAView) {
  Script script({refusal(BB_E_FORBIDDEN)});
  EXPECT_EQ(run_verb(call_of("view", R"({"kind": "summary"})"), script.invoke()).reply.status, BB_E_FORBIDDEN);
}

TEST(VerbsTest, ArgumentsAreNamedAsTheOperationsWantThem) {
  const auto asked = [](const std::string& verb, const std::string& arguments) {
    Script script({});
    run_verb(call_of(verb, arguments), script.invoke());
    return script.asked.empty() ? "nothing" : script.asked.front();
  };
  EXPECT_EQ(asked("download", R"({"format": "ccda-2.1", "item": "v1", "until": "2024-12-31"})"),
            R"(bb.download/1 fetch {"format_id":"ccda-2.1","until":"2024-12-31","item_ids":["v1"]})");
  EXPECT_EQ(asked("formats", "{}"), "bb.download/1 formats {}");
  EXPECT_EQ(asked("track", R"({"message_id": "m"})"), R"(bb.share/1 track {"message_id":"m"})");
  EXPECT_EQ(asked("poll", R"({"address": "a@b"})"), R"(bb.inbox/1 poll {"terms":{"address":"a@b"}})");
  EXPECT_EQ(asked("receive", R"({"item": "m1"})"), R"(bb.inbox/1 read {"item_id":"m1"})");
  EXPECT_EQ(asked("acknowledge", R"({"item": "m1"})"),
            R"(bb.inbox/1 acknowledge {"item_id":"m1","disposition":"processed"})");
  EXPECT_EQ(asked("allocate", R"({"tag": "t"})"), R"(bb.inbox/1 allocate {"tag":"t"})");
  EXPECT_EQ(asked("anchors", "{}"), "bb.trust/1 anchors {}");
  EXPECT_EQ(asked("discover", R"({"address": "a@b"})"), R"(bb.trust/1 discover {"address":"a@b"})");
  EXPECT_EQ(asked("evaluate", R"({"address": "a@b", "certificate": "MAMC", "use": "sign"})"),
            R"(bb.trust/1 evaluate {"address":"a@b","certificate":"MAMC","use":"sign"})");
  EXPECT_EQ(asked("describe_session", "{}"), "bb.session/1 describe {}");
  EXPECT_EQ(asked("sign_out", "{}"), "bb.session/1 close {}");
  EXPECT_EQ(asked("probe", R"({"name": "read-other-patient", "patient": "bob"})"),
            R"(bb.probe/1 run {"name":"read-other-patient","arguments":{"patient":"bob"}})");
}

TEST(VerbsTest, AFormOfAMessageIsFoundByItsParentAndKind) {
  const auto listed = emitted(json(R"({"items": [
      {"id": "1", "kind": "message"}, {"id": "1:d", "kind": "message-decrypted", "parent": "1", "opened": true},
      {"id": "1:o", "kind": "message", "parent": "1", "opened": true}, {"id": "2", "kind": "message"}]})"));
  const auto asked = [&](const std::string& arguments) {
    Script script({listed});
    const auto reply = run_verb(call_of("receive", arguments), script.invoke());
    return reply.reply.status == BB_OK ? script.asked.back() : reply.reply.error.message;
  };
  EXPECT_EQ(asked(R"({"item": "1", "form": "decrypted"})"), R"(bb.inbox/1 read {"item_id":"1:d"})");
  EXPECT_EQ(asked(R"({"item": {"id": "1"}, "form": "opened"})"), R"(bb.inbox/1 read {"item_id":"1:o"})");
  EXPECT_EQ(asked(R"({"item": "1", "form": "received"})"), R"(bb.inbox/1 read {"item_id":"1"})");
  EXPECT_THAT(asked(R"({"item": "2", "form": "decrypted"})"), HasSubstr("message '2' has no decrypted form"));
  EXPECT_THAT(asked(R"({"item": "2", "form": "opened"})"), HasSubstr("message '2' has no opened form"));
}

TEST(VerbsTest, TrackAsksAgainUntilEveryReceiptSaysSo) {
  const auto said = [](const std::string& words) {
    Value list = Value::array();
    for (const auto& word : split(words, ' ')) list.push(Value::object({{"delivery", word}}));
    return emitted(Value::object({{"receipts", std::move(list)}}));
  };
  const auto asked = [&](std::vector<host::Reply> replies, const std::string& until, int pauses_max) {
    Script script(std::move(replies));
    auto call = call_of("track", R"({"message_id": "m")" + until + "}");
    call.pause = [&] { return pauses_max-- > 0; };
    const auto reply = run_verb(call, script.invoke());
    return std::to_string(script.asked.size()) + " " + to_json(reply.reply.emitted["receipts"]);
  };
  constexpr auto until = R"(, "until": ["dispatched", "failed"])";
  EXPECT_EQ(asked({said("accepted accepted"), said("dispatched accepted"), said("dispatched failed")}, until, 9),
            R"(3 [{"delivery":"dispatched"},{"delivery":"failed"}])");
  EXPECT_EQ(asked({said("accepted"), said("accepted"), said("dispatched")}, until, 1),
            R"(2 [{"delivery":"accepted"}])");
  EXPECT_EQ(asked({said("accepted"), said("dispatched")}, "", 9), R"(1 [{"delivery":"accepted"}])");
  EXPECT_EQ(asked({refusal(BB_E_NOT_FOUND, "none"), said("dispatched")}, until, 9).substr(0, 1), "1");
}

TEST(VerbsTest, ShareSendsToOneOrSeveralAddressesByTheirScheme) {
  const auto destinations = [](const std::string& to) {
    Script script({});
    run_verb(call_of("share", R"({"format": "ccda-2.1", "to": )" + to + "}"), script.invoke());
    return script.asked.empty() ? "nothing" : script.asked.front();
  };
  EXPECT_EQ(destinations(R"("https://there.example/in")"),
            R"(bb.share/1 send {"format_id":"ccda-2.1","destinations":[{"scheme":"https","address":)"
            R"("https://there.example/in"}],"idempotency_key":"key"})");
  EXPECT_THAT(
      destinations(R"(["a@direct.example", "HTTPS://x"])"),
      HasSubstr(R"([{"scheme":"direct","address":"a@direct.example"},{"scheme":"https","address":"HTTPS://x"}])"));
  EXPECT_EQ(
      destinations(R"(["healthvault:p/r", "mailto:a@b.example"])"),
      R"(bb.share/1 send {"format_id":"ccda-2.1","destinations":[{"scheme":"healthvault","address":"healthvault:p/r"},)"
      R"({"scheme":"mailto","address":"mailto:a@b.example"}],"idempotency_key":"key"})");
  EXPECT_EQ(destinations("[]"), "nothing");
  EXPECT_EQ(destinations("[3]"), "nothing");
}

TEST(VerbsTest, WrongArgumentsAreToldAndNothingIsCalled) {
  Script script({});
  const auto shared = run_verb(call_of("share", R"({"to": []})"), script.invoke());
  EXPECT_EQ(shared.reply.status, BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(shared.reply.error.message, HasSubstr("'to' is empty"));
  EXPECT_EQ(run_verb(call_of("recieve"), script.invoke()).reply.status, BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(script.asked, SizeIs(0));
}

TEST(VerbsTest, TransmitAttachesWhatATestSaved) {
  Script script({});
  VerbCall call = call_of("transmit", R"({"to": "a@b", "subject": "s", "body": "b"})");
  call.arguments.set("attach", checks::make_document({"application/xml", "ccd.xml", "<x/>"}));
  run_verb(call, script.invoke());
  EXPECT_THAT(
      script.asked,
      ElementsAre(R"(bb.transmit/1 send {"subject_line":"s","body_text":"b","attachments":[{"filename":"ccd.xml",)"
                  R"("media_type":"application/xml","content":"<x/>"}],"destinations":[{"scheme":"direct",)"
                  R"("address":"a@b"}],"idempotency_key":"key"})"));
}

TEST(VerbsTest, ActivityReadsEveryEventIntoOneBody) {
  Script script({items("e1 e2"), content(R"({"id": "e1"})"), content(R"({"id": "e2"})")});
  const auto history = run_verb(call_of("activity"), script.invoke());
  EXPECT_TRUE(history.is_composed);
  EXPECT_EQ(history.reply.body, R"({"events":[{"id":"e1"},{"id":"e2"}]})");
}

TEST(VerbsTest, AnEventThatIsNoJsonIsCorrupt) {
  Script script({items("e1"), content("oops")});
  const auto history = run_verb(call_of("activity"), script.invoke());
  EXPECT_EQ(history.reply.status, BB_E_CORRUPT);
  EXPECT_THAT(history.reply.error.message, HasSubstr("item 'e1' of 'events'"));
}

class SignInTest : public testing::Test {
 protected:
  SignInTest() {
    alice_.id = "alice";
    alice_.account = "alice@example";
    alice_.secrets["password"] = {};
    target_.people.push_back(alice_);
    call_ = call_of("sign_in");
    call_.person = &alice_;
    call_.target = &target_;
    call_.secrets = &granted_;
  }
  std::string asked() {
    Script script({});
    run_verb(call_, script.invoke());
    return script.asked.front();
  }
  suite::Person alice_;
  suite::Target target_;
  std::set<std::string> granted_ = {"password"};
  VerbCall call_;
};

TEST_F(SignInTest, APersonWithAPasswordSignsInByPassword) {
  EXPECT_EQ(asked(), R"(bb.session/1 open {"method":"password","account":"alice@example","secret_password":"password",)"
                     R"("state":"state"})");
}

TEST_F(SignInTest, AClientSecretAloneMeansClientCredentials) {
  granted_ = {"client_secret"};
  alice_.secrets.clear();
  EXPECT_THAT(asked(), HasSubstr(R"("method":"client_credentials")"));
  EXPECT_THAT(asked(), HasSubstr(R"("secret_client":"client_secret")"));
}

TEST_F(SignInTest, NobodyInParticularHasNoAccount) {
  call_.person = nullptr;
  granted_.clear();
  EXPECT_EQ(asked(), R"(bb.session/1 open {"method":"none","state":"state"})");
}

TEST_F(SignInTest, ACaregiverNamesThePatientAsTheSystemKnowsThem) {
  for (const std::string acting_for : {R"("alice")", R"({"id": "alice", "family_name": "Newman"})"}) {
    call_.arguments = json(R"({"scopes": ["a", "b"], "acting_for": )" + acting_for + "}");
    EXPECT_THAT(asked(), HasSubstr(R"("scopes":"a b","acting_for":"alice@example")"));
  }
  target_.people[0].facts.set("patient", "p-17");
  EXPECT_THAT(asked(), HasSubstr(R"("acting_for":"p-17")"));
}

TEST(MessageTest, TheFileNameComesFromTheHeader) {
  host::Reply reply;
  const auto filename = [&](std::vector<host::Attribute> attributes) {
    reply.attributes = std::move(attributes);
    return message_from(reply).filename;
  };
  EXPECT_EQ(filename({{"content-disposition", "attachment; filename=\"a b.xml\""}}), "a b.xml");
  EXPECT_EQ(filename({{"content-disposition", "attachment; FileName=a.xml; size=3"}}), "a.xml");
  EXPECT_EQ(filename({{"content-disposition", "inline"}}), "");
  EXPECT_EQ(filename({{"content-disposition", "attachment; filename=a"}, {"content.filename", "own"}}), "own");
}

}  // namespace
}  // namespace bb::engine
