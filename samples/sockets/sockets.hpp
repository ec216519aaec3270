// sockets.hpp - connections by this program's own sockets, for the protocols of
// bb::direct: TCP, UDP and TLS. A connector does not use it: its host brings them.
#pragma once

#include <memory>
#include <string>

#include <bb/core/result.hpp>
#include <bb/direct/stream.hpp>

namespace bb::sockets {

struct Options {
  std::string anchors_pem = {};  // whom TLS trusts; empty: the machine's authorities
  int wait_ms_max = 30'000;      // to connect, and for each read and write, where an endpoint says nothing
};

// TLS is version 1.2 or later; the peer's certificate has to lead to an anchor and
// to name the endpoint. Streams stand alone and may outlive it. [serial]
class Sockets : public direct::Connections {
 public:
  explicit Sockets(Options options = {});
  ~Sockets() override;
  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint& endpoint) override;
  direct::Trouble trouble() const override { return trouble_; }

 private:
  Options options_;
  direct::Trouble trouble_ = direct::Trouble::none;
};

}  // namespace bb::sockets
