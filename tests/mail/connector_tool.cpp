// connector_tool: drives connectors as a host does, for tests that have their servers in
// another language. Reads a JSON object a line and answers each with one.
//
//   connector_tool PLUGIN_FOLDER CONNECTOR_HOST
//   {"make": "out", "type": ID, "config": {...}, "secrets": {NAME: FILE}, "ca_file": FILE, "cleartext": false}
//   {"on": "out", "interface": "bb.transmit/1", "function": "send", "arguments": {...}}
//   {"evidence": true}    what was recorded since it was asked last; {"exchanges": true} of HTTP
//   {"advance_s": 3600}   the connectors' clock goes forward
// An attachment's content may be given as content_base64. Bytes are answered as base64.
#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/host/host.hpp>

namespace {

using bb::Value;

class Evidence final : public bb::host::Recorder {
 public:
  void exchange(const bb::host::HttpExchange& exchange) override {
    auto seen = Value::object({{"url", exchange.url},
                               {"sent", exchange.request_body},
                               {"status", exchange.status},
                               {"received", exchange.response_body}});
    const std::scoped_lock lock(mutex_);
    exchanges_.push(std::move(seen));
  }
  void log(const bb::host::LogLine&) override {}
  void evidence(const bb::host::EvidenceRecord& record) override {
    auto seen = Value::object({{"protocol", record.protocol},
                               {"step", record.step},
                               {"peer", record.peer},
                               {"sent", bb::base64_encode(record.sent)},
                               {"received", bb::base64_encode(record.received)}});
    const std::scoped_lock lock(mutex_);
    records_.push(std::move(seen));
  }
  Value take_exchanges() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(exchanges_, Value::array());
  }
  Value take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(records_, Value::array());
  }

 private:
  std::mutex mutex_;
  Value records_ = Value::array(), exchanges_ = Value::array();
};

// The machine's, moved forward.
class MovedClock final : public bb::host::Clock {
 public:
  std::int64_t now_unix_ns() override { return real_->now_unix_ns() + ahead_ns_; }
  bb::host::Slept sleep_ns(std::int64_t duration_ns, const bb::host::Cancellation* cancellation,
                           std::int64_t deadline_ns) override {
    return real_->sleep_ns(duration_ns, cancellation, deadline_ns);
  }
  void advance_s(std::int64_t seconds) { ahead_ns_ += seconds * bb::ns_per_second; }

 private:
  std::unique_ptr<bb::host::Clock> real_ = bb::host::make_real_clock();
  std::atomic<std::int64_t> ahead_ns_{0};
};

class Tool {
 public:
  Tool(const std::string& plugin_folder, const std::string& connector_host)
      : host_({{plugin_folder}, "test", connector_host, false}) {}

  Value answer(const Value& asked) {
    if (asked["make"].is_string()) return make(asked);
    if (asked["on"].is_string()) return call(asked);
    if (const auto* seconds = asked["advance_s"].integer()) {
      clock_.advance_s(*seconds);
      return Value::object({{"advanced", true}});
    }
    if (asked["exchanges"].is_bool()) return Value::object({{"exchanges", evidence_.take_exchanges()}});
    return Value::object({{"evidence", evidence_.take()}});
  }

 private:
  Value make(const Value& asked) {
    const auto name = asked["make"].string_or("");
    bb::host::InstanceOptions options;
    options.type_id = asked["type"].string_or("");
    options.name = name;
    options.config = asked["config"];
    if (const auto* secrets = asked["secrets"].members())
      for (const auto& [secret, file] : *secrets) options.secrets[secret] = {"", file.string_or("")};
    options.http.ca_file = asked["ca_file"].string_or("");
    options.http.is_cleartext_allowed = asked["cleartext"].boolean_or(false);
    options.is_network_allowed = true;
    options.clock = &clock_;
    options.recorder = &evidence_;
    options.redactor = &redactor_;
    auto made = host_.create(options);
    if (!made) return Value::object({{"error", made.error().what}});
    connectors_[name] = *std::move(made);
    return Value::object({{"made", name}});
  }

  Value call(const Value& asked) {
    auto arguments = asked["arguments"];
    if (auto* attachments = arguments.find("attachments"))
      for (auto& attachment : *attachments->items())
        if (const auto* content = attachment["content_base64"].string())
          attachment = Value::object({{"filename", attachment["filename"]},
                                      {"media_type", attachment["media_type"]},
                                      {"content", bb::base64_decode(*content).value_or("")}});
    bb::host::CallOptions options;
    options.timeout_ms = asked["timeout_ms"].integer_or(0);
    const auto reply =
        connectors_.at(asked["on"].string_or(""))
            ->invoke({asked["interface"].string_or(""), asked["function"].string_or(""), arguments}, options);
    auto attributes = Value::object({});
    for (const auto& [name, value] : reply.attributes) attributes.set(name, value);
    return Value::object({{"status", bb::host::status_name(reply.status)},
                          {"result", bb::host::result_word(reply)},
                          {"message", reply.error.message},
                          {"code", reply.error.domain_code},
                          {"emitted", reply.emitted},
                          {"attributes", attributes},
                          {"media_type", reply.media_type},
                          {"body", bb::base64_encode(reply.body)}});
  }

  bb::host::Redactor redactor_;
  MovedClock clock_;
  Evidence evidence_;
  bb::host::Host host_;
  std::map<std::string, std::unique_ptr<bb::host::Connector>> connectors_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: connector_tool PLUGIN_FOLDER CONNECTOR_HOST\n";
    return 2;
  }
  Tool tool(argv[1], argv[2]);
  for (std::string line; std::getline(std::cin, line);) {
    const auto asked = bb::parse_json(line);
    if (!asked) {
      std::cerr << asked.error().what << '\n';
      return 2;
    }
    std::cout << bb::to_json(tool.answer(*asked)) << std::endl;
  }
}
