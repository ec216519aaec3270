// double.hpp - what a test suite asks of the platform beside the protocol: /double.
//
// What was asked, faults for the next requests, the clock, and what is stored. The
// reference is docs/reference/record-platform.md. Served with --control alone, to who
// has the token of the ready line.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "record_platform/wildcat.hpp"

namespace bb::record_platform {

class Double {
 public:
  Double(std::function<std::int64_t()> clock, Database& database, const World& world);

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

  const std::string& token() const { return token_; }
  std::int64_t now_ns() const { return clock_() + offset_ns_; }

  // A request of the protocol, with the faults that wait for its method.
  web::HttpResponse answer(const web::HttpRequest& request);
  // Wakes who hangs.
  void stop();

 private:
  struct Fault {
    std::string method;  // "*": any
    std::string kind;
    std::int64_t count = 1;
    int code = 0;              // of "code"
    std::int64_t wait_ms = 0;  // of "hang"
  };

  std::optional<Fault> take_fault(const std::string& body);
  void hang(std::int64_t wait_ms);
  void note(const Seen& seen, const web::HttpRequest& request, std::int64_t begin_ns,
            const std::optional<Fault>& fault);
  Value journal();
  [[nodiscard]] Status add_fault(const Value& wanted);
  web::HttpResponse change(const std::string& what, const Value& wanted);
  void apply(Transaction& t, const std::string& what, const Value& wanted, Value& answer);
  Value things(const std::string& record);

  std::function<std::int64_t()> clock_;
  Database& database_;
  const World& world_;
  const std::string token_;
  std::atomic<std::int64_t> offset_ns_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::vector<Fault> faults_;
  std::deque<Value> journal_;
  std::int64_t number_ = 0;  // of the last entry
};

}  // namespace bb::record_platform
