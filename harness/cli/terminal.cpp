#include "harness/cli/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"

namespace bb::cli {
namespace {

std::atomic<bool> is_prompting = false;
int output_error = 0;  // errno of the first write to standard output that failed

std::size_t terminal_width(int file) {
  winsize size = {};
  if (::ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return report::ConsoleOptions{}.width;
}

// JSON text without the characters that a terminal may act on and that JSON
// lets stand: they are in strings, so an escape says the same.
std::string escape_for_terminal(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const auto byte = [&](std::size_t i) {
      return at + i < json.size() ? static_cast<unsigned char>(json[at + i]) : 0u;
    };
    const unsigned three = (byte(1) & 0x3Fu) << 6u | (byte(2) & 0x3Fu);  // the character, less U+2000
    if (byte(0) == 0x7Fu) {
      out += "\\u007f";
    } else if (byte(0) == 0xC2u && byte(1) < 0xA0u) {
      out += fmt::format("\\u{:04x}", byte(1));
      at += 1;
    } else if (byte(0) == 0xE2u && ((three >= 0x2Au && three <= 0x2Eu) || (three >= 0x66u && three <= 0x69u))) {
      out += fmt::format("\\u{:04x}", 0x2000u + three);
      at += 2;
    } else {
      out += json[at];
    }
  }
  return out;
}

}  // namespace

bool is_stderr_terminal() { return ::isatty(STDERR_FILENO) == 1; }

report::ConsoleOptions console_options() {
  if (::isatty(STDOUT_FILENO) != 1) return {};
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  const bool is_coloured =
      (no_color == nullptr || *no_color == '\0') && (term == nullptr || std::string_view(term) != "dumb");
  return {.is_coloured = is_coloured, .width = terminal_width(STDOUT_FILENO)};
}

void print_report(std::string_view rendered) {
  const bool is_written =
      std::fwrite(rendered.data(), 1, rendered.size(), stdout) == rendered.size() && std::fflush(stdout) == 0;
  if (!is_written && output_error == 0) output_error = errno;
}

void print(std::string_view result) { print_report(printable(result)); }

int finish_output(int status) {
  if (std::fflush(stdout) != 0 && output_error == 0) output_error = errno;
  if (output_error == 0) return status;
  complain(fmt::format("standard output could not be written: {}", std::generic_category().message(output_error)));
  return status == exit_good ? static_cast<int>(exit_inconclusive) : status;
}

std::string json_text(const Value& value) { return escape_for_terminal(to_json_pretty(value)) + '\n'; }

void print_json(const Value& value) { print_report(json_text(value)); }

void print_json_line(const Value& value) { print_report(escape_for_terminal(to_json(value)) + '\n'); }

void complain(std::string_view what) {
  while (what.ends_with('\n')) what.remove_suffix(1);
  tell(fmt::format("bluebridge: {}\n", what));
}

void tell(std::string_view what) { fmt::print(stderr, "{}", printable(what)); }

int refuse(std::string_view what) {
  complain(what);
  return exit_usage;
}

void set_prompting(bool value) {
  if (value) end_progress();
  is_prompting = value;
}

void show_progress(std::string_view line) {
  if (!is_stderr_terminal() || is_prompting) return;
  fmt::print(stderr, "\r\x1b[K{}", shorten(printable(line), terminal_width(STDERR_FILENO) - 1));
  std::fflush(stderr);
}

void end_progress() {
  if (!is_stderr_terminal()) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
}

}  // namespace bb::cli
