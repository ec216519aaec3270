// host_fixture.hpp - a host with the scripted connector, and a recorder that
// keeps everything it is told.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/host/host.hpp>

namespace bb::test {

class KeepingRecorder final : public host::Recorder {
 public:
  void exchange(const host::HttpExchange& exchange) override {
    const std::scoped_lock lock(mutex_);
    exchanges.push_back(exchange);
  }
  void log(const host::LogLine& line) override {
    const std::scoped_lock lock(mutex_);
    lines.push_back(line);
  }
  void evidence(const host::EvidenceRecord& record) override {
    const std::scoped_lock lock(mutex_);
    records.push_back(record);
  }

  void notice(const host::Notice& notice) override {
    const std::scoped_lock lock(mutex_);
    notices_.push_back(notice);
  }
  // May still come after a call.
  std::vector<host::Notice> notices() const {
    const std::scoped_lock lock(mutex_);
    return notices_;
  }

  std::vector<host::HttpExchange> exchanges;
  std::vector<host::LogLine> lines;
  std::vector<host::EvidenceRecord> records;

 private:
  mutable std::mutex mutex_;
  std::vector<host::Notice> notices_;
};

inline const char* fixture_folder() { return BB_FIXTURE_FOLDER; }

// Set where the same tests are to run with connectors in processes of their own.
inline std::filesystem::path connector_host() {
  const char* const program = std::getenv("BB_TEST_CONNECTOR_HOST");
  return program ? program : "";
}

// One instance of the scripted connector and what it reports to.
struct Scripted {
  KeepingRecorder recorder;
  host::Redactor redactor;
  std::unique_ptr<host::Clock> clock = host::make_real_clock();
  host::InstanceOptions options;
  host::Host host;
  std::unique_ptr<host::Connector> connector;

  // `plugin`: the folder of the fixture that it is.
  explicit Scripted(const char* plugin = "scripted", bool is_checked = false)
      : host({{std::filesystem::path(fixture_folder()) / plugin}, "test", connector_host(), is_checked}) {
    options.type_id = "org.example.scripted";
    options.name = "portal/alice";
    options.config = Value::object({{"base_url", "https://portal.example"}});
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
    options.http.is_cleartext_allowed = true;
  }

  // Makes the connector at the first call.
  host::Connector& instance() {
    if (!connector) {
      auto made = host.create(options);
      if (!made) throw std::runtime_error(made.error().what);
      connector = *std::move(made);
    }
    return *connector;
  }

  host::Reply invoke(const std::string& interface, const std::string& function, Value arguments,
                     const host::CallOptions& call = {}) {
    return instance().invoke({interface, function, std::move(arguments)}, call);
  }
  host::Reply probe(const std::string& name, Value arguments = Value::object(), const host::CallOptions& call = {}) {
    return invoke("bb.probe/1", "run", Value::object({{"name", name}, {"arguments", std::move(arguments)}}), call);
  }
  host::Reply get(const std::string& url, const host::CallOptions& call = {}) {
    return probe("http", Value::object({{"url", url}}), call);
  }
  const host::HttpExchange& exchange() const { return recorder.exchanges.back(); }
};

inline host::CallOptions within_ms(std::int64_t timeout_ms) {
  host::CallOptions options;
  options.timeout_ms = timeout_ms;
  return options;
}

inline std::string attribute(const host::Reply& reply, const std::string& name) {
  for (const auto& [key, value] : reply.attributes)
    if (key == name) return value;
  return "(none)";
}

}  // namespace bb::test
