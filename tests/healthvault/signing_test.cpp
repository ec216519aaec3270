// Hashes, codes and signatures against the openssl command, over the same bytes.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include <fstream>

#include <bb/core/crypto.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/session.hpp>
#include <bb/healthvault/signing.hpp>

#include "example_messages.hpp"
#include "support/must.hpp"
#include "support/temporary_folder.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;

constexpr const char* openssl = "/usr/bin/openssl";

struct HealthvaultSigningTest : testing::Test {
  bb::test::TemporaryFolder folder;

  void SetUp() override {
    if (!std::filesystem::exists(openssl)) GTEST_SKIP() << "no " << openssl << ": install the package openssl";
  }
  std::string path(std::string_view name) const { return (folder.path() / name).string(); }
  void write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string read(std::string_view name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  CommandResult run(std::vector<std::string> arguments) const {
    ChildProcess::Options options;
    options.program = openssl;
    options.arguments = std::move(arguments);
    options.is_stderr_captured = true;
    return must(run_command(options, 60'000));
  }
  // A key and a certificate as HV-AUTH-01 has them.
  void make_key(std::string_view name, std::string_view bits = "2048") const {
    const auto made = run({"req", "-x509", "-newkey", "rsa:" + std::string{bits}, "-nodes", "-days", "2", "-subj",
                           "/CN=WildcatApp-" + id_a, "-keyout", path(std::string{name} + ".key"), "-out",
                           path(std::string{name} + ".crt")});
    ASSERT_EQ(made.status, 0) << made.err;
  }
};

// Bytes of every value, of no whole number of blocks.
std::string all_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t at = 0; at < count; ++at) bytes[at] = static_cast<char>(at * 7 + at / 256);
  return bytes;
}

TEST_F(HealthvaultSigningTest, HashesAndCodesAreThoseOfOpenssl) {
  for (const auto& bytes : {std::string{}, std::string("<info></info>"), all_bytes(100'001)}) {
    write("bytes", bytes);
    ASSERT_EQ(run({"dgst", "-sha256", "-binary", "-out", path("hash"), path("bytes")}).status, 0);
    EXPECT_EQ(sha256(bytes), read("hash"));
    EXPECT_EQ(sha256_base64(bytes), base64_encode(read("hash")));
    const std::string key = all_bytes(32);
    for (const auto& [algorithm, option] :
         {std::pair{MacAlgorithm::hmac_sha256, "-sha256"}, {MacAlgorithm::hmac_sha1, "-sha1"}}) {
      ASSERT_EQ(run({"dgst", option, "-mac", "HMAC", "-macopt", "hexkey:" + to_hex(key), "-binary", "-out",
                     path("code"), path("bytes")})
                    .status,
                0);
      const auto code = read("code");
      EXPECT_EQ(mac(algorithm, key, bytes), code);
      EXPECT_TRUE(verify_mac(algorithm, key, bytes, code));
      EXPECT_FALSE(verify_mac(algorithm, key, bytes + "x", code));
      EXPECT_FALSE(verify_mac(algorithm, key + "x", bytes, code));
      EXPECT_FALSE(verify_mac(algorithm, key, bytes, code.substr(1)));
      EXPECT_FALSE(verify_mac(algorithm, key, bytes, ""));
    }
  }
}

TEST_F(HealthvaultSigningTest, TheCodesOfRfc4231AndRfc2202) {
  // RFC 4231, test case 2; RFC 2202, 3, test case 2.
  EXPECT_EQ(to_hex(mac(MacAlgorithm::hmac_sha256, "Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(mac(MacAlgorithm::hmac_sha1, "Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_F(HealthvaultSigningTest, AnEmptyKeyIsAKey) {
  // HMAC_SHA256("", ""), as Python's hmac and RFC 2104 have it.
  EXPECT_EQ(to_hex(mac(MacAlgorithm::hmac_sha256, "", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_F(HealthvaultSigningTest, ARequestAsSentIsVerifiedByOpenssl) {
  const auto secret = Secret::random();
  Header header{.method = "PutThings",
                .method_version = 2,
                .record_id = id_b,
                .session = AuthSession{"ASAAA", id_a},
                .msg_time = at,
                .version = "test/1.0"};
  auto prepared = prepare(header, write_request_info<PutThings>({{thing(2)}}));
  const auto body = finish(
      prepared, HeaderCode{MacAlgorithm::hmac_sha256, mac(MacAlgorithm::hmac_sha256, secret.bytes(), prepared.header)});

  // Cut out of what goes over the wire, by nothing but the tags' text.
  const auto between = [&](std::string_view begin, std::string_view end) {
    const auto first = body.find(begin);
    return body.substr(first, body.find(end, first) + end.size() - first);
  };
  write("header", between("<header>", "</header>"));
  write("info", between("<info>", "</info>"));
  ASSERT_EQ(run({"dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + to_hex(secret.bytes()), "-binary", "-out",
                 path("code"), path("header")})
                .status,
            0);
  EXPECT_NE(body.find("<hmac-data algName=\"HMACSHA256\">" + base64_encode(read("code")) + "</hmac-data>"),
            std::string::npos);
  ASSERT_EQ(run({"dgst", "-sha256", "-binary", "-out", path("hash"), path("info")}).status, 0);
  EXPECT_NE(read("header").find("<hash-data algName=\"SHA256\">" + base64_encode(read("hash")) + "</hash-data>"),
            std::string::npos);
}

TEST_F(HealthvaultSigningTest, SignaturesAndOpensslVerifyEachOther) {
  make_key("app");
  const auto key = must(SigningKey::read(read("app.key")));
  const auto certificate = must(SigningCertificate::read(read("app.crt")));
  const auto content = write_session_content(session_content(2));
  write("content", content);
  ASSERT_EQ(run({"x509", "-in", path("app.crt"), "-pubkey", "-noout", "-out", path("app.pub")}).status, 0);
  for (const auto& [method, option] :
       {std::pair{SignatureMethod::rsa_sha1, "-sha1"}, {SignatureMethod::rsa_sha256, "-sha256"}}) {
    const auto signature = must(key.sign(method, content));
    write("signature", signature);
    const auto verified =
        run({"dgst", option, "-verify", path("app.pub"), "-signature", path("signature"), path("content")});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    ASSERT_EQ(run({"dgst", option, "-sign", path("app.key"), "-out", path("theirs"), path("content")}).status, 0);
    EXPECT_EQ(signature, read("theirs"));  // PKCS #1 v1.5 has no random part
    EXPECT_TRUE(certificate.verify(method, content, read("theirs")));
    EXPECT_FALSE(certificate.verify(method, content + " ", signature));
    auto changed = signature;
    changed[7] = static_cast<char>(changed[7] ^ 1);
    EXPECT_FALSE(certificate.verify(method, content, changed));
    EXPECT_FALSE(certificate.verify(method, content, ""));
  }
  EXPECT_FALSE(
      certificate.verify(SignatureMethod::rsa_sha1, content, must(key.sign(SignatureMethod::rsa_sha256, content))));
}

TEST_F(HealthvaultSigningTest, ACertificatesThumbprintIsThatOfOpenssl) {
  make_key("app");
  const auto certificate = must(SigningCertificate::read(read("app.crt")));
  const auto printed = run({"x509", "-in", path("app.crt"), "-noout", "-fingerprint", "-sha1"}).out;
  const std::string theirs{trim(printed.substr(printed.find('=') + 1))};
  EXPECT_EQ(certificate.thumbprint(), replace_all(theirs, ":", ""));
  EXPECT_TRUE(is_same_thumbprint(certificate.thumbprint(), theirs));
  EXPECT_TRUE(is_same_thumbprint(to_lower(theirs), certificate.thumbprint()));
  EXPECT_FALSE(is_same_thumbprint(certificate.thumbprint(), theirs.substr(1)));
  EXPECT_FALSE(is_same_thumbprint("", ""));
  EXPECT_EQ(certificate.common_name(), "WildcatApp-" + id_a);
  EXPECT_EQ(certificate.bits(), 2048);
  // And of DER in base64, as bundles carry it.
  ASSERT_EQ(run({"x509", "-in", path("app.crt"), "-outform", "DER", "-out", path("app.der")}).status, 0);
  EXPECT_EQ(must(SigningCertificate::read(base64_encode(read("app.der")))).thumbprint(), certificate.thumbprint());
}

TEST_F(HealthvaultSigningTest, KeysThatAreNone) {
  make_key("app");
  ASSERT_EQ(run({"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path("ec.key")}).status,
            0);
  ASSERT_EQ(
      run({"req", "-x509", "-key", path("ec.key"), "-days", "2", "-subj", "/CN=x", "-out", path("ec.crt")}).status, 0);
  ASSERT_EQ(
      run({"pkey", "-in", path("app.key"), "-aes256", "-passout", "pass:open", "-out", path("locked.key")}).status, 0);
  EXPECT_FALSE(SigningKey::read(""));
  EXPECT_FALSE(SigningKey::read(read("app.crt")));
  EXPECT_FALSE(SigningKey::read(read("ec.key")));
  EXPECT_FALSE(SigningKey::read(read("locked.key")));
  EXPECT_FALSE(SigningKey::read(read("locked.key"), "shut"));
  EXPECT_TRUE(SigningKey::read(read("locked.key"), "open"));
  EXPECT_FALSE(SigningCertificate::read(read("app.key")));
  EXPECT_FALSE(SigningCertificate::read(read("ec.crt")));
  EXPECT_FALSE(SigningCertificate::read("AAAA"));
}

TEST_F(HealthvaultSigningTest, TheSignedContentIsTheOneThatArrived) {
  make_key("app");
  const auto key = must(SigningKey::read(read("app.key")));
  const auto certificate = must(SigningCertificate::read(read("app.crt")));
  auto request = session_request(2);
  request.signature->signature = must(key.sign(SignatureMethod::rsa_sha1, request.content_bytes));
  const auto info = write_request_info<CreateAuthenticatedSessionToken>(request);
  const auto check = [&](const std::string& text) {
    const auto read = must(read_request_info<CreateAuthenticatedSessionToken>(text));
    return certificate.verify(read.signature->method, read.content_bytes, read.signature->signature);
  };
  EXPECT_TRUE(check(info));
  // HV-AUTH-03: each of these says the same to an XML reader and is not what was signed.
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"<content>", "<content >"},
                                 {"<hmac>HMACSHA256", "<hmac>HMACSHA1"},
                                 {"<signing-time>", " <signing-time>"},
                                 {at, "2014-01-31T12:00:00.1230Z"}}) {
    const auto found = info.find(from, info.find("<content>"));
    ASSERT_NE(found, std::string::npos) << from;
    EXPECT_FALSE(check(std::string{info}.replace(found, from.size(), to))) << to;
  }
}

TEST_F(HealthvaultSigningTest, BlobHashesAreHashesOfBlocks) {
  // HV-BLOB-03, step by step with the openssl command.
  constexpr std::size_t block = 1000;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, block - 1, block, block + 1, 2 * block, 5 * block / 2}) {
    const auto bytes = all_bytes(size);
    std::string hashes;
    for (std::size_t at_byte = 0; at_byte == 0 || at_byte < size; at_byte += block) {
      write("block", std::string_view{bytes}.substr(at_byte, block));
      ASSERT_EQ(run({"dgst", "-sha256", "-binary", "-out", path("hash"), path("block")}).status, 0);
      hashes += read("hash");
    }
    write("hashes", hashes);
    ASSERT_EQ(run({"dgst", "-sha256", "-binary", "-out", path("hash"), path("hashes")}).status, 0);
    EXPECT_EQ(blob_hash(bytes, block), base64_encode(read("hash"))) << size;

    BlobHasher in_parts(block);
    for (std::size_t at_byte = 0; at_byte < size; at_byte += 301)
      in_parts.add(std::string_view{bytes}.substr(at_byte, 301));
    EXPECT_EQ(std::move(in_parts).finish(), blob_hash(bytes, block)) << size;
  }
  EXPECT_EQ(blob_hash(all_bytes(5000)), blob_hash(all_bytes(5000), 2'097'152));
  EXPECT_NE(blob_hash(all_bytes(5000)), blob_hash(all_bytes(5000), block));
}

TEST(HealthvaultBlobTest, RangesOfChunks) {
  EXPECT_EQ(content_range({0, 2'097'151}), "bytes 0-2097151/*");
  const auto range = read_content_range("bytes 2097152-2097152/*");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, 2'097'152);
  EXPECT_EQ(range->last, 2'097'152);
  for (const auto* wrong : {"", "bytes 0-1", "bytes 1-0/*", "bytes -1/*", "bytes 0-/*", "bytes -1-2/*", "bytes 0--2/*",
                            "0-1/*", "bytes 0-1/2", "bytes a-b/*", "bytes 0-99999999999999999999/*"})
    EXPECT_FALSE(read_content_range(wrong)) << wrong;
}

TEST(HealthvaultSecretTest, IsMovedNotCopied) {
  static_assert(!std::is_copy_constructible_v<Secret>);
  auto first = Secret::random();
  const std::string bytes{first.bytes()};
  EXPECT_EQ(bytes.size(), 32u);
  EXPECT_NE(bytes, Secret::random().bytes());
  Secret second = std::move(first);
  EXPECT_EQ(second.bytes(), bytes);
  EXPECT_TRUE(first.is_empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(Secret::from_base64(second.base64())->bytes(), bytes);
  EXPECT_FALSE(Secret::from_base64("*"));
  EXPECT_FALSE(Secret::from_base64(""));
}

constexpr auto never = [] { return false; };

TEST(HealthvaultSessionTest, IsRenewedOnceForManyCalls) {
  // HV-AUTH-08: all of them come back with 65 for the same token.
  SessionKeeper keeper;
  int made = 0;
  const auto create = [&]() -> Result<Session> { return Session{"token " + std::to_string(++made), Secret::random()}; };
  const auto first = must(keeper.get(0, create, never));
  EXPECT_EQ(must(keeper.get(1, create, never))->token, "token 1");
  for (int call = 0; call < 20; ++call) EXPECT_EQ(must(keeper.renew(*first, 2, create, never))->token, "token 2");
  EXPECT_EQ(made, 2);
}

TEST(HealthvaultSessionTest, EndsAfterItsLifetime) {
  SessionKeeper keeper;
  int made = 0;
  const auto create = [&]() -> Result<Session> { return Session{std::to_string(++made), {}}; };
  constexpr std::int64_t lifetime_ns = session_lifetime_s * 1'000'000'000;
  EXPECT_EQ(must(keeper.get(5, create, never))->token, "1");
  EXPECT_EQ(must(keeper.get(5 + lifetime_ns - 1, create, never))->token, "1");
  EXPECT_EQ(must(keeper.get(5 + lifetime_ns, create, never))->token, "2");
}

TEST(HealthvaultSessionTest, AFailureIsToldAndNotKept) {
  SessionKeeper keeper;
  const auto failed = keeper.get(
      0, []() -> Result<Session> { return Error{"70 BAD_CERT"}; }, never);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "70 BAD_CERT");
  EXPECT_EQ(must(keeper.get(
                     0,
                     []() -> Result<Session> {
                       return Session{"t", {}};
                     },
                     never))
                ->token,
            "t");
}

TEST(HealthvaultSessionTest, WhatIsThrownComesOutAndTheNextCallMakesOne) {
  SessionKeeper keeper;
  EXPECT_THROW(static_cast<void>(keeper.get(
                   0, []() -> Result<Session> { throw 7; }, never)),
               int);
  EXPECT_EQ(must(keeper.get(
                     0,
                     []() -> Result<Session> {
                       return Session{"t", {}};
                     },
                     never))
                ->token,
            "t");
}

TEST(HealthvaultSessionTest, AWaitForAnotherCallsSessionEndsWithItsOwnCall) {
  // HV-CX-09: the platform hangs, and the call that waits is cancelled or has less time.
  SessionKeeper keeper;
  std::latch has_begun(1), may_end(1);
  std::atomic<int> made = 0;
  const auto create = [&]() -> Result<Session> {
    ++made;
    has_begun.count_down();
    may_end.wait();
    return Session{"made", {}};
  };
  std::thread maker([&] { EXPECT_EQ(must(keeper.get(0, create, never))->token, "made"); });
  has_begun.wait();
  int looks = 0;
  const auto waited = keeper.get(0, create, [&] { return ++looks == 3; });
  ASSERT_TRUE(waited);
  EXPECT_EQ(*waited, nullptr);
  EXPECT_EQ(looks, 3);
  EXPECT_THROW(static_cast<void>(keeper.renew(Session{"old", {}}, 0, create, []() -> bool { throw 7; })), int);
  std::thread waiter([&] { EXPECT_EQ(must(keeper.get(0, create, never))->token, "made"); });
  may_end.count_down();
  maker.join();
  waiter.join();
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace bb::healthvault::test
