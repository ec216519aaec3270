// runner.cpp - each check in a child of its own.
//
// The children are forked and not started anew: a check then costs a
// millisecond, and the parent never loads the library, so every child begins
// clean. A check's child and whatever it started are one process group, which
// is killed whatever the outcome.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <bb/core/descriptor.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "checks.hpp"
#include "sanitizer.hpp"

namespace bb::kit {
namespace {

constexpr std::size_t what_bytes_max = 4000;
constexpr rlim_t file_bytes_written_max = 64 * 1024 * 1024;
constexpr std::size_t last_words_bytes_max = 300;
constexpr std::size_t output_bytes_read_max = 256 * 1024;

int result_fd = -1;
struct sigaction former_on_segv = {}, former_on_bus = {};  // a sanitizer's, which writes a report

// A fault on a page of ours is a finding, not a crash.
void on_fault(int signal, siginfo_t* info, void*) {
  const char* text = nullptr;
  if (Lender::place_of(info->si_addr) == Lender::Place::taken_back)
    text =
        "F1plugin read memory after it had been taken back, with the call or the stream that it was lent for; expected "
        "a copy";
  if (Lender::place_of(info->si_addr) == Lender::Place::behind_a_struct)
    text = "F1plugin read behind the end of a struct of version 1.0; expected BB_HAS before every later field";
  if (text != nullptr && result_fd >= 0) {
    [[maybe_unused]] const auto written = ::write(result_fd, text, ::strlen(text));
    ::_exit(0);
  }
  ::sigaction(signal, signal == SIGBUS ? &former_on_bus : &former_on_segv, nullptr);
}

void catch_faults() {
  static std::array<char, 65536> stack;
  stack_t alternative = {};
  alternative.ss_sp = stack.data();
  alternative.ss_size = stack.size();
  ::sigaltstack(&alternative, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &action, &former_on_segv);
  ::sigaction(SIGBUS, &action, &former_on_bus);
}

char letter(Outcome outcome) {
  switch (outcome) {
    case Outcome::fail:
      return 'F';
    case Outcome::warn:
      return 'W';
    case Outcome::skip:
      return 'S';
    default:
      return 'P';
  }
}

std::string encode(const Verdict& verdict) {
  return std::string{letter(verdict.outcome), verdict.is_judged ? '1' : '0'} + shorten(verdict.what, what_bytes_max);
}

bool decode(std::string_view text, Verdict& out) {
  if (text.size() < 2) return false;
  constexpr std::pair<char, Outcome> letters[]{
      {'P', Outcome::pass}, {'F', Outcome::fail}, {'W', Outcome::warn}, {'S', Outcome::skip}};
  for (const auto& [known, outcome] : letters)
    if (known == text[0]) out.outcome = outcome;
  out.is_judged = text[1] == '1';
  out.what = to_utf8_lossy(text.substr(2));
  return true;
}

// What was written to the file of the output from a place on, bounded.
std::string output_from(int output, off_t begin) {
  const auto size = std::max<off_t>(0, ::lseek(output, 0, SEEK_END) - begin);
  std::string text(std::min(static_cast<std::size_t>(size), output_bytes_read_max), '\0');
  const auto count = ::pread(output, text.data(), text.size(), begin);
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return to_utf8_lossy(text);
}

[[noreturn]] void be_child(const Check& check, const Subject& subject, const std::string& seed, int result, int output,
                           pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  ::setpgid(0, 0);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit file_size{file_bytes_written_max, file_bytes_written_max};
  ::setrlimit(RLIMIT_FSIZE, &file_size);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null >= 0) ::dup2(null, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  result_fd = result;
  catch_faults();
  Bench bench(subject, seed);
  auto verdict = check.run(bench);
  // A sanitizer that reports and goes on. What it said at load is lib-static-init-clean's.
  const auto printed = output_from(output, bench.printed_at_load());
  if (const auto report = sanitizer_report(printed); verdict.outcome == Outcome::pass && !report.empty())
    verdict = fail("a sanitizer said: {}", shorten(report, last_words_bytes_max));
  const auto text = encode(verdict);
  [[maybe_unused]] const auto written = ::write(result, text.data(), text.size());
  // No exit handlers: the library is loaded, and how it ends is for one check.
  ::_exit(0);
}

// What the child printed last, or the headline of a sanitizer's report.
std::string last_words(int output) {
  const auto all = output_from(output, 0);
  auto text = sanitizer_report(all);
  if (text.empty()) {
    text = trim(all);
    text = text.substr(text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1);
  }
  return shorten(text, last_words_bytes_max);
}

void run_in_child(const Check& check, const Subject& subject, const std::string& seed, std::int64_t timeout_ms,
                  Finding& finding) {
  std::array<int, 2> ends{-1, -1};
  const Descriptor output(::memfd_create("bluebridge-kit", MFD_CLOEXEC));
  const auto cannot = [&] {
    finding.outcome = Outcome::skip;
    finding.what = fmt::format("no child process could be made: {}", std::strerror(errno));
  };
  if (output.get() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot();
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return cannot();
  if (child == 0) be_child(check, subject, seed, write_end.get(), output.get(), parent);
  ::setpgid(child, child);
  write_end.close();
  std::string text;
  const auto deadline_ns = monotonic_ns() + timeout_ms * ns_per_ms;
  bool is_late = false;
  for (;;) {
    const auto left_ms = (deadline_ns - monotonic_ns()) / ns_per_ms;
    if (left_ms < 0) {
      is_late = true;
      break;
    }
    pollfd entry{read_end.get(), POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left_ms + 1, 1000))) <= 0) continue;
    std::array<char, 4096> buffer;
    const auto count = ::read(read_end.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > 2 * what_bytes_max) break;
  }
  // The child itself may be done and a thing that it started not: both go. One
  // that is on its way out keeps its own status.
  siginfo_t ended = {};
  const auto grace_ns = monotonic_ns() + (is_late ? 0 : 1000 * ns_per_ms);
  do {
    ended.si_pid = 0;
    if (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == child)
      break;
    ::usleep(200);
  } while (monotonic_ns() < grace_ns);
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Verdict verdict;
  if (decode(text, verdict)) {
    finding.outcome = verdict.outcome;
    finding.is_judged = verdict.is_judged;
    finding.what = std::move(verdict.what);
    return;
  }
  if (is_late) {
    finding.outcome = Outcome::timeout;
    finding.what = fmt::format("plugin was not through after {} ms and was killed", timeout_ms);
    return;
  }
  finding.outcome = Outcome::crash;
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    finding.what = fmt::format("plugin process ended by SIG{}, expected an answer", name != nullptr ? name : "?");
  } else {
    finding.what = fmt::format("plugin ended the process with status {}, expected an answer", WEXITSTATUS(status));
  }
  if (const auto words = last_words(output.get()); !words.empty())
    finding.what += fmt::format("; it printed: {}", words);
}

}  // namespace

const std::vector<Check>& all_checks() {
  static const std::vector<Check> all = [] {
    std::vector<Check> made;
    for (auto part : {library_checks(), lifecycle_checks(), call_checks(), capability_checks(), host_checks(),
                      stream_checks(), stress_checks(), thread_checks(), fuzz_checks()})
      made.insert(made.end(), part.begin(), part.end());
    std::stable_sort(made.begin(), made.end(),
                     [](const Check& a, const Check& b) { return a.info.strictness < b.info.strictness; });
    return made;
  }();
  return all;
}

std::vector<CheckInfo> checks() {
  std::vector<CheckInfo> infos;
  for (const auto& check : all_checks()) infos.push_back(check.info);
  return infos;
}

Report run(const Subject& subject, const Options& options, const std::function<void(const Finding&)>& on_finding) {
  Report report{subject.manifest.library,
                subject.manifest.file,
                subject.setup_file,
                options.seed.empty() ? subject.sha256.substr(0, 16) : options.seed,
                options.strictness,
                options.is_in_process,
                {}};
  // Most checks drive each type of the library in turn.
  const auto timeout_ms = options.timeout_ms * std::max<std::int64_t>(1, std::ssize(subject.manifest.types));
  for (const auto& check : all_checks()) {
    if (options.only.empty() ? check.info.strictness > options.strictness : check.info.id != options.only) continue;
    Finding finding;
    finding.check = check.info;
    const auto begin = monotonic_ns();
    if (options.is_in_process) {
      Bench bench(subject, report.seed);
      auto verdict = check.run(bench);
      finding.outcome = verdict.outcome;
      finding.is_judged = verdict.is_judged;
      finding.what = std::move(verdict.what);
    } else {
      run_in_child(check, subject, report.seed, timeout_ms, finding);
    }
    finding.took_ms = (monotonic_ns() - begin) / ns_per_ms;
    if (const auto excuse = subject.excuses.find(std::string(check.info.id));
        excuse != subject.excuses.end() && finding.outcome != Outcome::pass)
      finding.excuse = excuse->second;
    if (on_finding) on_finding(finding);
    report.findings.push_back(std::move(finding));
  }
  return report;
}

}  // namespace bb::kit
