// Packages under an answer (HV-CONN-08), against Python's PBKDF2 and HMAC and the openssl command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <bb/core/crypto.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/package.hpp>

#include "support/must.hpp"
#include "support/temporary_folder.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using testing::HasSubstr;
using Outcome = OpenedPackage::Outcome;

constexpr std::string_view weight_type = "3d34d87e-7fc1-4153-800f-f56592cb0d17";
constexpr std::string_view weight_data =
    "<weight><when><date><y>2014</y><m>1</m><d>31</d></date></when><value><kg>70</kg></value></weight><common/>";

Thing weight() { return {.type_id = std::string(weight_type), .data = {{std::string(weight_data)}}}; }

Thing package_of(std::string_view algorithm, std::string_view salt, std::string_view iterations, std::string_view bits,
                 std::string bytes) {
  Thing package{.type_id = std::string(package_type_id)};
  package.data.push_back({"<password-protected-package><encrypt-algorithm><algorithm-name>" + std::string(algorithm) +
                          "</algorithm-name><parameters><salt>" + std::string(salt) + "</salt><iteration-count>" +
                          std::string(iterations) + "</iteration-count><key-length>" + std::string(bits) +
                          "</key-length></parameters></encrypt-algorithm></password-protected-package><common/>"});
  package.blobs.push_back({.content_type = "application/octet-stream", .inline_bytes = std::move(bytes)});
  return package;
}

// hashlib.pbkdf2_hmac('sha1', b'deep blue', b'salt of a test', 1000, 32), hmac.new(salt, thing, 'sha1') before the
// thing, padding aa..., and openssl enc -des-ede3-cbc -nopad with the first 24 bytes as key, the other 8 as initial
// value.
std::string made_elsewhere() {
  return *base64_decode(
      "hnaiQE8w/IanVzPm6pFJeHPA7xlW3mgnNnbSCiNvQH44IK5U3bKRjSbpe0VCureUo9uwygPDRpSclxngQ5X+y15vxZAQ9HqlwA0W01daRhs4VqKu"
      "Cfv765y5W2pe05lswQQo5dkql2Y6AnSZAYUsCHfhcwIcAKZ5VEu07V8DTnY7En5WGUyhUFcxYgsaBfsKK3IqLQSWLuIUmINeA8DaeNIkFsT6B29D"
      "RKip+Ga/HUCxBxYLWBf6eTSwegarRMwFNv/CmXoC11W7Nc+daNdQDM81zzZ+P2oA+h+hf5gj4W0=");
}

OpenedPackage open_elsewhere(std::string_view iterations, std::string bytes, std::string_view bits = "192") {
  return open_package(package_of("hmac-sha1-3des", "salt of a test", iterations, bits, std::move(bytes)), "Deep Blue");
}

TEST(HealthvaultPackageTest, WhatOthersSealedIsOpened) {
  const auto opened = open_elsewhere("1000", made_elsewhere());
  ASSERT_EQ(opened.outcome, Outcome::opened) << opened.what;
  ASSERT_EQ(opened.things.size(), 1u);
  EXPECT_EQ(opened.things.front().type_id, weight_type);
  EXPECT_EQ(opened.things.front().data.front().bytes, weight_data);
}

TEST(HealthvaultPackageTest, WhatWeSealOthersOpen) {
  constexpr const char* script = R"(
import base64, hashlib, hmac, subprocess, sys
salt, answer, file = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3]
made = hashlib.pbkdf2_hmac("sha1", answer, salt, 20000, 32)
plain = subprocess.run(["/usr/bin/openssl", "enc", "-d", "-des-ede3-cbc", "-K", made[:24].hex(), "-iv", made[24:].hex(),
                        "-nopad", "-in", file], capture_output=True, check=True).stdout
assert 1 <= plain[-1] <= 8, plain[-1]
code, contents = plain[:20], plain[20:-plain[-1]]
assert hmac.new(salt, contents, hashlib.sha1).digest() == code
sys.stdout.buffer.write(contents)
)";
  for (const char* program : {"/usr/bin/python3", "/usr/bin/openssl"})
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "no " << program;
  const auto package = must(seal_package({weight(), weight()}, "Deep Blue"));
  EXPECT_EQ(package.type_id, package_type_id);
  const auto& data = package.data.front().bytes;
  EXPECT_THAT(data, HasSubstr("<algorithm-name>hmac-sha1-3des</algorithm-name>"));
  EXPECT_THAT(data, HasSubstr("<iteration-count>20000</iteration-count><key-length>192</key-length>"));
  const auto begin = data.find("<salt>") + 6;
  const auto salt = data.substr(begin, data.find("</salt>") - begin);
  EXPECT_EQ(base64_decode(salt)->size(), 64u);  // as the schema advises
  const bb::test::TemporaryFolder folder;
  const auto file = (folder.path() / "package").string();
  std::ofstream(file, std::ios::binary) << *package.blobs.front().inline_bytes;
  ChildProcess::Options options;
  options.program = "/usr/bin/python3";
  options.arguments = {"-c", script, salt, "deep blue", file};
  options.is_stderr_captured = true;
  const auto opened = must(run_command(options, 20'000));
  ASSERT_EQ(opened.status, 0) << opened.err;
  EXPECT_THAT(opened.out, HasSubstr(weight_data));
  EXPECT_TRUE(opened.out.starts_with("<thing>") && opened.out.ends_with("</thing>"));
}

TEST(HealthvaultPackageTest, TheAnswerCountsWithoutCaseAndWithBlanks) {
  const auto package = must(seal_package({weight()}, "Deep Blue"));
  EXPECT_EQ(open_package(package, "dEEP bLUE").outcome, Outcome::opened);
  for (const auto* wrong : {"deepblue", "deep  blue", "deep blue ", "deep red", ""}) {
    const auto opened = open_package(package, wrong);
    EXPECT_EQ(opened.outcome, Outcome::wrong_answer) << wrong;
    EXPECT_TRUE(opened.things.empty());
  }
  // Nothing is the same twice.
  EXPECT_NE(must(seal_package({weight()}, "Deep Blue")), package);
}

TEST(HealthvaultPackageTest, ChangedContentsAreNotOpened) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{30}, made_elsewhere().size() - 9}) {
    auto bytes = made_elsewhere();
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    EXPECT_EQ(open_elsewhere("1000", bytes).outcome, Outcome::wrong_answer) << at;
  }
  EXPECT_EQ(open_elsewhere("1001", made_elsewhere()).outcome, Outcome::wrong_answer);
  EXPECT_EQ(open_elsewhere("1000", made_elsewhere().substr(0, 8)).outcome, Outcome::wrong_answer);
}

TEST(HealthvaultPackageTest, WhatIsNoPackageIsTold) {
  EXPECT_EQ(open_elsewhere("0", made_elsewhere()).outcome, Outcome::broken);
  EXPECT_EQ(open_elsewhere("1", made_elsewhere()).outcome, Outcome::wrong_answer);
  EXPECT_EQ(open_elsewhere("1000001", made_elsewhere()).outcome, Outcome::broken);
  EXPECT_EQ(open_elsewhere("1000", made_elsewhere(), "168").outcome, Outcome::broken);
  EXPECT_THAT(open_elsewhere("1000", made_elsewhere() + "x").what, HasSubstr("whole blocks of 8"));
  EXPECT_EQ(open_elsewhere("1000", "").outcome, Outcome::broken);
  EXPECT_EQ(open_package(weight(), "Deep Blue").outcome, Outcome::broken);
}

TEST(HealthvaultPackageTest, OtherAlgorithmsAreNotOpened) {
  const auto rijndael = open_package(package_of("hmac-sha256-aes256", "salt", "20000", "256", "x"), "Deep Blue");
  EXPECT_EQ(rijndael.outcome, Outcome::not_opened);
  EXPECT_THAT(rijndael.what, HasSubstr("'hmac-sha256-aes256' is not opened here"));
  EXPECT_EQ(open_package(package_of("none", "salt", "1", "0", "x"), "Deep Blue").outcome, Outcome::not_opened);
  auto empty = package_of("hmac-sha1-3des", "salt", "20000", "192", "x");
  empty.blobs.clear();
  EXPECT_EQ(open_package(empty, "Deep Blue").outcome, Outcome::not_opened);
}

TEST(HealthvaultPackageTest, AnAnswerThatAnybodyGuessesIsRefused) {
  EXPECT_TRUE(seal_package({weight()}, "abcdef"));
  EXPECT_THAT(seal_package({weight()}, "abcde").error().what, HasSubstr("expected at least 6"));
  EXPECT_THAT(seal_package({weight()}, "\xC3\x84rger und Zorn").error().what, HasSubstr("ASCII"));
  EXPECT_FALSE(seal_package({}, "Deep Blue"));
}

}  // namespace
}  // namespace bb::healthvault::test
