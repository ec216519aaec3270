// bb/sdk/services/evidence.hpp - bb.host.evidence/1: records of what the host
// cannot see. What goes through bb::Http is recorded by the host itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/sdk/call.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

struct EvidenceRecord {
  std::string_view protocol = {};  // "smtp", "dns", "ldap", "x509", "smime"
  std::string_view step = {};      // "rcpt-to"
  std::string_view peer = {};
  std::string_view sent = {};
  std::string_view received = {};
  std::vector<std::pair<std::string_view, std::string_view>> attributes = {};
  std::uint32_t flags = 0;  // BB_EVIDENCE_SENSITIVE, BB_EVIDENCE_UNANSWERED
};

class Evidence {
 public:
  using Table = bb_host_evidence;
  static constexpr const char* id = BB_HOST_EVIDENCE;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, record); }

  Evidence(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  void record(Call& call, const EvidenceRecord& what) const {
    std::vector<bb_pair> pairs;
    pairs.reserve(what.attributes.size());
    for (const auto& [key, value] : what.attributes) pairs.push_back({to_str(key), to_str(value)});
    bb_evidence evidence{};
    evidence.struct_size = sizeof evidence;
    evidence.flags = what.flags;
    evidence.protocol = to_str(what.protocol);
    evidence.step = to_str(what.step);
    evidence.peer = to_str(what.peer);
    evidence.sent = to_bytes(what.sent);
    evidence.received = to_bytes(what.received);
    evidence.attributes = pairs.data();
    evidence.attribute_count = pairs.size();
    table_->record(host_, call.raw(), &evidence);
  }

 private:
  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
