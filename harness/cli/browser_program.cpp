#include "harness/cli/browser_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include <bb/core/process.hpp>
#include <bb/core/time.hpp>
#include <bb/host/redirect_listener.hpp>

#include "harness/cli/terminal.hpp"

namespace bb::cli {
namespace {

constexpr std::int64_t look_ms = 200;  // for a program that failed

class ProgramVisit final : public engine::Visit {
 public:
  ProgramVisit(std::filesystem::path program, engine::Visitor visitor, std::unique_ptr<host::RedirectListener> listener)
      : program_(std::move(program)), visitor_(std::move(visitor)), listener_(std::move(listener)) {}

  const std::string& redirect_uri() const override { return listener_->address(); }

  Result<std::optional<std::string>> go(const std::string& url, std::int64_t timeout_ms,
                                        const host::Cancellation* cancellation) override {
    // What stands there is opened by a program of the user's.
    if (!url.starts_with("https://") && !url.starts_with("http://"))
      return Error{fmt::format("the connector asks to open '{}', expected an http or https address",
                               url.substr(0, url.find_first_of("?#")))};
    const auto end_ns = timeout_ms == 0 ? INT64_MAX : monotonic_ns() + timeout_ms * ns_per_ms;
    tell(fmt::format("{} ({}): {} signs in to '{}' in a browser{}\n", visitor_.test, visitor_.title,
                     visitor_.person.empty() ? "somebody" : visitor_.person, visitor_.role,
                     program_.empty() ? ": " + url : ""));
    std::optional<ChildProcess> child;
    if (!program_.empty()) {
      auto started = ChildProcess::start({.program = program_,
                                          .arguments = {url},
                                          .environment = {{"BLUEBRIDGE_TEST", visitor_.test},
                                                          {"BLUEBRIDGE_ROLE", visitor_.role},
                                                          {"BLUEBRIDGE_PERSON", visitor_.person}}});
      if (!started) return started.error();
      child = *std::move(started);
    }
    for (bool has_ended = !child;;) {
      const auto left_ms = (end_ns - monotonic_ns()) / ns_per_ms;
      if (left_ms <= 0) return std::optional<std::string>();
      if (auto came = listener_->wait(std::min(left_ms, look_ms), cancellation)) return came;
      if (cancellation != nullptr && cancellation->is_cancelled()) return std::optional<std::string>();
      const auto status = has_ended ? std::nullopt : child->wait(0);
      if (status && *status != 0) return Error{fmt::format("{} ended with status {}", program_.string(), *status)};
      has_ended = has_ended || status.has_value();
    }
  }

 private:
  std::filesystem::path program_;  // empty: the address is printed
  engine::Visitor visitor_;
  std::unique_ptr<host::RedirectListener> listener_;
};

class ProgramBrowser final : public engine::Browser {
 public:
  explicit ProgramBrowser(std::filesystem::path program) : program_(std::move(program)) {}

  Result<std::unique_ptr<engine::Visit>> begin(const engine::Visitor& visitor) override {
    BB_TRY(auto listener, host::RedirectListener::open(visitor.redirect_uri, visitor.state));
    return std::unique_ptr<engine::Visit>(new ProgramVisit(program_, visitor, std::move(listener)));
  }

 private:
  std::filesystem::path program_;
};

}  // namespace

OptionSpec browser_option() {
  return {"browser", "PROGRAM",
          "opens the page where a person signs in (xdg-open; '-' prints its address); without it such a sign-in waits "
          "for nobody",
          Completes::files};
}

Result<std::shared_ptr<engine::Browser>> make_browser(std::string_view program) {
  if (program == "-") return std::shared_ptr<engine::Browser>(new ProgramBrowser({}));
  std::error_code failed;
  const bool is_path = program.find('/') != std::string_view::npos;
  const auto found = is_path ? std::optional(std::filesystem::absolute(program, failed)) : find_program(program);
  if (!found || !std::filesystem::is_regular_file(*found, failed))
    return Error{fmt::format("'--browser' is '{}', expected a program, as a path or a name in PATH, or '-'", program)};
  return std::shared_ptr<engine::Browser>(new ProgramBrowser(*found));
}

}  // namespace bb::cli
