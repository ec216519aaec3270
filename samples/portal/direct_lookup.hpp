// direct_lookup.hpp - finds the certificates to encrypt for: in DNS and directories, with
// the mistakes that defects switch on.
#pragma once

#include <cstdint>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/discovery.hpp>

#include "portal/defects.hpp"
#include "portal/direct_gate.hpp"
#include "portal/direct_options.hpp"

namespace bb::portal {

// [any thread]
class DirectLookup {
 public:
  // All must outlive it.
  DirectLookup(const DirectOptions& options, const DirectGate& gate, const Defects& defects)
      : options_(options), gate_(gate), defects_(defects) {}

  // One at least, by the time in seconds since 1970. The error tells of each that was
  // found why it is not used.
  [[nodiscard]] Result<std::vector<direct::Certificate>> certificates_of(const direct::Address& to,
                                                                         std::int64_t at) const;

 private:
  direct::Discovery discover(const direct::Address& to, std::int64_t at) const;
  bool is_passed_over(const direct::Discovery& discovery) const;

  const DirectOptions& options_;
  const DirectGate& gate_;
  const Defects& defects_;
};

}  // namespace bb::portal
