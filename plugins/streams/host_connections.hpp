// plugins/streams/host_connections.hpp - the connections of bb::direct over
// bb.host.stream/1, so that every byte is in the evidence and the host decides where
// they may go. For connectors of protocols that are not HTTP.
#pragma once

#include <memory>
#include <string>

#include <bb/direct/stream.hpp>
#include <bb/sdk/services/stream.hpp>

namespace bb::plugins {

// What a trouble is to the caller of a connector; Trouble::none is BB_E_REJECTED: the
// system said no.
bb_status status_of(direct::Trouble trouble);

// Connections for the length of one call, which ends all that they wait for. What is
// no trouble of the network (the host ran out of memory, a service broke) is thrown on
// as the Failure that it is. Streams must not outlive it. [serial]
class HostConnections final : public direct::Connections {
 public:
  HostConnections(const Streams& streams, Call& call) : streams_(streams), call_(call) {}

  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint& endpoint) override;
  direct::Trouble trouble() const override { return trouble_; }

 private:
  Streams streams_;
  Call& call_;
  direct::Trouble trouble_ = direct::Trouble::none;
};

}  // namespace bb::plugins
