// answer_reader.hpp - one HTTP/1.1 answer out of a stream of bytes.
//
// Reads the head as it was sent (order, spelling, nothing decoded) and undoes
// the framing of the body: Content-Length, chunks or the end of the stream
// (RFC 9112 section 6). Every length is bounded. What is not HTTP is an error
// with a sentence, never a shorter body: cpp-httplib 0.11 decodes escapes in
// header fields, takes a broken chunk for the end, and runs std::regex over a
// status line of any length.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/host/call.hpp>

namespace bb::host {

// Where the bytes come from: > 0 bytes read, 0 at the end, < 0 broken (the
// source knows why).
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual ssize_t receive(char* buffer, std::size_t capacity) = 0;
};

struct AnswerHead {
  int status = 0;
  std::string reason;
  std::vector<Attribute> fields;  // names in lower case, values as received, trimmed
  bool is_last = false;           // the connection cannot be used again

  // The first field of that name, or nullptr.
  const std::string* field(std::string_view name) const;
};

class AnswerReader {
 public:
  static constexpr std::size_t head_bytes_max = 64 * 1024;
  static constexpr std::size_t field_count_max = 256;

  // `is_bodiless`: the request was HEAD.
  AnswerReader(ByteSource& source, bool is_bodiless) : source_(source), is_bodiless_(is_bodiless) {}

  // Reads up to the empty line, over interim (1xx) answers. False on failure.
  bool read_head();
  // > 0 bytes of content, 0 at its end, < 0 on failure.
  ssize_t read_body(char* buffer, std::size_t capacity);

  const AnswerHead& head() const { return head_; }
  // Why it failed; empty where the source broke.
  const std::string& problem() const { return problem_; }
  bool has_received() const { return has_received_; }
  // The answer is whole and nothing came after it.
  bool is_clean() const { return is_whole_ && next_ == buffer_.size(); }
  // "12 of 40 bytes", for a stream that ended too early.
  std::string progress() const;

 private:
  enum class Framing { none, length, chunks, until_end };

  bool fill();
  bool read_line(std::string& line, std::size_t bytes_max, std::string_view what);
  bool read_fields(std::size_t& budget);
  bool parse_status_line(const std::string& line);
  bool parse_field(const std::string& line);
  bool choose_framing();
  bool begin_chunk();
  bool end_chunk();
  bool read_trailers();
  ssize_t take(char* buffer, std::size_t capacity);
  bool fail(std::string problem);

  ByteSource& source_;
  bool is_bodiless_;
  std::string buffer_;
  std::size_t next_ = 0;  // first byte of buffer_ that was not used
  bool has_received_ = false;
  bool is_whole_ = false;
  bool has_chunk_begun_ = false;
  Framing framing_ = Framing::none;
  std::uint64_t left_ = 0;      // of the content or of the chunk
  std::uint64_t declared_ = 0;  // Content-Length
  std::uint64_t received_ = 0;  // bytes of content
  AnswerHead head_;
  std::string problem_;
};

}  // namespace bb::host
