// The conformance kit against connectors that are good, and against mutants
// that have one defect each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <bb/core/abi_rules.hpp>
#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/kit/kit.hpp>

namespace bb::kit {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path source = BB_SOURCE_DIR, binary = BB_BINARY_DIR;
constexpr std::int64_t timeout_ms = 4000;         // some mutants hang
constexpr std::int64_t whole_timeout_ms = 10000;  // the command's own

std::string read(const fs::path& file) {
  auto text = read_text(file);
  EXPECT_TRUE(text) << text.error().what;
  return text ? *text : "";
}

Report report_of(const fs::path& library, int strictness, const fs::path& setup = {},
                 std::int64_t check_timeout_ms = timeout_ms) {
  const auto subject = read_subject(library, setup);
  EXPECT_TRUE(subject) << subject.error().what;
  Options options;
  options.strictness = strictness;
  options.timeout_ms = check_timeout_ms;
  return subject ? run(**subject, options, {}) : Report{};
}

std::string lines_of(const Report& report) {
  std::string text;
  for (const auto& finding : report.findings) text += line_of(finding);
  return text + summary_of(report);
}

struct Mutant {
  std::string name, check, outcome;
  std::set<std::string> others;
};
void PrintTo(const Mutant& mutant, std::ostream* out) { *out << mutant.name; }

std::vector<Mutant> mutants() {
  std::vector<Mutant> all;
  std::ifstream file(source / "tests/abi/mutants/mutants.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Mutant mutant;
    std::string found, others;
    words >> mutant.name >> found >> others;
    mutant.check = found.substr(0, found.find('='));
    mutant.outcome = found.substr(found.find('=') + 1);
    for (const auto& other : split(others, ','))
      if (!other.empty()) mutant.others.insert(other);
    all.push_back(std::move(mutant));
  }
  return all;
}

int strictness_of(const std::string& id) {
  const auto all = checks();
  const auto found = std::find_if(all.begin(), all.end(), [&](const CheckInfo& check) { return check.id == id; });
  return found == all.end() ? 0 : found->strictness;
}

class MutantTest : public ::testing::TestWithParam<Mutant> {};

TEST_P(MutantTest, IsFoundByItsCheckAndByNoOther) {
  const auto& mutant = GetParam();
  // Fuzzing takes its time; only its own mutants have it run.
  const auto report =
      report_of(binary / "tests/abi/mutants" / (mutant.name + ".bbplugin.yaml"),
                std::max(4, strictness_of(mutant.check)), source / "tests/abi/mutants/connector-test.yaml");
  bool is_found = false;
  for (const auto& finding : report.findings) {
    if (finding.outcome == Outcome::pass || finding.outcome == Outcome::skip) continue;
    const std::string check(finding.check.id);
    if (check == mutant.check) {
      is_found = true;
      EXPECT_EQ(word(finding.outcome), mutant.outcome) << line_of(finding);
    } else {
      EXPECT_TRUE(mutant.others.contains(check)) << line_of(finding);
    }
  }
  EXPECT_TRUE(is_found) << lines_of(report);
}

INSTANTIATE_TEST_SUITE_P(All, MutantTest, ::testing::ValuesIn(mutants()),
                         [](const auto& parameter) { return parameter.param.name; });

TEST(KitTest, EveryCheckHasAMutant) {
  std::set<std::string> found;
  for (const auto& mutant : mutants()) found.insert(mutant.check);
  for (const auto& check : checks()) EXPECT_TRUE(found.contains(std::string(check.id))) << check.id;
}

TEST(KitTest, PassesTheGoodPluginWhole) {
  const auto report =
      report_of(binary / "tests/abi/mutants/GOOD.bbplugin.yaml", 5, source / "tests/abi/mutants/connector-test.yaml");
  for (const auto& finding : report.findings) EXPECT_EQ(finding.outcome, Outcome::pass) << line_of(finding);
  EXPECT_EQ(report.findings.size(), checks().size());
  EXPECT_EQ(exit_status({report}), 0);
}

TEST(KitTest, PassesTheSamplesAndTheRestConnector) {
  for (const auto& [library, setup] :
       {std::pair(binary / "sample-plugins/acme.so", fs::path()),
        {binary / "sample-plugins/notes.so", fs::path()},
        {binary / "sample-plugins/clinic.so", source / "samples/connectors/cpp/clinic.connector-test.yaml"},
        {binary / "plugins/bb_rest.so", source / "plugins/rest/rest.connector-test.yaml"}}) {
    const auto report = report_of(library, 5, setup, whole_timeout_ms);
    EXPECT_EQ(exit_status({report}), 0) << lines_of(report);
  }
}

// A certificate that tests/host/make_certificates.sh made, in one line.
std::string made_certificate(const fs::path& folder, const std::string& name) {
  return base64_encode(certificate_der(read(folder / (name + ".pem"))).value_or(""));
}

TEST(KitTest, PassesAConnectorThatVerifiesCertificates) {
  const auto folder = fs::path(::testing::TempDir()) / "kit-certificates";
  const auto made = run_command({source / "tests/host/make_certificates.sh", {folder.string()}, {}, false}, 30'000);
  ASSERT_TRUE(made) << made.error().what;
  ASSERT_EQ(made->status, 0);
  const auto setup_of = [&](const std::string& expired, const std::string& clock) {
    std::string text = "connector-test: 1\ntypes:\n  org.example.trust:\n    config:\n";
    for (const auto& [key, name] : {std::pair("anchors", "ca"), {"crls", "crl"}}) {
      text += "      " + std::string(key) + ":\n        - |\n";
      for (const auto& line : split(read(folder / (std::string(name) + ".pem")), '\n'))
        text += "          " + line + "\n";
    }
    text += clock + "    trust:\n      address: alice@direct.test\n      good: " + made_certificate(folder, "good") +
            "\n      bad:\n        expired: " + made_certificate(folder, expired) + "\n";
    for (const std::string name : {"revoked", "wrong_name", "unknown_anchor"})
      text += "        " + name + ": " + made_certificate(folder, name) + "\n";
    const auto file = folder / "connector-test.yaml";
    EXPECT_TRUE(write_text(file, text));
    return file;
  };
  const auto library = binary / "tests/host/fixtures/trust/trust.so";
  const auto only_trust = [&](const fs::path& setup) {
    const auto subject = read_subject(library, setup);
    EXPECT_TRUE(subject) << subject.error().what;
    Options options;
    options.only = "trust-evaluate";
    return subject ? lines_of(run(**subject, options, {})) : "";
  };
  const auto report = report_of(library, 3, setup_of("expired", ""));
  EXPECT_EQ(exit_status({report}), 0) << lines_of(report);
  EXPECT_THAT(only_trust(setup_of("expired", "")), HasSubstr("1 pass, 0 fail"));
  // Not yet valid is as good as expired, and the kit's clock is the host's.
  EXPECT_THAT(only_trust(setup_of("not_yet", "")), HasSubstr("1 pass, 0 fail"));
  EXPECT_THAT(only_trust(setup_of("expired", "    clock: \"2001-01-01\"\n")),
              AllOf(HasSubstr("the good certificate of alice@direct.test gave BB_E_UNTRUSTED_PEER (210): "),
                    HasSubstr("not yet valid, expected BB_OK")));
}

TEST(KitTest, AnswersQuestionsAsTheSetUpSays) {
  const auto setup = fs::path(::testing::TempDir()) / "kit-answers.yaml";
  const auto whole = read(source / "tests/abi/mutants/connector-test.yaml");
  const auto said = [&](const std::string& answers) {
    EXPECT_TRUE(write_text(setup, replace_all(whole, "answers: {consent: \"yes\"}", answers)));
    const auto subject = read_subject(binary / "tests/abi/mutants/GOOD.bbplugin.yaml", setup);
    if (!subject) return subject.error().what;
    Options options;
    options.only = "view-repeatable";
    return lines_of(run(**subject, options, {}));
  };
  EXPECT_THAT(said("answers: {consent: \"yes\"}"), HasSubstr("1 pass, 0 fail"));
  EXPECT_THAT(said("answers: {consent: \"no\"}"), HasSubstr("the person does not agree"));
  EXPECT_THAT(said("answers: {}"), HasSubstr("BB_E_PENDING (600)"));
  EXPECT_THAT(said("answers: [yes]"), HasSubstr("'answers' must be a map"));
}

TEST(KitTest, AnswersOverStreamsAsTheSetUpSays) {
  const auto setup = fs::path(::testing::TempDir()) / "kit-streams.yaml";
  const auto whole = read(source / "tests/abi/mutants/connector-test.yaml");
  const auto said = [&](const std::string& old_text, const std::string& new_text) {
    EXPECT_THAT(whole, HasSubstr(old_text));
    EXPECT_TRUE(write_text(setup, replace_all(whole, old_text, new_text)));
    const auto subject = read_subject(binary / "tests/abi/mutants/GOOD.bbplugin.yaml", setup);
    if (!subject) return subject.error().what;
    Options options;
    options.only = "inbox-raw";
    return lines_of(run(**subject, options, {}));
  };
  EXPECT_THAT(said("mail.test:110", "mail.test:110"), HasSubstr("1 pass, 0 fail"));
  EXPECT_THAT(said("open: \"tcp pop3 mail.test:110\"", "open: \"udp *\""),
              HasSubstr("connector-test.yaml has no answer for tcp pop3 mail.test:110"));
  EXPECT_THAT(said("answer: \"+OK begin\\r\\n\"", "hex: \"2b4f 4b 0d0a\""), HasSubstr("1 pass, 0 fail"));
  EXPECT_THAT(said("answer: \"+OK begin\\r\\n\"", "hex: \"2b4\""),
              HasSubstr("'hex' takes pairs of hexadecimal digits"));
  EXPECT_THAT(said("answer: \"+OK begin\\r\\n\"", "closes: true"), HasSubstr("needs 'answer', a text, or 'hex'"));
  EXPECT_THAT(said("over: plain", "over: ssl"), HasSubstr("'over' must be plain or tls"));
  EXPECT_THAT(said("greeting:", "untrusted: maybe\n        greeting:"), HasSubstr("'untrusted' must be true or false"));
  EXPECT_THAT(said("greeting:", "certificates: [no base64!]\n        greeting:"),
              HasSubstr("a certificate of 'certificates' must be PEM or base64 of DER"));
  EXPECT_THAT(said("greeting:", "greetin:"), HasSubstr("did you mean 'greeting'?"));
}

TEST(KitTest, WantsACertificateOfEveryKind) {
  const auto setup = fs::path(::testing::TempDir()) / "kit-trust.yaml";
  const auto whole = read(source / "tests/abi/mutants/connector-test.yaml");
  const auto said = [&](const std::string& text) {
    EXPECT_TRUE(write_text(setup, text));
    const auto subject = read_subject(binary / "tests/abi/mutants/GOOD.bbplugin.yaml", setup);
    if (!subject) return subject.error().what;
    Options options;
    options.only = "trust-evaluate";
    return lines_of(run(**subject, options, {}));
  };
  EXPECT_THAT(said(replace_all(whole, "revoked: a2l0IHJldm9rZWQ=, ", "")),
              HasSubstr("needs 'trust.bad.revoked' in connector-test.yaml"));
  EXPECT_THAT(said(replace_all(whole, "good: a2l0IGdvb2Q=", "use: sign")), HasSubstr("needs 'trust.good'"));
  EXPECT_THAT(said(replace_all(whole, "a2l0IGdvb2Q=", "no base64!")),
              HasSubstr("'good' must be one certificate, PEM or base64 of DER"));
  EXPECT_THAT(said(replace_all(whole, "revoked:", "revokd:")), HasSubstr("did you mean 'revoked'?"));
  EXPECT_THAT(said(replace_all(whole, "address: alice@direct.test", "use: sign")),
              HasSubstr("'trust' needs 'address'"));
  EXPECT_THAT(said(replace_all(whole, "consent: ", "page: {filename: page.html}, consent: ")),
              HasSubstr("a file that is handed over needs 'content'"));
  EXPECT_THAT(said(replace_all(whole, "consent: ", "page: {contents: x}, consent: ")), HasSubstr("'contents'"));
  EXPECT_THAT(said(whole + "    clock: soon\n"), HasSubstr("'clock' must be a date or an RFC 3339 time"));
}

TEST(KitTest, FailsALibraryThatIsNotThere) {
  const auto report = report_of(source / "plugins/rest/rest.bbplugin.yaml", 1);
  EXPECT_EQ(exit_status({report}), 1);
  EXPECT_THAT(lines_of(report), HasSubstr("BB-R002 lib-loads-now: the library does not load"));
}

TEST(KitTest, NamesTheRuleAndTheLineOfTheHeader) {
  const auto report = report_of(binary / "tests/abi/mutants/ONE_MORE.bbplugin.yaml", 3,
                                source / "tests/abi/mutants/connector-test.yaml");
  const auto text = lines_of(report);
  EXPECT_THAT(text, HasSubstr("BB-R023 sink-stop: view.list: plugin went on after the sink said stop: 1 more item, "
                              "expected none"));
  EXPECT_THAT(text, HasSubstr("bb/abi/base.h:"));
  EXPECT_EQ(exit_status({report}), 1);
  EXPECT_THAT(to_junit({report}), HasSubstr("<failure message=\"BB-R023 sink-stop"));
}

TEST(KitTest, AReportOfASanitizerFailsTheCheckThatItWasMadeIn) {
  const auto subject = read_subject(binary / "tests/abi/mutants/SANITIZED.bbplugin.yaml",
                                    source / "tests/abi/mutants/connector-test.yaml");
  ASSERT_TRUE(subject);
  Options options;
  options.only = "view-repeatable";
  EXPECT_THAT(lines_of(run(**subject, options, {})),
              HasSubstr("BB-R039 view-repeatable: a sanitizer said: runtime error: shift exponent"));
  options.only = "inbox-raw";
  EXPECT_EQ(exit_status({run(**subject, options, {})}), 0);
}

TEST(KitTest, PrintsTheReasonOfAnException) {
  const auto setup = fs::path(::testing::TempDir()) / "kit-exception.yaml";
  ASSERT_TRUE(write_text(setup, read(source / "tests/abi/mutants/connector-test.yaml") +
                                    "except:\n  - {check: sink-stop, reason: the portal cannot stop}\n"));
  const auto report = report_of(binary / "tests/abi/mutants/ONE_MORE.bbplugin.yaml", 3, setup);
  EXPECT_THAT(lines_of(report), HasSubstr("excepted by connector-test.yaml: the portal cannot stop"));
  EXPECT_EQ(exit_status({report}), 0);
}

TEST(RulesTest, EveryRuleStandsInTheDocumentAndInItsHeader) {
  const auto document = read(source / "docs/abi/rules.md");
  for (const auto& rule : abi_rules()) {
    EXPECT_THAT(document, HasSubstr("| " + std::string(rule.id) + " |"));
    if (rule.line == 0) continue;
    const auto lines = split(read(source / "sdk/include" / rule.header), '\n');
    ASSERT_LE(static_cast<std::size_t>(rule.line), lines.size()) << rule.id;
    EXPECT_THAT(lines[static_cast<std::size_t>(rule.line) - 1], HasSubstr(std::string(rule.quote))) << rule.id;
    EXPECT_THAT(document, HasSubstr(std::string(rule.header).substr(7) + ":" + std::to_string(rule.line)));
  }
}

TEST(RulesTest, EveryCheckNamesARuleAndStandsInTheManual) {
  const auto manual = read(source / "docs/reference/connector-test.md");
  std::set<std::string> known, ids;
  for (const auto& rule : abi_rules()) known.insert(std::string(rule.id));
  for (const auto& check : checks()) {
    EXPECT_TRUE(known.contains(std::string(check.rule))) << check.id;
    EXPECT_TRUE(ids.insert(std::string(check.id)).second) << check.id;
    EXPECT_THAT(manual, HasSubstr("`" + std::string(check.id) + "`"));
  }
}

}  // namespace
}  // namespace bb::kit
