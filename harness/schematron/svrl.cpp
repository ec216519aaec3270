#include "harness/schematron/svrl.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::schematron {
namespace {

using xml::view;

std::string_view namespace_of(const xmlNode* node) {
  const auto* space = node->type == XML_ATTRIBUTE_NODE ? reinterpret_cast<const xmlAttr*>(node)->ns : node->ns;
  return space == nullptr ? std::string_view{} : view(space->href);
}

// Whether one step with a name or kind selects both.
bool is_alike(const xmlNode* a, const xmlNode* b) {
  if (a->type != b->type) return false;
  if (a->type == XML_TEXT_NODE || a->type == XML_COMMENT_NODE) return true;
  return view(a->name) == view(b->name) && (a->type == XML_PI_NODE || namespace_of(a) == namespace_of(b));
}

std::string name_test(const Schema& schema, const xmlNode* node) {
  const auto uri = namespace_of(node);
  if (uri.empty()) return std::string(view(node->name));
  const auto found = std::find_if(schema.namespaces.begin(), schema.namespaces.end(),
                                  [&](const auto& space) { return space.second == uri && !space.first.empty(); });
  if (found != schema.namespaces.end()) return fmt::format("{}:{}", found->first, view(node->name));
  const char quote = uri.find('\'') == std::string_view::npos ? '\'' : '"';
  return fmt::format("*[local-name()='{}' and namespace-uri()={}{}{}]", view(node->name), quote, uri, quote);
}

std::string node_test(const Schema& schema, const xmlNode* node) {
  if (node->type == XML_TEXT_NODE) return "text()";
  if (node->type == XML_COMMENT_NODE) return "comment()";
  if (node->type == XML_PI_NODE) return fmt::format("processing-instruction('{}')", view(node->name));
  return name_test(schema, node);
}

std::string step_of(const Schema& schema, const xmlNode* node) {
  if (node->type == XML_ATTRIBUTE_NODE) return "@" + name_test(schema, node);
  std::size_t position = 1;
  for (const xmlNode* other = node->prev; other != nullptr; other = other->prev)
    if (is_alike(node, other)) ++position;
  return fmt::format("{}[{}]", node_test(schema, node), position);
}

// ` name="value"`, or nothing where there is no value.
std::string attribute(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : fmt::format(" {}=\"{}\"", name, escape_markup(value));
}

// Of a role or flag, which must be one word.
std::string word(std::string_view name, std::string_view value) {
  return value.find_first_of(" \t\r\n") == std::string_view::npos ? attribute(name, value) : std::string();
}

// A rule that fired, and what came of it.
struct Fired {
  const Rule* rule = nullptr;
  std::span<const Finding> findings;
};

class Writer {
 public:
  Writer(const Ruleset& ruleset, const Report& report)
      : schema_(ruleset.schema()), phase_(ruleset.phase()), report_(report) {}

  std::string write() {
    out_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svrl:schematron-output "
        "xmlns:svrl=\"http://purl.oclc.org/dsdl/svrl\"" +
        attribute("title", schema_.title) + (phase_.id.starts_with('#') ? std::string() : word("phase", phase_.id)) +
        ">\n";
    for (const auto& [prefix, uri] : schema_.namespaces)
      out_ += fmt::format("  <svrl:ns-prefix-in-attribute-values{}{}/>\n", attribute("prefix", prefix),
                          attribute("uri", uri));
    group();
    for (const auto p : phase_.patterns) write_pattern(schema_.patterns[p]);
    for (const auto& unjudged : report_.unjudged) write_unjudged(unjudged);
    return std::move(out_) + "</svrl:schematron-output>\n";
  }

 private:
  // Findings stand in the order of the rules they came from.
  void group() {
    auto finding = report_.findings.begin();
    for (const auto& fired : report_.fired) {
      const auto begin = finding;
      while (finding != report_.findings.end() && finding->rule == fired.rule && finding->node == fired.node) ++finding;
      by_pattern_[fired.pattern].push_back({fired.rule, {begin, finding}});
    }
  }

  void write_pattern(const Pattern& pattern) {
    out_ += "  <svrl:active-pattern" + attribute("id", pattern.id) + attribute("name", pattern.title) + "/>\n";
    for (const auto& [rule, findings] : by_pattern_[&pattern]) {
      out_ += "  <svrl:fired-rule" + attribute("id", rule->id) + attribute("context", rule->context) +
              word("role", rule->role) + word("flag", rule->flag) + "/>\n";
      for (const auto& finding : findings) write_finding(finding);
    }
  }

  void write_finding(const Finding& finding) {
    const auto& assertion = *finding.assertion;
    const auto* name = assertion.is_report ? "svrl:successful-report" : "svrl:failed-assert";
    out_ += fmt::format("  <{}{}{}{}{}{}>\n", name, attribute("id", assertion.id),
                        attribute("location", location_of(schema_, finding.node)), attribute("test", assertion.written),
                        word("role", assertion.role), word("flag", assertion.flag));
    for (const auto& [id, text] : finding.diagnostics)
      out_ += fmt::format(
          "    <svrl:diagnostic-reference{}>\n      <svrl:text>{}</svrl:text>\n"
          "    </svrl:diagnostic-reference>\n",
          attribute("diagnostic", id), escape_markup(text));
    out_ += fmt::format("    <svrl:text>{}</svrl:text>\n  </{}>\n", escape_markup(finding.text), name);
  }

  void write_unjudged(const Unjudged& unjudged) {
    const auto& assertion = *unjudged.assertion;
    auto said =
        fmt::format("not evaluated {} times: {} in pattern '{}': {}", unjudged.count,
                    assertion.id.empty() ? assertion.written : assertion.id, unjudged.pattern->id, unjudged.why);
    while (said.find("--") != std::string::npos) said = replace_all(said, "--", "- -");  // XML 1.0, 2.5
    out_ += fmt::format("  <!-- {} -->\n", said);
  }

  const Schema& schema_;
  const Phase& phase_;
  const Report& report_;
  std::map<const Pattern*, std::vector<Fired>> by_pattern_;
  std::string out_;
};

}  // namespace

std::string location_of(const Schema& schema, const _xmlNode* node) {
  std::string path;
  for (; node != nullptr && node->type != XML_DOCUMENT_NODE; node = node->parent)
    path = "/" + step_of(schema, node) + path;
  return path.empty() ? "/" : path;
}

std::string write_svrl(const Ruleset& ruleset, const Report& report) { return Writer(ruleset, report).write(); }

}  // namespace bb::schematron
