// Targets and answers: what is read, what is refused, and whether a target can
// serve a suite.
#include <gmock/gmock.h>

#include "harness/suite/sign_in.hpp"
#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::filesystem::path good_target = std::filesystem::path(BB_SOURCE_DIR) / "tests/suite/good/example.target.yaml";

class TargetTest : public SuiteFiles {
 protected:
  std::string text_with(std::string_view from, std::string_view to) {
    const auto text = read_text(good_target);
    EXPECT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr(std::string(from)));
    return replace_all(*text, from, to);
  }
  std::string problems(std::string_view from, std::string_view to) {
    return render(suite::read_target(write("t.yaml", text_with(from, to))).diagnostics);
  }
  // What a changed target has to say about the good suite.
  std::string lint(std::string_view from, std::string_view to) {
    const auto target = suite::read_target(write("t.yaml", text_with(from, to)));
    EXPECT_TRUE(target.is_good()) << render(target.diagnostics);
    const auto loaded = suite::read_suite(write("s.yaml", good_suite()));
    return render(suite::lint_target(*target.value, {*loaded.value}));
  }
};

TEST_F(TargetTest, RefusesAddressesWithAUserOrAPassword) {
  const std::string expected = "an address must not hold a user's name or password before its '@'";
  for (const auto* address : {"https://alice:word@portal.acme.example", "https://alice@portal.acme.example/x",
                              "http://:word@portal.acme.example?x"})
    EXPECT_THAT(problems("https://portal.acme.example", address), HasSubstr(expected)) << address;
  EXPECT_THAT(problems("family_name: Newman", "family_name: Newman\n    pages: [https://a:b@c.example]"),
              HasSubstr(expected));
  for (const auto* address : {"https://portal.acme.example/~alice@home", "https://portal.acme.example?mail=a@b.example",
                              "alice@portal.acme.example"})
    EXPECT_THAT(problems("https://portal.acme.example", address), IsEmpty()) << address;
}

TEST_F(TargetTest, HowMuchASystemTakesAtOnceIsANumberWithinBounds) {
  const auto with = [this](const std::string& line) {
    return problems("allow_cleartext: true", "allow_cleartext: true\n    " + line);
  };
  for (const auto* good : {"max_in_flight: 1", "max_in_flight: 256", "requests_per_second: 0.01",
                           "requests_per_second: 2.5", "requests_per_second: 10000"})
    EXPECT_THAT(with(good), IsEmpty()) << good;
  for (const auto* bad : {"0", "257", "-1", "2.5", "many", "\"8\"", "[8]"})
    EXPECT_THAT(with(std::string("max_in_flight: ") + bad),
                HasSubstr("'max_in_flight' takes a whole number from 1 to 256, got "))
        << bad;
  for (const auto* bad : {"0", "0.009", "-1", "10001", "fast", "\"5\"", "{}"})
    EXPECT_THAT(with(std::string("requests_per_second: ") + bad),
                HasSubstr("'requests_per_second' takes a number from 0.01 to 10000, got "))
        << bad;
  EXPECT_THAT(with("max_in_flght: 8"), HasSubstr("did you mean 'max_in_flight'?"));
  const auto target = suite::read_target(
      write("t.yaml", text_with("allow_cleartext: true", "max_in_flight: 8\n    requests_per_second: 2.5")));
  ASSERT_TRUE(target.is_good());
  EXPECT_EQ(target.value->find_role("inbox")->max_in_flight, 8);
  EXPECT_EQ(target.value->find_role("inbox")->requests_per_second, 2.5);
  EXPECT_EQ(target.value->find_role("portal")->max_in_flight, std::nullopt);
}

// The call that it is for would say so in the middle of a run.
TEST_F(TargetTest, ThePersonsWayToSignInIsAKnownWord) {
  for (const auto* good : {"none", "client_credentials", "user_redirect", "mutual_tls", "signed_request", "password"})
    EXPECT_THAT(problems("role: stranger", "method: " + std::string(good)), IsEmpty()) << good;
  for (const auto* bad : {"signed", "[password]", "\"\""})
    EXPECT_THAT(problems("role: stranger", "method: " + std::string(bad)),
                HasSubstr("'method' of person 'bruno' takes one word of a few"))
        << bad;
}

TEST_F(TargetTest, ARoleMaySayHowPeopleSignInWhoDoNotSayItThemselves) {
  EXPECT_THAT(problems("allow_cleartext: true", "method: user_redirect"), IsEmpty());
  EXPECT_THAT(problems("allow_cleartext: true", "method: browser"),
              HasSubstr("'method' of role 'inbox' takes one word of a few"));
  const auto target = suite::read_target(write("t.yaml", text_with("allow_cleartext: true", "method: user_redirect")));
  ASSERT_TRUE(target.is_good());
  suite::Person person;
  person.secrets["password"] = {};
  const auto& redirecting = *target.value->find_role("inbox");
  EXPECT_EQ(suite::sign_in_method(person, &redirecting, false), "user_redirect");
  EXPECT_EQ(suite::sign_in_method(person, target.value->find_role("portal"), false), "password");
  EXPECT_EQ(suite::sign_in_method(person, nullptr, false), "password");
  person.facts.set("method", "none");
  EXPECT_EQ(suite::sign_in_method(person, &redirecting, false), "none");
}

// A patient of another word would be left out of $target.people without a sound.
TEST_F(TargetTest, ThePartOfAPersonIsAKnownWord) {
  for (const auto* good : {"patient", "caregiver", "proxy", "revoked", "stranger", "staff"})
    EXPECT_THAT(problems("role: stranger", "role: " + std::string(good)), IsEmpty()) << good;
  EXPECT_THAT(
      problems("role: stranger", "role: Patient"),
      AllOf(HasSubstr("'role' of person 'bruno' takes one word of a few, got the text 'Patient'"),
            HasSubstr("did you mean 'patient'? words here: patient, caregiver, proxy, revoked, stranger, staff")));
  for (const auto* bad : {"nurse", "[patient]", "7", "\"\""})
    EXPECT_THAT(problems("role: stranger", "role: " + std::string(bad)),
                HasSubstr("'role' of person 'bruno' takes one word of a few"))
        << bad;
}

TEST_F(TargetTest, IsRead) {
  const auto loaded = suite::read_target(good_target);
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  const auto& target = *loaded.value;
  EXPECT_EQ(target.id, "acme-portal");
  EXPECT_EQ(target.version, "5.2");
  EXPECT_EQ(target.environment, "test");
  EXPECT_EQ(target.profile["holder"], Value("provider"));
  const auto* portal = target.find_role("portal");
  ASSERT_NE(portal, nullptr);
  EXPECT_EQ(portal->connector, "org.bluebridge.rest.portal");
  EXPECT_EQ(portal->config["base_url"], Value("https://portal.acme.example"));
  EXPECT_EQ(portal->secrets.at("client_secret").environment, "ACME_SECRET");
  EXPECT_EQ(portal->ca_file, good_target.parent_path() / "ca.pem");
  EXPECT_FALSE(portal->is_cleartext_allowed);
  EXPECT_EQ(target.find_role("inbox")->secrets.at("password").file, good_target.parent_path() / "secrets/mail");
  EXPECT_TRUE(target.find_role("inbox")->is_cleartext_allowed);
  const auto* alice = target.find_person("alice");
  ASSERT_NE(alice, nullptr);
  EXPECT_EQ(alice->account, "alice.newman");
  EXPECT_EQ(alice->secrets.at("password").environment, "ALICE_PASSWORD");
  EXPECT_EQ(alice->facts["family_name"], Value("Newman"));
  EXPECT_EQ(alice->facts["facts"], Value(Value::Array{"Penicillin", "Asthma"}));
  EXPECT_EQ(alice->facts.find("account"), nullptr);
  EXPECT_EQ(alice->facts.find("secrets"), nullptr);
  EXPECT_EQ(target.find_person("bruno")->account, "bruno");
  EXPECT_EQ(target.find_person("carol"), nullptr);
  EXPECT_EQ(target.inputs["patient"], Value("alice"));
}

TEST_F(TargetTest, RefusesASecretInTheFileWithoutRepeatingIt) {
  const std::string text = render(
      suite::read_target(write("t.yaml", text_with("{password: {env: ALICE_PASSWORD}}", "{password: hunter2-canary}")))
          .diagnostics);
  EXPECT_THAT(text, HasSubstr("secret 'password' must not stand in the file"));
  // Whatever its name is, in a block and in braces.
  for (const auto* secrets :
       {"\n      mine: hunter2-canary", "\n      # mine\n      a: {env: A}\n      mine: \"hunter2-canary\"",
        "{mine: hunter2-canary}", "{a: {env: A}, mine: 'hunter2-canary'}"})
    EXPECT_THAT(
        problems("{password: {env: ALICE_PASSWORD}}", secrets),
        AllOf(HasSubstr("secret 'mine' must not stand in the file"), HasSubstr("mine: "), Not(HasSubstr("canary"))))
        << secrets;
  EXPECT_THAT(problems("{password: {env: ALICE_PASSWORD}}", "{password: {env: A, file: b}}"),
              HasSubstr("{env: A, file: b}"));
}

TEST_F(TargetTest, RefusesAPasswordAmongTheFacts) {
  EXPECT_THAT(problems("    family_name: Newman", "    password: hunter2"), HasSubstr("'password' cannot be a fact"));
  EXPECT_THAT(problems("    family_name: Newman", "    secret: {password: {env: A}}"),
              HasSubstr("did you mean 'secrets'?"));
}

TEST_F(TargetTest, ASecretHasOneOrigin) {
  EXPECT_THAT(problems("{env: ACME_SECRET}", "{env: A, file: b}"), HasSubstr("takes one origin, 'env' or 'file'"));
  EXPECT_THAT(problems("{env: ACME_SECRET}", "{}"), HasSubstr("takes one origin, 'env' or 'file'"));
  EXPECT_THAT(problems("{env: ACME_SECRET}", "{enw: A}"), HasSubstr("did you mean 'env'?"));
}

TEST_F(TargetTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(problems("environment: test", "environment: staging"), HasSubstr("words here: test, production"));
  EXPECT_THAT(problems("clock: real", "clock: fake"), HasSubstr("words here: real, virtual"));
  EXPECT_THAT(problems("clock: real", "clok: real"), HasSubstr("did you mean 'clock'?"));
  EXPECT_THAT(problems("clock: real", "waivers: [w.yaml]"), HasSubstr("'waivers' takes a text"));
  EXPECT_THAT(problems("    connector: org.bluebridge.rest.inbox\n", ""), HasSubstr("role 'inbox' lacks 'connector'"));
  EXPECT_THAT(problems("target: acme-portal", "target: Acme Portal"), HasSubstr("'target' takes a short name"));
  EXPECT_THAT(problems("format: bluebridge-target/1", "format: bluebridge-suite/1"),
              HasSubstr("expected 'bluebridge-target/1'"));
}

TEST_F(TargetTest, ServesTheSuiteItWasMadeFor) { EXPECT_EQ(lint("clock: real", "clock: real"), ""); }

TEST_F(TargetTest, AMistakeOfShapeHidesNoOther) {
  const auto all = [&](std::string_view from, std::string_view to) {
    auto text = replace_all(text_with(from, to), "transport: direct", "transport: fax");
    text = replace_all(text, "  inbox:\n", "  inbocks:\n");
    const auto target = suite::read_target(write("t.yaml", text));
    EXPECT_FALSE(target.is_good());
    auto found = target.diagnostics;
    const auto loaded = suite::read_suite(write("s.yaml", good_suite()));
    for (auto& one : suite::lint_target(*target.value, {*loaded.value})) found.push_back(one);
    return render(found);
  };
  for (const auto& [from, to] : {std::pair("clock: real", "clock: fake"), std::pair("{env: ACME_SECRET}", "{}"),
                                 std::pair("target: acme-portal", "target: Acme Portal")})
    EXPECT_THAT(all(from, to), AllOf(HasSubstr("a role 'inbox', which is not bound [T01]"), HasSubstr("[T04]"))) << to;
  // What may be a consequence of the mistake is not said.
  EXPECT_THAT(all("roles:", "rolls:"), AllOf(HasSubstr("[T04]"), Not(HasSubstr("[T01]"))));
}

TEST_F(TargetTest, BindsEveryRoleASuiteAsksFor) {
  const std::string text = lint("  inbox:\n", "  inbocks:\n");
  EXPECT_THAT(text, HasSubstr("asks for a role 'inbox', which is not bound [T01]"));
  EXPECT_THAT(text, HasSubstr("no suite asks for a role 'inbocks' [T01]"));
}

TEST_F(TargetTest, KnowsThePeopleOfItsInputs) {
  EXPECT_THAT(lint("patient: alice", "patient: alise"), HasSubstr("names 'alise', who is not here [T03]"));
  EXPECT_THAT(lint("inputs: {patient: alice}", "").append(lint("  alice:", "  alise:")), HasSubstr("who is not here"));
}

TEST_F(TargetTest, GivesNoInputThatNobodyAsksFor) {
  EXPECT_THAT(lint("{patient: alice}", "{patient: alice, form: x}"),
              HasSubstr("no suite asks for an input 'form' [T02]"));
}

TEST_F(TargetTest, ChoosesOptionsThatThereAre) {
  EXPECT_THAT(lint("transport: direct", "transport: fax"), HasSubstr("is never 'fax' [T04]"));
  EXPECT_THAT(lint("transport: direct", "transprot: direct"),
              HasSubstr("no suite asks for an option 'transprot' [T04]"));
}

TEST_F(TargetTest, HasTheFactsThatASuiteReads) {
  EXPECT_THAT(lint("    birth_date: \"1970-05-01\"\n", ""),
              HasSubstr("reads 'birth_date' of person 'alice', which is not there [T05]"));
}

// What a target chooses for the option `kind` of a suite whose test of payers reads the fact `coverage`.
class OptionChoiceTest : public TargetTest {
 protected:
  std::string lint_as(std::string_view from, std::string_view to) {
    auto text = good_suite();
    text = replace_all(text, "options:\n", "options:\n  kind: {choices: [provider, payer], profile: holder}\n");
    text +=
        "  covered:\n    title: A payer tells of coverage\n    when: {kind: payer}\n"
        "    steps: [{check: [{value: $patient.coverage}]}]\n";
    const auto target = suite::read_target(write("t.yaml", text_with(from, to)));
    EXPECT_TRUE(target.is_good()) << render(target.diagnostics);
    const auto loaded = suite::read_suite(write("s.yaml", text));
    EXPECT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
    return render(suite::lint_target(*target.value, {*loaded.value}));
  }
};

TEST_F(OptionChoiceTest, IsTheFactOfTheProfileThatTheOptionNames) {
  const std::string asks = "reads 'coverage' of person 'alice', which is not there [T05]";
  EXPECT_THAT(lint_as("holder: provider", "holder: payer"), HasSubstr(asks));
  EXPECT_THAT(lint_as("holder: provider", "holder: provider"), Not(HasSubstr(asks)));
  EXPECT_THAT(lint_as("holder: provider", "holder: airline"), Not(HasSubstr(asks)));  // none of the choices: the first
  EXPECT_THAT(lint_as("transport: direct", "transport: direct, kind: payer"), HasSubstr(asks));
  EXPECT_THAT(lint_as("transport: direct", "transport: direct, kind: airline"), HasSubstr("is never 'airline' [T04]"));
}

class AnswersTest : public SuiteFiles {
 protected:
  suite::Loaded<suite::Answers> read(const std::string& rest) {
    return suite::read_answers(write("a.yaml", "format: bluebridge-answers/1\n" + rest));
  }
};

TEST_F(AnswersTest, AreReadWithWhoStandsBehindThem) {
  const auto loaded = read(
      "by: {name: Ada Example, role: Privacy officer}\ndate: \"2026-11-20\"\nanswers:\n"
      "  pledge.holder/usable: yes\n  pledge.holder/group.law.attest: {answer: no, evidence: See note., by: {name: "
      "Bo}, date: \"2026-11-21\"}\n");
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  const auto& answers = *loaded.value;
  const auto* usable = answers.find("pledge.holder", "usable", "attest");
  ASSERT_NE(usable, nullptr);
  EXPECT_TRUE(usable->is_yes);
  EXPECT_EQ(usable->name, "Ada Example");
  EXPECT_EQ(usable->role, "Privacy officer");
  EXPECT_EQ(usable->date, "2026-11-20");
  const auto* law = answers.find("pledge.holder", "group.law", "attest");
  ASSERT_NE(law, nullptr);
  EXPECT_FALSE(law->is_yes);
  EXPECT_EQ(law->name, "Bo");
  EXPECT_EQ(law->date, "2026-11-21");
  EXPECT_EQ(law->evidence, "See note.");
  EXPECT_EQ(answers.find("pledge.holder", "group.law", "other"), nullptr);
  EXPECT_EQ(answers.find("pledge", "usable", "attest"), nullptr);
}

TEST_F(AnswersTest, QuestionsAreFoundWithoutTheDigitsThatTellThemApart) {
  const auto loaded = read(
      "by: {name: A}\ndate: \"2026-11-20\"\nquestions: {portal/alice/send: first, portal/alice/send-0a1b2c3d: second, "
      "portal/page-1a2b3c4: third}\n");
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  const auto text = [&](const std::string& id) {
    const auto* found = loaded.value->find_question("portal/alice", id);
    return found ? found->text : "nothing";
  };
  EXPECT_EQ(text("send"), "first");
  EXPECT_EQ(text("send-99999999"), "first");
  EXPECT_EQ(text("send-0a1b2c3d"), "second");
  EXPECT_EQ(text("send-9999999"), "nothing");
  EXPECT_EQ(text("send-9999999g"), "nothing");
  EXPECT_EQ(text("page-1a2b3c4"), "third");
}

TEST_F(AnswersTest, OfAStepGoBeforeThoseOfItsTest) {
  const auto loaded = read("by: {name: A}\ndate: \"2026-11-20\"\nanswers: {s/t: yes, s/t.second: no}\n");
  ASSERT_TRUE(loaded.is_good());
  EXPECT_TRUE(loaded.value->find("s", "t", "first")->is_yes);
  EXPECT_FALSE(loaded.value->find("s", "t", "second")->is_yes);
}

TEST_F(AnswersTest, OfATestServeItsInstances) {
  const auto loaded = read("by: {name: A}\ndate: \"2026-11-20\"\nanswers: {s/t: yes, \"s/t[b]\": no}\n");
  ASSERT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
  EXPECT_TRUE(loaded.value->find("s", "t[a]", "attest")->is_yes);
  EXPECT_FALSE(loaded.value->find("s", "t[b]", "attest")->is_yes);
}

TEST_F(AnswersTest, NeedANameADateAndYesOrNo) {
  const std::string text =
      render(read("answers:\n  s/t: maybe\n  nowhere: yes\n  s/u: true\n  s/v: {anser: yes}\n").diagnostics);
  for (const auto* part :
       {"words here: yes, no", "nobody stands behind this answer", "this answer has no date",
        "'nowhere' does not name a question", "got true", "did you mean 'answer'?", "an answer lacks 'answer'"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(render(read("by: {name: A}\ndate: yesterday\nanswers: {s/t: yes}\n").diagnostics),
              HasSubstr("'date' takes a date"));
}

TEST_F(AnswersTest, AnswerQuestionsOfConnectors) {
  const auto loaded = read(
      "by: {name: Ada Example}\ndate: \"2026-11-20\"\nquestions:\n  portal/alice/consent: yes\n  portal/code: \"17\"\n"
      "  portal/bo.b/export: {file: a.xml, media_type: text/xml, by: {name: Bo}, date: \"2026-11-21\"}\n"
      "  portal/bo.b/consent: {declined: true}\n");
  ASSERT_THAT(render(loaded.diagnostics), IsEmpty());
  const auto& answers = *loaded.value;
  const auto* consent = answers.find_question("portal/alice", "consent");
  ASSERT_NE(consent, nullptr);
  EXPECT_EQ(consent->text, "yes");
  EXPECT_EQ(consent->name, "Ada Example");
  EXPECT_EQ(consent->date, "2026-11-20");
  const auto* file = answers.find_question("portal/bo.b", "export");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->file, "a.xml");
  EXPECT_EQ(file->media_type, "text/xml");
  EXPECT_EQ(file->name, "Bo");
  EXPECT_TRUE(answers.find_question("portal/bo.b", "consent")->is_declined);
  EXPECT_EQ(answers.find_question("portal/alice", "export"), nullptr);
}

TEST_F(AnswersTest, OfAPersonGoBeforeThoseOfTheRole) {
  const auto loaded =
      read("by: {name: A}\ndate: \"2026-11-20\"\nquestions: {portal/consent: no, portal/alice/consent: yes}\n");
  ASSERT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.value->find_question("portal/alice", "consent")->text, "yes");
  EXPECT_EQ(loaded.value->find_question("portal/bob", "consent")->text, "no");
  EXPECT_EQ(loaded.value->find_question("portal", "consent")->text, "no");
}

TEST_F(AnswersTest, ToConnectorsAreOneOfThreeKinds) {
  const std::string text = render(read("by: {name: A}\ndate: \"2026-11-20\"\nquestions:\n  consent: yes\n"
                                       "  portal/Alice/consent: yes\n  portal/a: {answer: yes, declined: true}\n"
                                       "  portal/b: {media_type: text/xml}\n  portal/c: 17\n")
                                      .diagnostics);
  for (const auto* part : {"'consent' does not name a question of a connector",
                           "'portal/Alice/consent' does not name a question of a connector",
                           "an answer is one of 'answer', 'file' and 'declined: true'",
                           "'media_type' is that of a 'file', and there is none", "got the number 17"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(render(read("questions: {portal/a: yes}\n").diagnostics),
              AllOf(HasSubstr("nobody stands behind this answer"), HasSubstr("this answer has no date")));
}

}  // namespace
}  // namespace bb::test
