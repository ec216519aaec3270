#include "answer_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include <bb/core/text.hpp>

namespace bb::host {
namespace {

constexpr std::size_t buffer_bytes = 16 * 1024;
constexpr std::size_t status_line_bytes_max = 1024;
constexpr std::size_t chunk_line_bytes_max = 1024;
constexpr int interim_count_max = 8;

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
}

// A field of a list, as "keep-alive, close", holds the word.
bool has_word(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::any_of(words.begin(), words.end(), [&](const std::string& one) { return iequals(trim(one), word); });
}

std::optional<std::uint64_t> parse_number(std::string_view digits, int base) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::string shown(std::string_view text) { return "'" + shorten(to_utf8_lossy(text), 60) + "'"; }

}  // namespace

const std::string* AnswerHead::field(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Attribute& one) { return one.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

bool AnswerReader::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

std::string AnswerReader::progress() const {
  const std::string received = std::to_string(received_);
  return framing_ == Framing::length ? received + " of " + std::to_string(declared_) + " bytes"
                                     : received + " bytes of a body sent in chunks";
}

bool AnswerReader::fill() {
  buffer_.resize(buffer_bytes);
  const ssize_t got = source_.receive(buffer_.data(), buffer_.size());
  buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  next_ = 0;
  has_received_ = has_received_ || got > 0;
  return got > 0;
}

bool AnswerReader::read_line(std::string& line, std::size_t bytes_max, std::string_view what) {
  line.clear();
  for (;;) {
    if (next_ == buffer_.size() && !fill()) return false;
    const std::size_t end = buffer_.find('\n', next_);
    const std::size_t stop = end == std::string::npos ? buffer_.size() : end + 1;
    line.append(buffer_, next_, stop - next_);
    next_ = stop;
    if (line.size() > bytes_max) return fail(std::string(what) + " is over " + std::to_string(bytes_max) + " bytes");
    if (end == std::string::npos) continue;
    line.pop_back();
    if (line.ends_with('\r')) line.pop_back();
    return true;
  }
}

bool AnswerReader::parse_status_line(const std::string& line) {
  // HTTP-version SP status-code SP [ reason-phrase ]
  const bool is_http = line.size() >= 12 && line.starts_with("HTTP/1.") && (line[7] == '0' || line[7] == '1') &&
                       line[8] == ' ' && (line.size() == 12 || line[12] == ' ');
  const auto status = is_http ? parse_number(std::string_view(line).substr(9, 3), 10) : std::nullopt;
  if (!status || *status < 100 || *status > 999)
    return fail("the answer begins with " + shown(line) + ", not HTTP/1.1");
  head_ = AnswerHead{};
  head_.status = static_cast<int>(*status);
  head_.reason = line.size() > 13 ? line.substr(13) : "";
  head_.is_last = line[7] == '0';
  return true;
}

bool AnswerReader::parse_field(const std::string& line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = std::string_view(line).substr(0, colon);
  if (colon == std::string::npos || name.empty() || !std::all_of(name.begin(), name.end(), is_token_character))
    return fail(shown(line) + " is no header field");
  const std::string_view value = trim(std::string_view(line).substr(colon + 1));
  if (value.find_first_of(std::string_view("\0\r", 2)) != std::string_view::npos)
    return fail("header field " + shown(name) + " holds a control character");
  head_.fields.push_back({to_lower(name), std::string(value)});
  if (head_.fields.size() > field_count_max)
    return fail("the head has over " + std::to_string(field_count_max) + " fields");
  return true;
}

bool AnswerReader::read_fields(std::size_t& budget) {
  std::string line;
  for (;;) {
    if (!read_line(line, budget, "the head of the answer")) {
      if (!problem_.empty()) fail("the head of the answer is over " + std::to_string(head_bytes_max) + " bytes");
      return false;
    }
    budget -= std::min(budget, line.size() + 2);
    if (line.empty()) return true;
    if (!parse_field(line)) return false;
  }
}

bool AnswerReader::read_head() {
  std::string line;
  std::size_t budget = head_bytes_max;
  for (int interim = 0; interim <= interim_count_max; ++interim) {
    if (!read_line(line, status_line_bytes_max, "the status line") || !parse_status_line(line)) return false;
    if (!read_fields(budget)) return false;
    if (head_.status >= 200) return choose_framing();
    if (head_.status == 101) return fail("the peer switched to another protocol unasked");
  }
  return fail("over " + std::to_string(interim_count_max) + " interim answers");
}

bool AnswerReader::choose_framing() {
  std::optional<std::uint64_t> length;
  const std::string* coding = nullptr;
  for (const auto& [name, value] : head_.fields) {
    if (name == "connection" && has_word(value, "close")) head_.is_last = true;
    if (name == "transfer-encoding") {
      if (coding) return fail("two Transfer-Encoding fields");
      coding = &value;
    }
    if (name != "content-length") continue;
    const auto number = parse_number(value, 10);
    if (!number) return fail("Content-Length " + shown(value) + " is no length");
    if (length && *length != *number)
      return fail("two lengths, " + std::to_string(*length) + " and " + std::to_string(*number));
    length = number;
  }
  // RFC 9112, 6.3: no content after HEAD, 204 and 304, whatever the fields say.
  if (is_bodiless_ || head_.status == 204 || head_.status == 304) {
    is_whole_ = true;
    return true;
  }
  if (coding) {
    if (length) return fail("both Content-Length and Transfer-Encoding");
    if (!iequals(*coding, "chunked")) return fail("unknown Transfer-Encoding " + shown(*coding));
    framing_ = Framing::chunks;
    return true;
  }
  framing_ = length ? Framing::length : Framing::until_end;
  left_ = declared_ = length.value_or(0);
  is_whole_ = length && *length == 0;
  head_.is_last = head_.is_last || framing_ == Framing::until_end;
  return true;
}

bool AnswerReader::begin_chunk() {
  std::string line;
  if (!read_line(line, chunk_line_bytes_max, "the size of a chunk")) return false;
  const auto size = parse_number(trim(std::string_view(line).substr(0, line.find(';'))), 16);
  if (!size) return fail(shown(line) + " is no size of a chunk");
  left_ = *size;
  has_chunk_begun_ = left_ != 0;
  if (left_ != 0) return true;
  is_whole_ = read_trailers();
  return is_whole_;
}

bool AnswerReader::end_chunk() {
  std::string line;
  has_chunk_begun_ = false;
  if (!read_line(line, chunk_line_bytes_max, "the end of a chunk")) return false;
  return line.empty() || fail("a chunk is longer than it said: " + shown(line) + " follows it");
}

bool AnswerReader::read_trailers() {
  std::string line;
  std::size_t budget = head_bytes_max;
  do {
    if (!read_line(line, budget, "the trailer")) return false;
    budget -= std::min(budget, line.size() + 2);
  } while (!line.empty());
  return true;
}

ssize_t AnswerReader::take(char* buffer, std::size_t capacity) {
  const std::size_t wanted =
      framing_ == Framing::until_end ? capacity : static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left_));
  ssize_t got = 0;
  if (next_ < buffer_.size()) {
    got = static_cast<ssize_t>(std::min(wanted, buffer_.size() - next_));
    std::memcpy(buffer, buffer_.data() + next_, static_cast<std::size_t>(got));
    next_ += static_cast<std::size_t>(got);
  } else {
    got = source_.receive(buffer, wanted);
    has_received_ = has_received_ || got > 0;
  }
  if (got > 0) {
    received_ += static_cast<std::uint64_t>(got);
    if (framing_ != Framing::until_end) left_ -= static_cast<std::uint64_t>(got);
  }
  return got;
}

ssize_t AnswerReader::read_body(char* buffer, std::size_t capacity) {
  if (is_whole_) return 0;
  if (framing_ == Framing::chunks && left_ == 0) {
    if (has_chunk_begun_ && !end_chunk()) return -1;
    if (!begin_chunk()) return -1;
    if (is_whole_) return 0;
  }
  const ssize_t got = take(buffer, capacity);
  if (framing_ == Framing::until_end) {
    is_whole_ = got == 0;
    return got;
  }
  if (got <= 0) return -1;
  if (framing_ == Framing::length && left_ == 0) is_whole_ = true;
  return got;
}

}  // namespace bb::host
