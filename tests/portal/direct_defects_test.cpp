// Each defect of Direct shows on the defective portal and does not show on the clean one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <set>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/records/mime.hpp>

#include "portal/defects.hpp"
#include "portal/direct_world.hpp"
#include "support/must.hpp"

namespace bb::portal_test {
namespace {

using Published = DirectWorld::Published;

// What Bob got of a share to him, as it came; empty where nothing was sent.
std::string sent(DirectWorld& world, RunningPortal& portal) {
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  return share["receipts"][0]["delivery"].string_or("") == "accepted" ? world.next_of_bob() : std::string();
}
direct::Layers opened(DirectWorld& world, const std::string& message) {
  auto layers = direct::look_through(message, {world.bob()});
  EXPECT_TRUE(layers) << layers.error().what;
  return layers ? *std::move(layers) : direct::Layers();
}

// Whether the portal takes a message before one that is right.
bool takes(DirectWorld& world, RunningPortal& portal, const std::string& message) {
  ApiUser alice(portal, "alice");
  const auto count = [&] { return alice.json("/api/patients/alice/messages")["items"].size(); };
  world.hand_in(bob_direct, alice_direct, message);
  world.send_to_alice("marker");
  const auto has_marker = [&] {
    const auto items = alice.json("/api/patients/alice/messages")["items"];
    return items.size() > 0 && items[items.size() - 1]["subject"].string_or("") == "marker";
  };
  EXPECT_TRUE(eventually(has_marker));
  return count() == 2;
}

std::string tampered(const DirectWorld& world) {
  const auto message = world.text("tampered");
  auto entity = *direct::signed_entity(direct::wrap(message), world.bob());
  entity.replace(entity.find("The visit summary."), 3, "Thy");
  return *direct::addressed(*direct::encrypted_entity(entity, {world.portal().certificate}), message);
}

// Bob's first notification of a message of his; empty where the message is taken and none comes.
std::string notified(DirectWorld& world, RunningPortal& portal) {
  ApiUser alice(portal, "alice");
  world.send_to_alice("message");
  EXPECT_TRUE(eventually([&] { return alice.json("/api/patients/alice/messages")["items"].size() == 1; }));
  EXPECT_TRUE(eventually([&] { return world.room().mailboxes().list("portal").empty(); }));
  return world.count_of_bob() == 0 ? std::string() : world.next_of_bob();
}

direct::Entity inner_of(const direct::Layers& layers) { return *direct::read_entity(layers.message); }
std::string delivery_of(RunningPortal& portal, const Value& share) {
  ApiUser alice(portal, "alice");
  return alice.json("/api/patients/alice/shares/" + share["id"].string_or(""))["receipts"][0]["delivery"].string_or("");
}

// What a share is told as when Bob has said these dispositions of it.
std::string told_after(DirectWorld& world, RunningPortal& portal, const std::vector<std::string>& dispositions) {
  ApiUser alice(portal, "alice");
  const auto share = alice.share("alice", bob_direct);
  const auto id = inner_of(opened(world, world.next_of_bob())).value("message-id");
  for (const auto& disposition : dispositions) {
    world.notify(id, disposition);
    EXPECT_TRUE(eventually([&] { return world.room().mailboxes().list("portal").empty(); }));
  }
  return delivery_of(portal, share);
}

struct Case {
  std::string defect;
  Published published;
  std::function<bool(DirectWorld&, RunningPortal&)> shows;
};

std::vector<Case> cases() {
  return {
      {"direct-sends-unencrypted", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.encryption == direct::Encryption::none && layers.is_signed && layers.is_wrapped;
       }},
      {"direct-subject-outside", Published::good,
       [](auto& w, auto& p) {
         const auto message = sent(w, p);
         return direct::read_entity(message)->value("subject") == "Health record of Alice Newman";
       }},
      {"direct-sha1", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.micalg == "sha-1" && layers.signature->signers.at(0).digest == "sha1";
       }},
      {"direct-unwrapped", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.is_signed && !layers.is_wrapped;
       }},
      {"direct-uses-expired-recipient", Published::expired, [](auto& w, auto& p) { return !sent(w, p).empty(); }},
      {"direct-ignores-revocation", Published::revoked,
       [](auto& w, auto& p) {
         const bool is_sent = !sent(w, p).empty();
         const bool is_taken = takes(w, p, w.sealed(w.text("revoked"), w.bob_by(Published::revoked)));
         EXPECT_EQ(is_sent, is_taken);  // half a defect is none
         return is_sent && is_taken;
       }},
      {"direct-accepts-tampered", Published::good, [](auto& w, auto& p) { return takes(w, p, tampered(w)); }},
      {"direct-accepts-expired", Published::good,
       [](auto& w, auto& p) { return takes(w, p, w.sealed(w.text("old"), w.bob_by(Published::expired))); }},
      {"direct-accepts-foreign-anchor", Published::good,
       [](auto& w, auto& p) { return takes(w, p, w.sealed(w.text("foreign"), w.bob_by(Published::foreign))); }},
      {"direct-no-mdn", Published::good, [](auto& w, auto& p) { return notified(w, p).empty(); }},
      {"direct-mdn-in-clear", Published::good,
       [](auto& w, auto& p) {
         const auto message = notified(w, p);
         const auto layers = opened(w, message);
         return layers.encryption == direct::Encryption::none && !layers.is_signed &&
                message.find("disposition-notification") != std::string::npos;
       }},
      {"direct-triple-des", Published::good,
       [](auto& w, auto& p) { return opened(w, sent(w, p)).envelope->cipher == "DES-EDE3-CBC"; }},
      {"direct-encrypts-for-itself", Published::good,
       [](auto& w, auto& p) {
         const auto layers = direct::look_through(sent(w, p), {});
         return layers && direct::is_of(layers->envelope->recipients.at(0), w.portal().certificate);
       }},
      {"direct-oaep", Published::rsa,
       [](auto& w, auto& p) {
         const auto layers = direct::look_through(sent(w, p), {});  // the key of it is nobody's here
         return layers && layers->envelope->recipients.at(0).algorithm == "RSAES-OAEP";
       }},
      {"direct-sends-unsigned", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.encryption == direct::Encryption::opened && !layers.is_signed && layers.is_wrapped;
       }},
      {"direct-wrong-micalg", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.micalg == "sha-512" && layers.signature->signers.at(0).digest == "sha256";
       }},
      {"direct-changed-after-signing", Published::good,
       [](auto& w, auto& p) {
         return opened(w, sent(w, p)).signature->signers.at(0).integrity == direct::Integrity::content_changed;
       }},
      {"direct-no-signer-certificate", Published::good,
       [](auto& w, auto& p) { return !opened(w, sent(w, p)).signature->signers.at(0).certificate; }},
      {"direct-opaque-signature", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return layers.is_signed && !layers.is_detached && layers.is_wrapped;
       }},
      {"direct-signs-as-another", Published::good,
       [](auto& w, auto& p) {
         const auto layers = opened(w, sent(w, p));
         return *layers.signature->signers.at(0).certificate == w.bob().certificate;
       }},
      {"direct-bare-lf", Published::good, [](auto& w, auto& p) { return !opened(w, sent(w, p)).is_signed_canonical; }},
      {"direct-no-part-name", Published::good,
       [](auto& w, auto& p) { return sent(w, p).find("; name=\"smime.p7m\"") == std::string::npos; }},
      {"direct-no-message-id", Published::good,
       [](auto& w, auto& p) { return inner_of(opened(w, sent(w, p))).find("message-id") == nullptr; }},
      {"direct-repeats-message-id", Published::good,
       [](auto& w, auto& p) {
         const auto first = inner_of(opened(w, sent(w, p))).value("message-id");
         return first == inner_of(opened(w, sent(w, p))).value("message-id");
       }},
      {"direct-no-date", Published::good,
       [](auto& w, auto& p) { return inner_of(opened(w, sent(w, p))).find("date") == nullptr; }},
      {"direct-asks-wrongly", Published::good,
       [](auto& w, auto& p) {
         return direct::asked_of(inner_of(opened(w, sent(w, p)))) == direct::FinalDelivery::ill_formed;
       }},
      {"direct-all-or-nothing", Published::good,
       [](auto& w, auto& p) {
         ApiUser alice(p, "alice");
         const auto answer = alice.post("/api/patients/alice/shares",
                                        R"({"to": ["bob@direct.bob.example", "nobody@direct.none.example"]})", "two");
         EXPECT_EQ(answer->status, 202);
         return w.count_of_bob() == 0;
       }},
      {"direct-uses-foreign-recipient", Published::foreign, [](auto& w, auto& p) { return !sent(w, p).empty(); }},
      {"direct-hides-failure", Published::none,
       [](auto&, auto& p) {
         ApiUser alice(p, "alice");
         return alice.share("alice", bob_direct)["receipts"][0]["delivery"].string_or("") == "accepted";
       }},
      {"direct-tells-success-unconfirmed", Published::good,
       [](auto&, auto& p) {
         ApiUser alice(p, "alice");
         return delivery_of(p, alice.share("alice", bob_direct)) == "dispatched";
       }},
      {"direct-ignores-notifications", Published::good,
       [](auto& w, auto& p) { return told_after(w, p, {"processed"}) == "accepted"; }},
      {"direct-takes-processed-for-delivered", Published::good,
       [](auto& w, auto& p) { return told_after(w, p, {"processed"}) == "dispatched"; }},
      {"direct-takes-late-success", Published::good,
       [](auto& w, auto& p) {
         return told_after(w, p, {"failed", "dispatched"}) == "dispatched";
       }},
      {"direct-no-context", Published::good,
       [](auto& w, auto& p) {
         const auto mail = records::read_mime(opened(w, sent(w, p)).message);
         EXPECT_TRUE(mail);
         return !mail || mail->parts.at(0).body.find("at the request of Alice Newman") == std::string::npos;
       }},
  };
}

// Bob's too, so that there is a wrong one to sign with.
std::vector<std::string> identities(const DirectWorld& world) {
  return {"--direct-identity", (world.folder().path() / "bob.pem").string()};
}

class DirectDefectsTest : public testing::TestWithParam<Case> {};

TEST_P(DirectDefectsTest, ShowsWhenItIsOnAndNotElse) {
  {
    DirectWorld world(GetParam().published);
    RunningPortal clean(world.arguments(identities(world)));
    EXPECT_FALSE(GetParam().shows(world, clean));
  }
  DirectWorld world(GetParam().published);
  auto arguments = identities(world);
  arguments.insert(arguments.end(), {"--defect", GetParam().defect});
  RunningPortal defective(world.arguments(arguments));
  EXPECT_TRUE(GetParam().shows(world, defective));
}

INSTANTIATE_TEST_SUITE_P(All, DirectDefectsTest, testing::ValuesIn(cases()), [](const auto& row) {
  std::string name;
  for (const char c : row.param.defect)
    if (c != '-') name += c;
  return name;
});

// A tampered message is taken by one defect, and one that is expired by another: each trusts what the others do not.
TEST(DirectDefectsAloneTest, TakeTheirOwnFaultAlone) {
  const std::vector<std::string> receiving{"direct-accepts-tampered", "direct-accepts-expired",
                                           "direct-accepts-foreign-anchor"};
  for (const auto& on : receiving) {
    for (const auto& row : cases()) {
      if (std::find(receiving.begin(), receiving.end(), row.defect) == receiving.end() || row.defect == on) continue;
      DirectWorld world;
      RunningPortal portal(world.arguments({"--defect", on}));
      EXPECT_FALSE(row.shows(world, portal)) << row.defect << " shows under " << on;
    }
  }
}

// Each passes over the fault that it names, and over no other of the same requirement.
TEST(DirectDefectsAloneTest, PassOverTheirOwnFaultAlone) {
  DirectWorld world;
  auto request = test::request_now("bob");
  request.addresses = {bob_direct};
  request.not_before += 12 * 3600;
  const auto of_tomorrow = test::must(pki::issue(world.authority(), request));
  const auto message = world.text("unreadable");
  auto entity = *direct::signed_entity(direct::wrap(message), world.bob());
  const auto signature = entity.find("\r\n\r\nMI") + 4;
  entity.replace(signature, 2, "AA");  // no SEQUENCE: nothing that could be a signature
  const auto unreadable = *direct::addressed(*direct::encrypted_entity(entity, {world.portal().certificate}), message);
  {
    RunningPortal portal(world.arguments({"--defect", "direct-accepts-expired"}));
    EXPECT_FALSE(takes(world, portal, world.sealed(world.text("tomorrow"), of_tomorrow)));
  }
  RunningPortal portal(world.arguments({"--defect", "direct-accepts-tampered"}));
  EXPECT_FALSE(takes(world, portal, unreadable));
}

// The others show in a suite: tests/e2e/direct_receive.json.
TEST(DirectDefectsTableTest, CoversEveryDefectOfTheTable) {
  const auto text = read_text(std::filesystem::path(BB_SOURCE_DIR) / "tests/e2e/direct_receive.json");
  ASSERT_TRUE(text) << text.error().what;
  const auto by_suite = parse_json(*text);
  ASSERT_TRUE(by_suite) << by_suite.error().what;
  std::set<std::string> known, covered;
  for (const auto& row : portal::all_defects())
    if (row.name.starts_with("direct-")) known.emplace(row.name);
  for (const auto& row : cases()) covered.insert(row.defect);
  for (const auto& row : *(*by_suite)["defects"].members()) covered.insert(row.key);
  // What goes wrong with looking for certificates shows where there are directories:
  // tests/servers/discovery_suite_test.py.
  for (const auto* name : {"direct-sends-without-certificate", "direct-asks-dns-only", "direct-asks-udp-only",
                           "direct-asks-first-directory-only", "direct-ignores-srv-priority",
                           "direct-ignores-srv-weight", "direct-ignores-domain-certificates", "direct-domain-first",
                           "direct-stops-at-bad-certificate", "direct-no-aia"})
    covered.insert(name);
  EXPECT_EQ(covered, known);
}

}  // namespace
}  // namespace bb::portal_test
