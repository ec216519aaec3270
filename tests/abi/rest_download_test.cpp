// Downloading a portal's record.
#include <string>
#include <vector>

#include "rest_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class DownloadTest : public PortalTest {
 protected:
  bb_status formats(std::string_view subject = {}) {
    return table<bb_download>(BB_DOWNLOAD).formats(connector->raw(), call.raw(), to_str(subject), offered.raw());
  }
  bb_status fetch(const bb_query* selection = nullptr, const std::vector<bb_str>& ids = {}) {
    bb_download_request request{};
    request.struct_size = sizeof request;
    request.format_id = to_str("ccda-2.1");
    request.selection = selection;
    request.item_ids = ids.data();
    request.item_count = ids.size();
    return table<bb_download>(BB_DOWNLOAD).fetch(connector->raw(), call.raw(), &request, content.raw());
  }

  FormatCollector offered;
};

TEST_F(DownloadTest, ListsFormats) {
  sign_in();
  host.answer_json(200, R"({"formats": [{"id": "ccda-2.1", "media_type": "application/xml", "title": "C-CDA"}]})");
  ASSERT_EQ(formats(), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/formats");
  EXPECT_THAT(offered.formats, ElementsAre(Pair("ccda-2.1", "application/xml")));
}

TEST_F(DownloadTest, ListsFormatsOfTheSubject) {
  sign_in();
  host.answer_json(200, R"({"formats": []})");
  ASSERT_EQ(formats("bob"), BB_OK);
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/bob/formats");
}

TEST_F(DownloadTest, RefusesAFormatWithoutAType) {
  sign_in();
  host.answer_json(200, R"({"formats": [{"id": "ccda-2.1"}]})");
  EXPECT_EQ(formats(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("'media_type' in a format"));
}

TEST_F(DownloadTest, PassesOnTheDocumentAsItCame) {
  sign_in();
  const std::string document("<a>\0\xFF</a>", 9);
  host.answer({200,
               {{"Content-Type", "application/xml; charset=utf-8"},
                {"Content-Disposition", "attachment; filename=\"alice; record.xml\"; x=y"}},
               document});
  ASSERT_EQ(fetch(), BB_OK) << call.error.message;
  EXPECT_EQ(last_url(), "https://portal.example/api/patients/alice/download?format=ccda-2.1");
  EXPECT_EQ(content.body, document);
  EXPECT_EQ(content.item.media_type, "application/xml");
  EXPECT_EQ(content.item.size, document.size());
  EXPECT_THAT(content.attributes, ElementsAre(Pair("content.filename", "alice; record.xml")));
}

TEST_F(DownloadTest, ReadsAFileNameWithoutQuotes) {
  sign_in();
  host.answer({200, {{"Content-Type", "text/plain"}, {"Content-Disposition", "Attachment; FileName=a.txt ; x"}}, "x"});
  ASSERT_EQ(fetch(), BB_OK);
  EXPECT_THAT(content.attributes, ElementsAre(Pair("content.filename", "a.txt")));
}

TEST_F(DownloadTest, SaysNoFileNameWhereThePortalGaveNone) {
  sign_in();
  host.answer_text(200, "text/plain", "x");
  ASSERT_EQ(fetch(), BB_OK);
  EXPECT_THAT(content.attributes, IsEmpty());
}

TEST_F(DownloadTest, AsksForItemsAndTime) {
  sign_in();
  host.answer_text(200, "text/plain", "x");
  auto selection = everything();
  selection.subject = to_str("bob");
  selection.from_unix_ns = 1'700'000'000'000'000'000;
  ASSERT_EQ(fetch(&selection, {to_str("visit-1"), to_str("visit-2")}), BB_OK);
  EXPECT_EQ(last_url(),
            "https://portal.example/api/patients/bob/download?from=2023-11-14T22%3A13%3A20.000Z&format=ccda-2.1"
            "&item=visit-1&item=visit-2");
}

TEST_F(DownloadTest, SaysThatItCannotSelectByKind) {
  sign_in();
  auto selection = everything();
  selection.kind = to_str("visit");
  EXPECT_EQ(fetch(&selection), BB_E_UNSUPPORTED);
  EXPECT_THAT(host.requests, IsEmpty());
}

TEST_F(DownloadTest, TakesNoEmptyAnswerNoUntypedAnswerAndNoEchoForADocument) {
  sign_in();
  host.answer_text(200, "application/xml", "");
  EXPECT_EQ(fetch(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("got an empty body"));
  host.answer({200, {}, "<a/>"});
  EXPECT_EQ(fetch(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("expected a content-type, got none"));
  host.answer_text(200, "text/plain", "authorization: Bearer canary-token-1");
  EXPECT_EQ(fetch(), BB_E_PROTOCOL);
  EXPECT_THAT(call.error.message, HasSubstr("echo"));
  EXPECT_EQ(content.heads, 0);
}

TEST_F(DownloadTest, DownloadsNothingBeforeSignIn) {
  EXPECT_EQ(fetch(), BB_E_UNAUTHENTICATED);
  EXPECT_EQ(formats(), BB_E_UNAUTHENTICATED);
  EXPECT_THAT(host.requests, SizeIs(0));
}

}  // namespace
}  // namespace bb::test
