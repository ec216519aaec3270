// serving.hpp - the life of a sample program: what it prints, and how it serves until it is told to stop.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::programs {

// Writes "PROGRAM: TEXT" to standard error, without what could steer a terminal.
void say(const char* program, const std::string& text);
// Says why the program does nothing; the exit status.
int fail(const char* program, const std::string& why);
// What was asked for instead of work, to standard output; the exit status.
int print(const std::string& text);

// What the command line of every server says.
struct ServerLine {
  std::string text;  // to print and end: help, version, a list
  bool exits_with_parent = false;
};

// One that has started.
struct Server {
  Value ready;  // the line of JSON that says so
  std::function<void()> stop;
  int stop_ms_max = 0;  // nobody waits longer than that for stop(); 0: however long it takes
};

// Prints line.text and ends, or starts and serves until SIGTERM or SIGINT, or with
// line.exits_with_parent until the parent ends, which `parent` was at the start of main(). `start`
// makes the program's threads. The exit status.
int serve(const char* program, pid_t parent, const ServerLine& line, const std::function<Result<Server>()>& start);

}  // namespace bb::programs
