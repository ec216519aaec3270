// bench/deaf_recorder.hpp - takes what a run would record, and keeps nothing.
#pragma once

#include <bb/host/recorder.hpp>

namespace bb::bench {

class Deaf final : public host::Recorder {
  void exchange(const host::HttpExchange&) override {}
  void log(const host::LogLine&) override {}
  void evidence(const host::EvidenceRecord&) override {}
};

}  // namespace bb::bench
