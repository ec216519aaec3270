// harness/report/sequence_words.hpp - what was said on a stream, in a few words.
//
// Reads no more than it needs, of bytes that anybody may have sent: what is not understood gets
// a plain word, never an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::report {

// What the header of a message says.
struct MailWords {
  std::string kind;  // "encrypted message", "notification", "delivery report" ...
  std::string from, to, message_id;
  std::vector<std::string> delivered_to;
  // One for each Received field, the newest first: who handed it to whom (RFC 5321, 4.4).
  struct Hop {
    std::string from, by;
  };
  std::vector<Hop> hops;
};
// The header alone is read, as far as it is there.
MailWords mail_words(std::string_view message);

// "CERT bob.direct.example.org" of a question (RFC 1035, 4.1).
std::string dns_question(std::string_view message);
// "2 records", "no such name", "cut short (TC)".
std::string dns_answer(std::string_view message);

// The message in an IMAP or POP3 answer; empty: there is none.
std::string_view fetched_message(std::string_view answer);

// The first line, without control characters and not longer than a line of a page.
std::string first_line(std::string_view text);

}  // namespace bb::report
