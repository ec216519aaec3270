// answering.hpp - connections whose other side does what a test says.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <bb/direct/stream.hpp>

namespace bb::test {

// What the other side of one connection does: answers each write with what is to be
// read, each in a read of its own; then reads end as `at_end` says.
struct Peer {
  std::function<std::vector<std::string>(const std::string& written)> answer;
  direct::Trouble at_end = direct::Trouble::timed_out;  // none: it closes
};

class ScriptedStream : public direct::Stream {
 public:
  explicit ScriptedStream(Peer peer) : peer_(std::move(peer)) {}

  Result<std::string> read(std::size_t bytes_max) override {
    trouble_ = direct::Trouble::none;
    if (waiting_.empty()) {
      trouble_ = peer_.at_end;
      if (trouble_ == direct::Trouble::none) return std::string();
      return Error{"nothing came"};
    }
    auto bytes = waiting_.front().substr(0, bytes_max);
    waiting_.front().erase(0, bytes.size());
    if (waiting_.front().empty()) waiting_.pop_front();
    return bytes;
  }
  Status write(std::string_view bytes) override {
    for (auto& piece : peer_.answer(std::string(bytes))) waiting_.push_back(std::move(piece));
    return {};
  }
  Status start_tls() override { return Error{"no TLS here"}; }
  direct::Trouble trouble() const override { return trouble_; }

 private:
  Peer peer_;
  std::deque<std::string> waiting_;
  direct::Trouble trouble_ = direct::Trouble::none;
};

class ScriptedConnections : public direct::Connections {
 public:
  using Opened = std::variant<Peer, direct::Trouble>;
  explicit ScriptedConnections(std::function<Opened(const direct::Endpoint&)> on_open) : on_open_(std::move(on_open)) {}

  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint& endpoint) override {
    opened.push_back(endpoint);
    auto made = on_open_(endpoint);
    trouble_ = direct::Trouble::none;
    if (auto* peer = std::get_if<Peer>(&made))
      return std::unique_ptr<direct::Stream>(std::make_unique<ScriptedStream>(std::move(*peer)));
    trouble_ = std::get<direct::Trouble>(made);
    return Error{"no connection"};
  }
  direct::Trouble trouble() const override { return trouble_; }

  std::vector<direct::Endpoint> opened;

 private:
  std::function<Opened(const direct::Endpoint&)> on_open_;
  direct::Trouble trouble_ = direct::Trouble::none;
};

}  // namespace bb::test
