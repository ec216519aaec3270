// plugins/rest/portal.hpp - org.bluebridge.rest.portal: one person at a portal
// that speaks docs/reference/portal-api.md.
//
// One file per capability: portal_session.cpp, portal_view.cpp ... Host HTTP is
// the only network; the token lives in memory and dies with the instance. After
// sign-out the revoked token goes on being sent: whether it is refused is for the
// portal to show, not for this connector to assume.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/sdk/connector.hpp>

#include "api_client.hpp"
#include "json_answer.hpp"

namespace bb::rest {

class Portal final : public Connector,
                     public Session,
                     public View,
                     public Download,
                     public Share,
                     public Activity,
                     public Probe,
                     public Messaging,
                     public Refills,
                     public Appointments {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["base_url"],
    "properties": {
      "base_url": {"type": "string", "format": "url", "pattern": "^https://[^/?#]", "title": "Address of the portal",
        "description": "The part before /api, for example https://portal.example"},
      "cleartext_base_url": {"type": "string", "format": "url", "pattern": "^http://[^/?#]", "title": "Address without TLS",
        "description": "For the probe read-over-http alone; leave it out where the portal has none"},
      "source_key": {"type": "string", "minLength": 1, "title": "Name of the secret of the record system",
        "description": "For the probes that change records at their source, in a test system"},
      "source_url": {"type": "string", "format": "url", "pattern": "^https://[^/?#]", "title": "Door to the source of the records",
        "description": "For the probe time-to-visible alone, where the portal is a sample with --source"},
      "page_size": {"type": "integer", "minimum": 1, "maximum": 500, "title": "Items asked for at once"}}})";
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});

  explicit Portal(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list(Call& call, const bb_query& query, Items& out) override;
  void read(Call& call, std::string_view item_id, Content& out) override;

  void formats(Call& call, std::string_view subject, Formats& out) override;
  void fetch(Call& call, const bb_download_request& request, Content& out) override;

  void share(Call& call, const bb_share_request& request, Receipts& out) override;
  void track_share(Call& call, std::string_view message_id, Receipts& out) override;

  void list_events(Call& call, const bb_query& query, Items& out) override;
  void read_event(Call& call, std::string_view item_id, Content& out) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

  void list_threads(Call& call, const bb_query& query, Items& out) override;
  void read_thread(Call& call, std::string_view thread_id, Content& out) override;
  void list_recipients(Call& call, Items& out) override;
  void post(Call& call, std::string_view thread_id, const bb_outgoing& message, Receipts& out) override;

  void list_prescriptions(Call& call, const bb_query& query, Items& out) override;
  void read_prescription(Call& call, std::string_view prescription_id, Content& out) override;
  void request_refill(Call& call, const bb_refill_request& request, Content& out) override;
  void refill_status(Call& call, std::string_view refill_id, Content& out) override;

  void list_appointments(Call& call, const bb_query& query, Items& out) override;
  void list_slots(Call& call, const bb_query& query, Items& out) override;
  void read_appointment(Call& call, std::string_view item_id, Content& out) override;
  void book(Call& call, const bb_booking& booking, Content& out) override;
  void cancel(Call& call, std::string_view appointment_id, Content& out) override;

 private:
  using QueryPairs = std::vector<std::pair<std::string, std::string>>;

  // The patient of a query, or of the session when the query names none.
  // BB_E_UNAUTHENTICATED before sign-in.
  std::string patient_or_own(bb_str subject, std::string_view doing) const;
  // limit, cursor, from and until of a listing.
  QueryPairs paging(const bb_query& query) const;
  // from and until; empty pairs where the query is open.
  static QueryPairs time_range(const bb_query& query);
  // How many items a listing asks for; 0 = the portal's choice.
  std::uint32_t limit_of(const bb_query& query) const;
  // BB_E_PROTOCOL for a page that is longer than was asked for.
  void expect_page(std::size_t count, const bb_query& query, std::string_view doing) const;

  SessionInfo session_of(const JsonAnswer& answer) const;

  // One exchange whose answer is a JSON object with an "id", given as it is.
  void give_json(Call& call, const ApiRequest& request, int status_expected, std::string_view kind,
                 std::string_view doing, Content& out) const;

  JsonAnswer event_page(Call& call, const bb_query& query);
  void emit_receipts(const JsonAnswer& answer, Receipts& out) const;

  // The patient of the session; BB_E_STATE before sign-in, since a probe that
  // was never sent must not look like a refusal of the portal's.
  const std::string& probed_patient(std::string_view probe) const;
  // What a probe sends; BB_E_NOT_FOUND for a name that list_probes does not give.
  ApiRequest probe_request(Call& call, std::string_view name, const Value& given) const;
  // Those of portal_access_probes.cpp; none: it is no name of theirs.
  std::optional<ApiRequest> access_probe_request(Call& call, std::string_view name, const Value& given) const;
  void list_access_probes(Probes& out) const;

  // portal_requests.cpp
  void tell_source(Call& call, std::string_view what, const Value& body) const;
  void measure_visibility(Call& call, std::string_view name, const Value& given, Content& out);
  void read_later(Call& call, std::string_view name, const Value& given, Content& out);
  void guess_passwords(Call& call, std::string_view name, const Value& given, Content& out);
  void request_restriction(Call& call, std::string_view name, const Value& given, Content& out);

  ApiClient api_;
  std::optional<std::string> cleartext_base_url_;
  std::optional<std::string> source_key_;  // the name of a secret
  std::optional<std::string> source_url_;
  Secret secret_;
  std::optional<Clock> clock_;
  std::uint32_t page_size_;
  bool is_open_ = false;
  std::string account_;  // of the last session, as the token in api_
  std::string patient_;
  std::map<std::string, std::string, std::less<>> events_;  // of the last listing: id to JSON
  std::map<std::string, std::string, std::less<>> slots_;   // likewise
};

}  // namespace bb::rest
