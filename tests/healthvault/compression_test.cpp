// Compressed bodies, read again by another program.
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/healthvault/compression.hpp>

#include "support/temporary_folder.hpp"

namespace bb::healthvault::test {
namespace {

// RFC 1952 and RFC 1950, by the window bits that zlib of Python takes for each alone.
std::string unpacked(std::string_view bytes, ContentEncoding encoding) {
  const bb::test::TemporaryFolder folder;
  const auto file = folder.path() / "packed";
  EXPECT_TRUE(write_text(file, std::string(bytes)));
  ChildProcess::Options options;
  options.program = "/usr/bin/python3";
  options.arguments = {"-c",
                       "import sys, zlib\n"
                       "sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1], 'rb').read(), int(sys.argv[2])))",
                       file.string(), encoding == ContentEncoding::gzip ? "31" : "15"};
  options.is_stderr_captured = true;
  const auto read = run_command(options, 20'000);
  EXPECT_TRUE(read && read->status == 0) << (read ? read->err : read.error().what);
  return read ? read->out : "";
}

TEST(HealthvaultCompressionTest, AnotherProgramReadsWhatWasCompressed) {
  if (!std::filesystem::exists("/usr/bin/python3")) GTEST_SKIP() << "no /usr/bin/python3";
  constexpr std::size_t piece = 1024 * 1024;
  for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::deflate})
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, piece - 1, piece, piece + 1, 3 * piece}) {
      std::string bytes(size, 'x');
      for (std::size_t i = 0; i < size; i += 7) bytes[i] = static_cast<char>(i * 31 % 251);
      EXPECT_TRUE(unpacked(compressed(bytes, encoding), encoding) == bytes) << word_of(encoding) << " of " << size;
    }
  EXPECT_LT(compressed(std::string(piece, 'x'), ContentEncoding::gzip).size(), piece / 100);
  EXPECT_EQ(compressed("as it is", ContentEncoding::identity), "as it is");
}

TEST(HealthvaultCompressionTest, WordsAreThoseOfHttp) {
  EXPECT_EQ(content_encoding("GZip"), ContentEncoding::gzip);
  EXPECT_EQ(content_encoding("deflate"), ContentEncoding::deflate);
  EXPECT_EQ(content_encoding(""), ContentEncoding::identity);
  EXPECT_EQ(content_encoding("identity"), ContentEncoding::identity);
  EXPECT_EQ(content_encoding("br"), std::nullopt);
  EXPECT_EQ(content_encoding("gzip, deflate"), std::nullopt);
}

}  // namespace
}  // namespace bb::healthvault::test
