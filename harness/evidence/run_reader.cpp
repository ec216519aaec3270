#include "harness/evidence/run_reader.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "harness/evidence/event_chain.hpp"
#include "harness/evidence/run_builder.hpp"
#include "harness/evidence/run_folder.hpp"

namespace bb::evidence {

namespace {

// Bodies of 4 KiB and more are blobs; what stays in a line is far from this.
constexpr std::size_t event_line_bytes_max = std::size_t{64} * 1024 * 1024;

// The chain of the lines, from the first of them on.
class ChainCheck {
 public:
  explicit ChainCheck(StreamProblems& problems) : problems_(problems) {}

  void take(std::string_view text, std::size_t line) {
    using Link = EventChain::Link;
    const Link link = chain_.check(text);
    if (line == 1) problems_.is_chained = link != Link::absent;
    if (link == Link::broken)
      tell(line, "its chain does not follow from the lines before it: one of them or it was changed");
    if (link == Link::absent && problems_.is_chained) tell(line, "it has no chain, and the lines before it have");
    if (link == Link::good && !problems_.is_chained) tell(line, "it has a chain, and the first line has none");
  }

 private:
  void tell(std::size_t line, std::string_view what) {
    problems_.damage.push_back(fmt::format("line {}: {}", line, what));
  }
  StreamProblems& problems_;
  EventChain chain_;
};

// Lines of a file; the text ends with its line feed unless it is torn.
class Lines {
 public:
  explicit Lines(OpenFile file) : file_(std::move(file)) {}

  // Valid until the next call.
  std::optional<std::string_view> next() {
    for (std::size_t searched = begin_;;) {
      if (const auto feed = held_.find('\n', searched); feed != std::string::npos) return take(feed + 1);
      held_.erase(0, std::exchange(begin_, 0));
      searched = held_.size();
      if (searched > event_line_bytes_max) {
        failure_ = fmt::format("is longer than {} bytes", event_line_bytes_max);
        return std::nullopt;
      }
      held_.resize(searched + piece_bytes);
      held_.resize(searched + std::fread(held_.data() + searched, 1, piece_bytes, file_.get()));
      if (held_.size() > searched) continue;
      if (std::ferror(file_.get()) != 0) failure_ = "could not be read";
      return held_.empty() || !failure_.empty() ? std::nullopt : take(held_.size());
    }
  }
  // Why the lines ended before the file did; empty where they did not.
  const std::string& failure() const { return failure_; }

 private:
  static constexpr std::size_t piece_bytes = std::size_t{256} * 1024;

  std::optional<std::string_view> take(std::size_t end) {
    const auto line = std::string_view(held_).substr(begin_, end - begin_);
    begin_ = end;
    return line;
  }

  OpenFile file_;
  std::string held_;
  std::size_t begin_ = 0;  // of what is not yet taken
  std::string failure_;
};

// Behind an error: a run that is to be masked was killed before anything of it was.
std::string why_unmasked(const std::filesystem::path& folder) {
  const auto written = written_folder(folder);
  if (written == folder) return {};
  return fmt::format(
      "; this run was broken off before it was masked: go on with 'bluebridge resume {}' ({} holds it "
      "unmasked)",
      folder.string(), written.string());
}

}  // namespace

Status read_events(const std::filesystem::path& folder, StreamProblems& problems,
                   const std::function<Status(const Value& event, std::size_t line)>& take) {
  auto file = open_regular_file(folder / events_file_name);
  if (!file) return Error{"no readable run here: " + file.error().what + why_unmasked(folder)};
  Lines lines(*std::move(file));
  ChainCheck chain(problems);
  std::size_t line = 0;
  std::int64_t number = 0;  // of the event before
  while (auto text = lines.next()) {
    ++line;
    if (!text->ends_with('\n')) {
      problems.forgiven.push_back(fmt::format("line {}: torn after {} bytes, ignored", line, text->size()));
      continue;
    }
    text->remove_suffix(1);
    chain.take(*text, line);
    ++number;
    const auto event = parse_json(*text);
    if (!event || !event->is_object()) {
      problems.damage.push_back(
          fmt::format("line {}: not an event, ignored: {}", line, event ? "expected an object" : event.error().what));
      continue;
    }
    BB_CHECK(take(*event, line));
    if (const Value& found = (*event)["n"]; found != Value(number)) {
      problems.damage.push_back(
          fmt::format("line {}: the event's number is {}, expected {}: a line before it is missing, added or moved",
                      line, to_json(found), number));
      number = found.integer_or(number);
    }
  }
  if (!lines.failure().empty()) problems.damage.push_back(fmt::format("line {}: {}", line + 1, lines.failure()));
  return {};
}

Result<std::string> read_blob(const std::filesystem::path& folder, const std::string& name) {
  if (!is_blob_name(name)) return Error{fmt::format("'{}' is no name of a blob", name)};
  const auto blobs = folder / blobs_folder_name;
  std::error_code error;
  const auto kind = std::filesystem::symlink_status(blobs, error).type();
  if (kind != std::filesystem::file_type::directory && kind != std::filesystem::file_type::not_found)
    return Error{fmt::format("{} is no folder of its own", blobs.string())};
  BB_TRY(std::string bytes, read_regular_file(blobs / name));
  if (const std::string hash = sha256_hex(bytes); hash != name)
    return Error{fmt::format("blob {} was changed: its content now hashes to {}", name, hash)};
  return bytes;
}

Result<std::string> read_body(const std::filesystem::path& folder, const Value& body) {
  if (const auto* name = body["blob"].string()) return read_blob(folder, *name);
  return body["text"].string_or("");
}

namespace {

// Nothing is read from run.json, but whoever keeps the folder trusts it. `hash` is what
// run_started says of it, empty in runs of earlier versions.
std::string problem_of_run_file(const std::filesystem::path& folder, const std::string& hash) {
  const auto file = folder / run_file_name;
  std::error_code error;
  if (hash.empty() && !std::filesystem::exists(std::filesystem::symlink_status(file, error))) return {};
  const auto text = read_regular_file(file);
  if (!text) return text.error().what;
  if (!hash.empty() && sha256_hex(*text) != hash)
    return fmt::format("{} was changed: run_started says that it hashes to {}", file.string(), hash);
  return {};
}

}  // namespace

Result<RunView> read_run(const std::filesystem::path& folder) {
  RunBuilder builder(folder);
  StreamProblems problems;
  std::string run_file_hash;
  BB_CHECK(read_events(folder, problems, [&](const Value& event, std::size_t line) {
    if (run_file_hash.empty()) run_file_hash = event["run_file"].string_or("");
    return builder.add(event, line);
  }));
  for (auto& problem : problems.forgiven) builder.problem(std::move(problem));
  for (auto& problem : problems.damage) builder.damage(std::move(problem));
  if (auto problem = problem_of_run_file(folder, run_file_hash); !problem.empty()) builder.damage(std::move(problem));
  auto run = std::move(builder).finish();
  if (!run) return Error{fmt::format("{}: {}", (folder / events_file_name).string(), run.error().what)};
  return run;
}

}  // namespace bb::evidence
