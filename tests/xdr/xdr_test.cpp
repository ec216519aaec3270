// Submissions by XDR: what we write we read, and what a receiver must not take. That
// others read it too is for tests/xdr/xdr_peer_test.py.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/xdr/request.hpp>
#include <bb/xdr/response.hpp>

namespace bb::xdr {
namespace {

Request sample() {
  Request request;
  request.message_id = "urn:uuid:00000000-0000-4000-8000-000000000001";
  request.endpoint = "https://edge.example.org/xdr?a=1&b=2";
  request.from = "alice@direct.example.org";
  request.to = {"bob@direct.example.org", "carol@direct.example.org"};
  request.set.attributes = {{"sourceId", "1.2.3"},
                            {"submissionTime", "20260102030405"},
                            {"uniqueId", "1.2.3.4"},
                            {"authorTelecommunication", "^^Internet^alice@direct.example.org"},
                            {"intendedRecipient", "||^^Internet^bob@direct.example.org"}};
  request.documents = {{"Document01",
                        {{"mimeType", "text/xml"}, {"uniqueId", "1.2.3.5"}, {"classCode", "34133-9^Summary^2.16"}},
                        "<a>\r\n--b & \xC3\xA9</a>"},
                       {"Document02", {{"mimeType", "text/plain"}, {"uniqueId", "1.2.3.6"}}, std::string("\0\r\n", 3)}};
  return request;
}

Packaged packaged(const Request& request) { return package(write_envelope(request), request.documents); }

// Of a sample whose envelope was changed.
Result<Request> read_changed(std::string_view from, std::string_view to) {
  const auto request = sample();
  const auto envelope = write_envelope(request);
  EXPECT_NE(envelope.find(from), std::string::npos) << from;
  const auto changed = package(replace_all(envelope, from, to), request.documents);
  return read_request(changed.content_type, changed.body);
}

TEST(XdrRequest, WhatIsWrittenIsRead) {
  const auto request = sample();
  const auto [type, body] = packaged(request);
  const auto read = read_request(type, body);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->message_id, request.message_id);
  EXPECT_EQ(read->endpoint, request.endpoint);
  EXPECT_EQ(read->from, request.from);
  EXPECT_EQ(read->to, request.to);
  EXPECT_EQ(read->level, MetadataLevel::minimal);
  EXPECT_EQ(read->set.attributes, request.set.attributes);
  ASSERT_EQ(read->documents.size(), 2u);
  EXPECT_EQ(read->documents[0].attributes, request.documents[0].attributes);
  EXPECT_EQ(read->documents[0].bytes, request.documents[0].bytes);
  EXPECT_EQ(read->documents[1].bytes, request.documents[1].bytes);
  EXPECT_TRUE(missing_metadata(read->level, read->documents, read->set).empty());
}

TEST(XdrRequest, OptionsOfTheAddressBlockAreRead) {
  auto request = sample();
  request.level = MetadataLevel::xds;
  request.relates_to = "urn:uuid:2";
  request.asks_final_delivery = true;
  const auto [type, body] = packaged(request);
  const auto read = read_request(type, body);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->level, MetadataLevel::xds);
  EXPECT_EQ(read->relates_to, "urn:uuid:2");
  EXPECT_TRUE(read->asks_final_delivery);
}

TEST(XdrRequest, MissingMetadataAreNamed) {
  auto request = sample();
  request.documents[1].attributes.erase("uniqueId");
  request.set.attributes.erase("sourceId");
  EXPECT_EQ(missing_metadata(MetadataLevel::minimal, request.documents, request.set),
            (std::vector<std::string>{"document Document02: uniqueId", "submission set: sourceId"}));
  const auto of_xds = missing_metadata(MetadataLevel::xds, {request.documents[0]}, request.set);
  // Twelve are asked for, three are there.
  EXPECT_EQ(std::count_if(of_xds.begin(), of_xds.end(),
                          [](const std::string& one) { return one.starts_with("document Document01"); }),
            9);
}

TEST(XdrRequest, ADocumentMayStandInTheEnvelope) {
  const auto request = sample();
  const auto envelope = replace_all(write_envelope(request), R"(<xop:Include href="cid:Document01%40xdr.bluebridge"/>)",
                                    "PGE+\nPC9hPg==");
  const auto [type, body] = package(envelope, {request.documents[1]});
  const auto read = read_request(type, body);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->documents[0].bytes, "<a></a>");
}

TEST(XdrRequest, SomeSendersHaveTheLevelInTheAddressBlock) {
  const auto request = sample();
  auto envelope = replace_all(write_envelope(request), "<direct:metadata-level>minimal</direct:metadata-level>", "");
  envelope = replace_all(envelope, "</direct:addressBlock>",
                         "<direct:metadata-level>XDS</direct:metadata-level></direct:addressBlock>");
  const auto [type, body] = package(envelope, request.documents);
  const auto read = read_request(type, body);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->level, MetadataLevel::xds);
}

struct Broken {
  const char* what;
  const char* from;
  const char* to;
  const char* said;
};
class XdrBroken : public testing::TestWithParam<Broken> {};

TEST_P(XdrBroken, IsRefusedWithTheReason) {
  const auto& broken = GetParam();
  const auto read = read_changed(broken.from, broken.to);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find(broken.said), std::string::npos) << read.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    Xdr, XdrBroken,
    testing::Values(
        Broken{"NotWellFormed", "</wsa:Action>", "", "the envelope: line 1"},
        Broken{"Soap11", "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/",
               "expected the envelope of SOAP 1.2"},
        Broken{"NoAction", "wsa:Action", "wsa:Other", "no wsa:Action"},
        Broken{"OtherAction", "ProvideAndRegisterDocumentSet-b<", "RetrieveDocumentSet<", "wsa:Action is"},
        Broken{"NoMessageId", "wsa:MessageID", "wsa:Other", "no wsa:MessageID"},
        Broken{"NoBlock", "direct:addressBlock", "direct:other", "no direct:addressBlock"},
        Broken{"OtherRole", "urn:direct:addressing:destination", "urn:other", "SOAP role"},
        Broken{"NoRelay", "soapenv:relay=\"true\"", "soapenv:relay=\"false\"", "relay"},
        Broken{"NoFrom", "direct:from", "direct:of", "no direct:from"},
        Broken{"FromIsNoMailto", "<direct:from>mailto:", "<direct:from>", "direct:from is 'alice"},
        Broken{"NoTo", "direct:to>", "direct:too>", "no direct:to"},
        Broken{"OtherLevel", ">minimal<", ">most<", "direct:metadata-level is 'most'"},
        Broken{"NoBody", "soapenv:Body", "soapenv:Other", "no body"},
        Broken{"NothingSubmitted", "xdsb:ProvideAndRegisterDocumentSetRequest", "xdsb:Other",
               "no xdsb:ProvideAndRegisterDocumentSetRequest"},
        Broken{"NoObjects", "rim:RegistryObjectList", "rim:Other", "no lcm:SubmitObjectsRequest"},
        Broken{"NoSet", "rim:RegistryPackage", "rim:Other", "no submission set"},
        Broken{"NoMetadata", "<rim:ExtrinsicObject id=\"Document01\"", "<rim:ExtrinsicObject id=\"Document09\"",
               "'Document09', and no xdsb:Document"},
        Broken{"NoContent", "<xdsb:Document id=\"Document02\"", "<xdsb:Document id=\"Document01\"", "is there twice"},
        Broken{"NoPart", "cid:Document01", "cid:Document07", "'Document07@xdr.bluebridge', which is not there"},
        Broken{"PartOfTwo", "cid:Document02", "cid:Document01", "which another document has"},
        Broken{"FarInclude", "cid:Document01", "https://example.org/", "leads to no part"}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(XdrRequest, APackageThatIsNoneIsRefused) {
  const auto [type, body] = packaged(sample());
  const auto said = [](const Result<Request>& read) { return read ? "" : read.error().what; };
  EXPECT_NE(said(read_request("text/xml", body)).find("expected multipart/related"), std::string::npos);
  EXPECT_NE(said(read_request(replace_all(type, "application/xop+xml", "text/xml"), body)).find("xop+xml"),
            std::string::npos);
  EXPECT_NE(said(read_request(replace_all(type, "<envelope@", "<other@"), body)).find("start names the part"),
            std::string::npos);
  EXPECT_NE(said(read_request(type, body.substr(0, body.size() - 10))).find("breaks off"), std::string::npos);
  EXPECT_NE(said(read_request("application/soap+xml", write_envelope(sample()))).find("packaged as MTOM"),
            std::string::npos);
  EXPECT_NE(said(read_request(type + "\r\nX: y", body)).find("line end"), std::string::npos);
  EXPECT_NE(said(read_request(type, body, {.bytes_max = 100})).find("at most 100"), std::string::npos);
  EXPECT_NE(said(read_request(type, body, {.documents_max = 1})).find("more than 1 documents"), std::string::npos);
  EXPECT_NE(said(read_request(type, body, {.recipients_max = 1})).find("more than 1 recipients"), std::string::npos);
}

TEST(XdrResponse, WhatIsWrittenIsRead) {
  for (const auto outcome : {Outcome::success, Outcome::failure, Outcome::fault}) {
    Response response{outcome, "urn:uuid:1", {}};
    if (outcome == Outcome::failure)
      response.errors = {{"XDSRepositoryError", "no \"room\" & <more>"}, {"XDSOther", "x"}};
    if (outcome == Outcome::fault) response.errors = {{"soapenv:Sender", "the header has no wsa:Action"}};
    const auto read = read_response(soap_media_type, write_response(response));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->outcome, outcome);
    EXPECT_EQ(read->relates_to, "urn:uuid:1");
    ASSERT_EQ(read->errors.size(), response.errors.size());
    for (std::size_t i = 0; i < response.errors.size(); ++i) {
      EXPECT_EQ(read->errors[i].code, response.errors[i].code);
      EXPECT_EQ(read->errors[i].context, response.errors[i].context);
    }
  }
}

TEST(XdrResponse, WhatIsNoAnswerIsRefused) {
  const auto success = write_response({});
  const auto said = [](std::string_view type, const std::string& body) {
    const auto read = read_response(type, body);
    return read ? std::string() : read.error().what;
  };
  EXPECT_EQ(said(soap_media_type, success), "");
  EXPECT_NE(said(soap_media_type, replace_all(success, "Success", "Perhaps")).find("'urn:oasis"), std::string::npos);
  EXPECT_NE(said(soap_media_type, replace_all(success, "Success", "Failure")).find("no RegistryErrorList"),
            std::string::npos);
  EXPECT_NE(said(soap_media_type, replace_all(success, "RegistryResponse", "Other")).find("neither"),
            std::string::npos);
  EXPECT_NE(said("text/html", success).find("expected"), std::string::npos);
  EXPECT_NE(said(soap_media_type, "").find("the envelope"), std::string::npos);
}

}  // namespace
}  // namespace bb::xdr
