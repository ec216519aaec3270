#include "dial.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <bb/core/time.hpp>

namespace bb::host {
namespace {

struct AddressesDeleter {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

// getaddrinfo cannot be stopped, so it runs in a thread of its own that shares
// this with whoever waits; the last of the two frees it.
struct Lookup {
  Transport transport = Transport::tcp;
  std::string host, service;
  int done = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int failure = 0;
  Addresses addresses;

  ~Lookup() {
    if (done >= 0) ::close(done);
  }
};

int socket_type(Transport transport) { return transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM; }

int look_up(Transport transport, const std::string& host, const std::string& service, int flags, Addresses& addresses) {
  addrinfo hints{};
  hints.ai_socktype = socket_type(transport);
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
  addresses.reset(found);
  return failure;
}

Fault resolve(Transport transport, const std::string& host, int port, const Bounds& bounds, Addresses& addresses,
              std::string& reason) {
  const std::string service = std::to_string(port);
  if (look_up(transport, host, service, AI_NUMERICHOST, addresses) == 0) return Fault::none;
  const auto lookup = std::make_shared<Lookup>();
  lookup->transport = transport;
  lookup->host = host;
  lookup->service = service;
  try {
    std::thread([lookup] {
      lookup->failure = look_up(lookup->transport, lookup->host, lookup->service, 0, lookup->addresses);
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = ::write(lookup->done, &one, sizeof(one));
    }).detach();
  } catch (const std::system_error& problem) {  // std::thread has no other way to fail
    reason = "cannot resolve '" + host + "': " + problem.what();
    return Fault::unavailable;
  }
  const Fault fault = wait_ready(lookup->done, POLLIN, bounds);
  if (fault != Fault::none) {
    reason = "the name '" + host + "' was not resolved in time";
    return fault;
  }
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(lookup->done, &count, sizeof(count));
  if (lookup->failure != 0) {
    reason = "the name '" + host + "' does not resolve: " + ::gai_strerror(lookup->failure);
    return Fault::unavailable;
  }
  addresses = std::move(lookup->addresses);
  return Fault::none;
}

Fault connect_to(Transport transport, const addrinfo& address, const Bounds& bounds, int& descriptor, int& error) {
  descriptor = ::socket(address.ai_family, socket_type(transport) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  error = errno;
  if (descriptor < 0) return Fault::unavailable;
  const int on = 1;
  if (transport == Transport::tcp) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return Fault::none;
  error = errno;
  if (error != EINPROGRESS) return Fault::unavailable;
  if (const Fault fault = wait_ready(descriptor, POLLOUT, bounds); fault != Fault::none) return fault;
  socklen_t size = sizeof(error);
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? Fault::none : Fault::unavailable;
}

}  // namespace

Dialled dial(Transport transport, const std::string& host, int port, const Bounds& bounds,
             std::int64_t connect_ms_max) {
  const std::int64_t limit_ns = monotonic_ns() + connect_ms_max * ns_per_ms;
  const bool is_call_first = bounds.deadline_ns != 0 && bounds.deadline_ns <= limit_ns;
  const Bounds both{is_call_first ? bounds.deadline_ns : limit_ns, bounds.cancellation};
  const std::string peer = host + ":" + std::to_string(port);
  bool is_resolved = false;
  const auto fail = [&](Fault fault, std::string reason) {
    if (fault == Fault::deadline) {
      reason = "no connection to " + peer +
               (is_call_first ? " before the deadline" : " within " + std::to_string(connect_ms_max) + " ms");
      if (!is_call_first) fault = Fault::unavailable;
    }
    if (fault == Fault::cancelled) reason = "cancelled while connecting to " + peer;
    return Dialled{-1, fault, std::move(reason), is_resolved};
  };

  Addresses addresses;
  std::string reason;
  if (const Fault fault = resolve(transport, host, port, both, addresses, reason); fault != Fault::none)
    return fail(fault, std::move(reason));
  is_resolved = true;
  int error = 0;
  for (const addrinfo* address = addresses.get(); address; address = address->ai_next) {
    int descriptor = -1;
    const Fault fault = connect_to(transport, *address, both, descriptor, error);
    if (fault == Fault::none) return {descriptor, Fault::none, {}, true};
    if (descriptor >= 0) ::close(descriptor);
    if (fault != Fault::unavailable) return fail(fault, {});
  }
  return fail(Fault::unavailable, "no connection to " + peer + ": " + std::generic_category().message(error));
}

}  // namespace bb::host
