// smart_app.hpp - an application that is let in by the portal, and the person who lets it.
#pragma once

#include <string>
#include <vector>

#include <bb/core/form.hpp>

#include "portal/running_portal.hpp"

namespace bb::portal_test {

// RFC 7636, appendix B.
inline const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline const std::string challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

// What the person does on the consent page.
struct Choice {
  std::string account = "alice";
  std::vector<std::string> refused = {};  // scopes
  std::string decision = "allow";
  std::string patient = {};  // empty: the account
};

class SmartApp {
 public:
  // One of the portal's applications for demonstration.
  explicit SmartApp(const RunningPortal& portal, const std::string& client_id = "demo-public");

  // Fields of the authorization request; set() replaces, drop() removes.
  FormFields ask;
  SmartApp& set(const std::string& name, const std::string& value);
  SmartApp& drop(const std::string& name);

  // The application's own request, without a person.
  httplib::Result authorize();
  // Where the browser is sent after the choice; empty: nowhere.
  std::string sent_back(const Choice& choice = {});
  // The code that it comes with; empty: none.
  std::string code(const Choice& choice = {});
  // A POST to "/oauth/<name>", proven as the application is registered.
  httplib::Result post(const std::string& name, FormFields fields);
  // The same with what proves it given.
  httplib::Result post_as(const std::string& name, const FormFields& fields, const httplib::Headers& headers);
  // The exchange of a code; fields of `changes` replace others, and such with the value "(none)" are left out.
  httplib::Result redeem(const std::string& code, const FormFields& changes = {});
  // All of the way; a test failure where there is no token.
  Value token(const Choice& choice = {});
  httplib::Result refresh(const std::string& refresh_token, const std::string& scope = "");
  Value introspect(const std::string& token);  // by the confidential one
  httplib::Result userinfo(const std::string& token);

  // An assertion of the one with a key.
  FormFields assertion(const std::string& jti, std::int64_t age_s = 0, std::int64_t lifetime_s = 240) const;
  httplib::Headers basic() const;
  std::string secret() const { return described_["client_secret"].string_or(""); }
  const std::string& id() const { return id_; }
  httplib::Client& client() { return client_; }

 private:
  const RunningPortal& portal_;
  std::string id_;
  Value described_;
  httplib::Client client_;
};

// A parameter of a URL's query; empty: it has none.
std::string parameter(const std::string& url, const std::string& name);
std::string oauth_error_of(const httplib::Result& answer);

}  // namespace bb::portal_test
