// example_messages.hpp - a message of each typed method and version, with everything in it that it can hold.
#pragma once

#include <string>
#include <string_view>

#include <bb/healthvault/connect_methods.hpp>
#include <bb/healthvault/event_methods.hpp>
#include <bb/healthvault/people_methods.hpp>
#include <bb/healthvault/report_methods.hpp>
#include <bb/healthvault/session_methods.hpp>
#include <bb/healthvault/thing_methods.hpp>
#include <bb/healthvault/vocabulary_methods.hpp>

namespace bb::healthvault::test {

inline const std::string id_a = "11111111-aaaa-4aaa-8aaa-000000000001";
inline const std::string id_b = "22222222-bbbb-4bbb-8bbb-000000000002";
inline const std::string id_c = "33333333-cccc-4ccc-8ccc-000000000003";
inline const std::string weight_type = "3d34d87e-7fc1-4153-800f-f56592cb0d17";
inline const std::string at = "2014-01-31T12:00:00.123Z";
// What needs escaping, and what an XML reader changes where it is not escaped.
inline const std::string odd_text = "a<b> & \"c\" 'd' \xC3\xA9\r\n\te";

inline Audit audit(int thing_version) {
  return {.timestamp = at,
          .app = {id_a, "An app"},
          .person = {id_b, odd_text},
          .impersonator = NamedId{id_c, "Another"},
          .access_avenue = "Offline",
          .action = "Updated",
          .master_app_id = thing_version >= 2 ? id_c : ""};
}

inline Thing thing(int thing_version) {
  Thing made;
  made.key = ThingKey{id_a, id_b};
  made.type_id = weight_type;
  made.type_name = "Weight";
  made.state = "Active";
  made.flags = flag_personal | flag_read_only;
  made.effective_date = at;
  made.created = audit(thing_version);
  made.updated = audit(thing_version);
  made.data = {{"<weight >\n<when/></weight><common/>"}, {"<html/>", "mtt"}};
  made.effective_permissions = EffectivePermissions{{"Read", "Update"}, true};
  made.tags = thing_version >= 2 ? "" : "one,two";
  if (thing_version >= 2) {
    Blob inside{.name = "", .content_type = "text/plain", .inline_bytes = std::string("\0\xFF<&", 4)};
    inside.hash = BlobHash{"SHA256Block", 2'097'152, "aGFzaA=="};
    inside.length_bytes = 4;
    Blob outside{.name = "image", .content_type = "application/dicom", .reference_url = "https://host/x?a=1&b=2"};
    outside.legacy_content_encoding = "gzip";
    outside.current_content_encoding = "deflate";
    made.blobs = {inside, outside};
    made.signature_xml =
        "<signature-info><sig-data><hv-signature-method>HVSignatureMethod2</hv-signature-method>"
        "<algorithm-tag>rsa-sha1</algorithm-tag></sig-data></signature-info>";
    made.updated_end_date = at;
  } else {
    made.data_other = DataOther{"AAEC", "application/octet-stream", "base64"};
    made.signature_xml = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
  }
  return made;
}

inline ThingQuery query(int version) {
  ThingFilter filter{.type_ids = {weight_type, id_a},
                     .states = {"Active", "Deleted"},
                     .effective_date_min = at,
                     .effective_date_max = at,
                     .created_app_id = id_a,
                     .created_person_id = id_b,
                     .updated_app_id = id_a,
                     .updated_person_id = id_b,
                     .created_date_min = at,
                     .created_date_max = at,
                     .updated_date_min = at,
                     .updated_date_max = at,
                     .xpath = "/thing/data-xml/weight[value/kg < 70]",
                     .updated_end_date_max = at,
                     .updated_end_date_min = at};
  ThingQuery made;
  made.name = odd_text;
  made.count_max = 500;
  made.full_max = 0;
  made.filters = {filter, {}};
  made.format = ThingFormat{.sections = {"core", "audits"}, .xml = {"", "mtt"}, .type_versions = {weight_type}};
  made.current_version_only = true;
  if (version >= 3) {
    made.format->blobs = BlobRequest{{"image", "other"}, "streamed"};
    made.intents = std::vector<std::string>{"view", "download", "transmit"};
    made.order = ThingOrder{weight_type, "when", "Desc"};
  }
  return made;
}

inline GetThings::Request things_request(int version) {
  GetThings::Request made{{query(version), query(version), query(version), query(version)}};
  made.groups[1].ids = {id_a, id_b};
  made.groups[2].keys = {{id_a, id_b}};
  made.groups[3].client_ids = {"mine"};
  return made;
}

inline GetThings::Answer things_answer(int version) {
  ThingGroup group{.name = "first",
                   .things = {thing(version >= 3 ? 2 : 1), {}},
                   .unprocessed = {{{id_a, id_b}, weight_type, "Weight", at, at}, {{id_a, id_c}, weight_type, "", at}},
                   .is_filtered = true};
  if (version >= 3) group.order_by_culture = "en-US";
  return {{group, {}}};
}

inline PersonInfo person() {
  PersonInfo made;
  made.id = id_a;
  made.name = odd_text;
  made.app_settings = "<x y='1'> <z/></x>";
  made.selected_record_id = id_b;
  made.has_more_records = false;
  Record record{.id = id_b, .name = "Will"};
  record.is_custodian = true;
  record.relationship_type = 1;
  record.relationship_name = "Self";
  record.authorization_expires = "9999-12-31T23:59:59.999Z";
  record.is_authorization_expired = false;
  record.display_name = "Will";
  record.state = "ReadOnly";
  record.created = at;
  record.bytes_max = 4'294'967'296;
  record.bytes = 0;
  record.authorization_action = "NoActionRequired";
  record.reconciles_documents = true;
  record.app_specific_record_id = "274814";
  record.country = "US";
  record.state_province = "WA";
  record.updated = at;
  record.latest_operation = 358;
  record.authorization_created = at;
  made.records = {record, {.id = id_c, .name = "Child", .relationship_type = 17, .state = "Active"}};
  made.groups = {{"A group", id_c, "a@b.example"}};
  made.preferred_culture = Culture{"en", "US"};
  made.preferred_ui_culture = Culture{};
  made.location = Location{"US", "WA"};
  made.effective_permissions = {{id_b, {{weight_type, std::vector<std::string>{"Read"}, {}}}}};
  return made;
}

inline SessionContent session_content(int version) {
  SessionContent made{.app_id = id_a, .algorithm = MacAlgorithm::hmac_sha256};
  if (version >= 2)
    made.signing_time = at;
  else
    made.proposed_secret = "c2VjcmV0";
  return made;
}

inline CreateAuthenticatedSessionToken::Request session_request(int version) {
  CreateAuthenticatedSessionToken::Request made;
  made.app_id = id_a;
  made.is_multi_record = true;
  made.signature = SessionSignature{SignatureMethod::rsa_sha1, "0123456789ABCDEF0123456789ABCDEF01234567", "\x01\x02"};
  made.content = session_content(version);
  made.content_bytes = write_session_content(made.content, version);
  return made;
}

inline CreateAuthenticatedSessionToken::Request device_request() {
  auto made = session_request(2);
  made.signature.reset();
  made.code = SessionCode{MacAlgorithm::hmac_sha256, std::string(32, '\x7F')};
  return made;
}

inline Instance instance() {
  return {"1", "US", "US instance", "https://platform.example/p", "https://shell.example/"};
}

inline GetServiceDefinition::Answer service(int version) {
  GetServiceDefinition::Answer made;
  made.platform = ServicePlatform{"https://platform.example/p", "1.2", {{"maxUncompressedSizeBytes", "1000"}}};
  made.shell = ServiceShell{
      "https://shell.example/", "https://shell.example/redirect.aspx", {{"APPAUTH", "asks for rights", "appid=X&y"}}};
  if (version < 2) made.assemblies = {{"https://x.example/a", "1", "https://x.example/b"}};
  made.methods = {{"GetThings", {{"3", "https://x.example/q", "https://x.example/r"}, {"2"}}}};
  made.common_schemas = {"https://x.example/types.xsd"};
  if (version >= 2) {
    made.instances = InstanceList{"1", {instance()}};
    made.meaningful_use = ServiceMeaningfulUse{true, {{"key", "value"}}};
  }
  made.updated_date = at;
  return made;
}

inline GetApplicationInfo::Answer application() {
  GetApplicationInfo::Answer made;
  made.id = id_a;
  made.names = {{"An app", "en"}, {"Eine App", "de-DE"}};
  made.is_restricted_to_users = true;
  made.action_url = "https://app.example/";
  made.descriptions = {{odd_text}};
  made.authorization_reasons = {{"because"}};
  made.domain_name = "app.example";
  made.more_xml =
      "<person-online-base-auth-xml/><person-offline-base-auth-xml/><app-type>Web</app-type>\n<created-date>" + at +
      "</created-date>";
  return made;
}

inline GetThingType::Answer thing_types() {
  GetThingType::Type full{.id = weight_type, .name = "Weight"};
  full.is_uncreatable = false;
  full.is_immutable = false;
  full.is_singleton = true;
  full.xsd = "<schema/>";
  full.more_xml = "<columns/><transforms><tag>mtt</tag></transforms>";
  full.effective_date_xpath = "/when";
  full.updated_end_date_xpath = "/end";
  full.allows_read_only = true;
  return {{full, {.id = id_a, .name = "Another"}}};
}

inline VocabularyKey vocabulary_key(std::string description = {}) {
  return {"person-types", "wc", "1", "7", "en-GB", std::move(description)};
}
inline Vocabulary vocabulary() {
  return {"person-types", "wc", "1", {{"1", "Emergency Contact", "EC", "<drug-info/>"}, {"2"}}, true, "en-GB"};
}

inline Subscription subscription() {
  return {id_a, "c2VjcmV0", "v-1", "https://app.example/notices?x=1&y=2", {{weight_type, id_a}, {id_b}}};
}

// Calls check.template operator()<Method>(version, request, answer) for each, some of them with more than one message.
template <class Check>
void each_message(Check check) {
  for (const int version : {1, 2}) {
    CreateAuthenticatedSessionToken::Answer token{"ASAAA", id_a, "NoActionRequired"};
    if (version >= 2) token.shared_secret = "c2VjcmV0";
    check.template operator()<CreateAuthenticatedSessionToken>(version, session_request(version), token);
    GetServiceDefinition::Request service_request{at};
    if (version >= 2)
      service_request.sections = {"platform", "shell", "topology", "xml-over-http-methods", "meaningful-use"};
    check.template operator()<GetServiceDefinition>(version, service_request, service(version));
    check.template operator()<PutThings>(version, PutThings::Request{{thing(version), {}}},
                                         PutThings::Answer{{{id_a, id_b}, {id_c, id_a}}});
    check.template operator()<OverwriteThings>(version, OverwriteThings::Request{{thing(version)}},
                                               OverwriteThings::Answer{{{id_a, id_b}}});
    check.template operator()<GetApplicationInfo>(version, GetApplicationInfo::Request{true, id_b}, application());
    CreateConnectPackage::Request package{"JKYZQNMNVHRXZGNRGZNH", "Will", "Which?", "ext-1", thing(version)};
    if (version >= 2) package.blob_urls = {"https://x.example/1", "https://x.example/2"};
    check.template operator()<CreateConnectPackage>(version, package, IdentityCodeAnswer{"JKYZQNMNVHRXZGNRGZNH"});
    GetUpdatedRecordsForApplication::Answer updated{{{id_a, at}, {id_b, at}}};
    if (version >= 2)
      for (auto& record : updated.records) record.person_id = id_c, record.latest_operation = 7;
    check.template operator()<GetUpdatedRecordsForApplication>(version, GetUpdatedRecordsForApplication::Request{at},
                                                               updated);
    check.template operator()<GetVocabulary>(version, GetVocabulary::Request{{vocabulary_key(), {.name = "x"}}, true},
                                             GetVocabulary::Answer{{vocabulary()}, {}});
    check.template operator()<GetVocabulary>(version, GetVocabulary::Request{},
                                             GetVocabulary::Answer{{}, {vocabulary_key("Persons")}});
  }
  CreateAuthenticatedSessionToken::Answer absent;
  absent.app_id = id_a;
  absent.absence_reason = "PersonNotAuthorizedForApp";
  check.template operator()<CreateAuthenticatedSessionToken>(1, session_request(1), absent);
  check.template operator()<CreateAuthenticatedSessionToken>(
      2, device_request(), CreateAuthenticatedSessionToken::Answer{"T", id_a, "", "cw=="});
  for (const int version : {1, 2, 3})
    check.template operator()<GetThings>(version, things_request(version), things_answer(version));
  check.template operator()<NewApplicationCreationInfo>(1, Nothing{},
                                                        NewApplicationCreationInfo::Answer{id_a, "c2VjcmV0", "token"});
  check.template operator()<SelectInstance>(1, SelectInstance::Request{{"US", "WA"}},
                                            SelectInstance::Answer{instance()});
  check.template operator()<SelectInstance>(1, SelectInstance::Request{{"DE"}}, SelectInstance::Answer{});
  check.template operator()<GetPersonInfo>(1, GetPersonInfo::Request{true, false}, GetPersonInfo::Answer{person()});
  check.template operator()<GetAuthorizedPeople>(
      1, GetAuthorizedPeople::Request{id_a, at, 10},
      GetAuthorizedPeople::Answer{{person(), {.id = id_b, .name = "B"}}, true});
  check.template operator()<GetAuthorizedPeople>(1, GetAuthorizedPeople::Request{}, GetAuthorizedPeople::Answer{});
  check.template operator()<GetAuthorizedRecords>(1, GetAuthorizedRecords::Request{{id_a, id_b}},
                                                  GetAuthorizedRecords::Answer{person().records});
  check.template operator()<QueryPermissions>(
      1, QueryPermissions::Request{{weight_type}},
      QueryPermissions::Answer{
          {{weight_type, std::vector<std::string>{"Read", "Create"}, std::vector<std::string>{"All"}}, {id_a}}, false});
  check.template operator()<QueryPermissions>(1, QueryPermissions::Request{{weight_type}}, QueryPermissions::Answer{});
  check.template operator()<RemoveApplicationRecordAuthorization>(1, Nothing{}, Nothing{});
  check.template operator()<GetApplicationSettings>(1, Nothing{}, GetApplicationSettings::Answer{"<a/>", id_a});
  check.template operator()<SetApplicationSettings>(1, SetApplicationSettings::Request{"<a b=\"1\"/>"}, Nothing{});
  check.template operator()<AssociateAlternateId>(1, AssociateAlternateId::Request{odd_text}, Nothing{});
  check.template operator()<DisassociateAlternateId>(1, DisassociateAlternateId::Request{"MRN 7"}, Nothing{});
  check.template operator()<GetAlternateIds>(1, Nothing{}, GetAlternateIds::Answer{{"MRN 7", "MRN 8"}});
  check.template operator()<GetPersonAndRecordForAlternateId>(1, GetPersonAndRecordForAlternateId::Request{"MRN 7"},
                                                              GetPersonAndRecordForAlternateId::Answer{person()});
  check.template operator()<GetRecordOperations>(
      1, GetRecordOperations::Request{7},
      GetRecordOperations::Answer{
          9, {{"Create", 8, {id_a, id_b}, weight_type, at, at}, {"Delete", 9, {id_a, id_b}, weight_type}}});
  check.template operator()<RemoveThings>(1, RemoveThings::Request{{{id_a, id_b}, {id_b, id_c}}}, Nothing{});
  check.template operator()<BeginPutBlob>(
      1, Nothing{},
      BeginPutBlob::Answer{"https://host/streaming/wildcatblob.ashx?blob-ref-token=A&x", 2'097'152, 1'073'741'824,
                           "SHA256Block", 2'097'152});
  check.template operator()<GetThingType>(1, GetThingType::Request{{weight_type}, {"core", "xsd"}, {"image/png"}, at},
                                          thing_types());
  check.template operator()<CreateConnectRequest>(
      1, CreateConnectRequest::Request{"Will", "Which?", "That", "ext-1", "https://x.example/"},
      IdentityCodeAnswer{"JKYZQNMNVHRXZGNRGZNH"});
  check.template operator()<GetAuthorizedConnectRequests>(
      1, GetAuthorizedConnectRequests::Request{at},
      GetAuthorizedConnectRequests::Answer{at, {{id_a, id_b, "274814", id_c, "ext-1"}}});
  check.template operator()<DeletePendingConnectRequest>(1, DeletePendingConnectRequest::Request{"ext-1"}, Nothing{});
  check.template operator()<UpdateExternalId>(
      1, UpdateExternalId::Request{.old_external_id = "ext-1", .new_external_id = "ext-2"}, Nothing{});
  check.template operator()<UpdateExternalId>(
      1, UpdateExternalId::Request{.identity_code = "JKYZQNMNVHRXZGNRGZNH", .new_external_id = "ext-2"}, Nothing{});
  check.template operator()<AllocatePackageId>(1, Nothing{}, IdentityCodeAnswer{"JKYZQNMNVHRXZGNRGZNH"});
  check.template operator()<BeginPutConnectPackageBlob>(
      1, Nothing{},
      BeginPutConnectPackageBlob::Answer{"https://host/x", "aes256", 1000, 1016, 1'000'000, "SHA256Block", 2'097'152});
  check.template operator()<DeletePendingConnectPackage>(
      1, DeletePendingConnectPackage::Request{.identity_code = "JKYZQNMNVHRXZGNRGZNH"}, Nothing{});
  check.template operator()<DeletePendingConnectPackage>(
      1, DeletePendingConnectPackage::Request{.external_id = "ext-1"}, Nothing{});
  check.template operator()<SearchVocabulary>(1, SearchVocabulary::Request{vocabulary_key(), "asp", "Prefix", 25},
                                              SearchVocabulary::Answer{{}, vocabulary()});
  check.template operator()<SearchVocabulary>(1, SearchVocabulary::Request{.text = "asp"},
                                              SearchVocabulary::Answer{{vocabulary_key("Drugs")}, {}});
  const ReportPeriod period{at, at};
  check.template operator()<GetMeaningfulUseVDTReport>(
      1, GetMeaningfulUseVDTReport::Request{period, 10, "next"},
      GetMeaningfulUseVDTReport::Answer{{{"source", {{"p1", "o1"}, {"p2"}}}}, "next"});
  check.template operator()<GetMeaningfulUseTimelyAccessReport>(
      1, GetMeaningfulUseTimelyAccessReport::Request{period, false, 10, "next"},
      GetMeaningfulUseTimelyAccessReport::Answer{{{"source", {{at, "p1", "o1", at}}, {}}}, "next"});
  check.template operator()<GetMeaningfulUseTimelyAccessReport>(
      1, GetMeaningfulUseTimelyAccessReport::Request{period, true},
      GetMeaningfulUseTimelyAccessReport::Answer{{{"source", {}, {{.available_date = at, .package_id = "JKYZ"}}}}});
  check.template operator()<SubscribeToEvent>(1, SubscribeToEvent::Request{subscription()},
                                              SubscribeToEvent::Answer{id_a});
  check.template operator()<GetEventSubscriptions>(1, Nothing{}, GetEventSubscriptions::Answer{{subscription()}});
  check.template operator()<UpdateEventSubscription>(1, UpdateEventSubscription::Request{subscription()}, Nothing{});
  check.template operator()<UnsubscribeToEvent>(1, UnsubscribeToEvent::Request{id_a}, Nothing{});
}

}  // namespace bb::healthvault::test
