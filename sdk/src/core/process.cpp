// process.cpp - children are made with posix_spawn-like care: close-on-exec
// everywhere, PR_SET_PDEATHSIG so that the kernel ends them with us.
//
// fork and exec rather than posix_spawn, because the death signal must be set
// in the child. Between the two only async-signal-safe calls are made. The
// signal fires when the *thread* that forked ends, so start() is for threads
// that outlive the child: the main thread, or a test's.
#include <bb/core/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include <bb/core/descriptor.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "confine.hpp"

extern "C" char** environ;

namespace bb {
namespace {

constexpr std::size_t line_bytes_max = 1024 * 1024;
constexpr std::size_t output_bytes_max = 256ull * 1024 * 1024;

int to_status(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  ~Pipe() {
    if (read_end >= 0) ::close(read_end);
    if (write_end >= 0) ::close(write_end);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
  int take_read_end() { return std::exchange(read_end, -1); }
  void close_write_end() {
    if (write_end >= 0) ::close(std::exchange(write_end, -1));
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

struct Spawned {
  pid_t pid;
  int out;
  int err;  // -1 unless captured
};

// `cell` confines the child, whose standard input is then `input`.
Result<Spawned> spawn(const ChildProcess::Options& options, const Cell* cell = nullptr, int input = -1) {
  std::vector<std::string> arguments{options.program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment;
  for (char** entry = environ; cell == nullptr && *entry; ++entry) {
    const std::string_view text(*entry);
    if (!options.environment.contains(std::string(text.substr(0, text.find('='))))) environment.emplace_back(text);
  }
  for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
  const auto argv = pointers(arguments);
  const auto envp = pointers(environment);

  Pipe out, err, failure;  // `failure` closes on exec, or brings errno
  if (!out.open() || !failure.open() || (options.is_stderr_captured && !err.open()))
    return Error{fmt::format("cannot start {}: {}", options.program.string(), std::strerror(errno))};
  if (!options.errors_to.empty()) {
    err.write_end = ::open(options.errors_to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (err.write_end < 0)
      return Error{fmt::format("cannot write to {}: {}", options.errors_to.string(), std::strerror(errno))};
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return Error{fmt::format("cannot start {}: {}", options.program.string(), std::strerror(errno))};
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // died between fork and prctl
    const int in = input >= 0 ? input : ::open("/dev/null", O_RDONLY);
    if (in >= 0) ::dup2(in, STDIN_FILENO);
    ::dup2(out.write_end, STDOUT_FILENO);
    if (err.write_end >= 0) ::dup2(err.write_end, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (cell == nullptr || cell->enter()) ::execve(argv[0], argv.data(), envp.data());
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(failure.write_end, &error, sizeof error);
    ::_exit(127);
  }
  failure.close_write_end();
  int error = 0;
  ssize_t count = 0;
  do count = ::read(failure.read_end, &error, sizeof error);
  while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof error)) {
    ::waitpid(pid, nullptr, 0);
    return Error{fmt::format("cannot start {}: {}", options.program.string(), std::strerror(error))};
  }
  return Spawned{pid, out.take_read_end(), err.take_read_end()};
}

// Waits until `fd` can be read. False after the deadline.
bool wait_readable(int fd, std::int64_t deadline_ns) {
  for (;;) {
    const auto left_ms = (deadline_ns - monotonic_ns()) / ns_per_ms;
    if (left_ms < 0) return false;
    pollfd entry{fd, POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left_ms, 1000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// Reaps the child. Its status, or nullopt after the deadline.
std::optional<int> reap(pid_t pid, std::int64_t deadline_ns) {
  auto pause = std::chrono::microseconds(200);
  for (;;) {
    int wait_status = 0;
    const auto reaped = ::waitpid(pid, &wait_status, WNOHANG);
    if (reaped == pid) return to_status(wait_status);
    if (reaped < 0 && errno != EINTR) return 127;
    if (monotonic_ns() >= deadline_ns) return std::nullopt;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20'000));
  }
}

int kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  int wait_status = 0;
  while (::waitpid(pid, &wait_status, 0) < 0 && errno == EINTR) {
  }
  return to_status(wait_status);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const Options& options) {
  auto inherit = options;
  inherit.is_stderr_captured = false;
  BB_TRY(const auto spawned, spawn(inherit));
  ChildProcess child;
  child.pid_ = spawned.pid;
  child.out_ = spawned.out;
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      status_(other.status_),
      pending_(std::move(other.pending_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(out_, other.out_);
  std::swap(status_, other.status_);
  std::swap(pending_, other.pending_);
  return *this;
}

ChildProcess::~ChildProcess() {
  stop();
  if (out_ >= 0) ::close(out_);
}

Result<std::string> ChildProcess::read_line(std::int64_t timeout_ms) {
  const auto deadline_ns = monotonic_ns() + timeout_ms * ns_per_ms;
  for (;;) {
    if (const auto end = pending_.find('\n'); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (pending_.size() > line_bytes_max) return Error{"the program's line is longer than 1 MiB"};
    if (!wait_readable(out_, deadline_ns))
      return Error{fmt::format("the program said nothing within {} ms", timeout_ms)};
    std::array<char, 4096> buffer;
    const auto count = ::read(out_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Error{"the program ended before it said a whole line"};
    pending_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string ChildProcess::read_rest() {
  std::string out = std::exchange(pending_, {});
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(out_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || out.size() > output_bytes_max) break;
    out.append(buffer.data(), static_cast<std::size_t>(count));
  }
  wait(2000);
  return out;
}

std::optional<int> ChildProcess::wait(std::int64_t timeout_ms) {
  if (pid_ >= 0 && !status_) status_ = reap(pid_, monotonic_ns() + timeout_ms * ns_per_ms);
  return status_;
}

int ChildProcess::stop(std::int64_t grace_ms) {
  if (pid_ < 0) return 0;
  if (status_) return *status_;
  if (const auto status = wait(0)) return *status;
  ::kill(pid_, SIGTERM);
  if (const auto status = wait(grace_ms)) return *status;
  return *(status_ = kill_and_reap(pid_));
}

namespace {

// Takes what a started program prints, to its end.
Result<CommandResult> attend(const Spawned& spawned, const std::filesystem::path& program, std::int64_t timeout_ms,
                             std::size_t bytes_max) {
  const auto deadline_ns = monotonic_ns() + timeout_ms * ns_per_ms;
  CommandResult result;
  std::array<pollfd, 2> entries{pollfd{spawned.out, POLLIN, 0}, pollfd{spawned.err, POLLIN, 0}};
  std::array<std::string*, 2> texts{&result.out, &result.err};
  bool is_over = false;
  while ((entries[0].fd >= 0 || entries[1].fd >= 0) && !is_over) {
    const auto left_ms = (deadline_ns - monotonic_ns()) / ns_per_ms;
    is_over = left_ms < 0 || result.out.size() + result.err.size() > bytes_max;
    if (is_over || ::poll(entries.data(), entries.size(), static_cast<int>(std::min<std::int64_t>(left_ms, 1000))) <= 0)
      continue;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].fd < 0 || entries[i].revents == 0) continue;
      std::array<char, 65536> buffer;
      const auto count = ::read(entries[i].fd, buffer.data(), buffer.size());
      if (count > 0) texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) {
        ::close(entries[i].fd);
        entries[i].fd = -1;
      }
    }
  }
  for (const auto& entry : entries)
    if (entry.fd >= 0) ::close(entry.fd);
  const auto status = is_over ? std::nullopt : reap(spawned.pid, deadline_ns);
  if (!status) {
    kill_and_reap(spawned.pid);
    return Error{fmt::format("{} took longer than {} ms, or printed more than {} bytes", program.string(), timeout_ms,
                             bytes_max)};
  }
  result.status = *status;
  return result;
}

// A file in memory that holds the bytes, to be read from its beginning.
Result<Descriptor> memory_file(std::string_view bytes) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const auto failed = [] { return Error{fmt::format("cannot make a file in memory: {}", std::strerror(errno))}; };
  if (file.get() < 0) return failed();
  while (!bytes.empty()) {
    const auto count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0 ||
      ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return failed();
  return file;
}

}  // namespace

Result<CommandResult> run_command(const ChildProcess::Options& options, std::int64_t timeout_ms) {
  auto captured = options;
  captured.is_stderr_captured = true;
  BB_TRY(const auto spawned, spawn(captured));
  return attend(spawned, options.program, timeout_ms, output_bytes_max);
}

Result<CommandResult> run_bounded(const ChildProcess::Options& options, std::string_view input, const Bounds& bounds) {
  auto captured = options;
  captured.is_stderr_captured = true;
  captured.environment.emplace("PATH", "/usr/bin:/bin");
  captured.environment.emplace("LC_ALL", "C.UTF-8");
  BB_TRY(const auto file, memory_file(input));
  const Cell cell(options.program, bounds);
  BB_TRY(const auto spawned, spawn(captured, &cell, file.get()));
  return attend(spawned, options.program, bounds.time_ms_max, bounds.output_bytes_max);
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
  const char* const path = ::getenv("PATH");
  for (const auto& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    auto program = std::filesystem::path(folder) / name;
    std::error_code failed;
    if (program.is_absolute() && std::filesystem::is_regular_file(program, failed) &&
        ::access(program.c_str(), X_OK) == 0)
      return program;
  }
  return std::nullopt;
}

}  // namespace bb
