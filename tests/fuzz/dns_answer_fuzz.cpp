// What a name server answers, over UDP and over TCP, to a question whose number is 0.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <bb/direct/dns.hpp>

namespace {

using namespace bb::direct;

class OneAnswer : public Stream {
 public:
  explicit OneAnswer(std::string bytes) : bytes_(std::move(bytes)) {}
  bb::Result<std::string> read(std::size_t bytes_max) override {
    auto piece = bytes_.substr(0, bytes_max);
    bytes_.erase(0, piece.size());
    return piece;
  }
  bb::Status write(std::string_view) override { return {}; }
  bb::Status start_tls() override { return bb::Error{"no TLS"}; }
  Trouble trouble() const override { return Trouble::none; }

 private:
  std::string bytes_;
};

class Answers : public Connections {
 public:
  explicit Answers(std::string bytes) : bytes_(std::move(bytes)) {}
  bb::Result<std::unique_ptr<Stream>> open(const Endpoint& endpoint) override {
    const auto size = static_cast<std::uint16_t>(bytes_.size());
    std::string prefix;
    if (endpoint.transport == Transport::tcp) prefix = {static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
    return std::unique_ptr<Stream>(std::make_unique<OneAnswer>(prefix + bytes_));
  }
  Trouble trouble() const override { return Trouble::none; }

 private:
  std::string bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Answers answers(std::string(reinterpret_cast<const char*>(data), size));
  DnsOptions options;
  options.attempts_max = 1;
  options.random = [](std::size_t count) { return std::string(count, '\0'); };
  Resolver resolver(answers, options);
  for (const auto type : {DnsType::cert, DnsType::srv, DnsType::mx, DnsType::a, DnsType::aaaa})
    static_cast<void>(resolver.ask("alice.d9.direct.test", type));
  return 0;
}
