#include "fuzz.hpp"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::kit {
namespace {

constexpr int scripts_max = 60;
constexpr std::int64_t search_ms_max = 1500, cut_ms_max = 800, script_ms_max = 1000;
constexpr std::size_t finding_bytes_max = 1000;

// What playing it came to, in a child.
std::string outcome_of(const Fuzz& fuzz, const Script& script) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe(ends.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    const auto said = shorten(fuzz.play(script), finding_bytes_max);
    [[maybe_unused]] const auto written = ::write(ends[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  const auto end_ns = monotonic_ns() + script_ms_max * ns_per_ms;
  bool is_late = false;
  while (child > 0) {
    const auto left_ms = (end_ns - monotonic_ns()) / ns_per_ms;
    is_late = left_ms < 0;
    if (is_late) break;
    pollfd entry{ends[0], POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>(left_ms + 1)) <= 0) continue;
    std::array<char, 2048> buffer;
    const auto count = ::read(ends[0], buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  if (child < 0) return {};
  if (is_late) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (is_late) return fmt::format("plugin was not through after {} ms", script_ms_max);
  if (WIFSIGNALED(status)) return fmt::format("plugin process ended by SIG{}", ::sigabbrev_np(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) return fmt::format("plugin ended the process with status {}", WEXITSTATUS(status));
  return text;
}

// The script without what it does not need to end the same way.
Script cut_down(const Fuzz& fuzz, Script script, const std::string& finding) {
  const auto end_ns = monotonic_ns() + cut_ms_max * ns_per_ms;
  for (auto part = script.size() / 2; part > 0; part /= 2)
    for (std::size_t at = 0; at < script.size() && monotonic_ns() < end_ns;) {
      auto shorter = script;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(part, script.size() - at)));
      if (outcome_of(fuzz, shorter) == finding)
        script = std::move(shorter);
      else
        at += part;
    }
  return script;
}

std::string to_text(const Script& script) {
  std::vector<std::string> steps;
  for (const auto& step : script)
    steps.push_back(step.way.empty() ? step.operation : fmt::format("{} ({})", step.operation, step.way));
  return join(steps, ", ");
}

}  // namespace

Dice::Dice(std::string_view seed) : state_(0) {
  for (const char c : seed) state_ = state_ * 131 + static_cast<unsigned char>(c);
}

std::uint64_t Dice::next() {
  // splitmix64
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

Verdict run(const Fuzz& fuzz) {
  Dice dice(fuzz.seed);
  const auto end_ns = monotonic_ns() + search_ms_max * ns_per_ms;
  for (int i = 0; i < scripts_max && monotonic_ns() < end_ns; ++i) {
    const auto script = fuzz.make(dice);
    const auto finding = outcome_of(fuzz, script);
    if (finding.empty()) continue;
    return fail("{}, after sign-in and these calls: {}; again with --only {} --seed {}", finding,
                to_text(cut_down(fuzz, script, finding)), fuzz.check, fuzz.seed);
  }
  return pass();
}

}  // namespace bb::kit
