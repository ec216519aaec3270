#include "portal/smart_app.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/signature_keys.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/client_authentication.hpp>
#include <bb/smart/jws.hpp>

namespace bb::portal_test {
namespace {

constexpr const char* form_type = "application/x-www-form-urlencoded";

void replace(FormFields& fields, const std::string& name, const std::string& value) {
  for (auto& field : fields)
    if (field.first == name) {
      field.second = value;
      return;
    }
  fields.emplace_back(name, value);
}

}  // namespace

SmartApp::SmartApp(const RunningPortal& portal, const std::string& client_id)
    : portal_(portal), id_(client_id), client_(portal.client()) {
  const auto& clients = portal.ready()["smart"]["clients"];
  for (std::size_t index = 0; index < clients.size(); ++index)
    if (clients[index]["client_id"].string_or("") == client_id) described_ = clients[index];
  ask = {{"response_type", "code"},
         {"client_id", client_id},
         {"redirect_uri", "http://127.0.0.1:9/callback"},
         {"scope", "launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs"},
         {"state", "a state of more than 16 characters"},
         {"aud", portal.ready()["smart"]["fhir_base"].string_or("")},
         {"code_challenge", challenge},
         {"code_challenge_method", "S256"}};
}

SmartApp& SmartApp::set(const std::string& name, const std::string& value) {
  replace(ask, name, value);
  return *this;
}

SmartApp& SmartApp::drop(const std::string& name) {
  std::erase_if(ask, [&](const auto& field) { return field.first == name; });
  return *this;
}

httplib::Result SmartApp::authorize() { return client_.Get("/oauth/authorize?" + write_form(ask)); }

std::string SmartApp::sent_back(const Choice& choice) {
  Browser browser(portal_);
  EXPECT_EQ(status_of(browser.sign_in(choice.account, password_of(choice.account))), 303);
  const auto page = browser.get("/oauth/authorize?" + write_form(ask));
  if (status_of(page) != 200) return page ? page->get_header_value("Location") : "";
  httplib::Params form = {{"csrf", browser.token()},
                          {"request", write_form(ask)},
                          {"decision", choice.decision},
                          {"patient", choice.patient.empty() ? choice.account : choice.patient}};
  const auto* scopes = find_field(ask, "scope");
  for (const auto& scope : split(scopes == nullptr ? "" : *scopes, ' '))
    if (std::find(choice.refused.begin(), choice.refused.end(), scope) == choice.refused.end())
      form.emplace("scope", scope);
  const auto answer = browser.post("/oauth/consent", form);
  return status_of(answer) == 303 ? answer->get_header_value("Location") : "";
}

std::string SmartApp::code(const Choice& choice) { return parameter(sent_back(choice), "code"); }

httplib::Headers SmartApp::basic() const { return {{"Authorization", smart::basic_credentials(id_, secret())}}; }

FormFields SmartApp::assertion(const std::string& jti, std::int64_t age_s, std::int64_t lifetime_s) const {
  const auto pem = read_text(described_["key_file"].string_or(""));
  EXPECT_TRUE(pem);
  const auto key = SigningKey::from_pem(*pem);
  EXPECT_TRUE(key);
  const auto input = smart::signing_input_of({.client_id = id_,
                                              .token_url = portal_.url() + "/oauth/token",
                                              .algorithm = "ES384",
                                              .key_id = described_["key_id"].string_or(""),
                                              .id = jti,
                                              .now_unix_ns = now_unix_ns() - age_s * ns_per_second,
                                              .lifetime_s = lifetime_s});
  const auto signature = key->sign("ES384", input);
  EXPECT_TRUE(signature);
  return smart::assertion_fields(smart::compact_jws(input, *signature));
}

httplib::Result SmartApp::post_as(const std::string& name, const FormFields& fields, const httplib::Headers& headers) {
  return client_.Post("/oauth/" + name, headers, write_form(fields), form_type);
}

httplib::Result SmartApp::post(const std::string& name, FormFields fields) {
  const auto method = described_["authentication"].string_or("");
  if (method == "client_secret_basic") return post_as(name, fields, basic());
  if (method == "private_key_jwt") {
    for (auto& field : assertion(random_token())) fields.push_back(std::move(field));
  } else {
    fields.emplace_back("client_id", id_);
  }
  return post_as(name, fields, {});
}

httplib::Result SmartApp::redeem(const std::string& code, const FormFields& changes) {
  FormFields fields = {{"grant_type", "authorization_code"},
                       {"code", code},
                       {"redirect_uri", *find_field(ask, "redirect_uri")},
                       {"code_verifier", verifier}};
  for (const auto& [name, value] : changes)
    if (value == "(none)")
      std::erase_if(fields, [&name = name](const auto& field) { return field.first == name; });
    else
      replace(fields, name, value);
  return post("token", std::move(fields));
}

Value SmartApp::token(const Choice& choice) {
  const auto answer = redeem(code(choice));
  EXPECT_EQ(status_of(answer), 200) << body_of(answer);
  return parsed(body_of(answer));
}

httplib::Result SmartApp::refresh(const std::string& refresh_token, const std::string& scope) {
  FormFields fields = {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
  if (!scope.empty()) fields.emplace_back("scope", scope);
  return post("token", std::move(fields));
}

Value SmartApp::introspect(const std::string& token) {
  const auto answer = SmartApp(portal_, "demo-confidential").post("introspect", {{"token", token}});
  EXPECT_EQ(status_of(answer), 200) << body_of(answer);
  return parsed(body_of(answer));
}

httplib::Result SmartApp::userinfo(const std::string& token) {
  return client_.Get("/oauth/userinfo", {{"Authorization", "Bearer " + token}});
}

std::string parameter(const std::string& url, const std::string& name) {
  const auto fields = read_form(query_of_url(url));
  EXPECT_TRUE(fields) << url;
  const auto* field = fields ? find_field(*fields, name) : nullptr;
  return field == nullptr ? "" : *field;
}

std::string oauth_error_of(const httplib::Result& answer) {
  return parsed(body_of(answer))["error"].string_or("(none)");
}

}  // namespace bb::portal_test
