// What each HTTP status means, on every function that asks the portal.
#include <string>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;

struct Mapping {
  int http;
  bb_status status;
};

class StatusTest : public PortalTest, public ::testing::WithParamInterface<Mapping> {};

TEST_P(StatusTest, IsMapped) {
  sign_in();
  host.answer_json(GetParam().http, R"({"error": {"code": "x", "message": "words of the portal"}})");
  EXPECT_EQ(list(everything()), GetParam().status);
  EXPECT_THAT(call.error.message, HasSubstr(std::to_string(GetParam().http)));
  host.answer_json(GetParam().http, "{}");
  EXPECT_EQ(read("summary"), GetParam().status);
  EXPECT_EQ(content.heads, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Http, StatusTest,
    ::testing::Values(Mapping{201, BB_E_PROTOCOL}, Mapping{204, BB_E_PROTOCOL}, Mapping{299, BB_E_PROTOCOL},
                      Mapping{199, BB_E_PROTOCOL}, Mapping{300, BB_E_PROTOCOL}, Mapping{301, BB_E_PROTOCOL},
                      Mapping{399, BB_E_PROTOCOL}, Mapping{400, BB_E_REJECTED}, Mapping{401, BB_E_UNAUTHENTICATED},
                      Mapping{402, BB_E_REJECTED}, Mapping{403, BB_E_FORBIDDEN}, Mapping{404, BB_E_NOT_FOUND},
                      Mapping{405, BB_E_REJECTED}, Mapping{409, BB_E_CONFLICT}, Mapping{422, BB_E_REJECTED},
                      Mapping{429, BB_E_RATE_LIMITED}, Mapping{499, BB_E_REJECTED}, Mapping{500, BB_E_UNAVAILABLE},
                      Mapping{503, BB_E_UNAVAILABLE}, Mapping{599, BB_E_UNAVAILABLE}, Mapping{600, BB_E_PROTOCOL}),
    [](const auto& parameter) { return std::to_string(parameter.param.http); });

TEST_F(PortalTest, KeepsWhatThePortalSaidForTheReader) {
  sign_in();
  host.answer_json(403, R"({"error": {"message": "words of the portal"}})");
  EXPECT_EQ(list(everything()), BB_E_FORBIDDEN);
  EXPECT_EQ(call.error.domain, "http");
  EXPECT_EQ(call.error.domain_code, 403);
  EXPECT_EQ(call.error.message, "listing items: the system answered 403");
  EXPECT_THAT(call.error.remote_detail, HasSubstr("words of the portal"));
}

struct RetryAfter {
  const char* name;
  const char* field;
  std::uint64_t ms;
};

class RetryAfterTest : public PortalTest, public ::testing::WithParamInterface<RetryAfter> {};

TEST_P(RetryAfterTest, IsReadInSeconds) {
  sign_in();
  host.answer({429, {{"Retry-After", GetParam().field}}, ""});
  EXPECT_EQ(list(everything()), BB_E_RATE_LIMITED);
  EXPECT_EQ(call.error.retry_after_ms, GetParam().ms);
}

INSTANTIATE_TEST_SUITE_P(Field, RetryAfterTest,
                         ::testing::Values(RetryAfter{"Zero", "0", 0}, RetryAfter{"Two", " 2 ", 2000},
                                           RetryAfter{"AWeek", "604800", 604'800'000},
                                           RetryAfter{"OverAWeek", "604801", 604'800'000},
                                           RetryAfter{"TooLong", "99999999999999999999", 0},
                                           RetryAfter{"Date", "Fri, 31 Dec 1999 23:59:59 GMT", 0},
                                           RetryAfter{"Negative", "-1", 0}, RetryAfter{"Empty", "", 0}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_F(PortalTest, PassesOnThatNobodyAnswered) {
  sign_in();
  for (const bb_status status :
       {BB_E_DEADLINE, BB_E_UNAVAILABLE, BB_E_CANCELLED, BB_E_UNTRUSTED_PEER, BB_E_FORBIDDEN}) {
    host.answer({.service_status = status});
    EXPECT_EQ(list(everything()), status);
    EXPECT_THAT(call.error.message, HasSubstr("https://portal.example: "));
  }
}

TEST_F(PortalTest, SendsNothingOnceTheCallIsCancelled) {
  sign_in();
  call.is_cancelled = true;
  EXPECT_EQ(list(everything()), BB_E_CANCELLED);
  EXPECT_EQ(host.requests.size(), 0u);
}

}  // namespace
}  // namespace bb::test
