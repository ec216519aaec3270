// Asking a portal to send its record.
#include <string>
#include <vector>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ShareTest : public PortalTest {
 protected:
  struct Asked {
    std::vector<std::string> to = {"https://inbox.example/a"};
    std::string scheme = "https";
    std::string key = "key-1";
    std::string format = "ccda-2.1";
    const bb_query* selection = nullptr;
    std::vector<bb_str> items = {};
  };

  bb_status share(const Asked& asked) {
    std::vector<bb_destination> destinations;
    for (const auto& address : asked.to)
      destinations.push_back({sizeof(bb_destination), 0, to_str(asked.scheme), to_str(address)});
    std::vector<const bb_destination*> pointers;
    for (const auto& destination : destinations) pointers.push_back(&destination);
    bb_share_request request{};
    request.struct_size = sizeof request;
    request.idempotency_key = to_str(asked.key);
    request.destinations = pointers.data();
    request.destination_count = pointers.size();
    request.format_id = to_str(asked.format);
    request.selection = asked.selection;
    request.item_ids = asked.items.data();
    request.item_count = asked.items.size();
    return table<bb_share>(BB_SHARE).send(connector->raw(), call.raw(), &request, receipts.raw());
  }
  bb_status track(std::string_view id) {
    return table<bb_share>(BB_SHARE).track(connector->raw(), call.raw(), to_str(id), receipts.raw());
  }

  ReceiptCollector receipts;
};

constexpr const char* one_receipt = R"({"id": "share-1", "receipts": [
    {"delivery": "accepted", "recipient": "https://inbox.example/a", "detail": "202", "at": "2023-11-14T22:13:20Z"}]})";

TEST_F(ShareTest, SendsTheKeyAndGivesTheReceipts) {
  sign_in();
  host.answer_json(202, one_receipt);
  ASSERT_EQ(share({}), BB_OK) << call.error.message;
  EXPECT_EQ(host.requests[0].method, "POST");
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/shares");
  EXPECT_EQ(host.requests[0].header("idempotency-key"), "key-1");
  EXPECT_EQ(host.requests[0].body, R"({"to":["https://inbox.example/a"],"format":"ccda-2.1"})");
  ASSERT_THAT(receipts.receipts, SizeIs(1));
  EXPECT_EQ(receipts.receipts[0].delivery, BB_DELIVERY_ACCEPTED);
  EXPECT_EQ(receipts.receipts[0].message_id, "share-1");
  EXPECT_EQ(receipts.receipts[0].recipient, "https://inbox.example/a");
  EXPECT_EQ(receipts.receipts[0].detail, "202");
  EXPECT_EQ(receipts.receipts[0].at_unix_ns, 1'700'000'000'000'000'000);
}

TEST_F(ShareTest, AsksForItemsAndTimeOfAnotherPatient) {
  sign_in();
  host.answer_json(202, one_receipt);
  auto selection = everything();
  selection.subject = to_str("bob");
  selection.from_unix_ns = 1'700'000'000'000'000'000;
  selection.until_unix_ns = 1'700'000'001'000'000'000;
  ASSERT_EQ(share({.format = "", .selection = &selection, .items = {to_str("visit-1"), to_str("visit-2")}}), BB_OK);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/bob/shares");
  EXPECT_EQ(host.requests[0].body,
            R"({"to":["https://inbox.example/a"],"items":["visit-1","visit-2"],"from":"2023-11-14T22:13:20.000Z",)"
            R"("until":"2023-11-14T22:13:21.000Z"})");
}

struct Delivery {
  const char* word;
  bb_delivery delivery;
};

TEST_F(ShareTest, KnowsEveryDeliveryAndTakesANewOneForUnknown) {
  sign_in();
  for (const auto& [word, delivery] :
       {Delivery{"unknown", BB_DELIVERY_UNKNOWN}, Delivery{"accepted", BB_DELIVERY_ACCEPTED},
        Delivery{"processed", BB_DELIVERY_PROCESSED}, Delivery{"dispatched", BB_DELIVERY_DISPATCHED},
        Delivery{"failed", BB_DELIVERY_FAILED}, Delivery{"teleported", BB_DELIVERY_UNKNOWN}}) {
    host.answer_json(200, std::string(R"({"id": "s", "receipts": [{"recipient": "r", "delivery": ")") + word + "\"}]}");
    ASSERT_EQ(track("s"), BB_OK) << call.error.message;
    EXPECT_EQ(receipts.receipts.back().delivery, delivery) << word;
  }
}

TEST_F(ShareTest, TracksByTheIdOfTheShare) {
  sign_in();
  host.answer_json(200, one_receipt);
  ASSERT_EQ(track("share-1"), BB_OK);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/shares/share-1");
  EXPECT_THAT(receipts.receipts, SizeIs(1));
}

TEST_F(ShareTest, NeedsAReceiptForEachDestination) {
  sign_in();
  host.answer_json(202, one_receipt);
  EXPECT_EQ(share({.to = {"https://inbox.example/a", "https://inbox.example/b"}}), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("each of 2 destinations, got 1"));
}

TEST_F(ShareTest, LeavesADirectAddressToThePortal) {
  sign_in();
  host.answer_json(202, one_receipt);
  ASSERT_EQ(share({.to = {"bob@direct.example.org"}, .scheme = "direct"}), BB_OK);
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("to":["bob@direct.example.org"])"));
  EXPECT_THAT(host.requests[0].body, Not(HasSubstr("confirmed")));
}

TEST_F(ShareTest, LeavesARecordToThePortal) {
  sign_in();
  host.answer_json(202, one_receipt);
  ASSERT_EQ(share({.to = {"healthvault:person/record"}, .scheme = "healthvault"}), BB_OK);
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("to":["healthvault:person/record"])"));
  EXPECT_THAT(host.requests[0].body, Not(HasSubstr("confirmed")));
}

TEST_F(ShareTest, ConfirmsPlainMailThatItIsAskedFor) {
  sign_in();
  host.answer_json(202, one_receipt);
  ASSERT_EQ(share({.to = {"mailto:bob@example.org"}, .scheme = "mailto"}), BB_OK);
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("to":["mailto:bob@example.org"])"));
  EXPECT_THAT(host.requests[0].body, HasSubstr(R"("confirmed":["mailto:bob@example.org"])"));
}

TEST_F(ShareTest, SendsOnlyWhatItCanDoOnce) {
  sign_in();
  EXPECT_EQ(share({.key = ""}), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(share({.to = {}}), BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(share({.scheme = "tel"}), BB_E_UNSUPPORTED);
  EXPECT_THAT(call.error.message, HasSubstr("not to 'tel'"));
  auto selection = everything();
  selection.kind = to_str("visit");
  EXPECT_EQ(share({.selection = &selection}), BB_E_UNSUPPORTED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ShareTest, TakesNoOtherAnswerForAPromiseToSend) {
  sign_in();
  host.answer_json(202, "");
  EXPECT_EQ(share({}), BB_E_PROTOCOL);
  host.answer_json(200, one_receipt);
  EXPECT_EQ(share({}), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected status 202, got 200"));
  host.answer_json(202, R"({"to":["https://inbox.example/a"],"format":"ccda-2.1"})");
  EXPECT_EQ(share({}), BB_E_PROTOCOL);
  host.answer_json(202, R"({"receipts": [{"recipient": "r", "delivery": "accepted"}]})");
  EXPECT_EQ(share({}), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("'id' in the answer"));
  EXPECT_THAT(receipts.receipts, IsEmpty());
}

TEST_F(ShareTest, SharesNothingBeforeSignIn) {
  EXPECT_EQ(share({}), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(track("s"), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(ShareTest, StopsWhenTheHostSaysSo) {
  sign_in();
  receipts.stop = {.stop_at = 0, .stop_status = BB_E_CANCELLED};
  host.answer_json(202, one_receipt);
  EXPECT_EQ(share({}), BB_E_CANCELLED);
}

}  // namespace
}  // namespace bb::test
