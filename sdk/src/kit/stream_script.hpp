// stream_script.hpp - a peer of bb.host.stream/1 as connector-test.yaml scripts
// it, and what it says.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::kit {

// A part of what a peer says: its own bytes, those of the request it answers, or the
// address that bb_inbox::allocate gave last.
struct SpeechPart {
  enum class From { script, first_word, range, address };
  From from = From::script;
  std::string bytes;               // From::script
  std::size_t begin = 0, end = 0;  // From::range, of the request
};
using Speech = std::vector<SpeechPart>;

// Reads "{word}" (the request up to its first space), "{0:2}" (its bytes 0
// and 1) and "{address}"; everything else is the peer's own. Nothing when what is left is not
// hexadecimal, where it must be.
enum class SpeechForm { text, hexadecimal };
std::optional<Speech> parse_speech(std::string_view text, SpeechForm form);
// What is said to `request`. Places that the request does not have are empty.
std::string speak(const Speech& speech, std::string_view request, std::string_view address = {});

struct StreamPeer {
  std::string open = "*";  // glob over "tcp smtp mail.test:25"
  std::string greeting;
  std::vector<std::string> certificates;  // DER, leaf first
  bool is_untrusted = false;              // TLS ends as BB_E_UNTRUSTED_PEER
  bool is_silent = false;                 // it says nothing but its greeting
  struct Answer {
    std::string request = "*";        // glob over what was written since the peer spoke last
    std::optional<bool> is_over_tls;  // nothing: over both
    Speech speech;
    bool is_last = false;  // the peer closes behind it
  };
  std::vector<Answer> answers;
};

}  // namespace bb::kit
