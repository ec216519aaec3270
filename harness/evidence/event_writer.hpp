// harness/evidence/event_writer.hpp - turns what happens in a run into events.
//
// Adds number, time, type and chain to each event, keeps long bodies as blobs, and is
// the Recorder that connectors' exchanges, logs and evidence go to; those join
// their step by the call's id. What comes here is already free of secrets.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/clock.hpp>
#include <bb/host/recorder.hpp>
#include "harness/evidence/event_chain.hpp"
#include "harness/evidence/message.hpp"
#include "harness/evidence/run_folder.hpp"

namespace bb::evidence {

// Texts shorter than this stand in the event itself: a file for each short
// answer would cost more than the rest of a test.
inline constexpr std::size_t inline_body_bytes_max = 4096;

// Where an earlier process of the same run left off; number and time go on.
struct StreamEnd {
  std::int64_t number = 0;  // of the last event
  std::int64_t us = 0;      // its `us`
  std::string chain{};      // its `chain`; empty after the first: it has none, as those of earlier versions
};

// [any thread]
class EventWriter final : public host::Recorder {
 public:
  // Both outlive the writer.
  EventWriter(RunFolder& folder, host::Clock& clock, const StreamEnd& before = {});
  ~EventWriter() override;
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  // Writes one event; `members` is an object. Failures are also remembered.
  Status write(std::string_view type, const Value& members, Durability durability = Durability::written);
  // Writes what is held: before anything that takes time.
  Status flush();
  // {"text": ...} for short UTF-8, else {"blob": name, "bytes": count}; null
  // for an empty body.
  Value body_value(std::string_view body);
  // Keeps a file whatever its length; its name under blobs/.
  Result<std::string> keep_file(std::string_view bytes);
  // {"message": {...}, "body": {...}}
  Value message_value(const Message& message);

  void exchange(const host::HttpExchange& exchange) override;
  void log(const host::LogLine& line) override;
  void evidence(const host::EvidenceRecord& record) override;
  void notice(const host::Notice& notice) override;

  // The first write that failed. From then on nothing that the run says can
  // be proved, so nothing more may be sent.
  std::optional<Error> failure() const;

 private:
  Status remember(Status status);
  // The caller holds the mutex.
  Status write_out(Durability durability);
  void set_body(Value& event, std::string_view key, std::string_view body);

  RunFolder& folder_;
  host::Clock& clock_;
  const std::int64_t started_ns_;
  const std::int64_t us_before_;
  mutable std::mutex mutex_;
  std::int64_t next_number_;
  std::optional<EventChain> chain_;  // none: the run has none
  std::string lines_;                // whole ones, not yet written
  std::optional<Error> failure_;
};

}  // namespace bb::evidence
