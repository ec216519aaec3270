#include "portal/running_portal.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>

#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

constexpr std::int64_t ready_ms_max = 60'000;

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos) return {};
  const auto start = begin + before.size();
  const auto end = text.find(after, start);
  return end == std::string::npos ? std::string() : text.substr(start, end - start);
}

}  // namespace

void TemporaryFolder::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories((path() / name).parent_path());
  std::ofstream(path() / name, std::ios::binary) << text;
}

void write_sample_records(const TemporaryFolder& folder) {
  folder.write("alice.xml", ccda({"Alice", "Newman"}));
  folder.write("bob.xml", ccda({"Zo\u00eb", "\u00c5ngstr\u00f6m", "Sulfanilamide", "Metformin 500 MG Oral Tablet"}));
  folder.write("mallory.xml",
               ccda({"&lt;script&gt;alert(1)&lt;/script&gt;", "Tagg &amp; Co", "&lt;b&gt;Latex&lt;/b&gt;"}));
  folder.write("people.yaml",
               "people:\n"
               "  alice:   {record: alice.xml}\n"
               "  bob:     {record: bob.xml}\n"
               "  mallory: {record: mallory.xml}\n"
               "  carol:   {caregiver_of: [alice], name: Carol Newman}\n"
               "  ruth:    {caregiver_of: [], revoked: [alice]}\n");
}

std::filesystem::path portal_program() { return std::filesystem::path(BB_BINARY_DIR) / "bin/bluebridge-portal"; }

RunningPortal::RunningPortal(std::vector<std::string> arguments) {
  write_sample_records(records_);
  start(records_.path(), std::move(arguments));
}

RunningPortal::RunningPortal(const std::filesystem::path& records, std::vector<std::string> arguments) {
  start(records, std::move(arguments));
}

void RunningPortal::start(const std::filesystem::path& records, std::vector<std::string> arguments) {
  ::signal(SIGPIPE, SIG_IGN);  // the client library leaves it to the program
  arguments.insert(arguments.end(), {"--records", records.string(), "--exit-with-parent"});
  auto process = ChildProcess::start({portal_program(), arguments, {{"TMPDIR", temporary_.path().string()}}});
  ASSERT_TRUE(process) << process.error().what;
  process_.emplace(*std::move(process));
  const auto line = process_->read_line(ready_ms_max);
  ASSERT_TRUE(line) << line.error().what;
  ready_ = parsed(*line);
}

httplib::Client RunningPortal::client() const {
  httplib::Client client(url());
  client.set_ca_cert_path(ca_file());
  client.enable_server_certificate_verification(true);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_connection_timeout(10);
  client.set_read_timeout(30);
  return client;
}

ApiUser::ApiUser(const RunningPortal& portal, const std::string& account, const std::string& acting_for)
    : client_(portal.client()) {
  if (account.empty()) return;
  auto body = Value::object({{"account", account}, {"password", password_of(account)}});
  if (!acting_for.empty()) body.set("acting_for", acting_for);
  const auto answer = client_.Post("/api/session", to_json(body), "application/json");
  EXPECT_EQ(status_of(answer), 200) << body_of(answer);
  headers_.emplace("Authorization", "Bearer " + parsed(body_of(answer))["access_token"].string_or(""));
}

httplib::Result ApiUser::post(const std::string& path, const std::string& json, const std::string& idempotency_key) {
  auto headers = headers_;
  if (!idempotency_key.empty()) headers.emplace("Idempotency-Key", idempotency_key);
  return client_.Post(path, headers, json, "application/json");
}

Value ApiUser::json(const std::string& path) { return parsed(text(path)); }

std::string ApiUser::text(const std::string& path) {
  const auto answer = get(path);
  EXPECT_EQ(status_of(answer), 200) << path << ": " << body_of(answer);
  return body_of(answer);
}

Value ApiUser::share(const std::string& patient, const std::string& to, std::string key) {
  if (key.empty()) key = random_token();
  const auto answer =
      post("/api/patients/" + patient + "/shares", to_json(Value::object({{"to", Value::strings({to})}})), key);
  EXPECT_EQ(status_of(answer), 202) << body_of(answer);
  return parsed(body_of(answer));
}

std::string ApiUser::fresh_inbox() {
  const auto answer = client_.Post("/inbox", "{}", "application/json");
  EXPECT_EQ(status_of(answer), 201) << body_of(answer);
  return parsed(body_of(answer))["address"].string_or("");
}

httplib::Result Browser::get(const std::string& path) { return remember(client_.Get(path, {{"Cookie", cookies()}})); }

httplib::Result Browser::post(const std::string& path, const httplib::Params& fields) {
  return remember(client_.Post(path, httplib::Headers{{"Cookie", cookies()}}, fields));
}

httplib::Result Browser::sign_in(const std::string& account, const std::string& password) {
  EXPECT_EQ(status_of(get("/sign-in")), 200);
  return post("/sign-in", {{"csrf", token_}, {"account", account}, {"password", password}});
}

std::string Browser::cookies() const {
  std::string text;
  for (const auto& [name, value] : cookies_) text += (text.empty() ? "" : "; ") + name + "=" + value;
  return text;
}

httplib::Result Browser::remember(httplib::Result answer) {
  if (!answer) return answer;
  const auto [begin, end] = answer->headers.equal_range("Set-Cookie");
  for (auto field = begin; field != end; ++field) {
    const auto pair = field->second.substr(0, field->second.find(';'));
    const auto equals = pair.find('=');
    cookies_[pair.substr(0, equals)] = pair.substr(equals + 1);
    if (pair.size() == equals + 1) cookies_.erase(pair.substr(0, equals));
  }
  if (const auto token = between(answer->body, "name=\"csrf\" value=\"", "\""); !token.empty()) token_ = token;
  return answer;
}

std::string body_of(const httplib::Result& answer) { return answer ? answer->body : std::string("(no answer)"); }
int status_of(const httplib::Result& answer) { return answer ? answer->status : 0; }
std::string error_code_of(const httplib::Result& answer) {
  return parsed(body_of(answer))["error"]["code"].string_or("(none)");
}

std::string path_of(const std::string& url) {
  const auto slash = url.find('/', std::string("https://").size());
  return slash == std::string::npos ? "/" : url.substr(slash);
}

Value parsed(const std::string& json) {
  auto value = parse_json(json);
  EXPECT_TRUE(value) << json;
  return value ? *std::move(value) : Value();
}

bool eventually(const std::function<bool()>& holds) {
  for (int tries = 0; tries < 200; ++tries) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace bb::portal_test
