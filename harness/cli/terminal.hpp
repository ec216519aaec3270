// harness/cli/terminal.hpp - what the standard streams are, and how to print.
//
// Results go to standard output, diagnostics to standard error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include "harness/report/report.hpp"

namespace bb::cli {

bool is_stderr_terminal();
// Colour and width for standard output: colour only on a terminal and never
// with NO_COLOR.
report::ConsoleOptions console_options();

// Text of ours and of others: what a terminal would take for a command is
// shown instead.
void print(std::string_view result);
// What a report made: it has seen to that itself, and has colours of its own.
void print_report(std::string_view rendered);
// Ends a verb: writes out what is held and, when standard output took not all
// of it, says so on standard error. What was asked for is then not there:
// `status`, or exit_inconclusive instead of exit_good.
int finish_output(int status);
std::string json_text(const Value& value);  // readable, one object
void print_json(const Value& value);        // that
void print_json_line(const Value& value);   // one object on one line
// "bluebridge: WHAT" on standard error.
void complain(std::string_view what);
// WHAT, as it is but for what a terminal would take for a command.
void tell(std::string_view what);
// As complain(); returns exit_usage.
int refuse(std::string_view what);

// A line on standard error that the next one replaces; nothing when standard
// error is no terminal.
void show_progress(std::string_view line);
void end_progress();
// While a question stands on the terminal no progress is shown. [any thread]
void set_prompting(bool is_prompting);

}  // namespace bb::cli
