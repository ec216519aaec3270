// A frame is four bytes of length (little endian), one of kind, and the content:
//   to a worker     'i'  index of the input, which of its documents to check (64 bits each)
//                   'n'  the same input, which document to check next
//   from a worker   'b'  a document comes: its name
//                   'r'  what came of it: JSON
//                   'q'  there is another document: which is to be checked next?
//                   'd'  the input is done: how many files were passed over (64 bits)
#include "harness/documents/batch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <bb/core/descriptor.hpp>
#include <bb/core/json.hpp>
#include <bb/xml/markup.hpp>

#include "harness/documents/render.hpp"

namespace bb::documents {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t header_bytes = 5;
constexpr std::size_t frame_bytes_max = 256ull * 1024 * 1024;
constexpr std::uint64_t shared_from = 8;  // documents of an input; of fewer a second reader costs more than it saves
constexpr auto no_document = static_cast<std::uint64_t>(-1);

void append_number(std::string& out, std::uint64_t number, std::size_t byte_count) {
  for (std::size_t i = 0; i < byte_count; ++i) out += static_cast<char>(number >> (8 * i) & 0xFFu);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t byte_count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < byte_count && at + i < bytes.size(); ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return number;
}

std::string make_frame(char kind, std::string_view content) {
  std::string frame;
  append_number(frame, content.size(), 4);
  frame += kind;
  frame += content;
  return frame;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool receive_all(int socket, char* to, std::size_t size) {
  while (size > 0) {
    const auto count = ::recv(socket, to, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

DocumentReport not_checked(std::string name, std::string why) {
  DocumentReport report;
  report.name = std::move(name);
  report.recognition = {"unknown", "not read", "", "", {}};
  report.failure = std::move(why);
  return report;
}

// What a worker does from its fork to its end.
class WorkerSide : public ReportSink {
 public:
  explicit WorkerSide(int socket) : socket_(socket) {}

  [[noreturn]] void run(const std::vector<Input>& inputs, const CheckInput& check) {
    while (receive()) {
      next_ = 0;
      std::string done;
      append_number(done, check(inputs.at(input_), *this), 8);
      send('d', done);
    }
    ::_exit(0);
  }

  bool begin(const std::string& name) override {
    const auto number = next_++;
    if (number > chosen_) {
      send('q', {});
      if (!receive()) ::_exit(1);
    }
    if (number != chosen_) return false;
    send('b', name);
    return true;
  }

  void end(const DocumentReport& report) override {
    auto json = to_json(to_value_with_source(report));
    if (json.size() > frame_bytes_max)
      json = to_json(to_value(not_checked(
          report.name, fmt::format("its findings have {} bytes, at most {} are taken", json.size(), frame_bytes_max))));
    send('r', json);
  }

 private:
  void send(char kind, std::string_view content) {
    if (!send_all(socket_, make_frame(kind, content))) ::_exit(1);
  }

  // What is to be checked. False: nothing more.
  bool receive() {
    std::array<char, header_bytes + 16> request{};
    if (!receive_all(socket_, request.data(), request.size())) return false;
    input_ = number_at({request.data(), request.size()}, header_bytes, 8);
    chosen_ = number_at({request.data(), request.size()}, header_bytes + 8, 8);
    return true;
  }

  int socket_;
  std::uint64_t input_ = 0;
  std::uint64_t chosen_ = 0;  // of its documents the one to be checked
  std::uint64_t next_ = 0;    // that comes
};

// SIGINT and SIGTERM as something to wait for, until the end of the scope.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, &before_);
    file_ = Descriptor(::signalfd(-1, &both, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~HeldSignals() {
    // What came and was heard must not end the program when it is let in.
    signalfd_siginfo one;
    while (::read(file_.get(), &one, sizeof one) > 0) continue;
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  int file() const { return file_.get(); }

 private:
  sigset_t before_;
  Descriptor file_;
};

// Ctrl-C reaches the whole process group: a worker leaves it to its parent. What
// it holds is patient data and goes into no core file.
void prepare_worker(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &both, nullptr);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

class Batch {
 public:
  Batch(const std::vector<Input>& inputs, const CheckInput& check, const BatchOptions& options,
        const std::function<void(DocumentReport)>& take, const std::function<void(std::size_t)>& on_input_done)
      : inputs_(inputs), check_(check), options_(options), take_(take), on_input_done_(on_input_done) {}
  ~Batch() {
    for (auto& worker : workers_) end(worker);
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  Result<BatchEnd> run() {
    workers_.resize(std::max<std::size_t>(options_.worker_count, 1));
    while (first_ < inputs_.size()) {
      BB_CHECK(hand_out());
      if (!wait()) {
        end_.is_cancelled = true;
        break;
      }
      BB_CHECK(look_after_workers());
    }
    return end_;
  }

 private:
  struct Worker {
    pid_t pid = -1;
    Descriptor socket = Descriptor();
    std::string received;
    bool is_busy = false;
    bool is_heard = false;  // by the last wait
    bool is_gone = false;   // its socket is at its end
    bool is_late = false;   // it had said nothing when the last wait ended
    std::size_t input = 0;
    std::uint64_t number = 0;  // of the document of the input that it has to check
    std::string document;      // begun and not ended
    Clock::time_point alive_at;
  };

  // An input that was handed out and is not done. Its documents are given to the workers
  // that are at it in their order, each to one.
  struct Slot {
    std::map<std::uint64_t, std::string> reports;  // JSON that waits for its turn, by the document's number
    std::uint64_t chosen_count = 0;                // documents that were given to a worker
    std::uint64_t given_count = 0;                 // that were given on
    std::size_t worker_count = 0;                  // that are at it
    bool is_over = false;                          // a worker saw its end, or the rest cannot be read
    std::string failure;                           // of what cannot be read: JSON
  };

  Status start(Worker& worker) {
    worker = Worker{};
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return cannot_start();
    worker.socket = Descriptor(ends[0]);
    Descriptor far_end(ends[1]);
    const auto parent = ::getpid();
    worker.pid = ::fork();
    if (worker.pid < 0) return cannot_start();
    if (worker.pid > 0) return {};
    prepare_worker(parent);
    for (auto& other : workers_) ::close(other.socket.release());
    WorkerSide(far_end.get()).run(inputs_, check_);
  }

  static Error cannot_start() {
    return Error{fmt::format("cannot start a worker: {}", std::generic_category().message(errno))};
  }

  // Returns how it ended: the status of waitpid().
  static int end(Worker& worker) {
    int status = 0;
    if (worker.pid > 0) {
      ::kill(worker.pid, SIGKILL);
      while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) continue;
    }
    worker.pid = -1;
    return status;
  }

  // Whoever has nothing to do gets the next input, or helps with one of many documents.
  Status hand_out() {
    for (auto& worker : workers_) {
      if (worker.is_busy || worker.is_gone) continue;
      const bool is_full = next_ - first_ >= options_.window || held_bytes_ > options_.held_bytes_max;
      const bool takes_next = next_ < inputs_.size() && (!is_full || next_ == first_);
      const auto input = takes_next ? next_ : input_to_share();
      if (input == inputs_.size()) continue;
      if (worker.pid < 0) BB_CHECK(start(worker));
      if (takes_next) {
        slots_.emplace_back();
        ++next_;
      }
      ++slots_[input - first_].worker_count;
      give(worker, 'i', input);
    }
    return {};
  }

  // Of those with many documents the one that fewest workers are at.
  std::size_t input_to_share() const {
    std::size_t best = slots_.size();
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (!slots_[i].is_over && slots_[i].chosen_count >= shared_from &&
          (best == slots_.size() || slots_[i].worker_count < slots_[best].worker_count))
        best = i;
    return best == slots_.size() ? inputs_.size() : first_ + best;
  }

  // The next document of an input that nobody has.
  void give(Worker& worker, char kind, std::size_t input) {
    auto& slot = slots_[input - first_];
    worker.is_busy = true;
    worker.input = input;
    worker.number = slot.failure.empty() ? slot.chosen_count++ : no_document;
    worker.document.clear();
    worker.alive_at = Clock::now();
    std::string content;
    append_number(content, input, 8);
    append_number(content, worker.number, 8);
    if (!send_all(worker.socket.get(), make_frame(kind, content))) worker.is_gone = true;
  }

  // While more is held than may be, none but whose document is the first that is waited for.
  bool is_to_be_heard(const Worker& worker) const {
    if (!worker.is_busy || held_bytes_ <= options_.held_bytes_max) return true;
    return worker.input == first_ && std::all_of(workers_.begin(), workers_.end(), [&](const Worker& other) {
             return !other.is_busy || other.input != first_ || worker.number <= other.number;
           });
  }

  // False when the batch was cancelled.
  bool wait() {
    std::vector<pollfd> files{{signals_.file(), POLLIN, 0}};
    const auto now = Clock::now();
    auto longest = std::chrono::milliseconds(options_.deadline_ms);
    for (auto& worker : workers_) {
      // Who is not heard is no longer late: it waits for its turn.
      worker.is_heard = is_to_be_heard(worker);
      files.push_back({worker.is_heard && !worker.is_gone ? worker.socket.get() : -1, POLLIN, 0});
      if (worker.is_busy && worker.is_heard)
        longest = std::min(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                        worker.alive_at + std::chrono::milliseconds(options_.deadline_ms) - now) +
                                        std::chrono::milliseconds(1));
      if (worker.is_gone) longest = std::chrono::milliseconds(0);
    }
    ::poll(files.data(), files.size(), std::max(static_cast<int>(longest.count()), 0));
    if (files[0].revents != 0) return false;
    // Before any report is given on: that may wait for a reader, and what a worker
    // said meanwhile counts.
    const auto heard_at = Clock::now();
    for (std::size_t i = 0; i < workers_.size(); ++i)
      workers_[i].is_late = workers_[i].is_busy && workers_[i].is_heard && files[i + 1].revents == 0 &&
                            heard_at - workers_[i].alive_at >= std::chrono::milliseconds(options_.deadline_ms);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      auto& worker = workers_[i];
      if (!worker.is_heard) worker.alive_at = Clock::now();
      if (files[i + 1].revents != 0) receive(worker);
    }
    return true;
  }

  void receive(Worker& worker) {
    std::array<char, 65536> buffer;
    const auto count = ::recv(worker.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      worker.is_gone = true;
      return;
    }
    worker.received.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t at = 0;
    while (worker.received.size() - at >= header_bytes) {
      const auto size = static_cast<std::size_t>(number_at(worker.received, at, 4));
      if (size > frame_bytes_max) {
        worker.is_gone = true;
        break;
      }
      if (worker.received.size() - at - header_bytes < size) break;
      hear(worker, worker.received[at + 4], std::string_view(worker.received).substr(at + header_bytes, size));
      at += header_bytes + size;
    }
    worker.received.erase(0, at);
  }

  void hear(Worker& worker, char kind, std::string_view content) {
    if (!worker.is_busy) return;
    worker.alive_at = Clock::now();
    if (kind == 'b') {
      worker.document = content;
    } else if (kind == 'r') {
      end_document(worker, std::string(content));
    } else if (kind == 'q') {
      give(worker, 'n', worker.input);
    } else if (kind == 'd') {
      // Each who is at an input counts the same.
      auto& slot = slots_[worker.input - first_];
      if (!slot.is_over) end_.passed_over_count += number_at(content, 0, 8);
      slot.is_over = true;
      end_input(worker);
    }
  }

  void end_document(Worker& worker, std::string report) {
    worker.document.clear();
    held_bytes_ += report.size();
    slots_[worker.input - first_].reports.emplace(worker.number, std::move(report));
    if (worker.input == first_) give_on_first();
  }

  // The worker is at its input no more.
  void end_input(Worker& worker) {
    worker.is_busy = false;
    --slots_[worker.input - first_].worker_count;
    while (!slots_.empty() && slots_.front().is_over && slots_.front().worker_count == 0) {
      auto& slot = slots_.front();
      // A worker that ended between documents leaves a gap.
      while (!slot.reports.empty()) {
        slot.given_count = slot.reports.begin()->first;
        give_on_first();
      }
      if (!slot.failure.empty()) give_on(slot.failure);
      slots_.pop_front();
      on_input_done_(++first_);
      if (!slots_.empty()) give_on_first();
    }
  }

  // Of the first input the reports whose turn it is.
  void give_on_first() {
    auto& slot = slots_.front();
    for (auto next = slot.reports.begin(); next != slot.reports.end() && next->first == slot.given_count;
         next = slot.reports.erase(next), ++slot.given_count) {
      held_bytes_ -= next->second.size();
      give_on(next->second);
    }
  }

  void give_on(const std::string& json) {
    const auto value = parse_json(json);
    auto report = value ? from_value(*value) : Result<DocumentReport>(value.error());
    // A worker that writes what we cannot read has lost its mind with its memory.
    if (!report) report = not_checked(inputs_[first_].name, "the worker's report is damaged: " + report.error().what);
    take_(*std::move(report));
  }

  Status look_after_workers() {
    for (auto& worker : workers_)
      if (worker.is_gone || worker.is_late) BB_CHECK(replace(worker));
    return {};
  }

  Status replace(Worker& worker) {
    const bool is_late = worker.is_late && !worker.is_gone;
    int status = 0;
    if (!is_late && ::waitpid(worker.pid, &status, WNOHANG) == worker.pid)
      worker.pid = -1;
    else
      status = end(worker);
    Worker lost = std::move(worker);
    BB_CHECK(start(worker));
    if (!lost.is_busy) return {};
    const bool has_begun = !lost.document.empty();
    const auto why = is_late ? fmt::format("the check took longer than {} ms and was ended", options_.deadline_ms)
                             : how_it_ended(status);
    auto& slot = slots_[lost.input - first_];
    auto report = to_json(to_value(not_checked(has_begun ? lost.document : inputs_[lost.input].name, why)));
    if (has_begun) {
      end_document(lost, std::move(report));
      // The next may be another of the same package.
      if (slot.is_over)
        end_input(lost);
      else
        give(worker, 'i', lost.input);
      return {};
    }
    if (slot.failure.empty()) slot.failure = std::move(report);
    slot.is_over = true;
    end_input(lost);
    return {};
  }

  static std::string how_it_ended(int status) {
    if (WIFSIGNALED(status))
      return fmt::format("the check was ended by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    return fmt::format("the check ended early with status {}", WIFEXITED(status) ? WEXITSTATUS(status) : status);
  }

  const std::vector<Input>& inputs_;
  const CheckInput& check_;
  const BatchOptions options_;
  const std::function<void(DocumentReport)>& take_;
  const std::function<void(std::size_t)>& on_input_done_;
  HeldSignals signals_;
  std::vector<Worker> workers_;
  std::deque<Slot> slots_;  // of the inputs from first_ to next_
  std::size_t first_ = 0;   // the first input that is not done
  std::size_t next_ = 0;    // to be handed out
  std::size_t held_bytes_ = 0;
  BatchEnd end_;
};

}  // namespace

std::size_t check_input(const Input& input, DocumentChecker& checker, KeepSource keep, ReportSink& sink) {
  const auto check_piece = [&](const Piece& piece) {
    if (!sink.begin(piece.name)) return;
    if (piece.problem.empty() && piece.failure.empty()) {
      auto checked = checker.check(piece.name, piece.bytes);
      const auto narrow = xml::is_wide(piece.bytes) ? xml::narrowed(piece.bytes) : std::string();
      const std::string_view text = xml::is_wide(piece.bytes) ? std::string_view(narrow) : piece.bytes;
      count_characters(text, checked.findings);
      if (keep == KeepSource::yes) checked.source = source_of(text, checked.findings);
      return sink.end(checked);
    }
    auto report = not_checked(piece.name, piece.failure);
    report.byte_count = piece.bytes.size();
    if (!piece.bytes.empty()) report.recognition = Formats::recognise_other(piece.bytes);
    if (!piece.problem.empty()) report.findings.push_back({.rule = "package", .message = piece.problem});
    sink.end(report);
  };
  return read_input(input, check_piece, *checker.selection().mail);
}

Result<BatchEnd> run_batch(const std::vector<Input>& inputs, const CheckInput& check, const BatchOptions& options,
                           const std::function<void(DocumentReport)>& take,
                           const std::function<void(std::size_t)>& on_input_done) {
  return Batch(inputs, check, options, take, on_input_done).run();
}

std::string progress_line(std::size_t done_count, std::size_t count, double seconds) {
  auto line = fmt::format("{} of {} done", done_count, count);
  if (done_count == 0 || seconds < 1) return line;
  const double rate = static_cast<double>(done_count) / seconds;
  const auto left = static_cast<std::int64_t>(std::ceil(static_cast<double>(count - done_count) / rate));
  line += rate >= 10 ? fmt::format(", {:.0f} a second", rate) : fmt::format(", {:.1f} a second", rate);
  line += left < 100 ? fmt::format(", {} s left", left) : fmt::format(", {} min left", (left + 59) / 60);
  return line;
}

}  // namespace bb::documents
