// Frames and values of the wire to a connector's process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/json.hpp>
#include "isolation/frame.hpp"
#include "isolation/value_codec.hpp"

namespace bb::test {
namespace {

using host::FrameHeader;
using host::FrameReader;
using host::FrameType;
using host::Message;
using testing::HasSubstr;

std::string frame(const FrameHeader& header, std::string_view body) {
  std::string bytes(host::frame_header_bytes, '\0');
  host::write_header(header, bytes.data());
  return bytes + std::string(body);
}

std::string frame(FrameType type, std::uint64_t call, std::string_view body, std::uint16_t flags = 0) {
  return frame({static_cast<std::uint32_t>(body.size()), type, flags, call}, body);
}

TEST(FrameTest, AHeaderIsLittleEndian) {
  EXPECT_EQ(frame({0x01020304, FrameType::upcall, 1, 0x1122334455667788}, ""),
            std::string("\x04\x03\x02\x01\x05\x00\x01\x00\x88\x77\x66\x55\x44\x33\x22\x11", 16));
}

TEST(FrameTest, MessagesComeWholeHoweverTheirBytesCome) {
  const std::string bytes =
      frame(FrameType::data, 7, "first ", 1) + frame(FrameType::data, 7, "second") + frame(FrameType::pong, 0, "");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    FrameReader reader(1000);
    std::deque<Message> messages;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      ASSERT_TRUE(reader.feed(std::string_view(bytes).substr(at, piece), messages));
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[0].body, "first second");
    EXPECT_EQ(messages[0].call, 7u);
    EXPECT_EQ(messages[1].type, FrameType::pong);
  }
}

TEST(FrameTest, AFrameAtTheLimitIsReadAndOneOverItIsNot) {
  for (const std::size_t size : {host::frame_body_bytes_max, host::frame_body_bytes_max + 1}) {
    FrameReader reader(1'000'000);
    std::deque<Message> messages;
    EXPECT_EQ(reader.feed(frame(FrameType::data, 1, std::string(size, 'x')), messages),
              size <= host::frame_body_bytes_max);
  }
}

TEST(FrameTest, AMessageOverTheCapIsDroppedAndTheNextIsRead) {
  for (const std::size_t size : {99u, 100u, 101u}) {
    FrameReader reader(100);
    std::deque<Message> messages;
    EXPECT_TRUE(reader.feed(frame(FrameType::data, 1, std::string(size - 50, 'x'), 1) +
                                frame(FrameType::data, 1, std::string(50, 'x')) + frame(FrameType::ping, 0, "y"),
                            messages));
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(messages[0].is_too_large, size > 100);
    EXPECT_EQ(messages[1].body, "y");
  }
}

TEST(FrameTest, WhatIsNoFrameEndsTheReading) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {frame({70'000, FrameType::data, 0, 1}, ""), "a frame of 70000 bytes, at most 65520 are allowed"},
      {frame({0, static_cast<FrameType>(0), 0, 1}, ""), "a frame of unknown type 0"},
      {frame({0, static_cast<FrameType>(17), 0, 1}, ""), "a frame of unknown type 17"},
      {frame({0, FrameType::ping, 2, 1}, ""), "a frame with unknown flags 2"},
      {frame(FrameType::data, 1, "x", 1) + frame(FrameType::data, 2, "x"), "a frame 'data' inside a message 'data'"},
      {frame(FrameType::data, 1, "x", 1) + frame(FrameType::ping, 1, ""), "a frame 'ping' inside a message 'data'"},
  };
  for (const auto& [bytes, problem] : cases) {
    FrameReader reader(1000);
    std::deque<Message> messages;
    EXPECT_FALSE(reader.feed(bytes, messages));
    EXPECT_EQ(reader.problem(), problem);
    EXPECT_FALSE(reader.feed(frame(FrameType::ping, 0, ""), messages));
    EXPECT_TRUE(messages.empty());
  }
}

TEST(ValueCodecTest, ValuesComeBackAsTheyWere) {
  Value value = *parse_json(R"({"a":[1,-1,9223372036854775807,2.5,true,false,null,""],"b":{},"c":[],"d":{"e":[[]]}})");
  value.set("bytes", std::string("\xff\x00\xc3", 3));
  const auto back = host::decode_value(host::encode_value(value));
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(*back, value);
  EXPECT_EQ(to_json(*back), to_json(value));
  EXPECT_EQ(*(*back)["bytes"].string(), std::string("\xff\x00\xc3", 3));
}

std::string nested(std::size_t depth) {
  std::string bytes;
  for (std::size_t level = 0; level < depth; ++level) bytes += std::string("a\x01\x00\x00\x00", 5);
  return bytes + "n";
}

TEST(ValueCodecTest, DepthIsBounded) {
  EXPECT_TRUE(host::decode_value(nested(host::encoded_depth_max)));
  EXPECT_FALSE(host::decode_value(nested(host::encoded_depth_max + 1)));
}

TEST(ValueCodecTest, WhatIsNoValueIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "a value that ends in the middle"},
      {"nn", "1 bytes after a value"},
      {"x", "a value of unknown kind 120"},
      {std::string("i\x01\x00", 3), "a value that ends in the middle"},
      {std::string("s\x05\x00\x00\x00"
                   "four",
                   9),
       "a text longer than what holds it"},
      {std::string("s\xff\xff\xff\xff", 5), "a text longer than what holds it"},
      {std::string("a\xff\xff\xff\xff", 5), "a list longer than what holds it"},
      {std::string("o\x02\x00\x00\x00\x01\x00\x00\x00kn\x01\x00\x00\x00kn", 17), "an object with a key twice"},
  };
  for (const auto& [bytes, problem] : cases) {
    const auto value = host::decode_value(bytes);
    ASSERT_FALSE(value) << problem;
    EXPECT_EQ(value.error().what, problem);
  }
}

}  // namespace
}  // namespace bb::test
