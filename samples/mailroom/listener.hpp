// listener.hpp - takes TCP connections and gives each a thread, up to a bound.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <bb/core/result.hpp>

namespace bb::mailroom {

class Listener {
 public:
  // Called with each connected socket, which stays the listener's. Must not throw.
  using Handler = std::function<void(int socket)>;

  // `address` is an IPv4 address, port 0 the kernel's choice. The error names both.
  static Result<std::unique_ptr<Listener>> start(const std::string& address, std::uint16_t port, Handler handler);
  ~Listener();

  std::uint16_t port() const;
  // Breaks off all connections and waits for their handlers.
  void stop();

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::mailroom
