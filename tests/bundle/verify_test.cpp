// A run folder in which anything was changed is not whole.
#include "harness/bundle/verify.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "engine/run_fixture.hpp"
#include "harness/bundle/contents.hpp"
#include "harness/bundle/manifest.hpp"
#include "harness/report/report.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;
using test::content;
using test::FakeCall;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

// Keys and certificates, made by openssl.
class Certificates {
 public:
  explicit Certificates(const fs::path& folder) : folder_(folder) {
    fs::create_directories(folder);
    make("ca", "-x509 -days 2 -addext basicConstraints=critical,CA:TRUE");
    make("other", "-x509 -days 2 -addext basicConstraints=critical,CA:TRUE");
    request("signer");
    run("openssl x509 -req -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out signer.pem");
  }
  std::string text(const std::string& name) const {
    const auto text = read_text(folder_ / name);
    return text ? *text : "";
  }
  int run(const std::string& command) const {
    return std::system(("cd '" + folder_.string() + "' && " + command + " >>log 2>&1").c_str());
  }

 private:
  static constexpr const char* fresh = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=";
  void make(const std::string& name, const std::string& how) {
    EXPECT_EQ(run(fresh + name + " -keyout " + name + ".key -out " + name + ".pem " + how), 0);
  }
  void request(const std::string& name) {
    EXPECT_EQ(run(fresh + name + " -keyout " + name + ".key -out " + name + ".csr"), 0);
  }
  fs::path folder_;
};

class VerifyTest : public test::RunFixture {
 protected:
  VerifyTest() {
    connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content(std::string(5000, 'x')); });
    const auto view = run(R"(
  get: {title: It downloads, verifies: R-A, steps: [{do: portal.download, with: {format: a}}, {do: portal.formats}]}
  last: {title: It lists, verifies: R-B, steps: [{do: portal.formats}]}
)");
    EXPECT_EQ(view.verdict.word, "conformant");
    EXPECT_TRUE(report::write_standard_reports(view));
  }
  Verification verified(const Trust& trust = {}) {
    auto found = verify(run_folder, trust);
    EXPECT_TRUE(found) << (found ? "" : found.error().what);
    return found ? *std::move(found) : Verification{};
  }
  bool is_noticed() {
    const auto found = verify(run_folder);
    return !found || !found->problems.empty();
  }
  std::vector<std::string> files() const {
    const auto contents = contents_of(run_folder);
    return {contents->files.begin(), contents->files.end()};
  }
  auto problem(const std::string& file, const std::string& what) {
    return Contains(
        AllOf(Field(&Verification::Problem::file, file), Field(&Verification::Problem::what, HasSubstr(what))));
  }
};

TEST_F(VerifyTest, AWholeFolderIsWhole) {
  const auto found = verified();
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(found.open, IsEmpty());
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_EQ(found.files, 5u + 2u) << "events, run.json, three reports; a body and the suite";
}

TEST_F(VerifyTest, AFlippedByteAnywhereIsNoticed) {
  const Certificates certificates(folder_.path() / "pki");
  ASSERT_TRUE(sign(run_folder, certificates.text("signer.key"), certificates.text("signer.pem")));
  ASSERT_THAT(verified().problems, IsEmpty());
  std::mt19937 random(7);
  int flips = 0;
  for (const auto& file : files()) {
    if (file == signature_file_name) continue;  // not every byte of it is signed: RFC 5652, 5.1, digestAlgorithms
    const std::string honest = *read_text(run_folder / file);
    ASSERT_FALSE(honest.empty());
    for (int i = 0; i < 80; ++i) {
      // First and last byte, and others.
      const std::size_t at = i == 0 ? 0 : i == 1 ? honest.size() - 1 : random() % honest.size();
      std::string changed = honest;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 8)));
      ASSERT_TRUE(write_text(run_folder / file, changed));
      EXPECT_TRUE(is_noticed()) << file << ": byte " << at << " of " << honest.size();
      ++flips;
    }
    ASSERT_TRUE(write_text(run_folder / file, honest));
  }
  EXPECT_GE(flips, 500);
  EXPECT_FALSE(is_noticed());
}

// Without a signature too: the chain, the hashes and the reports see it.
TEST_F(VerifyTest, AFlippedByteIsNoticedWithoutASignature) {
  std::mt19937 random(8);
  for (const auto& file : files()) {
    const std::string honest = *read_text(run_folder / file);
    for (int i = 0; i < 80; ++i) {
      const std::size_t at = i == 0 ? 0 : i == 1 ? honest.size() - 1 : random() % honest.size();
      std::string changed = honest;
      changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 8)));
      ASSERT_TRUE(write_text(run_folder / file, changed));
      EXPECT_TRUE(is_noticed()) << file << ": byte " << at << " of " << honest.size();
    }
    ASSERT_TRUE(write_text(run_folder / file, honest));
  }
}

TEST_F(VerifyTest, ADroppedAddedOrMovedPieceIsNoticed) {
  std::mt19937 random(9);
  for (const auto& file : files()) {
    const std::string honest = *read_text(run_folder / file);
    for (int i = 0; i < 20; ++i) {
      const std::size_t at = random() % honest.size();
      const std::size_t length = std::min<std::size_t>(1 + random() % 40, honest.size() - at);
      std::string dropped = honest;
      dropped.erase(at, length);
      ASSERT_TRUE(write_text(run_folder / file, dropped));
      EXPECT_TRUE(is_noticed()) << file << ": without " << length << " at " << at;
      std::string added = honest;
      added.insert(at, honest.substr(at, length));
      ASSERT_TRUE(write_text(run_folder / file, added));
      EXPECT_TRUE(is_noticed()) << file << ": twice " << length << " at " << at;
    }
    ASSERT_TRUE(write_text(run_folder / file, honest));
  }
}

TEST_F(VerifyTest, WhatIsGoneAndWhatIsAddedIsNamed) {
  const auto blob = *fs::directory_iterator(run_folder / "blobs");
  const std::string name = "blobs/" + blob.path().filename().string();
  const std::string bytes = *read_text(blob.path());
  fs::remove(run_folder / name);
  EXPECT_THAT(verified().problems, problem(name, "No such file"));
  ASSERT_TRUE(write_text(run_folder / name, bytes));
  const std::string stray = "blobs/" + std::string(64, 'a');
  ASSERT_TRUE(write_text(run_folder / stray, "stray"));
  EXPECT_THAT(verified().problems, problem(stray, "no event names it"));
  fs::remove(run_folder / stray);
  ASSERT_TRUE(write_text(run_folder / "notes.txt", "mine"));
  EXPECT_THAT(verified().problems, problem("notes.txt", "is no part of a run folder"));
  fs::remove(run_folder / "notes.txt");
  fs::create_symlink("run.json", run_folder / "junit.xml.link");
  EXPECT_THAT(verified().problems, problem("junit.xml.link", "no regular file"));
  fs::remove(run_folder / "junit.xml.link");
  EXPECT_THAT(verified().problems, IsEmpty());
}

TEST_F(VerifyTest, ARunThatWasBrokenOffIsWholeAsFarAsItGoes) {
  for (const auto& [format, name] : report::standard_reports) fs::remove(run_folder / name);
  const auto file = run_folder / "events.ndjson";
  const std::string text = *read_text(file);
  const auto last = text.rfind('\n', text.size() - 2);
  ASSERT_TRUE(write_text(file, text.substr(0, last + 1) + "{\"n\":"));
  const auto found = verified();
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(found.open, ElementsAre(HasSubstr("was broken off")));
  const auto left = run_folder / "report.html.new-0a1b2c3d";
  ASSERT_TRUE(write_text(left, "half"));
  EXPECT_THAT(verified().problems, IsEmpty());
  EXPECT_THAT(verified().notes, ElementsAre(HasSubstr("left of a write that a kill broke off")));
  // Behind its end nothing may stand, torn or not.
  ASSERT_TRUE(write_text(file, text + "{\"n\":"));
  EXPECT_THAT(verified().problems, problem("events.ndjson", "torn after 5 bytes"));
}

TEST_F(VerifyTest, AReportHalfWrittenAtAKillIsNoPartAndNoHarm) {
  ASSERT_TRUE(write_text(run_folder / "report.html.new-0a1b2c3d", "half"));
  EXPECT_THAT(verified().problems, IsEmpty());
  EXPECT_THAT(verified().notes, ElementsAre(HasSubstr("left of a write that a kill broke off")));
  // What is written before the run begins is not left of a run that has ended.
  ASSERT_TRUE(write_text(run_folder / "run.json.new-0a1b2c3d", "half"));
  EXPECT_THAT(verified().problems, problem("run.json.new-0a1b2c3d", "is no part of a run folder"));
}

TEST_F(VerifyTest, ASignatureIsOfTheSignerAndOfTheFiles) {
  const Certificates certificates(folder_.path() / "pki");
  EXPECT_THAT(verified({certificates.text("ca.pem"), ""}).problems, problem("evidence.p7s", "nobody signed"));
  ASSERT_TRUE(sign(run_folder, certificates.text("signer.key"), certificates.text("signer.pem")));
  EXPECT_THAT(verified({certificates.text("ca.pem"), certificates.text("signer.pem")}).problems, IsEmpty());
  EXPECT_THAT(verified().signed_by, ElementsAre("CN=signer"));
  EXPECT_THAT(verified({certificates.text("other.pem"), ""}).problems, problem("evidence.p7s", "not to be trusted"));
  EXPECT_THAT(verified({"", certificates.text("other.pem")}).problems, problem("evidence.p7s", "expected CN=other"));

  // The command of openssl says the same of both.
  fs::copy(run_folder, folder_.path() / "pki" / "run", fs::copy_options::recursive);
  const std::string check =
      "openssl cms -verify -binary -inform DER -in run/evidence.p7s -content run/evidence.sha256 -purpose any -out "
      "/dev/null -CAfile ";
  EXPECT_EQ(certificates.run(check + "ca.pem"), 0) << certificates.text("log");
  EXPECT_NE(certificates.run(check + "other.pem"), 0);
  EXPECT_EQ(certificates.run("cd run && sha256sum --check --strict evidence.sha256"), 0) << certificates.text("log");

  // A forger who makes the reports and the chain anew has no key.
  ASSERT_TRUE(
      write_text(run_folder / "evidence.sha256", replace_all(certificates.text("run/evidence.sha256"), "a", "b")));
  EXPECT_THAT(verified().problems, problem("evidence.p7s", "not good"));
  fs::remove(run_folder / "evidence.sha256");
  EXPECT_THAT(verified().problems, problem("evidence.sha256", "the other half of it is"));
}

TEST_F(VerifyTest, ASignatureOfAnotherManifestOrByAWeakHashIsNone) {
  const Certificates certificates(folder_.path() / "pki");
  ASSERT_TRUE(sign(run_folder, certificates.text("signer.key"), certificates.text("signer.pem")));
  fs::copy(run_folder / "evidence.sha256", folder_.path() / "pki" / "signed");
  const auto signature = run_folder / "evidence.p7s";
  const auto sign_with = [&](const std::string& how) {
    const std::string out = " -outform DER -out '" + signature.string() + "'";
    EXPECT_EQ(
        certificates.run("openssl cms -sign -binary -in signed -signer signer.pem -inkey signer.key " + how + out), 0);
  };
  const Trust trust{certificates.text("ca.pem"), ""};
  sign_with("");
  EXPECT_THAT(verified(trust).problems, IsEmpty());
  ASSERT_TRUE(write_text(signature, *read_text(signature) + "more"));
  EXPECT_THAT(verified(trust).problems, problem("evidence.p7s", "4 bytes stand behind the signature"));
  sign_with("-md sha1");
  EXPECT_THAT(verified(trust).problems, problem("evidence.p7s", "by sha1, which can be forged"));
  EXPECT_THAT(verified(trust).signed_by, IsEmpty());

  // What was signed travels inside; the manifest beside it is another.
  sign_with("-nodetach");
  EXPECT_THAT(verified(trust).problems, IsEmpty());
  fs::remove(run_folder / "junit.xml");
  std::string without;
  for (const auto& line : split(certificates.text("signed"), '\n'))
    if (!line.empty() && !line.ends_with("junit.xml")) without += line + "\n";
  ASSERT_TRUE(write_text(run_folder / "evidence.sha256", without));
  EXPECT_THAT(verified(trust).problems, problem("evidence.p7s", "is not good"));
}

TEST_F(VerifyTest, ASignatureIsNotMadeWithAKeyThatDoesNotFit) {
  const Certificates certificates(folder_.path() / "pki");
  const auto done = sign(run_folder, certificates.text("other.key"), certificates.text("signer.pem"));
  ASSERT_FALSE(done);
  EXPECT_FALSE(fs::exists(run_folder / "evidence.p7s"));
  EXPECT_FALSE(sign(run_folder, "no key", certificates.text("signer.pem")));
  EXPECT_EQ(certificates.run("openssl x509 -req -in signer.csr -CA ca.pem -CAkey ca.key -days -1 -out expired.pem"), 0);
  const auto expired = sign(run_folder, certificates.text("signer.key"), certificates.text("expired.pem"));
  EXPECT_THAT(expired.error().what, HasSubstr("the certificate CN=signer is not valid now"));
  EXPECT_FALSE(fs::exists(run_folder / "evidence.p7s"));
}

TEST(ManifestTest, ALineThatIsNoneIsNamed) {
  const std::string hash(64, 'a');
  EXPECT_EQ(read_manifest(hash + "  run.json\n")->at("run.json"), hash);
  EXPECT_THAT(read_manifest(hash + "  run.json\n" + hash + " run.json\n").error().what, HasSubstr("line 2"));
  EXPECT_THAT(read_manifest(hash + "  a\n" + hash + "  a\n").error().what, HasSubstr("a second time"));
  EXPECT_FALSE(read_manifest(hash + "  run.json"));
  EXPECT_FALSE(read_manifest(hash + "  \n"));
}

}  // namespace
}  // namespace bb::bundle
