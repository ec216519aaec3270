#include "tls/hello.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tls/cipher_suites.hpp"

namespace bb::tls {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string bytes(std::string_view hex) {
  std::string out;
  std::string digits;
  for (const char c : hex)
    if (c != ' ') digits.push_back(c);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return out;
}

// RFC 8448, 3: "Simple 1-RTT Handshake", the server's first record.
const std::string tls13_hello = bytes(
    "16 03 03 00 5a 02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5 cb 14 34 da c1 55 77"
    "2e d3 e2 69 28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11 20 95 fe 66 76 2b db f7 c6 72 e1 56 d6 cc"
    "25 3b 83 3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02 03 04");
// Of SSL 3.0, without extensions: TLS_RSA_WITH_RC4_128_MD5.
const std::string ssl3_hello = bytes("16 03 00 00 2a 02 00 00 26 03 00") + std::string(32, 'r') + bytes("00 00 04 00");
const std::string protocol_version_alert = bytes("15 03 03 00 02 02 46");
const std::string unknown_name_warning = bytes("15 03 03 00 02 01 70");

ServerAnswer answer_of(const std::string& said) {
  const auto read = read_server_answer(said);
  EXPECT_TRUE(read) << read.error().what;
  EXPECT_TRUE(read && *read);
  return read && *read ? **read : ServerAnswer{};
}

std::string error_of(const std::string& said) {
  const auto read = read_server_answer(said);
  return read ? "" : read.error().what;
}

ClientHello hello_of(std::vector<Version> versions) {
  return {.versions = std::move(versions),
          .suites = suites_of("usual"),
          .server_name = "host.example",
          .random = std::string(hello_random_bytes, 'r'),
          .key_share = std::string(32, 'k')};
}

TEST(ServerAnswerTest, ReadsThePublishedHelloOfTls13) {
  const auto answer = answer_of(tls13_hello);
  EXPECT_TRUE(answer.is_hello);
  EXPECT_EQ(answer.version, Version::tls13);
  EXPECT_EQ(name_of_suite(answer.suite), "TLS_AES_128_GCM_SHA256");
}

TEST(ServerAnswerTest, ReadsAHelloWithoutExtensions) {
  const auto answer = answer_of(ssl3_hello);
  EXPECT_TRUE(answer.is_hello);
  EXPECT_EQ(answer.version, Version::ssl3);
  EXPECT_EQ(name_of_suite(answer.suite), "TLS_RSA_WITH_RC4_128_MD5");
}

TEST(ServerAnswerTest, WaitsForTheRestOfWhatIsCutShort) {
  for (const auto& whole : {tls13_hello, ssl3_hello, protocol_version_alert})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto read = read_server_answer(whole.substr(0, size));
      ASSERT_TRUE(read) << size << ": " << read.error().what;
      EXPECT_FALSE(*read) << size;
    }
}

TEST(ServerAnswerTest, ReadsAHelloThatIsSpreadOverRecords) {
  const auto message = ssl3_hello.substr(5);
  std::string said;
  for (const char byte : message) said += bytes("16 03 00 00 01") + byte;
  EXPECT_EQ(answer_of(said).version, Version::ssl3);
}

TEST(ServerAnswerTest, TellsWhyAServerRefuses) {
  const auto answer = answer_of(protocol_version_alert);
  EXPECT_FALSE(answer.is_hello);
  EXPECT_EQ(word_of_alert(answer.alert), "protocol_version");
  EXPECT_EQ(word_of_alert(200), "alert 200");
}

TEST(ServerAnswerTest, PassesOverWarnings) {
  EXPECT_TRUE(answer_of(unknown_name_warning + tls13_hello).is_hello);
  EXPECT_EQ(word_of_alert(answer_of(bytes("15 03 03 00 02 01 00")).alert), "close_notify");
}

TEST(ServerAnswerTest, TakesNothingElse) {
  EXPECT_EQ(error_of("HTTP/1.1 400 Bad Request\r\n\r\n"), "what it answers is no TLS");
  EXPECT_EQ(error_of("H"), "what it answers is no TLS");
  EXPECT_EQ(error_of(bytes("17 03 03 00 02 00 00")), "what it answers is no TLS");
  EXPECT_EQ(error_of(bytes("16 03 03 00 00")), "what it answers is no TLS");
  EXPECT_EQ(error_of(bytes("16 03 03 48 01")), "what it answers is no TLS");  // one byte over a record's limit
  EXPECT_EQ(error_of(bytes("15 03 03 00 03 02 46 00")), "its alert is none of TLS");
  // An echo of a ClientHello.
  EXPECT_EQ(error_of(write_client_hello(hello_of({Version::tls12}))), "its first message is no ServerHello");
}

TEST(ServerAnswerTest, TakesNoHelloWhoseLengthsDoNotFit) {
  auto short_hello = ssl3_hello;
  short_hello[8] = 0x20;  // the message ends within the cipher suite
  EXPECT_THAT(error_of(short_hello), HasSubstr("cut short"));
  auto long_extensions = tls13_hello;
  long_extensions[5 + 4 + 2 + 32 + 1 + 2 + 1 + 1] = 0x2f;
  EXPECT_THAT(error_of(long_extensions), HasSubstr("extensions of its ServerHello are cut short"));
  // Records whose message never ends.
  std::string endless = bytes("16 03 03 00 04 02 ff ff ff");
  for (int i = 0; i < 5; ++i) endless += bytes("16 03 03 40 00") + std::string(0x4000, 'x');
  EXPECT_EQ(error_of(endless), "its ServerHello is too long");
}

TEST(ClientHelloTest, TellsTheVersionWhereItsTimeLooksForIt) {
  const auto at = [](const std::string& hello, std::size_t place) { return hello.substr(place, 2); };
  constexpr std::size_t record_version = 1, version = 9;
  EXPECT_EQ(at(write_client_hello(hello_of({Version::ssl3})), record_version), bytes("03 00"));
  EXPECT_EQ(at(write_client_hello(hello_of({Version::ssl3})), version), bytes("03 00"));
  EXPECT_EQ(at(write_client_hello(hello_of({Version::tls11})), record_version), bytes("03 01"));
  EXPECT_EQ(at(write_client_hello(hello_of({Version::tls11})), version), bytes("03 02"));
  const auto newest = write_client_hello(hello_of({Version::tls12, Version::tls13}));
  EXPECT_EQ(at(newest, version), bytes("03 03"));
  EXPECT_THAT(newest, HasSubstr(bytes("00 2b 00 05 04 03 04 03 03")));
}

TEST(ClientHelloTest, NamesAHostAndNoAddress) {
  auto hello = hello_of({Version::tls12});
  EXPECT_THAT(write_client_hello(hello), HasSubstr("host.example"));
  for (const auto* address : {"127.0.0.1", "::1"}) {
    hello.server_name = address;
    EXPECT_THAT(write_client_hello(hello), Not(HasSubstr(address)));
  }
}

TEST(ClientHelloTest, HasLengthsThatFit) {
  for (const auto& [version, word] : versions) {
    const auto hello = write_client_hello(hello_of({version}));
    EXPECT_THAT(hello, StartsWith("\x16"));
    const auto size = static_cast<unsigned char>(hello[3]) * 256u + static_cast<unsigned char>(hello[4]);
    EXPECT_EQ(size, hello.size() - 5) << word;
  }
}

}  // namespace
}  // namespace bb::tls
