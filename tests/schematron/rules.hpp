// rules.hpp - small schemas, and what they say of small documents.
#pragma once

#include <libxml/tree.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include "harness/schematron/checker.hpp"

namespace bb::schematron {

// Files by name.
using Files = std::map<std::string, std::string>;

inline FileResolver resolver_of(Files files) {
  return [files = std::move(files)](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
}

// A schema around `content`; the prefix cda is HL7's, x is "urn:x".
inline std::string schema_text(std::string_view content, std::string_view attributes = {}) {
  return fmt::format(
      "<schema xmlns='http://purl.oclc.org/dsdl/schematron' {}><ns prefix='cda' uri='urn:hl7-org:v3'/>"
      "<ns prefix='x' uri='urn:x'/>{}</schema>",
      attributes, content);
}

inline Result<std::shared_ptr<const Schema>> read_rules(std::string_view content, const Files& files = {}) {
  return read_schema("rules.sch", schema_text(content), resolver_of(files));
}

// What rules say of a document, a line each.
struct Outcome {
  std::vector<std::string> findings;  // "id at node: text"
  std::vector<std::string> unjudged;  // "id, count: why"
  std::vector<std::string> fired;     // "context at node"
  std::vector<std::vector<std::string>> diagnostics;
  std::string error;  // empty: there is none
};

struct Settings {
  Files files = {};
  std::string phase = "#ALL";
  unsigned long steps_max = 1'000'000'000;
};

inline std::string name_of(const xmlNode* node) {
  switch (node->type) {
    case XML_DOCUMENT_NODE:
      return "/";
    case XML_TEXT_NODE:
      return "text";
    case XML_COMMENT_NODE:
      return "comment";
    case XML_ATTRIBUTE_NODE:
      return "@" + std::string(reinterpret_cast<const char*>(node->name));
    default:
      return reinterpret_cast<const char*>(node->name);
  }
}

inline Outcome check_schema(const std::string& schema_text, std::string_view document_text,
                            const Settings& settings = {}) {
  Outcome outcome;
  const auto fail = [&](const Error& error) {
    outcome.error = error.what;
    return outcome;
  };
  const auto resolve = resolver_of(settings.files);
  const auto schema = read_schema("rules.sch", schema_text, resolve);
  if (!schema) return fail(schema.error());
  const auto vocabulary = Vocabulary::read(**schema, resolve);
  if (!vocabulary) return fail(vocabulary.error());
  const auto ruleset = Ruleset::create(*schema, *vocabulary, settings.phase);
  if (!ruleset) return fail(ruleset.error());
  const auto document = xml::read(document_text);
  if (const auto* problem = std::get_if<xml::Problem>(&document)) return fail({xml::describe(*problem)});
  Checker checker(*ruleset);
  const auto report = checker.check(std::get<xml::Document>(document), settings.steps_max);
  if (!report) return fail(report.error());
  for (const auto& finding : report->findings) {
    outcome.findings.push_back(fmt::format("{} at {}: {}", finding.assertion->id, name_of(finding.node), finding.text));
    auto& texts = outcome.diagnostics.emplace_back();
    for (const auto& [id, text] : finding.diagnostics) texts.push_back(id + ": " + text);
  }
  for (const auto& unjudged : report->unjudged)
    outcome.unjudged.push_back(fmt::format("{}, {}: {}", unjudged.assertion->id, unjudged.count, unjudged.why));
  for (const auto& fired : report->fired) outcome.fired.push_back(fired.rule->context + " at " + name_of(fired.node));
  return outcome;
}

inline Outcome check_rules(std::string_view content, std::string_view document_text, const Settings& settings = {}) {
  return check_schema(schema_text(content), document_text, settings);
}

}  // namespace bb::schematron
