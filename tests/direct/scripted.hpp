// scripted.hpp - a peer that says what it is told to, and keeps what it hears.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <bb/direct/stream.hpp>

namespace bb::test {

// A conversation: what the peer says first, and then after each write. "TLS" among
// the lines heard is the handshake. Where nothing is left to say it closes.
class Script : public direct::Connections {
 public:
  explicit Script(std::deque<std::string> says) : says_(std::move(says)) {}

  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint& endpoint) override {
    opened.push_back(endpoint);
    if (is_down) return Error{"nobody accepts"};
    return std::unique_ptr<direct::Stream>(new Side(*this));
  }
  direct::Trouble trouble() const override { return direct::Trouble::unavailable; }

  std::vector<direct::Endpoint> opened;
  std::vector<std::string> heard;
  bool is_down = false;

 private:
  class Side : public direct::Stream {
   public:
    explicit Side(Script& script) : script_(script) {}
    Result<std::string> read(std::size_t bytes_max) override {
      if (script_.says_.empty()) return std::string();
      auto& next = script_.says_.front();
      auto bytes = next.substr(0, bytes_max);
      next.erase(0, bytes.size());
      if (next.empty()) script_.says_.pop_front();
      return bytes;
    }
    Status write(std::string_view bytes) override {
      script_.heard.emplace_back(bytes);
      return {};
    }
    Status start_tls() override {
      script_.heard.emplace_back("TLS");
      return {};
    }
    direct::Trouble trouble() const override { return direct::Trouble::unavailable; }

   private:
    Script& script_;
  };

  std::deque<std::string> says_;
};

}  // namespace bb::test
