// running_mailroom.hpp - a mail room in this process, with a certificate of its own authority.
#pragma once

#include <gtest/gtest.h>

#include <bb/core/time.hpp>
#include <bb/direct/mail_server.hpp>

#include "mailroom/mailroom.hpp"
#include "pki/authority.hpp"
#include "sockets/sockets.hpp"

namespace bb::test {

inline pki::Request request_now(const std::string& name) {
  pki::Request request{.common_name = name};
  request.not_before = now_unix_ns() / ns_per_second - 3600;
  request.not_after = request.not_before + 24 * 3600;
  request.key = pki::Key::p256;
  request.key_usage = "critical,digitalSignature,keyAgreement";
  return request;
}

class RunningMailroom {
 public:
  explicit RunningMailroom(mailroom::Mailroom::Options options = {}) {
    auto authority = request_now("Mail Room CA");
    authority.is_authority = true;
    authority.key_usage = "critical,keyCertSign,cRLSign";
    const auto root = *pki::make_root(authority);
    anchors_pem_ = pki::to_pem(root.certificate);
    auto server = request_now("localhost");
    server.domains = {"localhost"};
    server.hosts = {"127.0.0.1"};
    options.identity_pem = pki::to_pem(*pki::issue(root, server));
    if (options.accounts.empty())
      options.accounts = {{"alice", "secret", {"alice@direct.example.org"}}, {"rest", "more", {"@direct.example.org"}}};
    auto room = mailroom::Mailroom::start(std::move(options));
    EXPECT_TRUE(room) << room.error().what;
    room_ = *std::move(room);
  }

  mailroom::Mailroom& room() { return *room_; }
  const std::string& anchors_pem() const { return anchors_pem_; }
  // As a user of the toolkit reaches it.
  direct::MailServer server(std::uint16_t port, const std::string& user = "", const std::string& password = "") const {
    return {.host = "127.0.0.1",
            .port = port,
            .protection = direct::Protection::starttls,
            .user = user,
            .password = password};
  }
  sockets::Sockets sockets() const { return sockets::Sockets({.anchors_pem = anchors_pem_, .wait_ms_max = 10'000}); }

 private:
  std::string anchors_pem_;
  std::unique_ptr<mailroom::Mailroom> room_;
};

}  // namespace bb::test
