#include <gtest/gtest.h>

#include <cstdlib>

#include <bb/host/secrets.hpp>
#include "host/certificates.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using host::SecretStore;

struct SecretsTest : testing::Test {
  std::filesystem::path file(const std::string& content) { return write_file(folder.path(), "secret", content); }
  std::optional<std::string> read_file_secret(const std::string& content) {
    return SecretStore({{"name", {"", file(content)}}}).read("name", &refusal);
  }
  TemporaryFolder folder;
  SecretStore::Refusal refusal = SecretStore::Refusal::none;
};

TEST_F(SecretsTest, ComesFromTheEnvironmentAtTheTimeOfUse) {
  SecretStore secrets({{"password", {"BB_TEST_SECRET", {}}}});
  ::unsetenv("BB_TEST_SECRET");
  EXPECT_FALSE(secrets.read("password", &refusal));
  EXPECT_EQ(refusal, SecretStore::Refusal::not_found);
  ::setenv("BB_TEST_SECRET", "from the environment\n", 1);
  EXPECT_EQ(secrets.read("password", &refusal), "from the environment\n");
  EXPECT_EQ(refusal, SecretStore::Refusal::none);
  ::unsetenv("BB_TEST_SECRET");
}

TEST_F(SecretsTest, OneLineEndOfAFileIsDropped) {
  EXPECT_EQ(read_file_secret("word"), "word");
  EXPECT_EQ(read_file_secret("word\n"), "word");
  EXPECT_EQ(read_file_secret("word\r\n"), "word");
  EXPECT_EQ(read_file_secret("word\n\n"), "word\n");
  EXPECT_EQ(read_file_secret(""), "");
}

TEST_F(SecretsTest, AFileThatIsNotThereIsNotFound) {
  SecretStore secrets({{"name", {"", folder.path() / "missing"}}});
  EXPECT_FALSE(secrets.read("name", &refusal));
  EXPECT_EQ(refusal, SecretStore::Refusal::not_found);
}

TEST_F(SecretsTest, ANameThatWasNotGivenIsRefused) {
  SecretStore secrets({});
  EXPECT_FALSE(secrets.read("name", &refusal));
  EXPECT_EQ(refusal, SecretStore::Refusal::not_granted);
  EXPECT_FALSE(secrets.read("name", nullptr));
  EXPECT_FALSE(secrets.store("name", "value"));
}

TEST_F(SecretsTest, AStoredValueReplacesItsOriginForThisRunOnly) {
  SecretStore secrets({{"token", {"", file("old")}}});
  EXPECT_TRUE(secrets.store("token", "rotated"));
  EXPECT_TRUE(secrets.store("token", "rotated again"));
  EXPECT_EQ(secrets.read("token", nullptr), "rotated again");
  EXPECT_EQ(SecretStore({{"token", {"", folder.path() / "secret"}}}).read("token", nullptr), "old");
}

}  // namespace
}  // namespace bb::test
