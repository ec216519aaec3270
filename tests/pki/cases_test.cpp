// Each case of the test PKI has the one fault that it is made for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/direct/identity.hpp>
#include <bb/direct/trust.hpp>

#include "pki/test_pki.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

constexpr std::int64_t now = 1'790'000'000;  // 2026-09-21

std::string file(const std::filesystem::path& path) {
  auto text = read_text(path);
  EXPECT_TRUE(text) << text.error().what;
  return text ? *text : "";
}

TEST(PkiCasesTest, HasTheFaultThatItSays) {
  TemporaryFolder folder;
  const auto made = pki::make_test_pki({.folder = folder.path(),
                                        .addresses = {"bob@direct.example.org"},
                                        .domains = {},
                                        .now = now,
                                        .base_url = {},
                                        .has_cases = true});
  ASSERT_TRUE(made) << made.error().what;
  direct::TrustPolicy policy;
  policy.anchors = {*direct::Certificate::read(file(folder.path() / "root.crt"))};
  policy.at = now;
  policy.lists = {file(folder.path() / "intermediate.crl"), file(folder.path() / "root.crl")};
  const auto address = *direct::read_address("bob@direct.example.org");
  ASSERT_FALSE(pki::all_cases().empty());
  for (const auto& row : pki::all_cases()) {
    const auto name = std::string(row.name);
    const auto identity = direct::read_identity(file(folder.path() / "cases" / (name + ".pem")));
    ASSERT_TRUE(identity) << name << ": " << identity.error().what;
    policy.revocation =
        row.name == "no-crl" ? direct::Revocation::required : direct::Revocation::checked_where_possible;
    const auto use = row.name == "encrypt-only" ? direct::KeyUse::sign : direct::KeyUse::encrypt;
    const auto verdict = direct::judge(identity->certificate, address, use, identity->chain, policy);
    std::string faults;
    for (const auto& found : verdict.faults)
      faults += std::string(faults.empty() ? "" : " ") + std::string(direct::word_of(found.fault));
    EXPECT_EQ(faults, row.fault) << name;
  }
}

}  // namespace
}  // namespace bb::test
