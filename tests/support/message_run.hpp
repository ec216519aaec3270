// support/message_run.hpp - a run in which a message goes from a portal to an inbox, made by hand.
#pragma once

#include <string>
#include <utility>

#include "harness/evidence/run_view.hpp"
#include "support/run_view_fixture.hpp"

namespace bb::test {

// Puts a test together as its events would: numbers and times go up.
struct Recording {
  explicit Recording(std::string who) : instance(std::move(who)) {
    test.suite = "direct.send";
    test.name = "way";
    test.title = "The record arrives";
    test.is_done = true;
    test.outcome = evidence::Outcome::pass;
  }
  evidence::StepView& step(std::string id) {
    evidence::StepView view;
    view.id = std::move(id);
    view.action = instance + "." + view.id;
    view.started_unix_ns = fixture_start_unix_ns;
    test.steps.push_back(std::move(view));
    return test.steps.back();
  }
  void exchange(std::string method, std::string url, int status) {
    evidence::ExchangeView view;
    view.exchange.instance = instance;
    view.exchange.method = std::move(method);
    view.exchange.url = std::move(url);
    view.exchange.status = status;
    view.exchange.started_unix_ns = fixture_start_unix_ns + 1'000'000 * number;
    view.number = ++number;
    test.steps.back().exchanges.push_back(std::move(view));
  }
  void stream(std::string protocol, std::string what, std::string peer, std::string sent = {},
              std::string received = {}) {
    evidence::RecordView view;
    view.record.instance = instance;
    view.record.call_id = call;
    view.record.protocol = std::move(protocol);
    view.record.step = std::move(what);
    view.record.peer = std::move(peer);
    view.record.sent = std::move(sent);
    view.record.received = std::move(received);
    view.at_unix_ns = fixture_start_unix_ns + 1'000'000 * number;
    view.number = ++number;
    test.steps.back().records.push_back(std::move(view));
  }

  evidence::TestView test;
  std::string instance;
  std::uint64_t call = 1;
  std::int64_t number = 0;
};

// The portal shares with bob; his inbox looks twice, finds the message and opens it. As RFC 3501
// has it a message is a literal behind FETCH.
inline evidence::TestView message_test() {
  Recording recording("portal/alice");
  auto& share = recording.step("share");
  recording.exchange("POST", "https://portal.example:4001/api/shares?x=1", 202);
  share.has_message = true;
  share.message.body = R"({"id": "1", "receipts": [{"delivery": "accepted", "recipient": "bob@direct.example.org"}]})";

  recording.instance = "inbox";
  recording.step("message");
  const std::string peer = "192.0.2.25:143";
  const auto look = [&](const std::string& list) {
    ++recording.call;
    recording.stream("imap", "open", peer);
    recording.stream("imap", "exchange", peer, "a1 LOGIN \"bob\" \"[secret password]\"\r\n", "a1 OK done\r\n");
    recording.stream("imap", "exchange", peer, "a2 UID FETCH 1:* (UID RFC822.SIZE)\r\n", list + "a2 OK done\r\n");
  };
  look("");
  look("");
  look("* 1 FETCH (UID 7 RFC822.SIZE 300)\r\n");
  recording.stream("smime", "open", "", "", "taken");
  recording.stream(
      "imap", "exchange", peer, "a3 UID FETCH 7 (BODY.PEEK[])\r\n",
      "* 1 FETCH (UID 7 BODY[] {300}\r\nReturn-Path: <alice@portal.example>\r\n"
      "Delivered-To: bob@direct.example.org\r\n"
      "Received: from portal.example by mail.example.org with ESMTPS; Sat, 21 Nov 2026 22:26:41 +0000\r\n"
      "From: alice@portal.example\r\nTo: bob@direct.example.org\r\nMessage-ID: <1@portal.example>\r\n"
      "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIIB\r\n)\r\na3 OK done\r\n");
  auto& message = recording.test.steps.back();
  message.has_message = true;
  message.message.attributes = {
      {"opened.encryption", "valid"}, {"opened.signature", "valid"}, {"opened.trust", "trusted"}};
  return recording.test;
}

inline evidence::RunView message_run() {
  auto run = conformant_run();
  run.tests.push_back(message_test());
  return run;
}

}  // namespace bb::test
