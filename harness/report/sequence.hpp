// harness/report/sequence.hpp - who spoke with whom in one test, as data: lanes and arrows.
//
// Made from what the run recorded: HTTP exchanges, what connectors said on streams (SMTP, IMAP,
// POP3, DNS, LDAP, others), what they say they did, and receipts. What nobody saw and a header
// field or a receipt tells of is there too, and marked. Nothing here judges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/evidence/run_view.hpp"

namespace bb::report {

// One that takes part: a connector of ours, or whom it spoke with.
struct Lane {
  std::string title;   // "inbox", "mail server"
  std::string detail;  // "BlueBridge", "127.0.0.1:4001"
  friend bool operator==(const Lane&, const Lane&) = default;
};

enum class Tone { plain, good, bad };

struct Arrow {
  std::size_t from = 0, to = 0;  // places in `lanes`; the same: what one does by itself
  std::int64_t at_unix_ns = 0;   // of what is inferred: when it was told
  std::string what;              // "encrypted message from a@b.example to c@d.example"
  std::string answer = {};       // "250 2.0.0 Ok", "3 records"; empty: none is needed
  Tone tone = Tone::plain;       // good, bad: a verdict stands in `answer`
  int count = 1;                 // how often in this step, one arrow for all
  bool is_inferred = false;      // a header field or a receipt tells of it; nobody saw it
  std::size_t step = 0;          // in the test's steps
  std::int64_t event = 0;        // number of the event that shows it; 0: the step's message does
};

struct Sequence {
  std::vector<Lane> lanes;    // in the order in which they come in
  std::vector<Arrow> arrows;  // in order of time
  std::size_t left_out = 0;   // arrows beyond sequence_arrows_max, from the end
};
inline constexpr std::size_t sequence_arrows_max = 60;

Sequence sequence_of(const evidence::TestView& test);

// Whether a picture tells more than the list of exchanges: a message went over somebody, or
// more than one of ours took part.
bool is_worth_a_picture(const Sequence& sequence);

}  // namespace bb::report
