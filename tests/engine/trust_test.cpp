// The verbs of the capability trust from a suite to a connector that verifies
// certificates: read, linted, run and judged.
#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include "engine/run_fixture.hpp"
#include "harness/suite/lint.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;

constexpr const char* trust_suite = R"(format: bluebridge-suite/1
suite: trust
version: "1.0.0"
title: Whom a system trusts
requirements:
  R-A: {level: SHOULD, text: Expired certificates are not trusted.}
inputs:
  of_alice: {type: text, title: A certificate that is trusted}
  outdated: {type: text, title: One that has expired}
roles:
  store: {needs: [trust], title: A trust store}
tests:
  good:
    title: A good certificate is trusted
    steps:
      - {do: store.anchors, expect: [{json: "$.certificates[*].anchor", is: true}]}
      - do: store.discover
        with: {address: alice@direct.test}
        save: {found: {json: "$.certificates[0].der"}}
        expect: [{json: "$.certificates[*]", count: 1}]
      - do: store.evaluate
        with: {address: alice@direct.test, certificate: $good.found, use: encrypt}
        expect: [{result: ok}]
      - do: store.evaluate
        id: sign
        with: {address: alice@direct.test, certificate: $of_alice, use: sign}
        expect: [{result: ok}]
  expired:
    title: An expired certificate is not
    verifies: R-A
    needs: good
    steps:
      - do: store.evaluate
        with: {address: alice@direct.test, certificate: $outdated, use: encrypt}
        expect: [{result: untrusted}]
  trusted:
    title: A claim that does not hold
    needs: good
    steps:
      - do: store.evaluate
        with: {address: alice@direct.test, certificate: $outdated, use: encrypt}
        expect: [{result: ok}]
)";

struct TrustRunTest : RunFixture {};

TEST_F(TrustRunTest, ASuiteAsksWhomASystemTrusts) {
  const TemporaryFolder& folder = folder_;
  const auto made = run_command({BB_MAKE_CERTIFICATES, {folder.path().string()}, {}, false}, 30'000);
  ASSERT_TRUE(made) << made.error().what;
  ASSERT_EQ(made->status, 0);
  const auto pem = [&](const std::string& name) { return *read_text(folder.path() / (name + ".pem")); };

  ASSERT_TRUE(write_text(folder.path() / "trust.yaml", trust_suite));
  const auto suite = suite::read_suite(folder.path() / "trust.yaml");
  ASSERT_TRUE(suite.is_good()) << render(suite.diagnostics);
  const auto vocabulary = suite::read_vocabulary(std::filesystem::path(BB_SOURCE_DIR) / "conformance");
  ASSERT_TRUE(vocabulary) << vocabulary.error().what;
  const auto findings = suite::lint_suite(*suite.value, *vocabulary, {});
  EXPECT_FALSE(has_errors(findings)) << render(findings);
  const Value config = Value::object({{"anchors", Value::Array{pem("ca")}},
                                      {"crls", Value::Array{pem("crl")}},
                                      {"certificates", Value::Array{pem("good")}}});
  ASSERT_TRUE(write_text(folder.path() / "target.yaml",
                         "format: bluebridge-target/1\ntarget: store\ntitle: A trust store\nroles:\n"
                         "  store: {connector: org.example.trust, config: " +
                             to_json(config) + "}\n"));
  const auto target = suite::read_target(folder.path() / "target.yaml");
  ASSERT_TRUE(target.is_good()) << render(target.diagnostics);

  engine::RunInput input;
  input.suites.push_back(*suite.value);
  input.target = *target.value;
  options.out = folder.path() / "runs";
  const auto base64 = [&](const std::string& name) { return base64_encode(certificate_der(pem(name)).value_or("")); };
  options.inputs = {{"of_alice", base64("good")}, {"outdated", base64("expired")}};
  host::Host host({{BB_TRUST_FOLDER}, "test", BB_CONNECTOR_HOST});
  const auto result = engine::run(input, options, host);
  ASSERT_TRUE(result) << result.error().what;
  const auto view = evidence::read_run(result->folder);
  ASSERT_TRUE(view) << view.error().what;
  EXPECT_EQ(outcome(*view, "good"), "pass") << find(*view, "good").cause;
  EXPECT_EQ(outcome(*view, "expired"), "pass");
  EXPECT_EQ(outcome(*view, "trusted"), "fail");
  EXPECT_THAT(find(*view, "trusted").steps.at(0).message.error, HasSubstr("certificate has expired"));
}

}  // namespace
}  // namespace bb::test
