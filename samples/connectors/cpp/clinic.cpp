// clinic.cpp - a portal client: sign in, view, download, transmit.
//
// Speaks the sample portal's API (docs/reference/portal-api.md) through the
// host's HTTP alone, so that every exchange is evidence. bb::core reads JSON.
#include <map>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/sdk/connector.hpp>

#include "mail.hpp"

namespace {

using bb::to_view;
using bb::Value;

// What an HTTP status means to the host. Any 2xx is an answer.
bb_status status_of(int http_status) {
  static const std::map<int, bb_status> known = {
      {401, BB_E_UNAUTHENTICATED}, {403, BB_E_FORBIDDEN}, {404, BB_E_NOT_FOUND}, {429, BB_E_RATE_LIMITED}};
  if (const auto found = known.find(http_status); found != known.end()) return found->second;
  return http_status >= 500 ? BB_E_UNAVAILABLE : BB_E_REJECTED;
}

class Clinic final : public bb::Connector,
                     public bb::Session,
                     public bb::View,
                     public bb::Download,
                     public bb::Transmit {
 public:
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});
  static constexpr const char* config_schema = R"({"type": "object", "additionalProperties": false,
      "required": ["base_url"], "properties": {"base_url": {"type": "string", "format": "url"}}})";

  explicit Clinic(const bb::Context& context)
      : base_url_(context.config("/base_url")),
        http_(context.require<bb::Http>()),
        secret_(context.require<bb::Secret>()),
        clock_(context.require<bb::Clock>()),
        random_(context.require<bb::Random>()) {}

  bb::SignIn open(bb::Call& call, const bb_auth_request& request) override {
    if (!token_.empty()) throw bb::Failure{BB_E_STATE, "somebody is signed in already"};
    auto body = Value::object(
        {{"account", to_view(request.account)}, {"password", secret_.read(call, to_view(request.secret_password))}});
    if (request.acting_for.size != 0) body.set("acting_for", to_view(request.acting_for));
    const auto answer = ask_json(call, "signing in", "POST", "/api/session", bb::to_json(body));
    token_ = text(answer, "access_token");
    return session_of(answer);
  }
  bb::SessionInfo describe(bb::Call& call) override {
    return session_of(ask_json(call, "describing the session", "GET", "/api/session"));
  }
  void close(bb::Call& call) override {
    if (token_.empty()) return;
    try {
      ask(call, "signing out", "DELETE", "/api/session");
    } catch (const bb::Failure& failure) {
      if (failure.status != BB_E_UNAUTHENTICATED) throw;  // it had ended by itself
    }
    token_.clear();
  }

  void list(bb::Call& call, const bb_query& query, bb::Items& out) override {
    if (query.from_unix_ns != 0 || query.until_unix_ns != 0) throw no_range();
    const auto path = record(query.subject) + "/items?" + field("kind", query.kind) + field("cursor", query.cursor);
    const auto answer = ask_json(call, "listing", "GET", path);
    for (const auto& item : entries(answer, "items")) {
      call.check();
      const auto id = text(item, "id"), item_kind = text(item, "kind"), title = item["title"].string_or("");
      out.emit({.id = id, .kind = item_kind, .media_type = "text/html", .title = title});
    }
    if (const auto next = answer["next"].string_or(""); !next.empty()) out.cursor(next);
  }
  void read(bb::Call& call, std::string_view item_id, bb::Content& out) override {
    give(ask(call, "reading", "GET", record({}) + "/items/" + bb::percent_encode(item_id)), item_id, out);
  }

  void formats(bb::Call& call, std::string_view subject, bb::Formats& out) override {
    const auto answer = ask_json(call, "listing formats", "GET", record(bb::to_str(subject)) + "/formats");
    for (const auto& format : entries(answer, "formats"))
      out.emit(text(format, "id"), text(format, "media_type"), format["title"].string_or(""));
  }
  void fetch(bb::Call& call, const bb_download_request& request, bb::Content& out) override {
    static constexpr bb_query everything{};
    const auto& selection = request.selection != nullptr ? *request.selection : everything;
    if (selection.from_unix_ns != 0 || selection.until_unix_ns != 0) throw no_range();
    auto path = record(selection.subject) + "/download?format=" + bb::percent_encode(to_view(request.format_id));
    for (std::uint64_t i = 0; i < request.item_count; ++i)
      path += "&item=" + bb::percent_encode(to_view(request.item_ids[i]));
    give(ask(call, "downloading", "GET", path), to_view(request.format_id), out);
  }

  // One mail to each destination: the portal's inboxes take them over HTTPS.
  void transmit(bb::Call& call, const bb_outgoing& message, bb::Receipts& out) override {
    expect_session();
    const std::string key(to_view(message.idempotency_key));
    if (!sent_.contains(key)) {
      call.check();
      const auto mail = clinic::mail_of(message, random_.bytes(16), clock_.now_unix_ns());
      auto& receipts = sent_[key];  // before anything goes out: never twice
      for (std::uint64_t i = 0; i < message.destination_count; ++i)
        receipts.push_back({BB_DELIVERY_UNKNOWN, std::string(to_view(message.destinations[i]->address)), "no answer"});
      for (auto& receipt : receipts) {
        call.check();
        bb::HttpRequest request{.method = "POST", .url = receipt.to, .body = mail, .is_answer = true};
        request.headers = {{"content-type", "message/rfc822"}};
        const auto answer = http_.perform(call, request);
        receipt.delivery = answer.status / 100 == 2 ? BB_DELIVERY_ACCEPTED : BB_DELIVERY_FAILED;
        receipt.detail = "answered " + std::to_string(answer.status);
      }
    }
    track_transmit(call, key, out);
  }
  void track_transmit(bb::Call&, std::string_view message_id, bb::Receipts& out) override {
    expect_session();
    const auto sent = sent_.find(message_id);
    if (sent == sent_.end()) throw bb::Failure{BB_E_NOT_FOUND, "nothing was sent under that id"};
    for (const auto& [delivery, to, detail] : sent->second)
      out.emit({.delivery = delivery, .message_id = message_id, .recipient = to, .detail = detail});
  }

 private:
  struct Sent {
    bb_delivery delivery;
    std::string to, detail;
  };

  // An exchange that answers the call; anything but 2xx is a failure.
  bb::HttpResponse ask(bb::Call& call, std::string_view doing, std::string method, const std::string& path,
                       std::optional<std::string> body = {}) {
    call.check();
    bb::HttpRequest request{
        .method = std::move(method), .url = base_url_ + path, .body = std::move(body), .is_answer = true};
    if (request.body) request.headers.push_back({"content-type", "application/json"});
    if (!token_.empty()) request.headers.push_back({"authorization", "Bearer " + token_});
    auto answer = http_.perform(call, request);
    if (answer.status / 100 == 2) return answer;
    bb::Failure failure{status_of(answer.status),
                        std::string(doing) + ": the portal answered " + std::to_string(answer.status), "http",
                        answer.status};
    failure.remote_detail = bb::shorten(answer.body, 200);
    throw failure;
  }
  Value ask_json(bb::Call& call, std::string_view doing, std::string method, const std::string& path,
                 std::optional<std::string> body = {}) {
    auto value = bb::parse_json(ask(call, doing, std::move(method), path, std::move(body)).body);
    if (!value) throw bb::Failure{BB_E_PROTOCOL, std::string(doing) + ": the answer is no JSON"};
    return *std::move(value);
  }
  // A field of a URL's query, or nothing.
  static std::string field(const std::string& name, bb_str value) {
    return value.size == 0 ? std::string() : name + "=" + bb::percent_encode(to_view(value)) + "&";
  }
  void expect_session() const {
    if (token_.empty()) throw bb::Failure{BB_E_UNAUTHENTICATED, "nobody is signed in"};
  }
  static bb::Failure no_range() { return {BB_E_UNSUPPORTED, "this connector does not select by time"}; }
  static std::string text(const Value& object, std::string_view member) {
    if (const auto* found = object[member].string()) return *found;
    throw bb::Failure{BB_E_PROTOCOL, "the answer has no text '" + std::string(member) + "'"};
  }
  static const Value::Array& entries(const Value& object, std::string_view member) {
    if (const auto* found = object[member].items()) return *found;
    throw bb::Failure{BB_E_PROTOCOL, "the answer has no list '" + std::string(member) + "'"};
  }

  bb::SessionInfo session_of(const Value& answer) {
    patient_ = answer["patient"].string_or("");
    return {.method = BB_AUTH_PASSWORD,
            .subject = text(answer, "subject"),
            .patient = patient_,
            .acting_for = answer["acting_for"].string_or("")};
  }
  // The path of a patient's record; whose, unless told, the session says.
  std::string record(bb_str subject) const {
    expect_session();
    return "/api/patients/" + bb::percent_encode(subject.size == 0 ? std::string_view(patient_) : to_view(subject));
  }
  void give(const bb::HttpResponse& answer, std::string_view id, bb::Content& out) {
    const auto type = answer.header("content-type");
    out.head({.id = id, .media_type = type.substr(0, type.find(';')), .subject = patient_, .size = answer.body.size()});
    out.write(answer.body);
  }

  std::string base_url_;
  bb::Http http_;
  bb::Secret secret_;
  bb::Clock clock_;
  bb::Random random_;
  std::string token_, patient_;
  std::map<std::string, std::vector<Sent>, std::less<>> sent_;
};

}  // namespace

BB_PLUGIN(Clinic, "com.example.clinic", "Clinic portal", "Example, Inc.", "1.0.0")
