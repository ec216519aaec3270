// Mappings that cannot work are refused when the connector is made, with the key, what is expected and what was found.
#include <string>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "rest_mapped_fixture.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct BadMapping {
  const char* name;
  const char* place;       // JSON Pointer of what is changed
  const char* json;        // what it becomes; "" takes it away
  const char* pointer;     // where the sentence says that it is
  const char* says;        // what was expected
  const char* found = "";  // what was found
};

// A copy with the value at the pointer changed. Every parent is an object that is there, or is made.
Value changed(Value config, std::string_view pointer, std::string_view json) {
  Value* node = &config;
  auto keys = split(pointer.substr(1), '/');
  for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
    if (node->find(keys[i]) == nullptr) node->set(keys[i], Value::object());
    node = node->find(keys[i]);
  }
  if (json.empty())
    node->erase(keys.back());
  else
    node->set(keys.back(), *parse_json(json));
  return config;
}

class BadMappingTest : public MappedTest, public ::testing::WithParamInterface<BadMapping> {};

TEST_P(BadMappingTest, IsRefusedWithItsPlace) {
  const auto& bad = GetParam();
  const auto config = changed(good_mapping(), bad.place, bad.json);
  LoadedConnector made(plugin, host, mapped_type, {{"", to_json(config)}});
  EXPECT_EQ(made.create_status, BB_E_INVALID_ARGUMENT);
  EXPECT_THAT(made.create_error.message, StartsWith("configuration: " + std::string(bad.pointer) + ": "));
  EXPECT_THAT(made.create_error.message, HasSubstr(bad.says));
  EXPECT_THAT(made.create_error.message, HasSubstr(bad.found));
  EXPECT_THAT(host.requests, IsEmpty());
}

constexpr const char* read_path = "/view/read/request/path";
constexpr const char* list_path = "/view/list/request/path";
INSTANTIATE_TEST_SUITE_P(
    Bad, BadMappingTest,
    ::testing::Values(
        BadMapping{"NoBase", "/base_url", "", "/base_url", "expected a member 'base_url'", "missing"},
        BadMapping{"NoHttp", "/base_url", R"("ftp://portal.example")", "/base_url", "https?://",
                   "ftp://portal.example"},
        BadMapping{"UserInBase", "/base_url", R"("https://eve@portal.example")", "/base_url", "without user"},
        BadMapping{"NoSignIn", "/sign_in", "", "/sign_in", "expected a member 'sign_in'", "missing"},
        BadMapping{"UnknownKey", "/veiw", "{}", "/veiw", "unknown member", "did you mean 'view'"},
        BadMapping{"UnknownPlaceholder", read_path, R"("/items/{idd}")", read_path, "{id}, {patient}",
                   "{idd}; did you mean {id}?"},
        BadMapping{"PlaceholderOfAnother", read_path, R"("/items/{id}/{cursor}")", read_path, "{id}, {patient}",
                   "got {cursor}"},
        BadMapping{"OpenBrace", read_path, R"("/items/{id")", read_path, "braces in pairs", "'/items/{id'"},
        BadMapping{"CloseBrace", read_path, R"("/items/{id}}")", read_path, "braces in pairs", "'/items/{id}}'"},
        BadMapping{"EmptyPlaceholder", read_path, R"("/items/{}")", read_path, "a placeholder among", "got {}"},
        BadMapping{"NoId", read_path, R"("/items/all")", "/view/read/request", "expected {id}", "got none"},
        BadMapping{"NoPath", read_path, "", read_path, "expected a member 'path'", "missing"},
        BadMapping{"NoSlash", read_path, R"("items/{id}")", read_path, "matches '^/'", "items/{id}"},
        BadMapping{"TwoSlashes", read_path, R"("//evil.example/{id}")", read_path, "below base_url", "//evil.example"},
        BadMapping{"DotDot", read_path, R"("/../{id}")", read_path, "stays below base_url", "'/../{id}'"},
        BadMapping{"QueryInPath", read_path, R"("/items?id={id}")", read_path, "its query under 'query'",
                   "'/items?id={id}'"},
        BadMapping{"EscapeInPath", read_path, R"("/a%2F{id}")", read_path, "below base_url", "%2F"},
        BadMapping{"ListInPath", "/download/ccda-2.1/request/path", R"("/x/{items}")",
                   "/download/ccda-2.1/request/path", "a placeholder among", "got {items}"},
        BadMapping{"PasswordInPath", "/sign_in/request/path", R"("/in/{password}")", "/sign_in/request/path",
                   "{account}, {acting_for}", "got {password}"},
        BadMapping{"PasswordInQuery", "/sign_in/request/query", R"({"p": "{password}"})", "/sign_in/request/query/p",
                   "{account}, {acting_for}", "got {password}"},
        BadMapping{"NoPassword", "/sign_in/request/json", R"({"user": "{account}"})", "/sign_in/request",
                   "expected {password}", "got none"},
        BadMapping{"BrokenJsonPath", "/view/list/entries", R"("$.items[")", "/view/list/entries", "expected a JSONPath",
                   "'$.items['"},
        BadMapping{"BrokenFilter", "/view/list/title", R"("$[?@.a =]")", "/view/list/title", "expected a JSONPath",
                   "'$[?@.a =]'"},
        BadMapping{"NoJsonPath", "/view/list/id", R"("id")", "/view/list/id", "matches '^\\$'", "\"id\""},
        BadMapping{"NoIdPath", "/view/list/id", "", "/view/list/id", "expected a member 'id'", "missing"},
        BadMapping{"PlaceholderInField", "/view/list/kind", R"("{account}")", "/view/list/kind",
                   "a JSONPath or a fixed text", "'{account}'"},
        BadMapping{"CursorWithoutPlace", "/view/list/next_cursor", "", "/view/list/next_cursor",
                   "since the request has {cursor}", "got none"},
        BadMapping{"PlaceWithoutCursor", "/view/list/request/query", "{}", "/view/list/request", "expected {cursor}",
                   "got none"},
        BadMapping{"TwoNexts", "/view/list/next_link", "true", "/view/list",
                   "one of next_cursor, next_url and next_link", "got more"},
        BadMapping{"TwoBodies", "/share/request/form", R"({"a": "b"})", "/share/request/form", "one body", "got both"},
        BadMapping{"GetWithBody", "/share/request/method", R"("GET")", "/share/request/method", "takes a body",
                   "'GET'"},
        BadMapping{"OddMethod", "/share/request/method", R"("BREW")", "/share/request/method", "one of", "\"BREW\""},
        BadMapping{"OwnHeader", "/share/request/headers/Authorization", R"("x")",
                   "/share/request/headers/Authorization", "does not write itself", "'Authorization'"},
        BadMapping{"HeaderWithLineEnd", "/share/request/headers/a\r\nb", R"("x")", "/share/request/headers/a\r\nb",
                   "does not write itself"},
        BadMapping{"NoIdempotency", "/share/request/headers", "{}", "/share/request", "expected {idempotency_key}",
                   "got none"},
        BadMapping{"NoDestination", "/share/request/json", R"({"as": "{format}"})", "/share/request", "{to}, the list",
                   "got none"},
        BadMapping{"ListAmongText", "/share/request/json", R"({"to": "to {to}"})", "/share/request/json/to",
                   "stand alone", "'to {to}'"},
        BadMapping{"DeepInBody", "/share/request/json", R"({"to": "{to}", "a": [{"b": "{nobody}"}]})",
                   "/share/request/json/a/0/b", "a placeholder among", "got {nobody}"},
        BadMapping{"WordOfNobody", "/share/deliveries", R"({"GONE": "sent"})", "/share/deliveries/GONE",
                   "accepted, dispatched, failed, processed", "'sent'"},
        BadMapping{"ReceiptsWithoutRecipient", "/share/recipient", "", "/share/recipient", "since receipts are mapped",
                   "got none"},
        BadMapping{"TrackWithoutId", "/share/track/path", R"("/sends")", "/share/track", "expected {id}", "got none"},
        BadMapping{"ActionOfNobody", "/activity/actions", R"({"SEEN": "looked"})", "/activity/actions/SEEN",
                   "sign_in, sign_out", "'looked'"},
        BadMapping{"TokenByAnotherName", "/sign_in/token", R"("$.geheim")", "/sign_in/token", "ends with access_token",
                   "'$.geheim'"},
        BadMapping{"NoToken", "/sign_in/token", "", "/sign_in/token", "either a token or a cookie", "got none"},
        BadMapping{"TokenAndCookie", "/sign_in/cookie", R"("SID")", "/sign_in/token", "either a token or a cookie",
                   "got both"},
        BadMapping{"OddHeader", "/sign_in/send", R"({"header": "x-mine"})", "/sign_in/send/header", "x-api-key",
                   "\"x-mine\""},
        BadMapping{"TemplateWithoutToken", "/sign_in/send", R"({"template": "Bearer"})", "/sign_in/send/template",
                   "expected {token}", "'Bearer'"},
        BadMapping{"TwoExpiries", "/sign_in/expires_at", R"("$.until")", "/sign_in/expires_at",
                   "one of expires_in and expires_at", "got both"},
        BadMapping{"NoMediaType", "/download/ccda-2.1/media_type", "", "/download/ccda-2.1/media_type", "'media_type'",
                   "missing"},
        BadMapping{"OddFormat", "/download/C CDA", R"({"media_type": "a/b", "request": {"path": "/x"}})",
                   "/download/C CDA", "the id of a format", "'C CDA'"},
        BadMapping{"PollWithoutJob", "/download/ccda-2.1/wait/job", "", "/download/ccda-2.1/wait/job",
                   "job and poll go together", "got none"},
        BadMapping{"StateWithoutDone", "/download/ccda-2.1/wait/done", "", "/download/ccda-2.1/wait/done",
                   "the states in which it is", "got none"},
        BadMapping{"NoResult", "/download/ccda-2.1/wait/result", "", "/download/ccda-2.1/wait/result",
                   "either result or result_url", "got none"},
        BadMapping{"OddTimes", "/time_format", R"("german")", "/time_format", "rfc3339", "\"german\""}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(MappedTest, TheMappingThatTheBadOnesAreMadeOfIsGood) {
  LoadedConnector made(plugin, host, mapped_type, {{"", to_json(good_mapping())}});
  EXPECT_EQ(made.create_status, BB_OK) << made.create_error.message;
  EXPECT_THAT(host.requests, IsEmpty());
}

}  // namespace
}  // namespace bb::test
