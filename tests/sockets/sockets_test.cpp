#include "sockets/sockets.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include <bb/core/descriptor.hpp>
#include <bb/core/time.hpp>

#include "direct/people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using bb::sockets::Sockets;
using testing::HasSubstr;

// Listens on loopback at a port of the kernel's choice.
bb::Descriptor listener(int type, std::uint16_t& port) {
  bb::Descriptor made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(made.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_TRUE(type != SOCK_STREAM || ::listen(made.get(), 4) == 0);
  EXPECT_EQ(::getsockname(made.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  port = ntohs(address.sin_port);
  return made;
}

// Accepts one connection and does with it as it is told.
class Server {
 public:
  explicit Server(std::function<void(int)> serve)
      : thread_([this, serve = std::move(serve)] {
          const bb::Descriptor peer(::accept(listener_.get(), nullptr, nullptr));
          if (peer.get() >= 0) serve(peer.get());
        }) {}
  ~Server() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept
    thread_.join();
  }

 private:
  std::uint16_t port_ = 0;
  bb::Descriptor listener_ = listener(SOCK_STREAM, port_);
  std::thread thread_;

 public:
  Endpoint endpoint(Transport transport = Transport::tcp) const {
    return {.host = "127.0.0.1",
            .port = port_,
            .transport = transport,
            .protocol = "test",
            .server_name = "mail.example.org",
            .wait_ms_max = 5000};
  }
};

// Certificates of today, since TLS looks at the clock.
bb::pki::Request of_today(std::string name) {
  const auto now = bb::now_unix_ns() / bb::ns_per_second;
  bb::pki::Request request{.common_name = std::move(name)};
  request.key = bb::pki::Key::p256;
  request.key_usage = "critical,digitalSignature";
  request.not_before = now - day_seconds;
  request.not_after = now + day_seconds;
  return request;
}

const Identity& root() {
  static const Identity made = [] {
    auto request = of_today("TLS Root");
    request.is_authority = true;
    request.key_usage = "critical,keyCertSign,cRLSign";
    return must(bb::pki::make_root(request));
  }();
  return made;
}

// Speaks TLS as mail.example.org, and sends back what it gets until the peer closes.
void echo_over_tls(int peer) {
  auto request = of_today("mail.example.org");
  request.domains = {"mail.example.org"};
  const auto identity = must(bb::pki::issue(root(), request));
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, identity.certificate.get());
  SSL_CTX_use_PrivateKey(context, identity.key.get());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, peer);
  if (SSL_accept(ssl) == 1) {
    char bytes[1024];
    for (int got = 0; (got = SSL_read(ssl, bytes, sizeof bytes)) > 0;) SSL_write(ssl, bytes, got);
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
}

Sockets trusting(const Identity& anchor) { return Sockets({.anchors_pem = bb::pki::to_pem(anchor.certificate)}); }

TEST(SocketsTest, ReadsWhatIsThereUntilThePeerCloses) {
  Server server([](int peer) { EXPECT_EQ(::send(peer, "hello", 5, 0), 5); });
  const auto stream = must(Sockets().open(server.endpoint()));
  EXPECT_EQ(must(stream->read(2)), "he");
  EXPECT_EQ(must(stream->read(100)), "llo");
  EXPECT_EQ(must(stream->read(100)), "");
  EXPECT_EQ(stream->trouble(), Trouble::none);
}

TEST(SocketsTest, WritesAllOfIt) {
  std::size_t got = 0;
  const std::string much(8 * 1024 * 1024, 'x');
  {
    Server server([&](int peer) {
      std::string bytes(65'536, '\0');
      for (ssize_t count = 0; (count = ::recv(peer, bytes.data(), bytes.size(), 0)) > 0;)
        got += static_cast<std::size_t>(count);
    });
    const auto stream = must(Sockets().open(server.endpoint()));
    EXPECT_TRUE(stream->write(much));
  }
  EXPECT_EQ(got, much.size());
}

TEST(SocketsTest, ReadsAndWritesDatagrams) {
  std::uint16_t port = 0;
  const auto peer = listener(SOCK_DGRAM, port);
  const auto stream =
      must(Sockets().open({.host = "127.0.0.1", .port = port, .transport = Transport::udp, .protocol = "dns"}));
  ASSERT_TRUE(stream->write("question"));
  char bytes[100];
  sockaddr_in from{};
  socklen_t size = sizeof from;
  ASSERT_EQ(::recvfrom(peer.get(), bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size), 8);
  // Whoever was not asked is not heard.
  std::uint16_t other_port = 0;
  const auto other = listener(SOCK_DGRAM, other_port);
  ::sendto(other.get(), "forged", 6, 0, reinterpret_cast<sockaddr*>(&from), size);
  ::sendto(peer.get(), "one", 3, 0, reinterpret_cast<sockaddr*>(&from), size);
  ::sendto(peer.get(), "two", 3, 0, reinterpret_cast<sockaddr*>(&from), size);
  EXPECT_EQ(must(stream->read(100)), "one");
  EXPECT_EQ(must(stream->read(100)), "two");
}

TEST(SocketsTest, TellsSilenceFromNobody) {
  std::uint16_t port = 0;
  Sockets sockets;
  {
    const auto silent = listener(SOCK_STREAM, port);
    const auto stream = must(sockets.open({.host = "127.0.0.1", .port = port, .protocol = "test", .wait_ms_max = 50}));
    EXPECT_THAT(stream->read(1).error().what, HasSubstr("nothing within 50 ms"));
    EXPECT_EQ(stream->trouble(), Trouble::timed_out);
  }
  const auto refused = sockets.open({.host = "127.0.0.1", .port = port, .protocol = "test"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("Connection refused"));
  EXPECT_EQ(sockets.trouble(), Trouble::unavailable);
  EXPECT_FALSE(sockets.open({.host = "name.invalid", .port = port, .protocol = "test"}));
}

TEST(SocketsTest, SpeaksTlsFromTheStartOrLater) {
  for (const auto transport : {Transport::tls, Transport::tcp}) {
    Server server(echo_over_tls);
    const auto stream = must(trusting(root()).open(server.endpoint(transport)));
    ASSERT_TRUE(transport == Transport::tls || stream->start_tls());
    ASSERT_TRUE(stream->write("over TLS"));
    EXPECT_EQ(must(stream->read(100)), "over TLS");
  }
}

TEST(SocketsTest, TrustsNoOtherAnchorAndNoOtherName) {
  auto request = of_today("Another Root");
  request.is_authority = true;
  auto stranger = trusting(must(bb::pki::make_root(request)));
  {
    Server server(echo_over_tls);
    const auto untrusted = stranger.open(server.endpoint(Transport::tls));
    ASSERT_FALSE(untrusted);
    EXPECT_THAT(untrusted.error().what, HasSubstr("is not trusted: unable to get local issuer certificate"));
    EXPECT_EQ(stranger.trouble(), Trouble::untrusted);
  }
  for (const auto* name : {"other.example.org", "127.0.0.1"}) {
    Server server(echo_over_tls);
    auto endpoint = server.endpoint(Transport::tls);
    endpoint.server_name = name;
    EXPECT_THAT(trusting(root()).open(endpoint).error().what, HasSubstr("mismatch")) << name;
  }
}

TEST(SocketsTest, TakesNothingElseForTls) {
  Server server([](int peer) { EXPECT_GT(::send(peer, "220 injected\r\n", 14, 0), 0); });
  auto sockets = trusting(root());
  const auto stream = must(sockets.open(server.endpoint()));
  EXPECT_FALSE(stream->start_tls());
  EXPECT_EQ(stream->trouble(), Trouble::unavailable);
}

}  // namespace
