#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "http/answer_reader.hpp"

namespace bb::test {
namespace {

// Gives a text in pieces of at most `step` bytes.
class Pieces final : public host::ByteSource {
 public:
  Pieces(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  ssize_t receive(char* buffer, std::size_t capacity) override {
    const std::size_t count = std::min({capacity, step_, text_.size() - next_});
    std::memcpy(buffer, text_.data() + next_, count);
    next_ += count;
    return static_cast<ssize_t>(count);
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t next_ = 0;
};

struct Read {
  std::string text;  // "200 [body]" or "failed: problem"
  bool is_clean = false;
};

Read read_answer(const std::string& text, std::size_t step, bool is_bodiless = false) {
  Pieces pieces(text, step);
  host::AnswerReader reader(pieces, is_bodiless);
  if (!reader.read_head()) return {"failed: " + reader.problem(), false};
  std::string body;
  char buffer[7];
  for (;;) {
    const ssize_t got = reader.read_body(buffer, sizeof(buffer));
    if (got < 0) return {"failed: " + reader.problem() + " after " + reader.progress(), false};
    if (got == 0) return {std::to_string(reader.head().status) + " [" + body + "]", reader.is_clean()};
    body.append(buffer, static_cast<std::size_t>(got));
  }
}

constexpr const char* chunked =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: Chunked\r\nA:  b \r\n\r\n"
    "A\r\n0123456789\r\n003\r\nabc\r\n0\r\nX: y\r\n\r\n";

TEST(AnswerReaderTest, HoweverTheBytesComeTheAnswerIsTheSame) {
  const std::string text = chunked;
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const Read read = read_answer(text, step);
    EXPECT_EQ(read.text, "201 [0123456789abc]") << step;
    EXPECT_TRUE(read.is_clean) << step;
  }
}

TEST(AnswerReaderTest, EveryTruncationFails) {
  const std::string text = chunked;
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_THAT(read_answer(text.substr(0, size), 16).text, testing::StartsWith("failed: ")) << size;
}

TEST(AnswerReaderTest, BytesAfterTheAnswerAreNoticed) {
  EXPECT_TRUE(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", 1000).is_clean);
  EXPECT_FALSE(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", 1000).is_clean);
  EXPECT_FALSE(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", 1000, true).is_clean);
}

TEST(AnswerReaderTest, EqualLengthsTwiceAreOneLength) {
  EXPECT_EQ(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nab", 3).text, "200 [ab]");
}

TEST(AnswerReaderTest, LineFeedsAloneAndAMissingReasonAreForgiven) {
  EXPECT_EQ(read_answer("HTTP/1.1 200\nContent-Length: 2\n\nab", 3).text, "200 [ab]");
}

TEST(AnswerReaderTest, AChunkSizeThatOverflowsIsNoSize) {
  EXPECT_THAT(read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", 64).text,
              testing::HasSubstr("'10000000000000000' is no size of a chunk"));
  EXPECT_THAT(read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 64).text,
              testing::HasSubstr("'-5' is no size of a chunk"));
}

TEST(AnswerReaderTest, ManyInterimAnswersAreTooMany) {
  const auto answers = [](int count) {
    std::string text;
    for (int index = 0; index < count; ++index) text += "HTTP/1.1 102 Processing\r\n\r\n";
    return text + "HTTP/1.1 204 No Content\r\n\r\n";
  };
  EXPECT_EQ(read_answer(answers(8), 64).text, "204 []");
  EXPECT_EQ(read_answer(answers(9), 64).text, "failed: over 8 interim answers");
}

TEST(AnswerReaderTest, TheConnectionEndsWhereTheAnswerSaysSo) {
  const auto is_last = [](const std::string& text) {
    Pieces pieces(text, 100);
    host::AnswerReader reader(pieces, false);
    EXPECT_TRUE(reader.read_head());
    return reader.head().is_last;
  };
  EXPECT_FALSE(is_last("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.1 200 OK\r\nConnection: Keep-Alive, Close\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_TRUE(is_last("HTTP/1.1 200 OK\r\n\r\n"));
}

}  // namespace
}  // namespace bb::test
