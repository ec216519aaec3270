// record_mistakes.hpp - what defects make of deliveries into a record: the `record-...` ones.
#pragma once

#include <optional>

#include <bb/healthvault/client.hpp>
#include <bb/healthvault/ids.hpp>

#include "portal/defects.hpp"
#include "portal/record_line.hpp"

namespace bb::portal {

// A line with the one mistake that a defect puts into what goes over it, if one is on.
class MistakenLine final : public RecordLine {
 public:
  MistakenLine(const RecordOptions& options, const std::string& trust_file, const std::atomic<bool>& is_stopping,
               const Defects& defects);

  healthvault::Reply exchange(const healthvault::Exchange& exchange) override;
  std::string random_bytes(std::size_t count) override;
  std::int64_t now_unix_ns() override;

 private:
  const Defects& defects_;
};

// How a client of that defect repeats.
void mistake_repeats(healthvault::ClientOptions& options, const Defects& defects);
// Where a delivery goes.
healthvault::RecordAddress mistaken_address(healthvault::Client& client, healthvault::Line& line,
                                            const healthvault::RecordAddress& to, const Defects& defects);
// What is stored. `things` are a document's, then its entries'.
void mistake_things(std::vector<healthvault::NewThing>& things, const Defects& defects);
// Whether a delivery that failed is begun anew, as often as the defect has it.
bool is_begun_anew(const healthvault::CallError& error, int attempt, const Defects& defects);

}  // namespace bb::portal
