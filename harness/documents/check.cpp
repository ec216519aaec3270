#include "harness/documents/check.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/markup.hpp>

#include "harness/documents/kinds.hpp"
#include "harness/documents/nodes.hpp"

namespace bb::documents {
namespace {

// Where each element begins: the n-th start tag is the n-th element.
class Places {
 public:
  Places(const xml::Document& document, std::string_view bytes) : document_(document), bytes_(bytes) {}
  explicit Places(const View& view) : document_(view.document), positions_(view.positions) {}

  // The element that a node stands in, or the root: its number, and where it begins.
  std::pair<std::size_t, xml::Position> of(const xmlNode* node) {
    while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->parent;
    if (node == nullptr) node = document_.root();
    if (!is_numbered_) number();
    const auto order = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(node->_private));
    if (order < positions_.size()) return {order, positions_[order]};
    return {order, {std::max(static_cast<int>(xmlGetLineNo(node)), 1), 1}};
  }

 private:
  void number() {
    if (positions_.empty()) positions_ = xml::element_positions(bytes_);
    is_numbered_ = true;
    std::uintptr_t count = 0;
    xmlNode* root = document_.root();
    for (xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root))
      if (node->type == XML_ELEMENT_NODE) node->_private = reinterpret_cast<void*>(count++);
    if (positions_.size() != count) positions_.clear();  // lines are known, columns are not
  }

  const xml::Document& document_;
  std::string_view bytes_;
  std::vector<xml::Position> positions_;
  bool is_numbered_ = false;  // each element has its number in _private
};

std::string text_of(const xmlNode* element) {
  if (element == nullptr) return {};
  xmlChar* content = xmlNodeGetContent(element);
  std::string text = shorten(collapse_whitespace(view(content)), 80);
  xmlFree(content);
  return text;
}

// The software that wrote the document, else the organisation that keeps it.
std::string vendor_of(const xmlNode* root) {
  for (const xmlNode* author = root->children; author != nullptr; author = author->next) {
    if (!is_cda(author, "author")) continue;
    const auto* device = cda_child(cda_child(author, "assignedAuthor"), "assignedAuthoringDevice");
    for (const auto* name : {"manufacturerModelName", "softwareName"})
      if (auto text = text_of(cda_child(device, name)); !text.empty()) return text;
  }
  const auto* organisation =
      cda_child(cda_child(cda_child(root, "custodian"), "assignedCustodian"), "representedCustodianOrganization");
  return text_of(cda_child(organisation, "name"));
}

// What a rule of ours found; `text` is its message.
Finding finding_of(const OwnRule& rule, std::string_view text) {
  const auto mark = text.find(OwnRules::found_mark);
  const auto found = mark == std::string_view::npos ? std::string_view{} : trim(text.substr(mark + 1));
  return {.rule = rule.id,
          .level = rule.level,
          .message = rule.text,
          .expected = rule.expected,
          .found = shorten(found, 80),
          .requirement = rule.requirement,
          .hint = rule.hint};
}

// The number of the conformance statement that an assertion of C-CDA's published
// rules is named by: "1198-7485" of "a-1198-7485-c".
std::string conformance_of(std::string_view id) {
  if (!id.starts_with("a-")) return {};
  id.remove_prefix(2);
  const auto end = id.find('-', id.find('-') + 1);
  return std::string(id.substr(0, end));
}

// What begins with a tag, or holds a document further on.
bool is_meant_as_xml(std::string_view bytes) {
  if (xml::is_utf32(bytes)) return true;
  const auto narrow = xml::is_wide(bytes) ? xml::narrowed(bytes) : std::string();
  std::string_view text = xml::is_wide(bytes) ? std::string_view(narrow) : bytes;
  text = without_utf8_mark(text);
  return trim(text.substr(0, 4096)).starts_with('<') ||
         to_lower(text.substr(0, 512)).find("<clinicaldocument") != std::string::npos;
}

// What of the findings of one source a report takes: none that is to be ignored, and
// of errors and of others findings_max each. What it does not take it counts.
class Intake {
 public:
  Intake(const std::set<std::string>& ignore, DocumentReport& report) : ignore_(ignore), report_(report) {}

  bool takes(const Finding& finding) {
    if (ignore_.contains(finding.rule)) {
      ++report_.ignored[finding.rule];
      return false;
    }
    auto& count = finding.level == Level::error ? error_count_ : other_count_;
    if (count == findings_max) {
      ++report_.dropped_count;
      return false;
    }
    ++count;
    return true;
  }

 private:
  const std::set<std::string>& ignore_;
  DocumentReport& report_;
  std::size_t error_count_ = 0;
  std::size_t other_count_ = 0;
};

std::string plain_schema_words(std::string text) {
  text = replace_all(text, "{urn:hl7-org:v3}", "");
  return replace_all(text, "{urn:hl7-org:sdtc}", "sdtc:");
}

}  // namespace

std::size_t DocumentReport::count(Level level) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.level == level; }));
}

int DocumentReport::exit_status() const {
  if (count(Level::error) > 0) return 1;
  return failure.empty() && missing.empty() ? 0 : 3;
}

schematron::Checker& DocumentChecker::checker_of(const std::shared_ptr<const RuleSet>& rules) {
  auto& checker = checkers_[rules.get()];
  if (checker == nullptr) checker = std::make_unique<schematron::Checker>(rules->ruleset);
  return *checker;
}

// The check of one document.
class DocumentChecker::Work {
 public:
  Work(DocumentChecker& owner, DocumentReport& report, const xml::Document& document, std::string_view bytes)
      : owner_(owner),
        report_(report),
        document_(document),
        places_(document, bytes),
        intake_(owner.options_.ignore, report) {}
  Work(DocumentChecker& owner, DocumentReport& report, const View& view)
      : owner_(owner),
        report_(report),
        document_(view.document),
        view_(&view),
        places_(view),
        intake_(owner.options_.ignore, report) {}

  // Of a document that is XML.
  void run() {
    if (owner_.is_another(report_.recognition)) add(document_.root(), owner_.another(report_.recognition));
    if (auto unasked = owner_.unasked(report_.recognition)) add(document_.root(), *std::move(unasked));
    if (report_.recognition.is_cda()) {
      report_.vendor = vendor_of(document_.root());
      check_releases();
      if (owner_.rules_->selection().has_schema) check_schema();
      if (owner_.rules_->selection().has_schematron) check_rules(owner_.rules_->rules_for(report_.recognition.format));
      if (owner_.rules_->selection().has_own)
        check_rules(owner_.rules_->own_rules_for(report_.recognition.format, report_.recognition.document_type));
    } else if (report_.recognition.format == "xml") {
      place(document_.root(), {.rule = "format",
                               .message = "no Blue Button output: " + report_.recognition.title,
                               .expected = "a CDA document or a Continuity of Care Record",
                               .hint = "give the file that the patient downloads"});
    }
    for (const auto& file : owner_.rules_->selection().files) check_rules(owner_.rules_->rules_of_file(file));
    say_once();
    give();
  }

  // Of one that a view was made of.
  void run_on_view() {
    if (owner_.rules_->selection().has_own) check_rules(owner_.rules_->own_rules_for(report_.recognition.format, ""));
    give();
  }

 private:
  void give() {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.order < b.order; });
    for (auto& found : found_)
      if (!found.is_said) report_.findings.push_back(std::move(found.finding));
  }

  struct Found {
    std::size_t order = 0;  // of the element
    const xmlNode* node = nullptr;
    Finding finding;
    const OwnRule* own = nullptr;
    bool is_joined = false;  // to one of ours
    bool is_said = false;    // by another
  };

  // What a published rule says too, of the same element or of one around it, is
  // told in its words, at our place and with our hint.
  void say_once() {
    // By element and conformance statement.
    std::multimap<std::pair<const xmlNode*, std::string>, Found*> published;
    for (auto& found : found_)
      if (found.own == nullptr)
        if (auto number = conformance_of(found.finding.rule); !number.empty())
          published.emplace(std::pair(found.node, std::move(number)), &found);
    if (published.empty()) return;
    for (auto& ours : found_) {
      if (ours.own == nullptr) continue;
      for (const xmlNode* node = ours.node; node != nullptr; node = node->parent)
        for (const auto& number : ours.own->conformance) {
          const auto [begin, end] = published.equal_range({node, number});
          for (auto theirs = begin; theirs != end; ++theirs) join_findings(ours, *theirs->second);
        }
    }
  }

  static void join_findings(Found& ours, Found& theirs) {
    if (theirs.is_joined || theirs.finding.level > ours.finding.level) return;
    theirs.is_joined = ours.is_said = true;
    theirs.order = ours.order;
    auto& finding = theirs.finding;
    finding.line = ours.finding.line;
    finding.column = ours.finding.column;
    finding.xpath = ours.finding.xpath;
    finding.expected = ours.finding.expected;
    finding.found = ours.finding.found;
    finding.requirement = ours.finding.requirement;
    finding.hint = ours.finding.hint;
    finding.also = ours.finding.rule;
  }

  void add(const xmlNode* node, Finding finding, const OwnRule* own = nullptr) {
    if (intake_.takes(finding)) place(node, std::move(finding), own);
  }

  void place(const xmlNode* node, Finding finding, const OwnRule* own = nullptr) {
    const auto [order, position] = places_.of(node);
    finding.line = position.line;
    finding.column = position.column;
    (view_ == nullptr ? finding.xpath : finding.path) = view_ == nullptr ? paths_.of(node) : path_in_view(order, node);
    found_.push_back({order, node, std::move(finding), own});
  }

  // In the words of the format: that of the nearest element that has one.
  std::string path_in_view(std::size_t order, const xmlNode* node) const {
    while (order < view_->paths.size() && view_->paths[order].empty() && node != nullptr) {
      node = node->parent;
      if (node == nullptr || node->type != XML_ELEMENT_NODE) return {};
      order = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(node->_private));
    }
    return order < view_->paths.size() ? view_->paths[order] : std::string();
  }

  // A release that nobody knows turns the rules for it off: it is told.
  void check_releases() {
    std::string unknown;
    for (const auto* child = document_.root()->children; child != nullptr; child = child->next) {
      if (!is_cda(child, "templateId")) continue;
      const auto extension = trim(attribute(child, "extension"));
      if (owner_.rules_->formats().is_known_release(trim(attribute(child, "root")), extension)) continue;
      unknown = extension;
      add(child, {.rule = "format",
                  .level = Level::warning,
                  .message = "the templateId is of C-CDA, its extension of no release that is known",
                  .expected = join(owner_.rules_->formats().releases(), ", ") + " or none",
                  .found = shorten(extension, 80),
                  .hint = "the rules of a release are chosen by it"});
    }
    if (report_.recognition.format != "cda") return;
    if (!unknown.empty())
      report_.missing.push_back(fmt::format("there are no rules for the release '{}' of C-CDA", shorten(unknown, 80)));
    else
      add(document_.root(),
          {.rule = "format",
           .level = Level::warning,
           .message = "a CDA document of no guide that is known: only the CDA schema and what holds for "
                      "every CDA document were looked at",
           .expected = "a templateId of C-CDA, C32, C62 or CCD",
           .hint = "a receiver knows by its templateIds what a document holds"});
  }

  void check_schema() {
    const auto schema = owner_.rules_->schema();
    if (!schema) return report_.missing.push_back(schema.error().what);
    for (const auto& violation : (*schema)->validate(document_))
      add(violation.node, {.rule = "xsd", .message = plain_schema_words(violation.what)});
  }

  void check_rules(const Result<std::shared_ptr<const RuleSet>>& rules) {
    if (!rules) return report_.missing.push_back(rules.error().what);
    if (*rules == nullptr) return;
    auto result = owner_.checker_of(*rules).check(document_);
    if (!result) {
      report_.failure = result.error().what;
      return;
    }
    for (auto& failed : result->findings) {
      if (const auto own = (*rules)->own.find(failed.assertion); own != (*rules)->own.end()) {
        add(failed.node, finding_of(*own->second, failed.text), own->second);
        continue;
      }
      add(failed.node, {.rule = failed.assertion->id.empty() ? (*rules)->id : failed.assertion->id,
                        .level = (*rules)->level_of(failed.pattern),
                        .message = std::move(failed.text)});
    }
    for (const auto& unjudged : result->unjudged)
      report_.unjudged.push_back(
          {unjudged.assertion->id.empty() ? (*rules)->id : unjudged.assertion->id, unjudged.why, unjudged.count});
  }

  DocumentChecker& owner_;
  DocumentReport& report_;
  const xml::Document& document_;
  const View* view_ = nullptr;
  Places places_;
  Paths paths_;
  Intake intake_;
  std::vector<Found> found_;
};

bool DocumentChecker::is_another(const Recognition& recognition) const {
  return !options_.as.empty() && !rules_->formats().is_one_of(recognition.format, options_.as);
}

Finding DocumentChecker::another(const Recognition& recognition) const {
  return {.rule = "format",
          .message = fmt::format("this is {}", recognition.title),
          .expected = options_.as,
          .found = recognition.format};
}

std::optional<Finding> DocumentChecker::unasked(const Recognition& recognition) const {
  const auto profiles = rules_->profiles();
  return profiles ? (*profiles)->unmet_by(recognition) : std::nullopt;
}

void DocumentChecker::check_kind(const Kind& kind, std::string_view bytes, DocumentReport& report) {
  auto look = kind.look(bytes, *rules_);
  report.recognition = rules_->formats().recognition_of(kind.format);
  if (!look.title.empty()) report.recognition.title = std::move(look.title);
  report.judged_by = std::move(look.judged_by);
  report.vendor = std::move(look.vendor);
  report.failure = std::move(look.failure);
  report.missing.insert(report.missing.end(), look.missing.begin(), look.missing.end());
  report.unjudged = std::move(look.unjudged);
  Intake intake(options_.ignore, report);
  if (is_another(report.recognition))
    if (auto finding = another(report.recognition); intake.takes(finding))
      report.findings.push_back(std::move(finding));
  if (auto finding = unasked(report.recognition); finding && intake.takes(*finding))
    report.findings.push_back(*std::move(finding));
  if (look.view) Work(*this, report, *look.view).run_on_view();
  for (auto& finding : look.findings)
    if (finding.level <= report.least && intake.takes(finding)) report.findings.push_back(std::move(finding));
  std::stable_sort(report.findings.begin(), report.findings.end(), [](const Finding& a, const Finding& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

DocumentReport DocumentChecker::check(std::string name, std::string_view bytes) {
  DocumentReport report;
  report.name = std::move(name);
  report.least = rules_->selection().least;
  report.byte_count = bytes.size();
  if (const auto profiles = rules_->profiles(); !profiles) report.missing.push_back(profiles.error().what);
  if (const auto* kind = kind_of(bytes)) {
    check_kind(*kind, bytes, report);
    return report;
  }
  const auto document = xml::read(bytes);
  if (const auto* problem = std::get_if<xml::Problem>(&document)) {
    report.recognition = Formats::recognise_other(bytes);
    if (!is_meant_as_xml(bytes)) {
      report.findings.push_back({.rule = "format",
                                 .message = "no Blue Button output: " + report.recognition.title,
                                 .expected = "a CDA document, a Continuity of Care Record, FHIR R4, a My HealtheVet or "
                                             "MyMedicare.gov text, a PDF, an HTML page or a package of them; a mail, "
                                             "a certificate or a trust bundle",
                                 .hint = "give the file that the patient downloads"});
      return report;
    }
    report.findings.push_back({.rule = "xml",
                               .line = problem->line,
                               .column = problem->column,
                               .message = problem->what,
                               .expected = "a well-formed XML document",
                               .found = report.recognition.title});
    return report;
  }
  const auto& read = std::get<xml::Document>(document);
  report.recognition = rules_->formats().recognise(read);
  Work(*this, report, read, bytes).run();
  return report;
}

}  // namespace bb::documents
