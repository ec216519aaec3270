#include "streams/host_connections.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace bb::plugins {
namespace {

using direct::Trouble;

std::optional<Trouble> trouble_of(bb_status status) {
  switch (status) {
    case BB_E_UNAVAILABLE:
      return Trouble::unavailable;
    case BB_E_DEADLINE:
      return Trouble::timed_out;
    case BB_E_CANCELLED:
      return Trouble::cancelled;
    case BB_E_UNTRUSTED_PEER:
    case BB_E_PROTOCOL:  // bytes came before the handshake
      return Trouble::untrusted;
    case BB_E_FORBIDDEN:
      return Trouble::forbidden;
    default:
      return std::nullopt;
  }
}

bb_transport transport_of(direct::Transport transport) {
  switch (transport) {
    case direct::Transport::tcp:
      return BB_TRANSPORT_TCP;
    case direct::Transport::udp:
      return BB_TRANSPORT_UDP;
    case direct::Transport::tls:
      return BB_TRANSPORT_TLS;
  }
  return BB_TRANSPORT_UNKNOWN;
}

// What `act` gives, or the error and trouble of its Failure.
template <class Act>
auto attempt(Trouble& trouble, const Act& act) -> Result<decltype(act())> {
  try {
    return act();
  } catch (const Failure& failure) {
    const auto known = trouble_of(failure.status);
    if (!known) throw;
    trouble = *known;
    return Error{failure.message};
  }
}

class HostStream final : public direct::Stream {
 public:
  HostStream(bb::Stream stream, Call& call, std::string server_name)
      : stream_(std::move(stream)), call_(call), server_name_(std::move(server_name)) {}

  Result<std::string> read(std::size_t bytes_max) override {
    return attempt(trouble_, [&] { return stream_.read(call_, bytes_max); });
  }
  Status write(std::string_view bytes) override {
    return done(attempt(trouble_, [&] { return stream_.write(call_, bytes), true; }));
  }
  Status start_tls() override {
    return done(attempt(trouble_, [&] { return stream_.start_tls(call_, {.server_name = server_name_}), true; }));
  }
  Trouble trouble() const override { return trouble_; }

 private:
  static Status done(Result<bool> result) {
    if (!result) return std::move(result).error();
    return {};
  }

  bb::Stream stream_;
  Call& call_;
  std::string server_name_;
  Trouble trouble_ = Trouble::none;
};

}  // namespace

bb_status status_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::none:
      return BB_E_REJECTED;
    case Trouble::unavailable:
      return BB_E_UNAVAILABLE;
    case Trouble::timed_out:
      return BB_E_DEADLINE;
    case Trouble::untrusted:
      return BB_E_UNTRUSTED_PEER;
    case Trouble::forbidden:
      return BB_E_FORBIDDEN;
    case Trouble::cancelled:
      return BB_E_CANCELLED;
  }
  return BB_E_INTERNAL;
}

Result<std::unique_ptr<direct::Stream>> HostConnections::open(const direct::Endpoint& endpoint) {
  return attempt(trouble_, [&]() -> std::unique_ptr<direct::Stream> {
    auto stream = streams_.open(call_, {.transport = transport_of(endpoint.transport),
                                        .host = endpoint.host,
                                        .port = endpoint.port,
                                        .protocol = endpoint.protocol,
                                        .tls = {.server_name = endpoint.server_name},
                                        .wait_ms_max = static_cast<std::uint32_t>(std::max(endpoint.wait_ms_max, 0))});
    return std::make_unique<HostStream>(std::move(stream), call_, endpoint.server_name);
  });
}

}  // namespace bb::plugins
