#include "programs/serving.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>

namespace bb::programs {
namespace {

constexpr int exit_usage = 2;

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// They reach no thread from here on, so that one waits for them.
void block_ending_signals() {
  const auto signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void wait_for_ending_signal() {
  const auto signals = ending_signals();
  int number = 0;
  sigwait(&signals, &number);
}

// Asks for SIGTERM when the parent ends; false where it has ended already.
bool end_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  return getppid() == parent;
}

void end_within(int ms) {
  std::thread([ms] {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    std::_Exit(0);
  }).detach();
}

}  // namespace

void say(const char* program, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n", program, printable(text).c_str());
}

int fail(const char* program, const std::string& why) {
  say(program, "error: " + why);
  return exit_usage;
}

int print(const std::string& text) { return std::fputs(text.c_str(), stdout) >= 0 ? 0 : exit_usage; }

int serve(const char* program, pid_t parent, const ServerLine& line, const std::function<Result<Server>()>& start) {
  if (!line.text.empty()) return print(line.text);
  block_ending_signals();
  if (line.exits_with_parent && !end_with(parent)) return 0;
  const auto server = start();
  if (!server) return fail(program, server.error().what);
  std::printf("%s\n", to_json(server->ready).c_str());
  std::fflush(stdout);
  wait_for_ending_signal();
  if (server->stop_ms_max > 0) end_within(server->stop_ms_max);
  server->stop();
  return 0;
}

}  // namespace bb::programs
