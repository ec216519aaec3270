// Handles of host services under a scripted host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <bb/sdk/context.hpp>
#include <bb/sdk/services.hpp>

#include "support/fake_call.hpp"
#include "support/fake_host.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class ServicesTest : public ::testing::Test {
 protected:
  Context context(std::vector<bb_pair> config = {}) {
    config_ = std::move(config);
    args_.struct_size = sizeof args_;
    args_.instance_name = to_str("portal/alice");
    args_.config = config_.data();
    args_.config_count = config_.size();
    return Context(host.raw(), &args_);
  }
  // The failure that the body must throw.
  template <class Body>
  static Failure failure_of(Body body) {
    try {
      body();
    } catch (const Failure& failure) {
      return failure;
    }
    return Failure{BB_OK, "no failure"};
  }

  FakeHost host;
  FakeCall raw_call;
  Call call{raw_call.raw()};

 private:
  std::vector<bb_pair> config_;
  bb_create_args args_{};
};

TEST_F(ServicesTest, FindsNothingWhereTheHostDoesNotOfferTheService) {
  host.take_away(BB_HOST_CLOCK);
  EXPECT_FALSE(context().find<Clock>());
  EXPECT_TRUE(context().find<Random>());
}

TEST_F(ServicesTest, NamesTheServiceThatIsRequiredAndMissing) {
  host.take_away(BB_HOST_HTTP);
  const auto failure = failure_of([&] { context().require<Http>(); });
  EXPECT_EQ(failure.status, BB_E_UNSUPPORTED);
  EXPECT_EQ(failure.message, "the host does not offer bb.host.http/1");
}

TEST_F(ServicesTest, TakesATableThatIsCutShortForAbsent) {
  bb_host_clock cut{};
  cut.struct_size = offsetof(bb_host_clock, sleep_ns);
  EXPECT_FALSE(Clock::is_complete(&cut));
  cut.struct_size = sizeof cut;
  EXPECT_TRUE(Clock::is_complete(&cut));
  EXPECT_FALSE(Clock::is_complete(nullptr));
}

TEST_F(ServicesTest, ReadsTheConfiguration) {
  const auto made =
      context({{to_str("/base_url"), to_str(R"("https:\/\/a.example")")}, {to_str("/page"), to_str("50")}});
  EXPECT_EQ(made.config("/base_url"), "https://a.example");
  EXPECT_EQ(made.config_integer("/page", 7), 50);
  EXPECT_EQ(made.config_integer("/other", 7), 7);
  EXPECT_EQ(made.config_if("/other"), std::nullopt);
  EXPECT_EQ(made.instance_name(), "portal/alice");
}

TEST_F(ServicesTest, NamesTheMemberOfTheConfigurationThatIsWrong) {
  const auto made = context({{to_str("/page"), to_str("50")}, {to_str("/name"), to_str("\"x\"")}});
  EXPECT_EQ(failure_of([&] { made.config("/base_url"); }).message, "configuration: /base_url is missing");
  EXPECT_EQ(failure_of([&] { made.config("/page"); }).message, "configuration: /page is no text");
  const auto failure = failure_of([&] { made.config_integer("/name", 0); });
  EXPECT_EQ(failure.message, "configuration: /name is no integer");
  EXPECT_EQ(failure.status, BB_E_INVALID_ARGUMENT);
}

TEST_F(ServicesTest, LogsWithFieldsAndCall) {
  context().log().info(call, "signed in", {{"account", "alice"}});
  ASSERT_THAT(host.logs, SizeIs(1));
  EXPECT_EQ(host.logs[0].level, BB_LOG_INFO);
  EXPECT_EQ(host.logs[0].message, "signed in");
  EXPECT_TRUE(host.logs[0].has_call);
  EXPECT_THAT(host.logs[0].fields, ElementsAre(Pair("account", "alice")));
}

TEST_F(ServicesTest, DoesNotLogBelowTheHostsLevel) {
  host.log_level = BB_LOG_WARNING;
  context().log().info(call, "quiet");
  context().log().warning(call, "loud");
  EXPECT_THAT(host.logs, SizeIs(1));
}

TEST_F(ServicesTest, LogsNowhereWithoutALog) {
  host.take_away(BB_HOST_LOG);
  context().log().error(call, "nobody hears");
  EXPECT_THAT(host.logs, IsEmpty());
}

TEST_F(ServicesTest, SleepsInCivilTimeAndPassesOnACancel) {
  const auto clock = context().require<Clock>();
  clock.sleep_ms(call, 250);
  EXPECT_THAT(host.sleeps_ns, ElementsAre(250'000'000));
  host.sleep_status = BB_E_CANCELLED;
  EXPECT_EQ(failure_of([&] { clock.sleep_ms(call, 1); }).status, BB_E_CANCELLED);
}

TEST_F(ServicesTest, ChecksTheDeadlineOnTheMonotonicClock) {
  const auto clock = context().require<Clock>();
  raw_call.raw()->deadline_ns = 1000;
  host.monotonic_ns = 999;
  EXPECT_NO_THROW(clock.check(call));
  host.monotonic_ns = 1000;
  EXPECT_EQ(failure_of([&] { clock.check(call); }).status, BB_E_DEADLINE);
  raw_call.raw()->deadline_ns = 0;
  EXPECT_NO_THROW(clock.check(call));
}

TEST_F(ServicesTest, ChecksForCancel) {
  EXPECT_NO_THROW(call.check());
  raw_call.is_cancelled = true;
  EXPECT_EQ(failure_of([&] { call.check(); }).status, BB_E_CANCELLED);
}

TEST_F(ServicesTest, GivesTheWaitHandle) { EXPECT_EQ(context().require<Cancel>().wait_handle(call), 17); }

TEST_F(ServicesTest, ReportsProgress) {
  call.progress(3, 10, "pages");
  EXPECT_EQ(raw_call.progress_done, 3u);
  EXPECT_EQ(raw_call.progress_total, 10u);
}

TEST_F(ServicesTest, DrawsRandomBytes) {
  EXPECT_EQ(context().require<Random>().bytes(4), "rrrr");
  EXPECT_EQ(context().require<Random>().bytes(0), "");
}

TEST_F(ServicesTest, ReadsAndStoresSecretsByName) {
  const auto secret = context().require<Secret>();
  secret.store(call, "token", "canary");
  EXPECT_EQ(secret.read(call, "token"), "canary");
  const auto failure = failure_of([&] { secret.read(call, "other"); });
  EXPECT_EQ(failure.status, BB_E_NOT_FOUND);
  EXPECT_THAT(failure.message, HasSubstr("reading the secret 'other'"));
}

TEST_F(ServicesTest, UsesKeysWithoutSeeingThem) {
  host.secrets["key"] = "k";
  const auto secret = context().require<Secret>();
  EXPECT_EQ(secret.sign(call, "key", "ES256", "digest"), "sign(ES256,digest)");
  EXPECT_EQ(secret.sign_message(call, "key", "EdDSA", "text"), "sign_message(EdDSA,text)");
  EXPECT_EQ(secret.mac(call, "key", "HS256", "text"), "mac(HS256,text)");
  EXPECT_EQ(secret.decrypt(call, "key", "CMS", "a long ciphertext"), "decrypt(CMS,a long ciphertext)");
}

TEST_F(ServicesTest, RecordsEvidence) {
  context().require<Evidence>().record(call, {.protocol = "smtp",
                                              .step = "rcpt-to",
                                              .peer = "mx.example:25",
                                              .sent = "RCPT TO:<a@b>",
                                              .received = "250 ok",
                                              .attributes = {{"tls", "yes"}},
                                              .flags = BB_EVIDENCE_SENSITIVE});
  ASSERT_THAT(host.evidence, SizeIs(1));
  EXPECT_EQ(host.evidence[0].step, "rcpt-to");
  EXPECT_EQ(host.evidence[0].received, "250 ok");
  EXPECT_EQ(host.evidence[0].flags, BB_EVIDENCE_SENSITIVE);
  EXPECT_THAT(host.evidence[0].attributes, ElementsAre(Pair("tls", "yes")));
}

TEST_F(ServicesTest, SendsARequestAndGathersItsAnswer) {
  host.answer({201, {{"Content-Type", "text/plain"}, {"X-Two", "2"}}, "a body in several chunks"});
  HttpRequest request{
      .method = "POST", .url = "https://a.example/x", .headers = {{"accept", "*/*"}}, .is_answer = true};
  request.body = "a request in several chunks";
  const auto response = context().require<Http>().perform(call, request);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "a body in several chunks");
  EXPECT_EQ(response.header("content-type"), "text/plain");
  EXPECT_EQ(response.header("x-three"), "");
  ASSERT_THAT(host.requests, SizeIs(1));
  EXPECT_EQ(host.requests[0].body, "a request in several chunks");
  EXPECT_EQ(host.requests[0].header("accept"), "*/*");
  EXPECT_TRUE(host.requests[0].is_answer);
}

TEST_F(ServicesTest, EndsAnAnswerThatIsLongerThanItMayBe) {
  const auto http = context().require<Http>();
  host.answer({200, {}, "12345678"});
  EXPECT_EQ(http.perform(call, {.url = "https://a.example/x", .response_bytes_max = 8}).body, "12345678");
  host.answer({200, {}, "123456789"});
  const auto failure = failure_of([&] { http.perform(call, {.url = "https://a.example/x", .response_bytes_max = 8}); });
  EXPECT_EQ(failure.status, BB_E_TOO_LARGE);
  EXPECT_THAT(failure.message, HasSubstr("longer than 8 bytes"));
}

TEST_F(ServicesTest, NamesTheServerButNotThePathWhenNoAnswerComes) {
  // A path may name a patient.
  host.answer({.service_status = BB_E_DEADLINE});
  const auto failure = failure_of(
      [&] { context().require<Http>().perform(call, {.url = "https://a.example:8443/api/patients/alice?x=1"}); });
  EXPECT_EQ(failure.status, BB_E_DEADLINE);
  EXPECT_EQ(failure.message, "https://a.example:8443: no answer before the deadline");
}

// --- person ---

// The service as a host fills it; says what the test wants.
struct FakePerson {
  bb_host_person table{sizeof(bb_host_person), 0, ask};
  inline static bb_status status;
  inline static std::string asked, file;

  static bb_status BB_CALL ask(const bb_host*, bb_call*, const bb_question* question, bb_answer_sink* out) {
    asked = std::string(to_view(question->id)) + "|" + std::string(to_view(question->title)) + "|" +
            std::string(to_view(question->text)) + "|" + std::string(to_view(question->accept)) + "|" +
            std::to_string(question->deadline_unix_ns);
    for (std::uint64_t i = 0; i < question->choice_count; ++i)
      asked += "|" + std::string(to_view(question->choices[i]));
    if (status != BB_OK) return status;
    const bb_answer value{sizeof(bb_answer), question->kind,  to_str("Ada"),      17,
                          to_str("yes"),     to_str("a.xml"), to_str("text/xml"), file.size()};
    if (const auto stop = out->answer(out, &value); stop != BB_OK) return stop;
    for (const char byte : file)
      if (const auto stop = out->write(out, {&byte, 1}); stop != BB_OK) return stop;
    return BB_OK;
  }
};

TEST_F(ServicesTest, AsksAPerson) {
  FakePerson fake;
  const Person person(host.raw(), &fake.table);
  FakePerson::status = BB_OK;
  FakePerson::file = "<a/>";
  const auto answer = person.ask(call, {.kind = BB_QUESTION_CHOICE,
                                        .id = "colour",
                                        .title = "Which?",
                                        .text = "Look.",
                                        .choices = {"red", "blue"},
                                        .accept = "text/xml",
                                        .deadline_unix_ns = 9});
  EXPECT_EQ(FakePerson::asked, "colour|Which?|Look.|text/xml|9|red|blue");
  EXPECT_EQ(answer.name, "Ada");
  EXPECT_EQ(answer.at_unix_ns, 17);
  EXPECT_TRUE(answer.is_yes());
  EXPECT_EQ(answer.filename, "a.xml");
  EXPECT_EQ(answer.media_type, "text/xml");
  EXPECT_EQ(answer.content, "<a/>");
}

TEST_F(ServicesTest, AQuestionThatIsOpenIsPending) {
  FakePerson fake;
  FakePerson::status = BB_E_PENDING;
  EXPECT_THROW(Person(host.raw(), &fake.table).ask(call, {.id = "consent"}), Pending);
}

TEST_F(ServicesTest, PassesOnWhyNobodyAnswered) {
  FakePerson fake;
  for (const bb_status status : {BB_E_DEADLINE, BB_E_CANCELLED, BB_E_INVALID_ARGUMENT}) {
    FakePerson::status = status;
    const auto failure = failure_of([&] { Person(host.raw(), &fake.table).ask(call, {.id = "consent"}); });
    EXPECT_EQ(failure.status, status);
    EXPECT_THAT(failure.message, HasSubstr("asking 'consent'"));
  }
}

TEST_F(ServicesTest, BoundsAFileThatIsHandedOver) {
  FakePerson fake;
  FakePerson::status = BB_OK;
  FakePerson::file = "12345";
  const Person person(host.raw(), &fake.table);
  EXPECT_EQ(person.ask(call, {.id = "f", .file_bytes_max = 5}).content, "12345");
  const auto failure = failure_of([&] { person.ask(call, {.id = "f", .file_bytes_max = 4}); });
  EXPECT_EQ(failure.status, BB_E_TOO_LARGE);
  EXPECT_EQ(failure.message, "asking 'f': the file is longer than 4 bytes");
}

}  // namespace
}  // namespace bb::test
