// harness/documents/batch.hpp - many inputs, checked by several processes.
//
// A worker is a fork of this process with everything loaded. It is given an input
// at a time and says what it does in frames over a socket; a worker that dies or
// says nothing for too long costs the document that it was about, and another
// takes its place at the next. Who has no input left helps with one that holds many
// documents: each of them reads it, and checks the documents that no other has.
// Reports come in the order of the inputs and of the documents in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

#include "harness/documents/check.hpp"
#include "harness/documents/inputs.hpp"

namespace bb::documents {

// Hears of the documents of one input, in order.
class ReportSink {
 public:
  virtual ~ReportSink() = default;
  // A document comes. False: another worker has it; go on with the next.
  virtual bool begin(const std::string& name) = 0;
  // What came of it.
  virtual void end(const DocumentReport& report) = 0;
};

// Checks the documents of an input; returns how many files were passed over. The
// same input always begins the same documents.
using CheckInput = std::function<std::size_t(const Input&, ReportSink&)>;

// Every document of an input by read_input(), each with `checker`, its text kept where findings are.
enum class KeepSource { no, yes };
std::size_t check_input(const Input& input, DocumentChecker& checker, KeepSource keep, ReportSink& sink);

struct BatchOptions {
  std::size_t worker_count = 1;
  std::int64_t deadline_ms = 120'000;                // of a document
  std::size_t held_bytes_max = 32ull * 1024 * 1024;  // of reports that wait for their turn
  std::size_t window = 1'000;                        // inputs begun before the first unfinished one is done
};

struct BatchEnd {
  bool is_cancelled = false;  // by SIGINT or SIGTERM; the reports so far were given
  std::size_t passed_over_count = 0;
};

// For a process of one thread. SIGINT and SIGTERM are held back meanwhile and end
// the batch; no path leaves a child behind. `take` gets each report, `on_input_done`
// hears how many inputs are done. The error: no worker can be started.
Result<BatchEnd> run_batch(const std::vector<Input>& inputs, const CheckInput& check, const BatchOptions& options,
                           const std::function<void(DocumentReport)>& take,
                           const std::function<void(std::size_t)>& on_input_done);

// "1200 of 100000 done, 85 a second, 19 min left"; without the last two until they can be known.
std::string progress_line(std::size_t done_count, std::size_t count, double seconds);

}  // namespace bb::documents
