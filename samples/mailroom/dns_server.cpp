#include "mailroom/dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <thread>

#include <fmt/format.h>
#include <bb/core/descriptor.hpp>
#include <bb/core/time.hpp>

#include "mailroom/listener.hpp"
#include "mailroom/peer.hpp"

namespace bb::mailroom {
namespace {

constexpr int look_around_ms = 100;
constexpr int idle_ms_max = 5'000;
constexpr std::int64_t connection_ms_max = 30'000;
constexpr int port_tries_max = 20;

// RFC 1035, 4.2.2: each message has its length before it.
void serve_tcp(int socket, const Zone& zone) {
  Peer peer(socket, {}, idle_ms_max, monotonic_ns() + connection_ms_max * ns_per_ms);
  for (;;) {
    const auto length = peer.read_exactly(2);
    if (!length) return;
    const auto high = static_cast<unsigned char>((*length)[0]), low = static_cast<unsigned char>((*length)[1]);
    const auto question = peer.read_exactly(std::size_t{high} << 8 | low);
    const auto answer = question ? answer_to(*question, zone, DnsTransport::tcp) : std::nullopt;
    if (!answer) return;
    const std::string size{static_cast<char>(answer->size() >> 8 & 0xff), static_cast<char>(answer->size() & 0xff)};
    if (!peer.write(size + *answer)) return;
  }
}

Result<Descriptor> bind_udp(const std::string& address, std::uint16_t port) {
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
    return Error{
        fmt::format("cannot listen on {}:{} for UDP: {}", address, port, std::generic_category().message(errno))};
  return socket;
}

}  // namespace

class DnsServer::Impl {
 public:
  explicit Impl(Zone zone) : zone_(std::move(zone)) {}

  Status start(const std::string& address, std::uint16_t port) {
    Status last;
    for (int tries = 0; tries < port_tries_max; ++tries) {
      BB_TRY(tcp_, Listener::start(address, port, [this](int socket) { serve_tcp(socket, zone_); }));
      auto socket = bind_udp(address, tcp_->port());
      if (socket) {
        udp_ = *std::move(socket);
        thread_ = std::thread([this] { serve_udp(); });
        return {};
      }
      last = socket.error();
      if (port != 0) return last;  // else the kernel may choose one that is free for both
    }
    return last;
  }

  std::uint16_t port() const { return tcp_->port(); }

  void stop() {
    is_stopping_ = true;
    if (tcp_) tcp_->stop();
    if (thread_.joinable()) thread_.join();
    udp_ = Descriptor();
  }

 private:
  void serve_udp() {
    std::array<char, 4096> question;
    while (!is_stopping_) {
      pollfd waiting{udp_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, look_around_ms) <= 0) continue;
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      auto* const asker = reinterpret_cast<sockaddr*>(&from);
      const auto count = ::recvfrom(udp_.get(), question.data(), question.size(), MSG_DONTWAIT, asker, &size);
      if (count < 0) continue;
      const auto answer = answer_to({question.data(), static_cast<std::size_t>(count)}, zone_, DnsTransport::udp);
      if (answer) ::sendto(udp_.get(), answer->data(), answer->size(), MSG_DONTWAIT, asker, size);
    }
  }

  const Zone zone_;
  std::atomic<bool> is_stopping_ = false;
  std::unique_ptr<Listener> tcp_;
  Descriptor udp_;
  std::thread thread_;
};

DnsServer::DnsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DnsServer::~DnsServer() { stop(); }
std::uint16_t DnsServer::port() const { return impl_->port(); }
void DnsServer::stop() { impl_->stop(); }

Result<std::unique_ptr<DnsServer>> DnsServer::start(const std::string& address, std::uint16_t port, Zone zone) {
  auto impl = std::make_unique<Impl>(std::move(zone));
  BB_CHECK(impl->start(address, port));
  return std::unique_ptr<DnsServer>(new DnsServer(std::move(impl)));
}

}  // namespace bb::mailroom
