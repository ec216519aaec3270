// direct_world.hpp - a mail room, a PKI and a portal that sends and receives by Direct,
// with Bob at the other end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>
#include <bb/direct/trust.hpp>

#include "mailroom/running_mailroom.hpp"
#include "portal/running_portal.hpp"

namespace bb::portal_test {

inline const std::string portal_domain = "direct.portal.example";
inline const std::string alice_direct = "alice@direct.portal.example";
inline const std::string bob_direct = "bob@direct.bob.example";
inline const std::string ghost_direct = "ghost@direct.bob.example";  // has a certificate and no mailbox

class DirectWorld {
 public:
  // Whose certificates DNS publishes for Bob: as he asks, or by a fault of it.
  enum class Published { good, none, expired, foreign, revoked, wrong_name, expired_and_good, rsa };
  explicit DirectWorld(Published published = Published::good);

  // Of a portal in this world; `more` go behind.
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const;

  mailroom::Mailroom& room() { return room_->room(); }
  const TemporaryFolder& folder() const { return folder_; }

  const direct::Identity& bob() const { return bob_; }
  const direct::Identity& portal() const { return portal_; }
  // Of Bob's address too, each with one fault.
  direct::Identity bob_by(Published fault) const;
  const direct::Identity& authority() const { return authority_; }
  direct::TrustPolicy policy() const;

  // Bob's next message; empty after ten seconds.
  std::string next_of_bob();
  std::size_t count_of_bob();
  // The next, opened and verified by Bob; a test failure where it cannot be.
  direct::Layers next_opened();
  // Hands in a message by SMTP, as it is.
  void hand_in(const std::string& from, const std::string& to, const std::string& message);
  // A text of Bob's to Alice, sealed rightly unless told otherwise.
  std::string text(const std::string& subject, const std::string& more_header = "",
                   const std::string& to = alice_direct) const;
  std::string sealed(const std::string& message, const direct::Identity& signer,
                     const direct::SealOptions& how = {}) const;
  void send_to_alice(const std::string& subject, const std::string& more_header = "");
  // Bob's notification of the message with this id (with brackets).
  std::string notification(const std::string& message_id, const std::string& disposition,
                           const std::string& error = "") const;
  void notify(const std::string& message_id, const std::string& disposition, const std::string& error = "");

 private:
  direct::Identity issue(const direct::Identity& authority, const pki::Request& request) const;

  TemporaryFolder folder_;
  direct::Identity root_, authority_, foreign_, portal_, bob_, revoked_;
  std::unique_ptr<test::RunningMailroom> room_;
  std::size_t read_ = 0;  // of Bob's messages
};

}  // namespace bb::portal_test
