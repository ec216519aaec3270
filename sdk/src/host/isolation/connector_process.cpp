#include "connector_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include <bb/core/descriptor.hpp>
#include <bb/core/time.hpp>
#include "sanitized.hpp"

namespace bb::host {
namespace {

constexpr int child_descriptor_min = 10;  // above those that the child gets
constexpr int socket_of_child = 3;

// One thread that makes all children and never ends.
class Launcher {
 public:
  static Launcher& get() {
    static auto& launcher = *new Launcher;
    return launcher;
  }

  int run(std::function<int()> work) {
    std::packaged_task<int()> task(std::move(work));
    auto done = task.get_future();
    {
      const std::scoped_lock lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
    return done.get();
  }

 private:
  Launcher() {
    // Signals are for the program's own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { serve(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void serve() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !tasks_.empty(); });
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::packaged_task<int()>> tasks_;
};

struct Ends {
  Descriptor near, far;
};

// The far end lies above the numbers that the child gets, so that putting it in
// its place overwrites no other.
bool set_ends(std::array<int, 2> pair, Ends& ends) {
  ends.near = Descriptor(pair[0]);
  const Descriptor low(pair[1]);
  ends.far = Descriptor(::fcntl(low.get(), F_DUPFD_CLOEXEC, child_descriptor_min));
  return ends.far.get() >= 0;
}

bool open_socket(Ends& ends) {
  std::array<int, 2> pair{};
  return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0 && set_ends(pair, ends);
}

bool open_pipe(Ends& ends) {
  std::array<int, 2> pair{};
  if (::pipe2(pair.data(), O_CLOEXEC) != 0 || !set_ends(pair, ends)) return false;
  return ::fcntl(ends.near.get(), F_SETFL, O_NONBLOCK) == 0;
}

struct SpawnActions {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  SpawnActions() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
};

// Built from nothing: a connector learns nothing of where it runs.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> environment{"LANG=C.UTF-8", "TZ=UTC"};
  if (!is_sanitized) return environment;
  // A sanitizer's own options must reach it; it must not take the place of the
  // signal that ends a process.
  for (const char* const name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    const char* const given = ::getenv(name);
    environment.push_back(std::string(name) + "=" + (given ? std::string(given) + ":" : "") +
                          "handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:"
                          "detect_leaks=0");
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Error cannot_start(const std::filesystem::path& program, int error) {
  return Error{"cannot start " + program.string() + ": " + std::strerror(error)};
}

}  // namespace

std::string ProcessEnd::text() const {
  if (!is_signal) return "exited with status " + std::to_string(number);
  const char* const name = ::sigabbrev_np(number);
  return "ended by signal " + std::to_string(number) + (name ? " (SIG" + std::string(name) + ")" : std::string());
}

Result<std::unique_ptr<ConnectorProcess>> ConnectorProcess::start(const std::filesystem::path& program,
                                                                  const std::vector<std::string>& arguments) {
  std::unique_ptr<ConnectorProcess> process(new ConnectorProcess);
  static std::once_flag is_clear;
  std::call_once(is_clear, clear_left_folders);
  auto folder = WorkingFolder::create();
  if (!folder) return Error{"cannot start " + program.string() + ": " + folder.error().what};
  process->folder_ = *std::move(folder);
  // Opened here, where what is missing has a name.
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing.get() < 0)
    return Error{"cannot start " + program.string() + ": /dev/null cannot be read: " + std::strerror(errno)};

  Ends socket, output, errors;
  if (!open_socket(socket) || !open_pipe(output) || !open_pipe(errors)) return cannot_start(program, errno);
  SpawnActions actions;
  posix_spawn_file_actions_adddup2(&actions.files, nothing.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions.files, output.far.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions.files, errors.far.get(), STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions.files, socket.far.get(), socket_of_child);
  posix_spawn_file_actions_addclosefrom_np(&actions.files, socket_of_child + 1);
  posix_spawn_file_actions_addchdir_np(&actions.files, process->folder_.path().c_str());
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&actions.attributes, &none);
  posix_spawnattr_setsigdefault(&actions.attributes, &all);
  posix_spawnattr_setpgroup(&actions.attributes, 0);
  posix_spawnattr_setflags(&actions.attributes,
                           static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));

  std::vector<std::string> words{program.string(), "--fd", std::to_string(socket_of_child), "--parent",
                                 std::to_string(::getpid())};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of_child();
  const auto argv = pointers(words);
  const auto envp = pointers(variables);
  const int error = Launcher::get().run([&] {
    return ::posix_spawn(&process->pid_, program.c_str(), &actions.files, &actions.attributes, argv.data(),
                         envp.data());
  });
  if (error != 0) {
    process->pid_ = -1;
    return cannot_start(program, error);
  }
  process->end_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, process->pid_, 0));
  if (process->end_descriptor_ < 0) return cannot_start(program, errno);
  process->socket_ = socket.near.release();
  process->output_ = output.near.release();
  process->errors_ = errors.near.release();
  return process;
}

ConnectorProcess::~ConnectorProcess() {
  end();
  for (const int descriptor : {end_descriptor_, socket_, output_, errors_})
    if (descriptor >= 0) ::close(descriptor);
}

int ConnectorProcess::take_socket() { return std::exchange(socket_, -1); }
int ConnectorProcess::take_output() { return std::exchange(output_, -1); }
int ConnectorProcess::take_errors() { return std::exchange(errors_, -1); }

bool ConnectorProcess::wait(std::int64_t timeout_ms) const {
  if (pid_ < 0 || ended_) return true;
  const std::int64_t deadline_ns = monotonic_ns() + timeout_ms * ns_per_ms;
  for (;;) {
    pollfd entry{end_descriptor_, POLLIN, 0};
    const std::int64_t left_ms = std::max<std::int64_t>((deadline_ns - monotonic_ns()) / ns_per_ms, 0);
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left_ms, 60'000)));
    if (ready > 0) return true;
    if (left_ms == 0) return false;
  }
}

void ConnectorProcess::kill() const {
  if (ended_ || pid_ < 0) return;
  // Before it is reaped: as long as it is not, its number is nobody else's.
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // where it left its group
}

ProcessEnd ConnectorProcess::end() {
  if (ended_ || pid_ < 0) return ended_.value_or(ProcessEnd{});
  kill();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended_ = WIFSIGNALED(status) ? ProcessEnd{true, WTERMSIG(status)} : ProcessEnd{false, WEXITSTATUS(status)};
  return *ended_;
}

}  // namespace bb::host
