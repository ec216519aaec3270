// said_stream.hpp - a server that says the same bytes on each connection, in pieces of
// 100, whatever it hears; then it closes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <bb/direct/stream.hpp>

namespace bb::test {

class SaidStream : public direct::Stream {
 public:
  explicit SaidStream(std::string_view bytes) : rest_(bytes) {}
  Result<std::string> read(std::size_t) override {
    const auto piece = rest_.substr(0, 100);
    rest_.remove_prefix(piece.size());
    return std::string(piece);
  }
  Status write(std::string_view) override { return {}; }
  Status start_tls() override { return {}; }
  direct::Trouble trouble() const override { return direct::Trouble::none; }

 private:
  std::string_view rest_;
};

class SaidConnections : public direct::Connections {
 public:
  // `bytes` outlive it.
  explicit SaidConnections(std::string_view bytes) : bytes_(bytes) {}
  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint&) override {
    return std::unique_ptr<direct::Stream>(std::make_unique<SaidStream>(bytes_));
  }
  direct::Trouble trouble() const override { return direct::Trouble::none; }

 private:
  std::string_view bytes_;
};

}  // namespace bb::test
