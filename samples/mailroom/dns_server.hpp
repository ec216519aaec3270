// dns_server.hpp - answers DNS questions from a table, over UDP and TCP (RFC 1035),
// with EDNS (RFC 6891) and without. Asks nobody else.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "mailroom/zone.hpp"

namespace bb::mailroom {

enum class DnsTransport { udp, tcp };
// The answer to a message; nullopt: it is no question, and gets none. Over UDP what
// does not fit is left out and the TC bit says so.
std::optional<std::string> answer_to(std::string_view question, const Zone& zone, DnsTransport transport);

class DnsServer {
 public:
  // The same port for both; 0: the kernel's choice.
  static Result<std::unique_ptr<DnsServer>> start(const std::string& address, std::uint16_t port, Zone zone);
  ~DnsServer();
  std::uint16_t port() const;
  void stop();

 private:
  class Impl;
  explicit DnsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::mailroom
