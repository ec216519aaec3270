// outgoing.hpp - a message of the caller's with its attachments, from an operation's arguments.
#pragma once

#include <list>
#include <string_view>
#include <vector>

#include <bb/abi/ext/transmit.h>
#include "arguments.hpp"

namespace bb::host {

// Reads subject_line, body_text, destinations, attachments and idempotency_key. What it gives borrows from the
// arguments and from itself.
class Outgoing {
 public:
  // An answer goes where its conversation goes.
  enum class Recipients { needed, known };
  explicit Outgoing(Arguments& arguments, Recipients recipients = Recipients::needed);
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  const bb_outgoing* abi() const { return &message_; }

 private:
  // An attachment and the place up to which the connector has read it.
  struct Attachment {
    bb_attachment abi;
    bb_source source;
    std::string_view left;
  };
  static bb_status BB_CALL read_attachment(bb_source* source, void* buffer, uint64_t capacity, uint64_t* got);
  void read_attachments(Arguments& arguments);

  bb_outgoing message_{};
  std::list<Attachment> attachments_;  // a list keeps addresses, which the ABI structs point at
  std::vector<const bb_attachment*> pointers_;
};

}  // namespace bb::host
