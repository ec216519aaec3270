// Input: a line, and what the peer sends. The line begins with H where the
// request was HEAD; each of its bytes is the size of a piece in which the bytes
// come, over and over. However they come the answer is the same, it ends, and
// it gives no more than was sent.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "http/answer_reader.hpp"

namespace {

using bb::host::AnswerReader;

void expect(bool is_true) {
  if (!is_true) std::abort();
}

// Sizes that come over and over; 0 is as much as there is room for.
class Sizes {
 public:
  explicit Sizes(std::string_view bytes) : bytes_(bytes) {}
  std::size_t next(std::size_t room) {
    if (bytes_.empty()) return room;
    const std::size_t size = static_cast<unsigned char>(bytes_[next_++ % bytes_.size()]) % 64;
    return size == 0 ? room : std::min(size, room);
  }

 private:
  std::string_view bytes_;
  std::size_t next_ = 0;
};

enum class End { closed, broken };

class Peer final : public bb::host::ByteSource {
 public:
  Peer(std::string_view bytes, Sizes sizes, End end) : bytes_(bytes), sizes_(sizes), end_(end) {}
  ssize_t receive(char* buffer, std::size_t capacity) override {
    expect(capacity > 0);
    if (next_ == bytes_.size()) {
      // Who goes on reading where nothing is left does so for ever.
      expect(!is_end_seen_);
      is_end_seen_ = true;
      return end_ == End::closed ? 0 : -1;
    }
    const std::size_t count = sizes_.next(std::min(capacity, bytes_.size() - next_));
    std::memcpy(buffer, bytes_.data() + next_, count);
    next_ += count;
    return static_cast<ssize_t>(count);
  }

 private:
  std::string_view bytes_;
  Sizes sizes_;
  End end_;
  std::size_t next_ = 0;
  bool is_end_seen_ = false;
};

struct Reading {
  std::string account;  // everything a reader is told
  bool is_whole = false;
  bool is_clean = false;
};

std::string head_account(const bb::host::AnswerHead& head) {
  expect(head.status >= 200 && head.status <= 999 && head.fields.size() <= AnswerReader::field_count_max);
  std::string account = std::to_string(head.status) + " " + head.reason + (head.is_last ? " last\n" : "\n");
  for (const auto& [name, value] : head.fields) account.append(name).append(":").append(value).append("\n");
  return account;
}

// A body is never longer than it was said to be. A whole one is as long, and
// where nothing was said only the end of the stream ends it.
void check_length(const bb::host::AnswerHead& head, std::size_t body_bytes, bool is_whole, End end, bool is_head) {
  const bool is_bodiless = is_head || head.status == 204 || head.status == 304;
  const std::string* const length = head.field("content-length");
  const auto expected = is_bodiless || !length ? 0 : std::stoull(*length);
  if (is_bodiless || length)
    expect(is_whole ? body_bytes == expected : body_bytes < expected);
  else if (is_whole)
    expect(head.field("transfer-encoding") || end == End::closed);
}

Reading read(std::string_view bytes, Sizes sizes, End end, bool is_head) {
  Peer peer(bytes, sizes, end);
  AnswerReader reader(peer, is_head);
  if (!reader.read_head()) return {"no head: " + reader.problem(), false, false};
  Reading reading;
  reading.account = head_account(reader.head());
  std::size_t body_bytes = 0;
  for (;;) {
    // A buffer of its own size: the sanitizer sees one byte too many.
    std::vector<char> buffer(sizes.next(4'096));
    const ssize_t got = reader.read_body(buffer.data(), buffer.size());
    expect(got <= static_cast<ssize_t>(buffer.size()));
    if (got <= 0) {
      reading.is_whole = got == 0;
      break;
    }
    body_bytes += static_cast<std::size_t>(got);
    reading.account.append(buffer.data(), static_cast<std::size_t>(got));
  }
  expect(body_bytes <= bytes.size());
  check_length(reader.head(), body_bytes, reading.is_whole, end, is_head);
  if (reading.is_whole) {
    char more = 0;
    expect(reader.read_body(&more, 1) == 0);
    reading.is_clean = reader.is_clean();
  } else {
    reading.account += "\nfailed: " + reader.problem() + ", " + reader.progress();
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line_end = input.find('\n');
  const auto line = input.substr(0, line_end);
  const auto bytes = line_end == std::string_view::npos ? std::string_view() : input.substr(line_end + 1);
  const bool is_head = line.starts_with('H');

  const Reading at_once = read(bytes, Sizes({}), End::closed, is_head);
  const Reading in_pieces = read(bytes, Sizes(line), End::closed, is_head);
  expect(in_pieces.account == at_once.account && in_pieces.is_whole == at_once.is_whole);
  // What was not received yet cannot be noticed, so only this way round.
  constexpr std::size_t received_at_once_max = 16 * 1024;
  if (at_once.is_clean && bytes.size() < received_at_once_max) expect(in_pieces.is_clean);

  // A connection that breaks makes an answer no longer, and no failed one whole.
  const Reading broken = read(bytes, Sizes(line), End::broken, is_head);
  if (broken.is_whole) expect(broken.account == at_once.account && at_once.is_whole);
  return 0;
}
