// functions/conversations.hpp - secure messages between a patient, or who acts for them, and the care team.
//
// A conversation belongs to a patient; each message says who wrote it, when, and whether the reader had read it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

inline constexpr std::size_t attachment_bytes_max = 32 * 1024;
inline constexpr std::size_t attachment_count_max = 3;
inline constexpr std::size_t message_bytes_max = 8'000;
inline constexpr std::string_view emergency_notice =
    "Messages are not for emergencies. In an emergency call 911. The care team answers within two working days.";

struct Outgoing {
  std::string key;      // of the request: the same key, the same message once
  std::string subject;  // of a new conversation
  std::string text;
  std::string recipient;  // of a new conversation: one of recipients()
  struct Attachment {
    std::string filename, media_type, data;
  };
  std::vector<Attachment> attachments;
  std::string claimed_author;  // what the request says of its author, which nobody believes (but message-forged-author)
};

class Conversations {
 public:
  // `announce`: somebody of the care team wrote to the patient, under this subject.
  using Announce = std::function<void(const std::string& patient, const std::string& subject, const std::string& text)>;
  Conversations(storage::Database& database, const Defects& defects, Announce announce)
      : database_(database), defects_(defects), announce_(std::move(announce)) {}

  static Value recipients();
  Answer list(const std::string& patient, const Actor& reader);
  // Marks what is in it as read by the reader; the answer says how it was before.
  Answer read(const std::string& patient, const std::string& id, const Actor& reader);
  // An empty id begins a conversation.
  Answer post(const std::string& patient, const std::string& id, const Actor& author, const Outgoing& message);
  // {"filename", "media_type", "data"}, as bytes.
  Answer attachment(const std::string& patient, const std::string& id, std::int64_t message, std::int64_t number);

 private:
  Answer check(const Outgoing& message) const;
  // `subject` becomes the conversation's.
  Answer keep(const std::string& patient, const std::string& id, const Actor& author, const Outgoing& message,
              std::string& subject);
  std::string at(std::int64_t unix_ns) const;

  storage::Database& database_;
  const Defects& defects_;
  Announce announce_;
};

}  // namespace bb::portal::functions
