#include <bb/core/files.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace bb {
namespace {

using ::testing::HasSubstr;

TEST(FilesTest, WritesWholeFilesAndReadsThemBack) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "a.txt";
  ASSERT_TRUE(write_text(file, std::string("one\0two", 7)));
  ASSERT_TRUE(write_text(file, "three"));
  EXPECT_EQ(*read_text(file), "three");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);  // no temporary file left
}

TEST(FilesTest, PrivateFilesAndFoldersAreForTheOwnerAlone) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(make_private_folder(folder.path() / "x" / "run"));
  ASSERT_TRUE(write_text(folder.path() / "x" / "run" / "f", "", Privacy::private_));
  struct stat info {};
  ASSERT_EQ(stat((folder.path() / "x" / "run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((folder.path() / "x" / "run" / "f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(FilesTest, NamesThePathAndTheReasonWhenItCannotRead) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(read_text(folder.path() / "none").error().what, HasSubstr("none: No such file"));
  EXPECT_THAT(read_text(folder.path()).error().what, HasSubstr("it is a folder"));
}

TEST(FilesTest, RefusesAFileOneByteTooLarge) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_text(folder.path() / "f", "12345"));
  EXPECT_TRUE(read_text(folder.path() / "f", 5));
  EXPECT_THAT(read_text(folder.path() / "f", 4).error().what, HasSubstr("larger than 4 bytes"));
}

TEST(FilesTest, RefusesAHugeFileWithoutReadingIt) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_text(folder.path() / "f", ""));
  std::filesystem::resize_file(folder.path() / "f", std::uintmax_t{1} << 42U);  // all of it a hole
  EXPECT_THAT(read_text(folder.path() / "f").error().what, HasSubstr("larger than 268435456 bytes"));
}

TEST(FilesTest, WaitsForNoPipeSocketOrDevice) {
  const test::TemporaryFolder folder;
  const auto said = [](const std::filesystem::path& file) { return read_text(file).error().what; };
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(said(folder.path() / "pipe"), HasSubstr("pipe: it is no regular file but a pipe"));
  std::filesystem::create_symlink("pipe", folder.path() / "link");
  EXPECT_THAT(said(folder.path() / "link"), HasSubstr("link: it is no regular file but a pipe"));
  EXPECT_THAT(said("/dev/zero"), HasSubstr("/dev/zero: it is no regular file but a device"));
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{AF_UNIX, {}};
  (folder.path() / "socket").string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(said(folder.path() / "socket"), HasSubstr("socket: it is no regular file but a socket"));
  close(listener);
}

TEST(FilesTest, ReadsARegularFileAndNothingElse) {
  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_text(folder.path() / "f", "12345"));
  EXPECT_EQ(*read_regular_file(folder.path() / "f"), "12345");
  EXPECT_THAT(read_regular_file(folder.path() / "f", 4).error().what, HasSubstr("larger than 4 bytes"));
  std::filesystem::create_symlink(folder.path() / "f", folder.path() / "link");
  EXPECT_EQ(*read_text(folder.path() / "link"), "12345");
  EXPECT_THAT(read_regular_file(folder.path() / "link").error().what, HasSubstr("link: it is a symbolic link"));
  ASSERT_EQ(mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(read_regular_file(folder.path() / "pipe").error().what, HasSubstr("pipe: it is no regular file"));
  EXPECT_THAT(read_regular_file(folder.path()).error().what, HasSubstr("no regular file"));
  EXPECT_THAT(read_regular_file("/dev/null").error().what, HasSubstr("no regular file"));
  EXPECT_THAT(read_regular_file(folder.path() / "none").error().what, HasSubstr("No such file"));
}

TEST(FilesTest, WritesToAPipeAndLeavesItOne) {
  const test::TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(write_text(pipe, "12345"));
  std::array<char, 8> buffer{};
  EXPECT_EQ(read(reader, buffer.data(), buffer.size()), 5);
  close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

TEST(FilesTest, LeavesTheOldContentWhenItCannotWrite) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(write_text(folder.path() / "no" / "f", "x"));
  EXPECT_FALSE(write_text(folder.path(), "x"));  // the destination is a folder
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace bb
