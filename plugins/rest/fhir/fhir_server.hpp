// plugins/rest/fhir/fhir_server.hpp - org.bluebridge.rest.fhir: one person, or one backend
// service, at a FHIR server that SMART on FHIR protects.
//
// One file per capability: fhir_session.cpp, fhir_view.cpp ... Host HTTP is the only network. Tokens
// live in memory and die with the instance; a refresh token is kept where the target names a secret for it.
// Calls may overlap: those that change the session wait for each other, all others take what they need of it.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>

#include "fhir/bundle.hpp"
#include "fhir/fhir_line.hpp"
#include "fhir/kept_reads.hpp"
#include "fhir/listings.hpp"
#include "fhir/profiles.hpp"
#include "fhir/search_query.hpp"
#include "fhir/smart_access.hpp"

namespace bb::rest {

class FhirServer final : public Connector, public Session, public View, public Download, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["base_url"],
    "properties": {
      "base_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]", "title": "Base of the FHIR server",
        "description": "Without a resource type, for example https://ehr.example/fhir/r4"},
      "profile": {"enum": ["us-core", "fhir-r4", "carin-bb", "cms-bb2"], "default": "us-core", "title": "What the server claims"},
      "client_id": {"type": "string", "minLength": 1, "title": "Id that the application is registered by"},
      "authentication": {"enum": ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"], "default": "none",
        "title": "How the application proves itself"},
      "signing_algorithm": {"enum": ["ES384", "RS384"], "default": "ES384", "title": "Of private_key_jwt"},
      "key_id": {"type": "string", "minLength": 1, "title": "Of private_key_jwt: the kid that the server knows the key by"},
      "scopes": {"type": "string", "minLength": 1, "title": "Asked for; the profile's own unless told"},
      "patient": {"type": "string", "minLength": 1, "title": "Whose record, where the token does not say"},
      "patient_as": {"enum": ["id", "reference"], "default": "id", "title": "How searches name the patient",
        "description": "reference: Patient/ID, for servers that know no other form"},
      "group": {"type": "string", "minLength": 1, "title": "Whose members are exported; without it all patients"},
      "authorization_endpoint": {"type": "string", "format": "url", "title": "Where discovery does not say"},
      "token_endpoint": {"type": "string", "format": "url", "title": "Where discovery does not say"},
      "revocation_endpoint": {"type": "string", "format": "url", "title": "Where discovery does not say"},
      "summary": {"type": "boolean", "default": false, "title": "The server has Patient/$summary"},
      "conditional_reads": {"type": "boolean", "default": false, "title": "What was read is asked for again only if it has changed"},
      "page_size": {"type": "integer", "minimum": 1, "maximum": 1000, "title": "Entries asked for at once"},
      "pages_max": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 1000, "title": "Pages followed in one search"}}})";
  static constexpr auto auth_methods =
      bb::auth_methods({BB_AUTH_NONE, BB_AUTH_CLIENT_CREDENTIALS, BB_AUTH_USER_REDIRECT});

  static constexpr bool is_concurrent = true;

  explicit FhirServer(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SignIn resume(Call& call, const bb_auth_request& request, std::string_view resume_state,
                std::string_view response) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list(Call& call, const bb_query& query, Items& out) override;
  void read(Call& call, std::string_view item_id, Content& out) override;

  void formats(Call& call, std::string_view subject, Formats& out) override;
  void fetch(Call& call, const bb_download_request& request, Content& out) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  struct Open {
    SessionInfo info;
    SecretNames secrets;
    std::int64_t renew_unix_ns = 0;  // 0: not known
    SecretBytes refresh_token = {};
    SharedToken token = {};  // null: nobody signed in to an open server
  };
  // Of the session as it is now.
  struct Entered {
    SessionInfo info;
    SecretNames secrets;
    SharedToken token;
    std::int64_t renew_unix_ns = 0;
    std::uint64_t number = 0;  // another one for each session
  };

  std::optional<Granted> granted_by_kept(Call& call, const SecretNames& secrets);
  SessionInfo enter(bb_auth_method method, Granted granted, const SecretNames& secrets);
  std::optional<Entered> entered() const;
  // BB_E_UNAUTHENTICATED where nobody is signed in.
  Entered expect_entered(std::string_view doing) const;
  // Renewed once where its end is near or the server has refused it, by whichever call is first; without a refresh
  // token as it is. The token that is good now; null where it is the one that was used.
  SharedToken renew(Call& call, const SharedToken& used);
  // Those two with `session_mutex_` held.
  bool renew_session(Call& call);
  // The session goes on with what was granted; what that does not say is as before.
  void go_on_with(const Entered& session, Granted granted);
  // Whatever came back to a request with this session's token, where it has one; once again with a new token where
  // the server refuses that.
  HttpResponse send(Call& call, FhirRequest& request, const std::optional<Entered>& session, std::string_view doing);
  // An answer in 2xx, or 304 to a conditional request.
  HttpResponse ask(Call& call, FhirRequest request, std::string_view doing);
  std::string patient_or_own(bb_str subject, std::string_view doing) const;

  SearchesFor searches_for(std::string_view patient) const;
  // A page of a search.
  Bundle search(Call& call, const std::string& url, const FormFields& query, std::string_view doing);
  // All pages of the searches that make up a record, as one Bundle.
  std::string whole_record(Call& call, const std::string& patient, const bb_query& selection);
  void fetch_summary(Call& call, const std::string& patient, const bb_download_request& request, Content& out);
  void fetch_docref(Call& call, const std::string& patient, const bb_query& selection, Content& out);
  void fetch_export(Call& call, Content& out);
  void probe_fhir(Call& call, const Value& given, Content& out);
  // Whatever came back, with the token where there is one.
  HttpResponse get(Call& call, const std::string& url, const FormFields& query);
  using AddPage = std::function<void(const Bundle& page)>;
  // The status of the last answer: 200, or that of what was refused.
  std::int64_t gather_search(Call& call, const RecordSearch& search, const AddPage& add);
  void probe_record(Call& call, Content& out);
  void probe_authorize(Call& call, const Value& given, Content& out);
  void probe_service_list(Call& call, const Value& given, std::string_view name, Content& out);
  std::string address_of(const std::string& path, bool is_for_anybody) const;
  void probe_token(Call& call, const Value& given, Content& out);
  // What `own` of that probe names; throws where there is none.
  std::string own_value(std::string_view name) const;

  const ServerProfile& profile_;
  FhirLine line_;
  const Release release_;
  SmartAccess access_;
  Clock clock_;
  std::string scopes_, group_;
  PatientForm patient_form_;
  bool has_summary_, is_conditional_;
  std::int64_t page_size_, pages_max_;
  std::timed_mutex session_mutex_;  // held while the session is made, renewed or ended
  mutable std::mutex state_mutex_;  // of what follows; never held during an exchange; after `session_mutex_`
  std::string patient_;             // of the configuration, or of the last who signed in
  std::optional<Open> open_;
  std::uint64_t ended_count_ = 0;  // sessions
  SharedToken ended_token_;        // of the last session, for who asks whether it is good still
  // With `session_mutex_` held.
  bool is_code_kept_ = false;  // of the person who is away: the code is for probes
  SecretBytes ended_refresh_token_;
  SecretBytes used_refresh_token_;  // before the session's own
  SecretNames ended_secrets_;
  KeptReads kept_;  // where reads are conditional
  Listings listings_;
  std::timed_mutex export_mutex_;
  std::string export_status_url_;  // of a bulk export that is under way
  std::uint64_t export_session_ = 0;
};

}  // namespace bb::rest
