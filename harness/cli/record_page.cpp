#include "harness/cli/record_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "harness/report/plain.hpp"

namespace bb::cli {
namespace {

using namespace records;

constexpr std::size_t width_min = 40;
constexpr std::size_t label_columns = 14;
constexpr std::size_t line_columns = 6;     // numbers up to 999,999 stand in a column
constexpr std::size_t text_lines_max = 40;  // of one text; --json has all of it

// One fact: what it is, and what else is said of it.
struct Row {
  int line;
  std::string head;
  std::vector<std::string> details;
};

// "Penicillin (RxNorm 70618)"
std::string named(const Code& code) {
  const auto words = in_words(code);
  const auto label = code_label(code);
  if (words.empty()) return "not named";
  return label.empty() || code.display.empty() ? words : fmt::format("{} ({})", words, label);
}

// "since 2012", or "" where nothing is said.
std::string said(std::string_view label, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("{} {}", label, value);
}
std::string said(std::string_view label, const Code& code) { return said(label, in_words(code)); }
std::string dated(std::string_view label, const std::string& date) { return said(label, date_for_people(date)); }

std::string in_words(const std::vector<Code>& codes) {
  std::vector<std::string> words;
  for (const auto& code : codes) words.push_back(records::in_words(code));
  return join(words, ", ");
}

std::string one_address(const Address& address) {
  auto parts = address.lines;
  for (const auto* part : {&address.city, &address.state, &address.postal_code, &address.country})
    if (!part->empty()) parts.push_back(*part);
  return join(parts, ", ");
}

Row row_of(const Allergy& a) {
  return {
      a.line,
      named(a.substance),
      {a.status, records::in_words(a.type), said("reactions:", in_words(a.reactions)), said("severity:", a.severity),
       said("criticality:", a.criticality), dated("since", a.onset), said("source", a.source)}};
}

Row row_of(const Problem& p) {
  return {p.line,
          named(p.problem),
          {p.status, dated("since", p.onset), dated("until", p.resolved), said("site:", p.body_site),
           said("laterality:", p.laterality), said("source", p.source)}};
}

Row row_of(const Medication& m) {
  return {m.line,
          named(m.drug),
          {status_for_people(m.mood, m.status), m.dose, said("rate", m.rate), said("at most", m.max_dose), m.route,
           m.frequency, dated("from", m.start), dated("until", m.stop), m.instructions, said("source", m.source)}};
}

Row row_of(const Immunization& i) {
  return {i.line,
          named(i.vaccine),
          {status_for_people(i.mood, i.status), date_for_people(i.date), said("lot", i.lot), said("source", i.source)}};
}

Row row_of(const Observation& o) {
  const auto measured = o.unit.empty() || o.value.empty() ? o.value : o.value + " " + o.unit;
  return {o.line,
          named(o.test) + (measured.empty() ? "" : ": " + measured),
          {said("further values:", join(o.further_values, "; ")), said("interpretation", o.interpretation),
           said("reference", o.reference_range), date_for_people(o.date), dated("until", o.end), o.status,
           said("no value, nullFlavor", o.null_flavor), said("source", o.source)}};
}

Row row_of(const Encounter& e) {
  return {e.line,
          named(e.type),
          {status_for_people(e.mood, {}), date_for_people(e.start), dated("until", e.end), said("at", e.location),
           said("source", e.source)}};
}

Row row_of(const Procedure& p) {
  return {
      p.line,
      named(p.procedure),
      {status_for_people(p.mood, p.status), date_for_people(p.start), dated("until", p.end), said("site:", p.body_site),
       said("laterality:", p.laterality), said("by", p.performer), said("source", p.source)}};
}

Row row_of(const Modifier& m) { return {m.line, m.url, {"of " + m.of_what}}; }

Row row_of(const PlanItem& p) {
  return {p.line,
          named(p.what),
          {p.kind, date_for_people(p.date), said("mood", p.mood), p.status, said("source", p.source)}};
}

Row row_of(const CareTeamMember& m) {
  return {m.line,
          m.name.empty() ? "not named" : m.name,
          {records::in_words(m.role), m.organization == m.name ? "" : m.organization, join(m.telecoms, ", "),
           dated("from", m.start), dated("until", m.end), m.status, said("source", m.source)}};
}

Row row_of(const FamilyCondition& f) {
  return {f.line,
          named(f.condition),
          {records::in_words(f.relative), said("since", date_for_people(f.onset)), f.status, said("source", f.source)}};
}

Row row_of(const Device& d) {
  return {d.line, named(d.device), {said("id", d.id), date_for_people(d.date), d.status, said("source", d.source)}};
}

Row row_of(const Contact& c) {
  std::vector<std::string> details{records::in_words(c.relationship), join(c.telecoms, ", ")};
  for (const auto& address : c.addresses) details.push_back(one_address(address));
  return {c.line, c.name.empty() ? "not named" : c.name, details};
}

Row row_of(const Coverage& c) {
  return {c.line,
          c.plan.empty() ? named(c.type) : c.plan,
          {c.payer, said("member", c.member_id), said("group", c.group_id), dated("from", c.start),
           dated("until", c.end), c.status, said("source", c.source)}};
}

Row row_of(const ClaimItem& i) {
  return {i.line,
          named(i.service),
          {said("quantity", i.quantity), said("charged", i.charged), said("allowed", i.allowed),
           date_for_people(i.start), dated("until", i.end), i.provider}};
}

Row row_of(const Absence& a) {
  std::string head = "none known";
  if (a.kind == "negated") head = "not so: " + named(a.what);
  if (a.kind == "unknown") head = "not known";
  return {a.line,
          a.section + ": " + head,
          {a.kind == "negated" ? std::string() : records::in_words(a.what), said("nullFlavor", a.null_flavor)}};
}

class Page {
 public:
  explicit Page(const report::ConsoleOptions& options)
      : is_coloured_(options.is_coloured), width_(std::max(options.width, width_min)) {}

  void heading(std::string_view text) {
    if (!out_.empty()) out_ += '\n';
    for (const auto& line : report::wrap(one_line(text), width_))
      out_ += is_coloured_ ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : line + '\n';
  }

  void field(std::string_view label, const std::string& value) {
    if (!value.empty()) paragraph(fmt::format("  {:<{}}", label, label_columns), value);
  }

  template <class Facts>
  void facts(std::string_view title, const Facts& facts) {
    if (facts.empty()) return;
    heading(fmt::format("{} ({})", title, facts.size()));
    for (const auto& fact : facts) row(row_of(fact));
  }

  void row(const Row& row) {
    paragraph(number(row.line), row.head);
    std::vector<std::string> details;
    for (const auto& detail : row.details)
      if (!detail.empty()) details.push_back(detail);
    if (!details.empty()) paragraph(std::string(line_columns + 4, ' '), join(details, "; "));
  }

  // A text of many lines, as it is.
  void text(const std::string& text) {
    const std::string indent(line_columns + 4, ' ');
    const auto beginning = shorten(text, text_lines_max * width_);
    std::vector<std::string> lines;
    for (const auto& line : split(printable(beginning), '\n'))
      for (auto& part : report::wrap(line, width_ - indent.size())) lines.push_back(std::move(part));
    const bool is_cut = beginning.size() < text.size() || lines.size() > text_lines_max;
    if (lines.size() > text_lines_max) lines.resize(text_lines_max);
    for (const auto& line : lines) out_ += indent + line + '\n';
    if (is_cut) out_ += indent + "... (--json has the whole text)\n";
  }

  std::string take() { return std::move(out_); }

 private:
  static std::string number(int line) {
    return line > 0 ? fmt::format("  {:>{}}  ", line, line_columns) : std::string(line_columns + 4, ' ');
  }

  void paragraph(const std::string& first, const std::string& text) {
    const auto lines = report::wrap(one_line(text), width_ - first.size());
    for (std::size_t i = 0; i < lines.size(); ++i)
      out_ += (i == 0 ? first : std::string(first.size(), ' ')) + lines[i] + '\n';
  }

  bool is_coloured_;
  std::size_t width_;
  std::string out_;
};

void write_document(Page& page, const std::string& name, const Record& record) {
  page.heading(record.document_title.empty() ? name : record.document_title);
  page.field("File", name);
  page.field("Format", record.format);
  page.field("Type", record.document_type == Code{} ? "" : named(record.document_type));
  page.field("Created", date_for_people(record.created));
  page.field("Author", record.author);
  page.field("Custodian", record.custodian);
}

void write_patient(Page& page, std::string_view heading, const Patient& patient) {
  page.heading(heading);
  const auto name = patient.name.full();
  page.field("Name", name.empty() ? "not stated" : name);
  page.field("Born", date_for_people(patient.birth_date));
  page.field("Deceased", patient.deceased);
  page.field("Died", date_for_people(patient.death_date));
  page.field("Gender", patient.gender);
  for (const auto& id : patient.ids) page.field("Identifier", id.extension.empty() ? id.root : id.extension);
  for (const auto& address : patient.addresses) page.field("Address", one_address(address));
  for (const auto& telecom : patient.telecoms) page.field("Contact", telecom);
  page.field("Language", patient.language);
  page.field("Race", records::in_words(patient.race));
  for (const auto& race : patient.further_races) page.field("Race", records::in_words(race));
  page.field("Ethnicity", records::in_words(patient.ethnicity));
  page.field("Marital state", records::in_words(patient.marital_status));
}

void write_results(Page& page, const Record& record) {
  for (const auto& panel : record.results) {
    page.heading(panel.panel == Code{} ? "Results" : "Results: " + named(panel.panel));
    for (const auto& observation : panel.observations) page.row(row_of(observation));
  }
}

void write_claims(Page& page, const Record& record) {
  for (const auto& claim : record.claims) {
    page.heading("Claim " + (claim.id.empty() ? "without a number" : claim.id));
    page.row({claim.line,
              claim.type == Code{} ? "of no stated type" : named(claim.type),
              {claim.status, claim.provider, date_for_people(claim.start), dated("until", claim.end),
               said("charged", claim.charged), said("approved", claim.approved), said("paid", claim.paid),
               said("patient owes", claim.patient_owes), said("diagnoses:", in_words(claim.diagnoses))}});
    for (const auto& item : claim.items) page.row(row_of(item));
  }
}

void write_texts(Page& page, const Record& record) {
  for (const auto& note : record.notes) {
    page.heading("Note: " + (note.title.empty() ? named(note.type) : note.title));
    page.row({note.line, note.author.empty() ? "author not stated" : note.author, {date_for_people(note.date)}});
    page.text(note.text);
  }
  for (const auto& section : record.sections) {
    if (section.text.empty()) continue;
    page.heading("Text: " + (section.title.empty() ? named(section.code) : section.title));
    page.row(
        {section.line,
         "as the document words it" + std::string(section.entry_count == 0 ? "" : "; its entries say nothing we know"),
         {}});
    page.text(section.text);
  }
  for (const auto& attachment : record.attachments) {
    page.heading("Attachment: " + (attachment.media_type.empty() ? "of no stated type" : attachment.media_type));
    page.row({attachment.line,
              attachment.reference.empty() ? fmt::format("{} bytes", attachment.size) : attachment.reference,
              {attachment.is_readable || !attachment.reference.empty() ? "" : "cannot be decoded"}});
    if (!attachment.text.empty()) page.text(attachment.text);
  }
}

}  // namespace

std::string record_page(const std::string& name, const Record& record, const report::ConsoleOptions& options) {
  Page page(options);
  write_document(page, name, record);
  write_patient(page, "Patient", record.patient);
  for (const auto& patient : record.other_patients) write_patient(page, "Another patient", patient);
  if (!record.other_patients.empty())
    page.heading(fmt::format("The document is about {} patients; which fact below is about whom is not read.",
                             record.other_patients.size() + 1));
  page.facts("Allergies", record.allergies);
  page.facts("Problems", record.problems);
  page.facts("Medications", record.medications);
  page.facts("Immunizations", record.immunizations);
  write_results(page, record);
  page.facts("Vital signs", record.vital_signs);
  page.facts("Encounters", record.encounters);
  page.facts("Procedures", record.procedures);
  page.facts("Social history", record.social_history);
  page.facts("Plan", record.plan);
  page.facts("Goals", record.goals);
  page.facts("Care team", record.care_team);
  page.facts("Functional status", record.functional_status);
  page.facts("Family history", record.family_history);
  page.facts("Devices", record.devices);
  page.facts("Contacts", record.contacts);
  page.facts("Coverage", record.coverages);
  write_claims(page, record);
  page.facts("Said to be absent or unknown", record.absences);
  page.facts("Modifiers of unknown meaning", record.modifiers);
  write_texts(page, record);
  return page.take();
}

}  // namespace bb::cli
