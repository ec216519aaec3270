// support/fake_connector.hpp - connectors in memory, for tests of the engine.
//
// Every operation succeeds and gives nothing unless a handler says otherwise.
// Handlers run on the engine's threads; what they share they must lock.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/engine/connectors.hpp"

namespace bb::test {

// A call as the connector sees it.
struct FakeCall {
  const host::Operation& operation;
  const host::CallOptions& options;
  const host::InstanceOptions& instance;
  int number = 1;  // of this operation on this instance, from 1
};

inline host::Reply emitted(Value value) {
  host::Reply reply;
  reply.emitted = std::move(value);
  reply.body = to_json(reply.emitted);
  reply.media_type = "application/json";
  reply.first_byte_ms = 0;
  return reply;
}

inline host::Reply content(std::string body, std::string media_type = "text/plain") {
  host::Reply reply;
  reply.body = std::move(body);
  reply.media_type = std::move(media_type);
  reply.item = Value::object({{"id", "item"}, {"kind", "document"}});
  reply.first_byte_ms = 0;
  return reply;
}

inline host::Reply refusal(bb_status status, std::string message = "because") {
  host::Reply reply;
  reply.status = status;
  reply.error.message = std::move(message);
  return reply;
}

class FakeConnectors final : public engine::ConnectorSource {
 public:
  using Handler = std::function<host::Reply(const FakeCall&)>;

  // `operation` is "bb.view/1 read".
  void on(const std::string& operation, Handler handler) { handlers_[operation] = std::move(handler); }
  void offer(std::vector<std::string> interfaces) { interfaces_ = std::move(interfaces); }
  void add_function(const std::string& operation) { functions_.push_back(operation); }
  // Of the plugin they pretend to come from; else they come from none.
  void set_version(engine::PluginVersion version) { version_ = std::move(version); }
  engine::PluginVersion version(const std::string&) const override { return version_; }
  // Whether calls of one instance may run at the same time.
  void set_overlap(bool may_overlap) { may_overlap_ = may_overlap; }
  void refuse_to_create(std::string why) { create_error_ = std::move(why); }

  // The process of each instance there is now has ended.
  void lose_processes() {
    const std::lock_guard lock(mutex_);
    lost_.insert(instances_.begin(), instances_.end());
  }

  bool is_lost(const std::string& instance) const {
    const std::lock_guard lock(mutex_);
    return lost_.contains(instance);
  }

  // Every call so far: "portal/alice bb.view/1 read".
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::vector<std::string> instances() const {
    const std::lock_guard lock(mutex_);
    return instances_;
  }
  long count(const std::string& call) const {
    const std::lock_guard lock(mutex_);
    return std::count(calls_.begin(), calls_.end(), call);
  }

  Result<std::unique_ptr<host::Connector>> create(const host::InstanceOptions& options) override {
    if (create_error_) return Error{*create_error_};
    const std::lock_guard lock(mutex_);
    instances_.push_back(options.name);
    lost_.erase(options.name);
    return std::unique_ptr<host::Connector>(new Fake(*this, options));
  }
  Result<std::vector<std::string>> interfaces(const std::string&) override { return interfaces_; }

 private:
  class Fake final : public host::Connector {
   public:
    Fake(FakeConnectors& source, host::InstanceOptions options) : source_(source), options_(std::move(options)) {}
    const std::string& type_id() const override { return options_.type_id; }
    const std::string& name() const override { return options_.name; }
    bool offers(const std::string& interface) const override {
      const auto& offered = source_.interfaces_;
      return std::find(offered.begin(), offered.end(), interface) != offered.end();
    }
    bool is_lost() const override { return source_.is_lost(options_.name); }
    bool may_overlap() const override { return source_.may_overlap_; }
    std::uint32_t session_methods() const override { return 0xffffffff; }
    bool has_function(const std::string& interface, const std::string& function) const override {
      const auto& functions = source_.functions_;
      return std::find(functions.begin(), functions.end(), interface + " " + function) != functions.end();
    }
    host::Reply invoke(const host::Operation& operation, const host::CallOptions& options) override {
      const std::string name = operation.interface + " " + operation.function;
      int number = 0;
      {
        const std::lock_guard lock(source_.mutex_);
        source_.calls_.push_back(options_.name + " " + name);
        number = ++numbers_[name];
      }
      const auto handler = source_.handlers_.find(name);
      if (handler == source_.handlers_.end()) return emitted(Value::object());
      return handler->second({operation, options, options_, number});
    }

   private:
    FakeConnectors& source_;
    const host::InstanceOptions options_;
    std::map<std::string, int> numbers_;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Handler> handlers_;
  std::vector<std::string> interfaces_ = {"bb.session/1", "bb.view/1",     "bb.download/1", "bb.share/1",
                                          "bb.inbox/1",   "bb.activity/1", "bb.probe/1"};
  std::vector<std::string> functions_;
  engine::PluginVersion version_;
  bool may_overlap_ = false;
  std::optional<std::string> create_error_;
  std::vector<std::string> calls_, instances_;
  std::set<std::string> lost_;  // names of instances
};

}  // namespace bb::test
