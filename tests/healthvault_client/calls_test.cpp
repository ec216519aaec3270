// A client's calls: sessions, repeats, and what is never repeated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <set>

#include <bb/healthvault/date_time.hpp>

#include "scripted_platform.hpp"

namespace bb::test {
namespace {

using hv::CallError;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
using Kind = hv::CallError::Kind;

class HealthVaultClientCallsTest : public ::testing::Test {
 protected:
  HealthVaultClientCallsTest() {
    platform.methods["GetPersonInfo"] = [](const Asked&) { return good(); };
  }
  static hv::Reply good() {
    return ScriptedPlatform::answer<hv::GetPersonInfo>({.person = {.id = std::string(person_id), .name = "Alice"}});
  }
  // Answers each call with the next of these, and after them well.
  void answer_with(std::vector<hv::Reply> replies) {
    platform.methods["GetPersonInfo"] = [replies, at = std::size_t{0}](const Asked&) mutable {
      return at < replies.size() ? replies[at++] : good();
    };
  }
  hv::Called<hv::GetPersonInfo::Answer> ask() { return client.call<hv::GetPersonInfo>(line, {}, alice); }

  ScriptedPlatform platform;
  ScriptedLine line{platform};
  hv::Client client{{.platform_url = std::string(ScriptedPlatform::platform_url), .app_id = std::string(app_id)}};
  const hv::Whose alice{.person_id = std::string(person_id), .record_id = std::string(record_id)};
};

TEST_F(HealthVaultClientCallsTest, SignsWithTheSecretThatCameAndUsesASessionAgain) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask()->person.name, "Alice");
  EXPECT_EQ(platform.count("CreateAuthenticatedSessionToken"), 1u);
  EXPECT_EQ(client.sessions_made(), 1);
  ASSERT_EQ(platform.count("GetPersonInfo"), 3u);
  const auto& last = platform.seen.back();
  EXPECT_TRUE(last.is_signed);
  EXPECT_EQ(last.header.session->token, "token-1");
  EXPECT_EQ(last.header.session->offline_person_id, person_id);
  EXPECT_EQ(last.header.record_id, record_id);
  // 1,400,000,000 s after 1970, by date(1); the fourth request of the client.
  EXPECT_EQ(last.header.msg_time, "2014-05-13T16:53:20.0000003Z");
}

TEST_F(HealthVaultClientCallsTest, AsksForASessionAnonymouslyWithAFreshSecretEachTime) {
  answer_with({ScriptedPlatform::refusal(65)});
  ASSERT_TRUE(ask());
  const auto& asked = platform.seen.front().header;
  EXPECT_EQ(asked.method, "CreateAuthenticatedSessionToken");
  EXPECT_EQ(asked.app_id, app_id);
  EXPECT_FALSE(asked.session);
  ASSERT_EQ(line.signed_contents.size(), 2u);
  EXPECT_NE(line.signed_contents[0], line.signed_contents[1]);
}

TEST_F(HealthVaultClientCallsTest, RenewsTheSessionAndRepeatsOnce) {
  for (const int code : {7, 8, 65}) {
    answer_with({ScriptedPlatform::refusal(code)});
    const auto before = client.sessions_made();
    EXPECT_TRUE(ask()) << code;
    EXPECT_EQ(client.sessions_made() - before, before == 0 ? 2 : 1) << code;
  }
}

TEST_F(HealthVaultClientCallsTest, GivesUpWhereANewSessionIsRefusedToo) {
  platform.methods["GetPersonInfo"] = [](const Asked&) { return ScriptedPlatform::refusal(65); };
  const auto result = ask();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::refused);
  EXPECT_EQ(result.error().code, 65);
  EXPECT_EQ(platform.count("GetPersonInfo"), 2u);
  EXPECT_EQ(client.sessions_made(), 2);
}

TEST_F(HealthVaultClientCallsTest, RenewsOnceForTwentyCallsAtOnce) {
  ASSERT_TRUE(ask());
  platform.methods["GetPersonInfo"] = [](const Asked& asked) {
    return asked.header.session->token == "token-1" ? ScriptedPlatform::refusal(65) : good();
  };
  std::vector<std::thread> calls;
  std::atomic<int> good_answers = 0;
  for (int i = 0; i < 20; ++i)
    calls.emplace_back([&] {
      ScriptedLine own(platform);
      if (client.call<hv::GetPersonInfo>(own, {}, alice)) ++good_answers;
    });
  for (auto& call : calls) call.join();
  EXPECT_EQ(good_answers, 20);
  EXPECT_EQ(client.sessions_made(), 2);
}

TEST_F(HealthVaultClientCallsTest, SendsAgainWithAFreshTimeOnce) {
  ASSERT_TRUE(ask());
  platform.seen.clear();
  platform.methods["GetPersonInfo"] = [this, calls = 0](const Asked&) mutable {
    line.ahead_ms += 5000;
    return ++calls == 1 ? ScriptedPlatform::refusal(49) : good();
  };
  EXPECT_TRUE(ask());
  ASSERT_EQ(platform.seen.size(), 2u);
  EXPECT_THAT(platform.seen[0].header.msg_time, StartsWith("2014-05-13T16:53:20.000"));
  EXPECT_THAT(platform.seen[1].header.msg_time, StartsWith("2014-05-13T16:53:25.000"));
  answer_with({ScriptedPlatform::refusal(49), ScriptedPlatform::refusal(49)});
  EXPECT_EQ(ask().error().code, 49);
}

TEST_F(HealthVaultClientCallsTest, RequestsOfOneMillisecondDiffer) {
  std::set<std::string> times;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(ask());
  for (const auto& asked : platform.seen) {
    times.insert(asked.header.msg_time);
    EXPECT_THAT(asked.header.msg_time, MatchesRegex("2014-05-13T16:53:20\\.000[0-9]{4}Z"));
    // Never ahead of the clock by as much as a platform would notice.
    EXPECT_LT(*hv::date_time_ns(asked.header.msg_time) - begin_ns, ns_per_ms);
  }
  EXPECT_EQ(times.size(), platform.seen.size());
}

TEST_F(HealthVaultClientCallsTest, EndsWhereTheTimeIsOverWhileAnotherCallMakesTheSession) {
  std::latch has_begun(1), may_end(1);
  struct Hanging final : hv::Line {
    Hanging(ScriptedLine& line, std::latch& has_begun, std::latch& may_end)
        : line_(line), has_begun_(has_begun), may_end_(may_end) {}
    hv::Reply exchange(const hv::Exchange& exchange) override { return line_.exchange(exchange); }
    std::int64_t now_unix_ns() override { return line_.now_unix_ns(); }
    std::string random_bytes(std::size_t count) override { return line_.random_bytes(count); }
    void pause_ms(std::int64_t duration_ms) override { line_.pause_ms(duration_ms); }
    bool is_over() override { return line_.is_over(); }
    Result<hv::SessionProof> sign(std::string_view content) override {
      has_begun_.count_down();
      may_end_.wait();
      return line_.sign(content);
    }
    ScriptedLine& line_;
    std::latch &has_begun_, &may_end_;
  } hanging(line, has_begun, may_end);
  std::thread first([&] { EXPECT_TRUE(client.call<hv::GetPersonInfo>(hanging, {}, alice)); });
  has_begun.wait();
  ScriptedLine own(platform);
  own.end_ms = 0;
  const auto result = client.call<hv::GetPersonInfo>(own, {}, alice);
  may_end.count_down();
  first.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::over);
  EXPECT_EQ(client.sessions_made(), 1);
}

TEST_F(HealthVaultClientCallsTest, RepeatsAReadThatWasNotAnsweredAFewTimes) {
  answer_with({{500, {}, {}}, ScriptedPlatform::lost(), {503, {}, {}}});
  EXPECT_TRUE(ask());
  EXPECT_EQ(platform.count("GetPersonInfo"), 4u);
  EXPECT_EQ(line.now_ms, 250 + 500 + 1000);
  answer_with(std::vector<hv::Reply>(4, {500, {}, {}}));
  const auto result = ask();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::unanswered);
  EXPECT_EQ(result.error().http_status, 500);
  EXPECT_EQ(platform.count("GetPersonInfo"), 8u);
}

TEST_F(HealthVaultClientCallsTest, EndsWhereTheTimeIsOver) {
  platform.methods["GetPersonInfo"] = [](const Asked&) { return ScriptedPlatform::lost(); };
  line.end_ms = 300;
  const auto result = ask();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Kind::over);
  EXPECT_EQ(platform.count("GetPersonInfo"), 2u);
}

TEST_F(HealthVaultClientCallsTest, DoesNotRepeatWhatNoRepeatCures) {
  for (const int code : {4, 11, 18, 60, 68, 99, 152, 777}) {
    const auto before = platform.count("GetPersonInfo");
    answer_with({ScriptedPlatform::refusal(code)});
    const auto result = ask();
    ASSERT_FALSE(result) << code;
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(platform.count("GetPersonInfo") - before, 1u) << code;
  }
}

TEST_F(HealthVaultClientCallsTest, TellsWhatIsNoAnswer) {
  answer_with({{200, "<html/>", {}}});
  EXPECT_EQ(ask().error().kind, Kind::broken);
  answer_with({{404, {}, {}}});
  EXPECT_EQ(ask().error().kind, Kind::not_http);
  answer_with({ScriptedPlatform::ok()});
  EXPECT_EQ(ask().error().kind, Kind::broken);
  line.key_problem = "the key is not there";
  hv::Client other({.platform_url = std::string(ScriptedPlatform::platform_url), .app_id = std::string(app_id)});
  const auto result = other.session(line);
  EXPECT_EQ(result.error().kind, Kind::own);
  EXPECT_THAT(result.error().what, HasSubstr("the key is not there"));
  EXPECT_EQ(client.call(line, "GetThings", 4, "<info/>").error().kind, Kind::own);
  EXPECT_EQ(client.call(line, "NoSuchMethod", 1, "<info/>").error().kind, Kind::own);
}

TEST_F(HealthVaultClientCallsTest, KeepsServerNamesOutOfWhatItSays) {
  platform.methods["GetPersonInfo"] = [](const Asked&) {
    return hv::Reply{
        200, hv::write_response({.code = 11, .message = "denied", .server_name = "WEB07", .exception = "at X()"}), {}};
  };
  EXPECT_EQ(ask().error().what, "GetPersonInfo: 11 ACCESS_DENIED: denied");
}

class HealthVaultClientPeopleTest : public HealthVaultClientCallsTest {
 protected:
  // Ten at a time of this many.
  void serve(int count) {
    platform.methods["GetAuthorizedPeople"] = [count](const Asked& asked) {
      const auto request = hv::read_request_info<hv::GetAuthorizedPeople>(asked.info).value();
      hv::GetAuthorizedPeople::Answer answer;
      int number = request.person_id_cursor.empty() ? 0 : std::stoi(request.person_id_cursor.substr(24));
      while (number < count && answer.people.size() < 10) answer.people.push_back({.id = guid(++number), .name = "P"});
      answer.has_more = number < count;
      return ScriptedPlatform::answer<hv::GetAuthorizedPeople>(answer);
    };
  }
};

TEST_F(HealthVaultClientPeopleTest, ReadsPeoplePageByPage) {
  serve(25);
  const auto people = client.get_authorized_people(line);
  ASSERT_TRUE(people) << people.error().what;
  std::set<std::string> ids;
  for (const auto& person : *people) ids.insert(person.id);
  EXPECT_EQ(people->size(), 25u);
  EXPECT_EQ(ids.size(), 25u);
  EXPECT_EQ(platform.count("GetAuthorizedPeople"), 3u);
}

TEST_F(HealthVaultClientPeopleTest, EndsWherePagesRepeat) {
  platform.methods["GetAuthorizedPeople"] = [](const Asked&) {
    return ScriptedPlatform::answer<hv::GetAuthorizedPeople>(
        {.people = {{.id = guid(1), .name = "P"}}, .has_more = true});
  };
  EXPECT_EQ(client.get_authorized_people(line).error().kind, Kind::broken);
  // Also where they come round after a while.
  platform.methods["GetAuthorizedPeople"] = [page = 0](const Asked&) mutable {
    return ScriptedPlatform::answer<hv::GetAuthorizedPeople>(
        {.people = {{.id = guid(++page % 3), .name = "P"}}, .has_more = true});
  };
  EXPECT_EQ(client.get_authorized_people(line).error().kind, Kind::broken);
  EXPECT_EQ(platform.count("GetAuthorizedPeople"), 2u + 4u);
}

TEST_F(HealthVaultClientPeopleTest, TakesAPageWithoutPeopleForNoEnd) {
  platform.methods["GetAuthorizedPeople"] = [](const Asked&) {
    return ScriptedPlatform::answer<hv::GetAuthorizedPeople>({.people = {}, .has_more = true});
  };
  EXPECT_THAT(client.get_authorized_people(line).error().what, HasSubstr("more of them follow"));
}

}  // namespace
}  // namespace bb::test
