// certifier.hpp - the authorities of a test PKI, and the certificates that they sign:
// right ones, and those with one fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

#include "pki/authority.hpp"

namespace bb::pki {

class Certifier {
 public:
  // `now` in seconds since 1970. `base_url`: where lists and issuers can be had by HTTP,
  // without a slash at its end; empty: no certificate names them.
  [[nodiscard]] static Result<Certifier> create(std::int64_t now, std::string base_url);

  const direct::Identity& root() const { return root_; }
  const direct::Identity& intermediate() const { return intermediate_; }  // signs everybody
  const direct::Identity& elsewhere() const { return elsewhere_; }        // does not come along
  const direct::Identity& foreign() const { return foreign_; }            // is no anchor

  // Of somebody with that common name, for a year from yesterday on.
  Request usual(const std::string& common_name) const;
  Request of_address(const std::string& address) const;
  [[nodiscard]] Result<direct::Identity> issue(const Request& request) const;
  // With the fault of the case, as all_cases() names it; any other name has none. The
  // request is of an address or a domain, and `domain` its domain; a key that it knows
  // is used unless the case is about the key.
  [[nodiscard]] Result<direct::Identity> issue_case(std::string_view name, Request request, const std::string& domain);

  // What is revoked by now, as DER.
  [[nodiscard]] Result<std::string> list_of(const direct::Identity& authority) const;

 private:
  Certifier(std::int64_t now, std::string base_url, direct::Identity root, direct::Identity intermediate,
            direct::Identity elsewhere, direct::Identity foreign);

  std::int64_t now_;
  std::string base_url_;
  direct::Identity root_, intermediate_, elsewhere_, foreign_;
  std::vector<Revoked> revoked_;  // by the intermediate authority
};

}  // namespace bb::pki
