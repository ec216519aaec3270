#include "harness/doctor/rehearsal.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/time.hpp>

namespace bb::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t whole_ms_min = 60'000;
constexpr std::int64_t whole_timeouts = 12;

// Holds what was read of patients, so nobody else may look, and nothing stays.
class PrivateFolder {
 public:
  static Result<std::unique_ptr<PrivateFolder>> create() {
    std::error_code failed;
    const auto parent = fs::temp_directory_path(failed);
    if (failed) return Error{"there is no folder for temporary files: " + failed.message()};
    auto path = parent / ("bluebridge-doctor-" + random_token());
    BB_CHECK(make_private_folder(path));
    return std::unique_ptr<PrivateFolder>(new PrivateFolder(std::move(path)));
  }
  ~PrivateFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  explicit PrivateFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// Cancels when the user does, or when the time is over.
class Deadline {
 public:
  Deadline(std::int64_t ms, const host::Cancellation* outer) : clock_(host::make_real_clock()) {
    if (outer != nullptr) registration_ = outer->on_cancel([this] { stop_.cancel(); });
    timer_ = std::jthread([this, ms] {
      if (clock_->sleep_ns(ms * ns_per_ms, &is_over_, 0) != host::Slept::whole) return;
      is_late_ = true;
      stop_.cancel();
    });
  }
  ~Deadline() {
    is_over_.cancel();
    timer_.join();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  const host::Cancellation& cancellation() const { return stop_; }
  bool is_late() const { return is_late_; }

 private:
  const std::unique_ptr<host::Clock> clock_;
  host::Cancellation stop_, is_over_;
  std::atomic<bool> is_late_ = false;
  std::unique_ptr<host::Cancellation::Registration> registration_;
  std::jthread timer_;
};

}  // namespace

const evidence::TestView* Rehearsal::find(const std::string& suite, const std::string& test) const {
  const auto found = std::find_if(tests.begin(), tests.end(), [&](const evidence::TestView& view) {
    return view.suite == suite && view.name == test;
  });
  return found == tests.end() ? nullptr : &*found;
}

Rehearsal rehearse(const engine::RunInput& input, const engine::Plan& plan, const engine::RunOptions& options,
                   std::int64_t timeout_ms, host::Host& host) {
  Rehearsal rehearsal;
  engine::RunInput reading{{}, input.target, input.answers, input.vocabulary};
  reading.suites.push_back(sign_in_suite(plan, timeout_ms, rehearsal.sign_ins));
  for (const auto& suite : input.suites)
    if (auto part = reading_suite(suite, timeout_ms); !part.is_empty()) reading.suites.push_back(std::move(part.suite));
  const auto folder = PrivateFolder::create();
  if (!folder) {
    rehearsal.problem = folder.error().what;
    return rehearsal;
  }
  const Deadline deadline(std::max(whole_ms_min, whole_timeouts * timeout_ms), options.cancellation);
  engine::RunOptions own = options;
  own.out = (*folder)->path();
  own.cancellation = &deadline.cancellation();
  own.on_test_done = [&](const evidence::TestView& test) { rehearsal.tests.push_back(test); };
  if (const auto ran = engine::run(reading, own, host); !ran) rehearsal.problem = ran.error().what;
  rehearsal.is_late = deadline.is_late();
  return rehearsal;
}

}  // namespace bb::doctor
