// plugins/rest/mapped/mapped_portal.hpp - org.bluebridge.rest.mapped: one person at a portal whose own API the
// configuration describes (docs/how-to/rest.md).
//
// One file per capability: mapped_session.cpp, mapped_view.cpp ... Host HTTP is the only network; the credential lives
// in memory and dies with the instance. After sign-out a token that the system was asked to end goes on being sent:
// whether it is refused is for the system to show.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "mapped/config_schema.hpp"
#include "mapped/mapped_line.hpp"
#include "mapped/mapping.hpp"

namespace bb::rest {

class MappedPortal final : public Connector,
                           public Session,
                           public View,
                           public Download,
                           public Share,
                           public Activity {
 public:
  static constexpr const char* config_schema = mapping_schema;
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});

  explicit MappedPortal(const Context& context);

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

 private:
  // A document that the system is making.
  struct Job {
    std::string id;   // {job}
    std::string url;  // where to ask, where it has none
  };
  struct Page {
    Value value;
    std::string next;  // cursor; empty at the end
  };

  // BB_E_UNAUTHENTICATED before sign-in; then BB_E_UNSUPPORTED, which names the key, where it is not mapped.
  template <class Map>
  const Map& mapped(std::optional<Map>&& map, std::string_view key, std::string_view doing) const = delete;
  template <class Map>
  const Map& mapped(const std::optional<Map>& map, std::string_view key, std::string_view doing) const {
    expect_session(doing);
    if (!map) throw Failure{BB_E_UNSUPPORTED, std::string(doing) + ": the mapping has no " + std::string(key)};
    return *map;
  }
  void expect_session(std::string_view doing) const;
  // The patient of a query, or of the session when the query names none.
  std::string patient_or_own(bb_str subject, std::string_view doing) const;
  // {from} and {until}; BB_E_UNSUPPORTED where the query bounds and the request cannot say so.
  void bind_range(Bindings& bindings, const bb_query& query, const RequestMap& request, std::string_view doing) const;

  Page page(Call& call, const RequestMap& request, const NextMap& next, const Field& entries, const bb_query& query,
            std::string_view doing) const;
  std::string next_of(const NextMap& next, const Value& answer, const HttpResponse& response,
                      std::string_view doing) const;

  SessionInfo session_of(const Value& answer, std::string_view doing) const;
  void take_credential(const HttpResponse& response, const Value& answer, std::string_view doing);

  void begin(Call& call, const FormatMap& format, const Bindings& bindings, const std::string& key, Content& out);
  void poll(Call& call, const FormatMap& format, Bindings bindings, const std::string& key, Content& out);
  static void emit_document(const FormatMap& format, const HttpResponse& response, std::string_view patient,
                            Content& out);

  void emit_receipts(const Value& answer, const bb_share_request* request, Receipts& out) const;
  Page event_page(Call& call, const bb_query& query);
  Value event_of(const Value& entry) const;

  Mapping mapping_;
  MappedLine line_;
  Secret secret_;
  std::optional<Clock> clock_;
  bool is_open_ = false;
  std::string account_, patient_;
  SessionInfo info_;
  std::map<std::string, Job, std::less<>> jobs_;      // by what was asked for
  std::map<std::string, Value, std::less<>> events_;  // of the last listing
};

}  // namespace bb::rest
