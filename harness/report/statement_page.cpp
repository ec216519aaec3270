#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "harness/report/page_template.hpp"
#include "harness/report/page_text.hpp"
#include "harness/report/statement.hpp"

namespace bb::report {
namespace {

std::string text(const Value& value, std::string_view key) { return value[key].string_or(""); }

std::string_view class_of(std::string_view verdict) {
  if (verdict == "kept") return "pass";
  if (verdict == "not kept") return "fail";
  if (verdict == "open") return "skip";
  return verdict == "not tested" ? "untested" : "waived";
}

std::string css_class(std::string_view word) { return replace_all(word, " ", "-"); }

// Names are unique in the template: a section that lacks one would find that of the
// section around it.
Value row_values(const Value& rows) {
  Value out = Value::array();
  for (std::size_t i = 0; i < rows.size(); ++i)
    out.push(Value::object(
        {{"row_id", rows[i]["id"]},
         {"row_level", rows[i]["level"]},
         {"row_status", rows[i]["house"].boolean_or(false) ? "house, our reading" : text(rows[i], "status")},
         {"row_text", rows[i]["text"]},
         {"row_outcome", rows[i]["outcome"]},
         {"row_class", css_class(text(rows[i], "outcome"))},
         {"row_tests", join(strings_of(rows[i]["tests"]), ", ")}}));
  return out;
}

Value commitment_values(const Value& statement) {
  Value out = Value::array();
  const Value& commitments = statement["commitments"];
  for (std::size_t i = 0; i < commitments.size(); ++i) {
    const Value& one = commitments[i];
    out.push(Value::object({{"commitment_id", one["id"]},
                            {"commitment_title", one["title"]},
                            {"commitment_promise", one["promise"]},
                            {"commitment_verdict", one["verdict"]},
                            {"commitment_class", class_of(text(one, "verdict"))},
                            {"commitment_sentence", one["sentence"]},
                            {"has_rows", one["rows"].size() > 0},
                            {"rows", row_values(one["rows"])}}));
  }
  return out;
}

Value finding_values(const Value& statement) {
  Value out = Value::array();
  const Value& findings = statement["findings"];
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Value& one = findings[i];
    Value claims = Value::array();
    for (std::size_t j = 0; j < one["claims"].size(); ++j)
      claims.push(Value::object({{"claim_text", one["claims"][j]["claim"]}}));
    out.push(Value::object({{"finding_title", one["title"]},
                            {"finding_outcome", one["outcome"]},
                            {"finding_class", css_class(text(one, "outcome"))},
                            {"finding_meaning", one["meaning"]},
                            {"finding_decides_nothing", !one["counts"].boolean_or(true)},
                            {"finding_next", one["next_step"]},
                            {"finding_name", text(one, "suite") + "/" + text(one, "test")},
                            {"finding_rows", join(strings_of(one["requirements"]), ", ")},
                            {"claims", std::move(claims)}}));
  }
  return out;
}

Value answer_values(const Value& answers) {
  Value out = Value::array();
  for (std::size_t i = 0; i < answers.size(); ++i)
    out.push(Value::object({{"answer_question", answers[i]["question"]},
                            {"answer_name", text(answers[i], "name")},
                            {"answer_role", text(answers[i], "role")},
                            {"answer_date", text(answers[i], "date")},
                            {"answer_evidence", text(answers[i], "evidence")},
                            {"answer_expires", text(answers[i], "expires")},
                            {"answer_given", text(answers[i], "answer")},
                            {"answer_rows", join(strings_of(answers[i]["requirements"]), ", ")}}));
  return out;
}

Value facts_of(const Value& statement) {
  Value facts = Value::array();
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) facts.push(Value::object({{"fact_name", name}, {"fact_value", value}}));
  };
  const Value& organisation = statement["organisation"];
  const Value& system = statement["system"];
  const Value& run = statement["run"];
  add("Organisation", text(organisation, "name"));
  add("Role", text(organisation, "role"));
  add("Kind of holder", text(organisation, "holder_type"));
  add("System", text(system, "name"));
  add("Version", text(system, "version"));
  add("Programme", text(statement, "programme_version"));
  add("Environment", text(system, "environment"));
  add("Date of the run", text(run, "date"));
  add("Judged by the rules of", text(run, "rule_date"));
  add("Conducted by", text(statement["conducted_by"], "name") + " (" + text(statement["conducted_by"], "kind") + ")");
  return facts;
}

Value technical_facts_of(const Value& statement) {
  Value facts = Value::array();
  const auto add = [&](std::string_view name, const std::string& value) {
    facts.push(Value::object({{"technical_name", name}, {"technical_value", value}}));
  };
  const Value& run = statement["run"];
  add("Run", text(run, "id"));
  add("Verdict of the run", text(run, "verdict"));
  add("Program", "bluebridge " + text(run, "program_version"));
  add("SHA-256 of the run's event stream", text(run, "events_sha256"));
  const Value& suites = statement["suites"];
  for (std::size_t i = 0; i < suites.size(); ++i)
    add("Suite", text(suites[i], "id") + " " + text(suites[i], "version") + ", SHA-256 " + text(suites[i], "sha256"));
  return facts;
}

Value sentences(const Value& texts, std::string_view name) {
  Value out = Value::array();
  for (const auto& one : strings_of(texts)) out.push(Value::object({{name, one}}));
  return out;
}

void put_rows(Value& page, std::string_view has, std::string_view name, const Value& rows) {
  page.set(has, rows.size() > 0);
  page.set(name, row_values(rows));
}

}  // namespace

std::string statement_page(const Value& statement) {
  const std::string word = text(statement["verdict"], "word");
  const std::string_view of = class_of(word);
  auto page = Value::object({{"style", page_css},
                             {"verdict", word},
                             {"verdict_class", of == "pass"   ? "good"
                                               : of == "fail" ? "bad"
                                                              : "open"},
                             {"verdict_sentence", statement["verdict"]["sentence"]},
                             {"organisation", statement["organisation"]["name"]},
                             {"system", text(statement["system"], "name") + " " + text(statement["system"], "version")},
                             {"programme", statement["programme"]},
                             {"cite_until", statement["cite"]["until"]},
                             {"void_if", statement["cite"]["void_if"]},
                             {"statement_sha256", sha256_hex(canonical_statement(statement))}});
  page.set("disclaimers", sentences(statement["disclaimers"], "disclaimer"));
  page.set("has_notes", statement["notes"].size() > 0);
  page.set("notes", sentences(statement["notes"], "note"));
  page.set("has_missing", statement["missing"].size() > 0);
  page.set("missing", sentences(statement["missing"], "missing_fact"));
  page.set("facts", facts_of(statement));
  page.set("technical_facts", technical_facts_of(statement));
  page.set("commitments", commitment_values(statement));
  page.set("has_findings", statement["findings"].size() > 0);
  page.set("findings", finding_values(statement));
  page.set("has_attested", statement["attested"].size() > 0);
  page.set("attested", answer_values(statement["attested"]));
  page.set("has_open_answers", statement["open_attestations"].size() > 0);
  page.set("open_answers", answer_values(statement["open_attestations"]));
  Value waivers = Value::array();
  for (std::size_t i = 0; i < statement["waivers"].size(); ++i)
    waivers.push(Value::object({{"waiver_sentence", statement["waivers"][i]["sentence"]}}));
  page.set("has_waivers", waivers.size() > 0);
  page.set("waivers", std::move(waivers));
  put_rows(page, "has_historic", "historic", statement["historic"]);
  put_rows(page, "has_proposed", "proposed", statement["proposed"]);
  put_rows(page, "has_other_programmes", "other_programmes", statement["other_programmes"]);
  put_rows(page, "has_others", "others", statement["others"]);
  const auto filled = fill_template(statement_page_mustache, page);
  return filled ? *filled : "<!doctype html><title>BlueBridge</title><p>" + filled.error().what + "</p>\n";
}

}  // namespace bb::report
