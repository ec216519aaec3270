#include "portal/direct_world.hpp"

#include <algorithm>
#include <cstdlib>

#include <bb/core/crypto.hpp>
#include <bb/direct/smtp.hpp>

#include "support/must.hpp"

namespace bb::portal_test {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;

using test::must;

direct::Identity root_named(const std::string& name) {
  auto request = test::request_now(name);
  request.is_authority = true;
  request.key_usage = "critical,keyCertSign,cRLSign";
  return must(pki::make_root(request));
}

pki::Request bob_request() {
  auto request = test::request_now(bob_direct);
  request.addresses = {bob_direct};
  return request;
}

}  // namespace

DirectWorld::DirectWorld(Published published)
    : root_(root_named("Test Root")),
      authority_([this] {
        auto request = test::request_now("Test Authority");
        request.is_authority = true;
        request.key_usage = "critical,keyCertSign,cRLSign";
        return issue(root_, request);
      }()),
      foreign_(root_named("Foreign Root")),
      portal_([this] {
        auto request = test::request_now(portal_domain);
        request.domains = {portal_domain};
        return issue(authority_, request);
      }()),
      bob_(issue(authority_, bob_request())),
      revoked_(issue(authority_, bob_request())) {
  const auto now = now_unix_ns() / ns_per_second;
  folder_.write("portal.pem", pki::to_pem(portal_));
  folder_.write("bob.pem", pki::to_pem(bob_));
  // A certificate that DNS gives comes without those of its authorities.
  folder_.write("anchors.pem", pki::to_pem(root_.certificate) + pki::to_pem(authority_.certificate));
  folder_.write("revoked.crl", must(pki::make_list(authority_, {{revoked_.certificate, now - 60}}, now - day_seconds,
                                                   now + day_seconds)));
  folder_.write("portal.crt", pki::to_pem(portal_.certificate));
  std::string zone = "records:\n  - {name: " + portal_domain + ", type: CERT, file: portal.crt}\n";
  const auto publish = [&](const std::string& file, const direct::Identity& identity) {
    folder_.write(file, pki::to_pem(identity.certificate));
    zone += "  - {name: bob.direct.bob.example, type: CERT, file: " + file + "}\n";
  };
  auto ghost = test::request_now("ghost");
  ghost.addresses = {ghost_direct};
  folder_.write("ghost.crt", pki::to_pem(issue(authority_, ghost).certificate));
  zone += "  - {name: ghost.direct.bob.example, type: CERT, file: ghost.crt}\n";
  if (published == Published::expired_and_good) publish("expired.crt", bob_by(Published::expired));
  if (published == Published::good || published == Published::expired_and_good)
    publish("bob.crt", bob_);
  else if (published != Published::none)
    publish("bob.crt", bob_by(published));
  folder_.write("zone.yaml", zone);
  mailroom::Mailroom::Options options;
  options.accounts = {{"portal", "pw", {"@" + portal_domain}}, {"bob", "pw", {bob_direct}}};
  options.zone = must(mailroom::Zone::read(folder_.path() / "zone.yaml"));
  room_ = std::make_unique<test::RunningMailroom>(std::move(options));
  folder_.write("tls.pem", room_->anchors_pem());
  ::setenv("BLUEBRIDGE_PORTAL_DIRECT_PASSWORD", "pw", 1);
}

direct::Identity DirectWorld::issue(const direct::Identity& authority, const pki::Request& request) const {
  return must(pki::issue(authority, request));
}

direct::Identity DirectWorld::bob_by(Published fault) const {
  auto request = bob_request();
  switch (fault) {
    case Published::expired:
      request.not_before -= 30 * day_seconds;
      request.not_after = request.not_before + day_seconds;
      break;
    case Published::foreign:
      return issue(foreign_, request);
    case Published::revoked:
      return revoked_;
    case Published::rsa:
      request.key = pki::Key::rsa_2048;
      request.key_usage = "critical,digitalSignature,keyEncipherment";
      break;
    case Published::wrong_name:
      request.addresses = {"mallory@direct.bob.example"};
      break;
    default:
      return bob_;
  }
  return issue(authority_, request);
}

direct::TrustPolicy DirectWorld::policy() const {
  direct::TrustPolicy policy;
  policy.anchors = {root_.certificate};
  policy.at = now_unix_ns() / ns_per_second;
  return policy;
}

std::vector<std::string> DirectWorld::arguments(std::vector<std::string> more) const {
  const auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
  const auto file = [this](const std::string& name) { return (folder_.path() / name).string(); };
  auto& room = room_->room();
  std::vector<std::string> all{"--direct-domain",
                               portal_domain,
                               "--direct-identity",
                               file("portal.pem"),
                               "--direct-anchors",
                               file("anchors.pem"),
                               "--direct-revocation",
                               file("revoked.crl"),
                               "--direct-resolver",
                               at(room.dns_port()),
                               "--direct-smtp",
                               at(room.smtp_port()),
                               "--direct-user",
                               "portal",
                               "--trust",
                               file("tls.pem")};
  if (std::find(more.begin(), more.end(), "--direct-pop3") == more.end())
    all.insert(all.end(), {"--direct-imap", at(room.imap_port())});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::size_t DirectWorld::count_of_bob() { return room().mailboxes().list("bob").size(); }

std::string DirectWorld::next_of_bob() {
  if (!eventually([&] { return count_of_bob() > read_; })) return {};
  const auto entries = room().mailboxes().list("bob");
  return *room().mailboxes().read("bob", entries[read_++].uid);
}

direct::Layers DirectWorld::next_opened() {
  const auto message = next_of_bob();
  EXPECT_NE(message, "") << "nothing came for Bob";
  auto layers = direct::look_through(message, {bob_});
  if (!layers) {
    ADD_FAILURE() << layers.error().what;
    return {};
  }
  EXPECT_EQ(layers->encryption, direct::Encryption::opened) << layers->why_closed;
  if (!layers->signature || layers->signature->signers.empty()) {
    ADD_FAILURE() << "it is not signed: " << layers->why_unsigned;
    return *std::move(layers);
  }
  const auto& signer = layers->signature->signers.front();
  EXPECT_EQ(signer.integrity, direct::Integrity::good) << signer.why;
  const auto verdict = direct::judge(*signer.certificate, *direct::read_address(alice_direct), direct::KeyUse::sign,
                                     layers->signature->certificates, policy());
  EXPECT_TRUE(verdict.is_trusted()) << verdict.faults.front().why;
  return *std::move(layers);
}

void DirectWorld::hand_in(const std::string& from, const std::string& to, const std::string& message) {
  auto sockets = room_->sockets();
  direct::SmtpClient client(sockets, room_->server(room().smtp_port()), "mail.bob.example");
  direct::SmtpReceipt receipt;
  const auto failure = client.send(from, {to}, message, receipt);
  EXPECT_FALSE(failure) << failure->what;
  client.end();
}

std::string DirectWorld::text(const std::string& subject, const std::string& more_header, const std::string& to) const {
  return more_header + "From: " + bob_direct + "\r\nTo: " + to +
         "\r\nDate: Sat, 21 Nov 2026 22:25:48 +0000\r\nMessage-ID: <" + random_token() +
         "@direct.bob.example>\r\nSubject: " + subject +
         "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nThe visit summary.\r\n";
}

std::string DirectWorld::sealed(const std::string& message, const direct::Identity& signer,
                                const direct::SealOptions& how) const {
  return must(direct::seal(message, signer, {portal_.certificate}, how));
}

void DirectWorld::send_to_alice(const std::string& subject, const std::string& more_header) {
  hand_in(bob_direct, alice_direct, sealed(text(subject, more_header), bob_));
}

std::string DirectWorld::notification(const std::string& message_id, const std::string& disposition,
                                      const std::string& error) const {
  direct::NotificationRequest request;
  request.from = bob_direct;
  request.to = alice_direct;
  request.message_id = random_token() + "@direct.bob.example";
  request.date_unix_ns = now_unix_ns();
  request.original_message_id = message_id;
  request.disposition = disposition;
  request.error = error;
  return direct::write_notification(request);
}

void DirectWorld::notify(const std::string& message_id, const std::string& disposition, const std::string& error) {
  hand_in(bob_direct, alice_direct, sealed(notification(message_id, disposition, error), bob_));
}

}  // namespace bb::portal_test
