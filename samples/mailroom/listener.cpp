#include "mailroom/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <list>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <bb/core/descriptor.hpp>

namespace bb::mailroom {
namespace {
constexpr std::size_t connections_max = 64;  // of one listener; more wait
constexpr int look_around_ms = 100;          // for those that ended
}  // namespace

class Listener::Impl {
 public:
  Impl(Descriptor socket, std::uint16_t port, Handler handler)
      : socket_(std::move(socket)), port_(port), handler_(std::move(handler)), thread_([this] { accept_all(); }) {}

  std::uint16_t port() const { return port_; }

  void stop() {
    is_stopping_ = true;
    {
      const std::lock_guard lock(mutex_);
      for (auto& each : connections_)
        if (!each.is_done) ::shutdown(each.socket.get(), SHUT_RDWR);
    }
    if (thread_.joinable()) thread_.join();
    for (auto& each : connections_) each.thread.join();
    connections_.clear();
    socket_ = Descriptor();  // nobody waits in vain for an answer
  }

 private:
  struct Connection {
    explicit Connection(Descriptor accepted) : socket(std::move(accepted)) {}
    Descriptor socket;
    std::atomic<bool> is_done = false;
    std::thread thread;
  };

  void accept_all() {
    while (!is_stopping_) {
      pollfd waiting{socket_.get(), POLLIN, 0};
      const bool has_room = drop_those_that_ended() < connections_max;
      if (::poll(&waiting, has_room ? 1 : 0, look_around_ms) <= 0) continue;
      Descriptor accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (accepted.get() < 0) continue;
      const int on = 1;
      ::setsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
      auto& connection = connections_.emplace_back(std::move(accepted));
      connection.thread = std::thread([this, &connection] {
        handler_(connection.socket.get());
        ::shutdown(connection.socket.get(), SHUT_RDWR);
        connection.is_done = true;
      });
    }
  }

  std::size_t drop_those_that_ended() {
    const std::lock_guard lock(mutex_);
    for (auto each = connections_.begin(); each != connections_.end();) {
      if (!each->is_done) {
        ++each;
        continue;
      }
      each->thread.join();
      each = connections_.erase(each);
    }
    return connections_.size();
  }

  Descriptor socket_;
  const std::uint16_t port_;
  const Handler handler_;
  std::atomic<bool> is_stopping_ = false;
  std::mutex mutex_;
  std::list<Connection> connections_;
  std::thread thread_;  // last: it uses the others
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() { stop(); }
std::uint16_t Listener::port() const { return impl_->port(); }
void Listener::stop() { impl_->stop(); }

Result<std::unique_ptr<Listener>> Listener::start(const std::string& address, std::uint16_t port, Handler handler) {
  const auto failed = [&](int error) {
    return Error{fmt::format("cannot listen on {}:{}: {}", address, port, std::generic_category().message(error))};
  };
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1)
    return Error{fmt::format("cannot listen on '{}': expected an IPv4 address, for example 127.0.0.1", address)};
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = sizeof name;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), size) != 0 || ::listen(socket.get(), 64) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return failed(errno);
  return std::unique_ptr<Listener>(
      new Listener(std::make_unique<Impl>(std::move(socket), ntohs(name.sin_port), std::move(handler))));
}

}  // namespace bb::mailroom
