// bb.trust/1 from end to end: certificates made by the openssl command, judged
// by a connector that verifies them, asked through the host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;

struct TrustTest : testing::Test {
  static void SetUpTestSuite() {
    folder = std::make_unique<TemporaryFolder>();
    const auto made = run_command({BB_MAKE_CERTIFICATES, {folder->path().string()}, {}, false}, 30'000);
    ASSERT_TRUE(made) << made.error().what;
    ASSERT_EQ(made->status, 0) << made->out;
  }
  static void TearDownTestSuite() { folder.reset(); }

  static std::string pem(const std::string& name) {
    const auto text = read_text(folder->path() / (name + ".pem"));
    EXPECT_TRUE(text);
    return text ? *text : "";
  }
  static std::string base64(const std::string& name) { return base64_encode(certificate_der(pem(name)).value_or("")); }

  TrustTest() {
    options.type_id = "org.example.trust";
    options.name = "trust";
    options.config = Value::object({{"anchors", Value::Array{pem("ca")}},
                                    {"crls", Value::Array{pem("crl")}},
                                    {"certificates", Value::Array{pem("good"), pem("domain"), pem("wrong_name")}}});
    options.clock = &clock;
    options.recorder = &recorder;
    options.redactor = &redactor;
  }

  host::Reply invoke(const std::string& function, Value arguments = Value::object()) {
    if (!connector) {
      auto made = host.create(options);
      if (!made) throw std::runtime_error(made.error().what);
      connector = *std::move(made);
    }
    return connector->invoke({"bb.trust/1", function, std::move(arguments)}, {});
  }
  host::Reply evaluate(const std::string& certificate, const std::string& use = "encrypt",
                       const std::string& address = "alice@direct.test") {
    return invoke("evaluate", Value::object({{"address", address}, {"certificate", certificate}, {"use", use}}));
  }

  static inline std::unique_ptr<TemporaryFolder> folder;
  KeepingRecorder recorder;
  host::Redactor redactor;
  host::VirtualClock clock{now_unix_ns()};
  host::InstanceOptions options;
  host::Host host{{{std::filesystem::path(fixture_folder()) / "trust"}, "test", connector_host()}};
  std::unique_ptr<host::Connector> connector;
};

TEST_F(TrustTest, ListsItsAnchors) {
  const host::Reply reply = invoke("anchors");
  ASSERT_EQ(reply.status, BB_OK) << reply.error.message;
  const Value& certificates = reply.emitted["certificates"];
  ASSERT_EQ(certificates.size(), 1u);
  EXPECT_EQ(certificates[0]["der"].string_or(""), base64("ca"));
  EXPECT_EQ(certificates[0]["source"].string_or(""), "configuration");
  EXPECT_TRUE(certificates[0]["anchor"].boolean_or(false));
  EXPECT_EQ(certificates[0].find("address_bound"), nullptr);
}

TEST_F(TrustTest, FindsTheCertificatesOfAnAddressInTheirOrder) {
  const host::Reply reply = invoke("discover", Value::object({{"address", "alice@direct.test"}}));
  const Value& certificates = reply.emitted["certificates"];
  ASSERT_EQ(certificates.size(), 2u);
  EXPECT_EQ(certificates[0]["der"].string_or(""), base64("good"));
  EXPECT_TRUE(certificates[0]["address_bound"].boolean_or(false));
  EXPECT_EQ(certificates[1]["der"].string_or(""), base64("domain"));
  EXPECT_TRUE(certificates[1]["domain_bound"].boolean_or(false));
  EXPECT_EQ(host::result_word(invoke("discover", Value::object({{"address", "bob@elsewhere.test"}}))), "not_found");
}

TEST_F(TrustTest, TrustsTheGoodCertificateForBothUses) {
  for (const char* const use : {"sign", "encrypt"}) {
    EXPECT_EQ(evaluate(pem("good"), use).status, BB_OK) << use;
    EXPECT_EQ(evaluate(base64("domain"), use).status, BB_OK) << use;
  }
  EXPECT_EQ(evaluate(pem("sign_only"), "sign").status, BB_OK);
}

TEST_F(TrustTest, SaysWhyACertificateIsNotTrusted) {
  for (const auto& [name, why] : {std::pair{"expired", "certificate has expired"},
                                  {"not_yet", "certificate is not yet valid"},
                                  {"revoked", "certificate revoked"},
                                  {"wrong_name", "the certificate names another address"},
                                  {"unknown_anchor", "unable to get local issuer certificate"},
                                  {"sign_only", "unsuitable certificate purpose"}}) {
    const host::Reply reply = evaluate(pem(name));
    EXPECT_EQ(reply.status, BB_E_UNTRUSTED_PEER) << name;
    EXPECT_EQ(host::result_word(reply), "untrusted") << name;
    EXPECT_THAT(reply.error.message, HasSubstr(why)) << name;
  }
}

TEST_F(TrustTest, TheTimeIsTheHosts) {
  const host::VirtualClock::Worker worker(clock);
  EXPECT_EQ(evaluate(pem("good")).status, BB_OK);
  clock.sleep_ns(std::int64_t{25} * 3600 * ns_per_second, nullptr, 0);
  EXPECT_THAT(evaluate(pem("good")).error.message, HasSubstr("expired"));
}

TEST_F(TrustTest, WhatIsNoCertificateNeverReachesTheConnector) {
  for (const std::string& text : {std::string("no base64!"), pem("good") + pem("ca")}) {
    const host::Reply reply = evaluate(text);
    EXPECT_EQ(host::result_word(reply), "invalid");
    EXPECT_THAT(reply.error.message, HasSubstr("'certificate' must be one certificate, PEM or base64 of DER"));
  }
  EXPECT_THAT(invoke("evaluate").error.message, HasSubstr("'certificate' is missing"));
  EXPECT_THAT(evaluate("AAAA").error.message, HasSubstr("these bytes are no certificate"));
  EXPECT_EQ(evaluate(pem("good"), "dance").status, BB_E_UNSUPPORTED);
}

}  // namespace
}  // namespace bb::test
