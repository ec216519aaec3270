// A record in the layout of the My HealtheVet text.
#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/va_text.hpp>

#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "tables.hpp"
#include "text_values.hpp"
#include "va_layout.hpp"

namespace bb::records {
namespace {

constexpr std::size_t columns_max = 80;
constexpr std::size_t rule_columns = 73;  // as in the VA's files
constexpr std::size_t label_columns = 22;

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

// The longest prefix of at most `columns` characters.
std::string_view fitting(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size() && used < columns; ++used) {
    ++end;
    while (end < text.size() && is_continuation(text[end])) ++end;
  }
  return text.substr(0, end);
}

// Breaks at blanks; a word that is wider than a line is cut.
std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (columns_of(text) > columns) {
    auto head = fitting(text, columns);
    if (text.size() > head.size() && text[head.size()] != ' ')
      if (const auto blank = head.rfind(' '); blank != std::string_view::npos && blank > 0)
        head = head.substr(0, blank);
    lines.emplace_back(trim(head));
    text = trim(text.substr(head.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

class Page {
 public:
  void line(std::string_view text = {}) { out_ += std::string(trim_end(text)) + "\n"; }

  // "----------------- TITLE -----------------"
  void heading(std::string_view title) {
    const std::size_t used = columns_of(title) + 2;
    const std::size_t left = used < rule_columns ? (rule_columns - used) / 2 : 1;
    const std::size_t right = used + left < rule_columns ? rule_columns - used - left : 1;
    line();
    line(std::string(left, '-') + " " + std::string(title) + " " + std::string(right, '-'));
    line();
  }

  void rule() { line(std::string(rule_columns, '=')); }

  // "Label:        value". A value that does not fit behind the label but fits
  // a line of its own gets one, so that names stay unbroken.
  void field(std::string_view label, std::string_view raw_value) {
    std::string value = collapse_whitespace(to_utf8_lossy(raw_value));
    if (value.empty()) value = "--";  // no information to display
    std::string head = std::string(label) + ":";
    head.resize(std::max(head.size() + 1, label_columns), ' ');
    if (columns_of(value) <= columns_max - head.size()) return line(head + value);
    constexpr std::string_view indent = "  ";
    line(head);
    for (const auto& part : wrap(value, columns_max - indent.size())) line(std::string(indent) + part);
  }

  void field_unless_empty(std::string_view label, std::string_view value) {
    if (!collapse_whitespace(value).empty()) field(label, value);
  }

  void thin_rule() { line(std::string(rule_columns, '-')); }

  // Prose as it stands, lines that are too long broken.
  void prose(std::string_view text) {
    for (const auto& one : split(to_utf8_lossy(text), '\n'))
      for (const auto& part : wrap(one, columns_max)) line(part);
  }

  // TXT-VA-01: "Lines end CR LF; nothing follows the END line".
  std::string take() {
    while (out_.ends_with('\n')) out_.pop_back();
    return replace_all(out_, "\n", "\r\n");
  }

 private:
  static std::string_view trim_end(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }
  std::string out_;
};

std::string centered(std::string_view text) {
  const auto used = columns_of(text);
  return std::string(used < rule_columns ? (rule_columns - used) / 2 : 0, ' ') + std::string(text);
}

// "Codes beside names": "RxNorm 7980" on its own line.
void coded(Page& page, std::string_view label, const Code& code) {
  page.field(label, in_words(code));
  page.field_unless_empty("Code", code_label(code));
}

bool is_own(const std::string& source) { return source == self_entered; }

std::string file_name(const Record& record, long long request_unix_ns) {
  auto family = record.patient.name.family;
  std::string name;
  for (const char c : family)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  auto time = format_utc(request_unix_ns).substr(0, 16);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("mhv_{}_{}.txt", name.empty() ? "RECORD" : name, replace_all(time, "T", "_"));
}

void write_title(Page& page, const Record& record, long long request_unix_ns) {
  page.line("--------------- MY HEALTHEVET PERSONAL INFORMATION REPORT ---------------");
  page.line(centered("*************CONFIDENTIAL*************"));
  page.line(centered("Produced by the Blue Button (v12.6)"));
  // TXT-VA-05: "DD Mon YYYY @ HHMM"
  page.line(centered(date_for_people(format_utc(request_unix_ns).substr(0, 16))));
  page.line();
  page.line("This summary is a copy of information from your health record. It shows");
  page.line("what the record said at the time of the request.");
  page.line();
  page.line("Key:  Double dashes (--) mean there is no information to display.");
  page.line();
  const auto name = to_utf8_lossy(collapse_whitespace(last_name_first(record.patient.name)));
  const auto birth_date = date_for_people(record.patient.birth_date);
  const std::string born = "Date of Birth: " + (birth_date.empty() ? "--" : birth_date);
  const std::string head = "Name: " + (name.empty() ? "--" : name);
  if (columns_of(head) + 2 + born.size() <= columns_max) {
    const std::size_t gap = columns_of(head) < 46 ? 48 - columns_of(head) : 2;
    const bool is_wide = columns_of(head) + gap + born.size() > columns_max;
    page.line(head + std::string(is_wide ? 2 : gap, ' ') + born);
  } else {
    page.field("Name", name);
    page.line(born);
  }
}

void write_summary(Page& page, const Record& record, long long request_unix_ns,
                   const std::vector<std::string>& section_names) {
  page.heading("DOWNLOAD REQUEST SUMMARY");
  page.field("System Request Date/Time", date_for_people(format_utc(request_unix_ns)));
  page.field("File Name", file_name(record, request_unix_ns));
  page.field_unless_empty("Record Title", record.document_title);
  page.field_unless_empty("Record Created", date_for_people(record.created));
  page.field_unless_empty("Record Author", record.author);
  page.field_unless_empty("Record Kept By", record.custodian);
  page.line("Data Types Selected:");
  for (const auto& name : section_names) page.line("  " + name);
}

// ---- demographics ----

void write_address(Page& page, const Address& address) {
  for (const auto& line : address.lines) page.field("Street Address", line);
  page.field_unless_empty("City", address.city);
  page.field_unless_empty("State", address.state);
  page.field_unless_empty("Zip Code", address.postal_code);
  page.field_unless_empty("Country", address.country);
}

void write_patient(Page& page, const Record& record) {
  const auto& patient = record.patient;
  page.rule();
  page.field("VA Treating Facility", record.custodian);
  page.thin_rule();
  page.field("First Name", patient.name.given.empty() ? "" : patient.name.given.front());
  for (std::size_t i = 1; i < patient.name.given.size(); ++i) page.field("Middle Name", patient.name.given[i]);
  page.field("Last Name", patient.name.family);
  page.field_unless_empty("Suffix", patient.name.suffix);
  page.field("Full Name", patient.name.full());
  for (const auto& former : patient.former_names) page.field("Former Name", former_name_in_words(former));
  page.field("Date of Birth", date_for_people(patient.birth_date));
  page.field_unless_empty("Deceased", death(patient));
  page.field("Gender", patient.gender);
  page.field_unless_empty("Race", races(patient));
  page.field_unless_empty("Ethnicity", in_words(patient.ethnicity));
  page.field_unless_empty("Marital Status", in_words(patient.marital_status));
  page.field_unless_empty("Language", patient.language);
  for (const auto& id : patient.ids) page.field_unless_empty("Identifier", id.extension);
  const auto begin_block = [&] {
    page.thin_rule();
    page.line("PERMANENT ADDRESS AND CONTACT INFORMATION");
  };
  for (const auto& address : patient.addresses) {
    begin_block();
    write_address(page, address);
  }
  if (!patient.telecoms.empty() && patient.addresses.empty()) begin_block();
  for (const auto& telecom : patient.telecoms) page.field("Contact", telecom);
}

void write_contact(Page& page, const Contact& contact) {
  page.thin_rule();
  const auto relationship = in_words(contact.relationship);
  const auto heading = std::find_if(contact_headings.begin(), contact_headings.end(),
                                    [&](std::string_view one) { return to_lower(one) == relationship; });
  const bool is_heading = heading != contact_headings.end();
  page.line(is_heading ? *heading : "EMERGENCY CONTACT");
  page.field("Name", contact.name);
  if (!is_heading) page.field_unless_empty("Relationship to Patient", relationship);
  for (const auto& address : contact.addresses) write_address(page, address);
  for (const auto& telecom : contact.telecoms) page.field("Contact", telecom);
}

void write_coverage(Page& page, const Coverage& coverage) {
  page.thin_rule();
  page.line("ACTIVE INSURANCE");
  page.field("Insurance Company", coverage.payer);
  page.field_unless_empty("Insurance Type", in_words(coverage.type));
  page.field_unless_empty("Insurance Plan", coverage.plan);
  page.field("Effective Date", date_for_people(coverage.start));
  page.field("Expiration Date", date_for_people(coverage.end));
  page.field_unless_empty("Group Number", coverage.group_id);
  page.field_unless_empty("Subscriber ID", coverage.member_id);
}

// TXT-VA-06: a text is of one patient; of others it can but say that they are there.
void write_others(Page& page, const Record& record) {
  std::vector<std::string> others;
  for (const auto& patient : record.other_patients) {
    const auto name = last_name_first(patient.name), born = date_for_people(patient.birth_date);
    others.push_back((name.empty() ? "a patient without a name" : name) + (born.empty() ? "" : ", born " + born));
  }
  if (!others.empty()) page.prose(several_patients_note(record) + " The others are " + join(others, "; ") + ".\n");
}

void write_demographics(Page& page, const Record& record) {
  write_others(page, record);
  write_patient(page, record);
  for (const auto& contact : record.contacts)
    if (!is_own(contact.source)) write_contact(page, contact);
  for (const auto& coverage : record.coverages)
    if (!is_own(coverage.source)) write_coverage(page, coverage);
}

void write_own_contact(Page& page, const Contact& contact) {
  // The layout has two names; one is told here.
  page.field("Contact First Name", contact.name);
  page.field_unless_empty("Relationship", in_words(contact.relationship));
  for (const auto& telecom : contact.telecoms)
    page.field(telecom.starts_with("mailto:") ? "Email Address" : "Home Phone Number", telephone_for_people(telecom));
  if (!contact.addresses.empty()) {
    const auto& address = contact.addresses.front();
    for (std::size_t i = 0; i < address.lines.size() && i < 2; ++i)
      page.field(i == 0 ? "Address Line 1" : "Address Line 2", address.lines[i]);
    page.field_unless_empty("City", address.city);
    page.field_unless_empty("State", address.state);
    page.field_unless_empty("Zip/Post Code", address.postal_code);
    page.field_unless_empty("Country", address.country);
  }
  page.line();
}

// ---- one fact each ----

void write_provider(Page& page, const CareTeamMember& member) {
  page.field("Provider Name", member.name);
  page.field_unless_empty("Type of Provider", in_words(member.role));
  for (const auto& telecom : member.telecoms)
    page.field(telecom.starts_with("mailto:") ? "Email" : "Phone Number", telephone_for_people(telecom));
  page.line();
}

void write_own_coverage(Page& page, const Coverage& coverage) {
  page.field("Health Insurance Company", coverage.payer);
  page.field_unless_empty("Insurance Type", in_words(coverage.type));
  page.field_unless_empty("Insurance Plan", coverage.plan);
  page.field_unless_empty("ID Number", coverage.member_id);
  page.field_unless_empty("Group Number", coverage.group_id);
  page.field_unless_empty("Start Date", date_for_people(coverage.start));
  page.field_unless_empty("Stop Date", date_for_people(coverage.end));
  page.field_unless_empty("Status", coverage.status);
  page.line();
}

void write_encounter(Page& page, const Encounter& encounter) {
  page.field("Date/Time", date_for_people(encounter.start));
  page.field_unless_empty("Ended", date_for_people(encounter.end));
  page.field_unless_empty("Location", encounter.location);
  page.field_unless_empty("Status", status_for_people(encounter.mood, {}));
  coded(page, "Clinic", encounter.type);
  page.line();
}

void write_encounters(Page& page, const Record& record) {
  for (const bool is_future : {true, false}) {
    page.line(is_future ? "FUTURE APPOINTMENTS:" : "PAST APPOINTMENTS:");
    page.line("--------------------");
    for (const auto& encounter : record.encounters)
      if (is_planned(encounter.mood) == is_future) write_encounter(page, encounter);
    page.line();
  }
}

void write_doses(Page& page, const Medication& m) {
  page.field_unless_empty("Dose", m.dose);
  page.field_unless_empty("Rate", m.rate);
  page.field_unless_empty("Maximum Dose", m.max_dose);
}

void write_medication(Page& page, const Medication& m) {
  coded(page, "Medication", m.drug);
  page.field_unless_empty("Instructions", m.instructions);
  write_doses(page, m);
  page.field_unless_empty("Route", m.route);
  page.field_unless_empty("How Often", m.frequency);
  page.field_unless_empty("Status", status_for_people(m.mood, m.status));
  page.field_unless_empty("Initially Ordered On", date_for_people(m.start));
  page.field_unless_empty("Stopped On", date_for_people(m.stop));
  page.line();
}

void write_own_medication(Page& page, const Medication& m) {
  page.field("Category", "");
  coded(page, "Drug Name", m.drug);
  write_doses(page, m);
  page.field_unless_empty("Route", m.route);
  page.field_unless_empty("Frequency", m.frequency);
  page.field_unless_empty("Start Date", date_for_people(m.start));
  page.field_unless_empty("Stop Date", date_for_people(m.stop));
  page.field_unless_empty("Status", status_for_people(m.mood, m.status));
  page.field_unless_empty("Instructions", m.instructions);
  page.line();
}

void write_allergy(Page& page, const Allergy& a) {
  coded(page, "Allergy Name", a.substance);
  page.field_unless_empty(is_own(a.source) ? "Date" : "Date Entered", date_for_people(a.onset));
  for (const auto& reaction : a.reactions) page.field_unless_empty("Reaction", in_words(reaction));
  page.field_unless_empty("Allergy Type", in_words(a.type));
  page.field_unless_empty("Severity", in_words(a.severity));
  page.field_unless_empty("Status", a.status);
  page.line();
}

void write_problem(Page& page, const Problem& p) {
  const bool is_event = is_own(p.source);
  coded(page, is_event ? "Medical Event" : "Problem", p.problem);
  page.field_unless_empty("Body Site", in_words(p.body_site));
  page.field_unless_empty("Laterality", in_words(p.laterality));
  page.field_unless_empty(is_event ? "Start Date" : "Date/Time Entered", date_for_people(p.onset));
  page.field_unless_empty(is_event ? "Stop Date" : "Date Resolved", date_for_people(p.resolved));
  page.field_unless_empty("Status", p.status);
  page.line();
}

void write_immunization(Page& page, const Immunization& i) {
  coded(page, "Immunization", i.vaccine);
  page.field(is_planned(i.mood) ? "Date Planned" : "Date Received", date_for_people(i.date));
  page.field_unless_empty("Status", status_for_people(i.mood, i.status));
  page.field_unless_empty("Lot", i.lot);
  page.line();
}

void write_test(Page& page, const Observation& o, const std::string& panel_date) {
  page.line();
  coded(page, "Test Name", o.test);
  page.field("Result", o.value);
  page.field_unless_empty("Units", o.unit);
  for (const auto& value : o.further_values) page.field_unless_empty("Further Result", value);
  page.field_unless_empty("Reference Range", o.reference_range);
  page.field_unless_empty("Interpretation", o.interpretation);
  page.field_unless_empty("Status", result_status(o));
  if (o.date != panel_date) page.field_unless_empty("Date/Time Collected", date_for_people(o.date));
}

bool is_own(const ResultPanel& panel) {
  return !panel.observations.empty() && is_own(panel.observations.front().source);
}

void write_panel(Page& page, const ResultPanel& panel) {
  page.rule();
  coded(page, "Lab Test", panel.panel);
  page.field_unless_empty("Date/Time Collected", date_for_people(panel.date));
  for (const auto& o : panel.observations) write_test(page, o, panel.date);
  page.line();
}

void write_own_panel(Page& page, const ResultPanel& panel) {
  for (const auto& o : panel.observations) {
    coded(page, "Test Name", o.test);
    page.field_unless_empty("Date", date_for_people(o.date));
    page.field_unless_empty("Status", result_status(o));
    page.field_unless_empty("Units", o.unit);
    page.field_unless_empty("Reference Range", o.reference_range);
    page.field_unless_empty("Interpretation", o.interpretation);
    page.field("Results", join_values(o.value, o.further_values));
    page.line();
  }
}

void write_vital_sign(Page& page, const Observation& o) {
  coded(page, "Vital Sign", o.test);
  page.field("Measurement", all_measured(o));
  page.field_unless_empty("Interpretation", o.interpretation);
  page.field("Date/Time Collected", date_for_people(o.date));
  page.line();
}

void write_own_reading(Page& page, const Observation& o) {
  page.rule();
  coded(page, "Measurement Type", o.test);
  page.field("Date", date_for_people(o.date.substr(0, 10)));
  if (o.date.size() >= 16) page.field("Time", o.date.substr(11, 2) + o.date.substr(14, 2));
  page.field("Measurement", all_measured(o));
  page.field_unless_empty("Interpretation", o.interpretation);
}

// TXT-VA-29: of procedures the VA's text has imaging studies alone.
void write_study(Page& page, const Procedure& study) {
  page.rule();
  coded(page, "Procedure/Test Name", study.procedure);
  page.field("Date/Time Exam Performed", date_for_people(study.start));
  page.field_unless_empty("Ended", date_for_people(study.end));
  page.field_unless_empty("Status", status_for_people(study.mood, study.status));
  page.field_unless_empty("Radiologist", study.performer);
}

void write_note(Page& page, const Note& note) {
  page.rule();
  page.field("Date/Time", date_for_people(note.date));
  page.field("Note Title", note.title.empty() ? in_words(note.type) : note.title);
  page.field_unless_empty("Signed By", note.author);
  page.thin_rule();
  page.line();
  page.prose(note.text);
}

// Notes, and as notes of the day of the document what else only people can read.
std::vector<Note> notes_of(const Record& record) {
  auto notes = record.notes;
  for (const auto& section : record.sections)
    if (is_for_people_alone(section))
      notes.push_back({section.code, heading_of(section), section.text, record.created, {}});
  return notes;
}

void write_relatives(Page& page, const Record& record) {
  const FamilyCondition* before = nullptr;
  for (const auto& condition : record.family_history) {
    if (!is_own(condition.source)) continue;
    if (before == nullptr || before->relative != condition.relative || before->status != condition.status) {
      page.line();
      page.field("Relationship", in_words(condition.relative));
      page.field_unless_empty("Living or Deceased", condition.status);
      page.line("Health Issues:");
      page.line("-----------------------------");
    }
    page.line(collapse_whitespace(to_utf8_lossy(in_words(condition.condition))));
    before = &condition;
  }
}

void write_goal(Page& page, const Observation& goal) {
  // A goal is often a value alone, "to run again".
  const auto name = in_words(goal.test), value = all_measured(goal);
  page.field("MY GOAL", name.empty() ? value : name);
  page.line();
  if (!name.empty()) page.field_unless_empty("Description", value);
  page.field_unless_empty("Goal Start Date", date_for_people(goal.date));
  page.field_unless_empty(goal.status == "completed" ? "Date Goal Completed" : "Goal End Date",
                          date_for_people(goal.end));
  page.line();
}

// ---- sections ----

constexpr std::string_view va = "VA", self = "Self-Entered";

struct Part {
  std::string_view title;
  std::string_view source;
  // How many facts go there; of the patient's own sections those that have none are not written.
  std::size_t count;
  std::function<void(Page&)> write;
};

// A section of the facts in `list` that `is_wanted`.
template <class T, class Wanted, class Write>
Part part_of(std::string_view title, std::string_view source, const std::vector<T>& list, Wanted is_wanted,
             Write write) {
  const auto count = static_cast<std::size_t>(std::count_if(list.begin(), list.end(), is_wanted));
  return {title, source, count, [&list, is_wanted, write](Page& page) {
            for (const auto& one : list)
              if (is_wanted(one)) write(page, one);
          }};
}

// "No known allergies": in the record's words where a reader knows them.
std::vector<std::string> none_known_in(const Record& record, std::string_view kind) {
  std::vector<std::string> all;
  for (const auto& absence : record.absences) {
    if (absence.section != kind || absence.kind != "none_known") continue;
    const Code in_words{"", "", "", absence.what.display};
    all.push_back(says_none_known(in_words) ? absence.what.display : "No known " + replace_all(kind, "_", " "));
  }
  return all;
}

// Beside facts of the kind it is an entry of its own, below the key of the names.
void write_none_known(Page& page, const Record& record, std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> keys{{{"allergies", "Allergy Name"},
                                                                               {"medications", "Medication"},
                                                                               {"problems", "Problem"},
                                                                               {"immunizations", "Immunization"},
                                                                               {"vital_signs", "Vital Sign"}}};
  for (const auto& [of_kind, key] : keys) {
    if (of_kind != kind) continue;
    for (const auto& words : none_known_in(record, kind)) {
      page.field(key, words);
      page.line();
    }
  }
}

std::string_view kind_of(std::string_view title) {
  const auto* layout = find_va_layout(title);
  return layout == nullptr ? std::string_view{} : layout->kind;
}

std::vector<Part> parts_of(const Record& r) {
  const auto own = [](const auto& fact) { return is_own(fact.source); };
  const auto theirs = [](const auto& fact) { return !is_own(fact.source); };
  const auto own_panel = [](const ResultPanel& panel) { return is_own(panel); };
  const auto their_panel = [](const ResultPanel& panel) { return !is_own(panel); };
  const auto open_goal = [](const Observation& goal) { return is_own(goal.source) && goal.status != "completed"; };
  const auto done_goal = [](const Observation& goal) { return is_own(goal.source) && goal.status == "completed"; };
  std::vector<Part> parts;
  parts.push_back(part_of("SELF REPORTED DEMOGRAPHICS", self, r.contacts, own, write_own_contact));
  parts.push_back({"VA DEMOGRAPHICS", va, 1, [&r](Page& page) { write_demographics(page, r); }});
  parts.push_back(part_of("SELF REPORTED HEALTH CARE PROVIDERS", self, r.care_team, own, write_provider));
  parts.push_back(part_of("SELF REPORTED HEALTH INSURANCE", self, r.coverages, own, write_own_coverage));
  parts.push_back({"VA APPOINTMENTS", va, r.encounters.size(), [&r](Page& page) { write_encounters(page, r); }});
  parts.push_back(part_of("VA MEDICATION HISTORY", va, r.medications, theirs, write_medication));
  parts.push_back(part_of("SELF REPORTED MEDICATIONS AND SUPPLEMENTS", self, r.medications, own, write_own_medication));
  parts.push_back(part_of("VA ALLERGIES", va, r.allergies, theirs, write_allergy));
  parts.push_back(part_of("SELF REPORTED ALLERGIES", self, r.allergies, own, write_allergy));
  parts.push_back(part_of("VA PROBLEM LIST", va, r.problems, theirs, write_problem));
  auto notes = notes_of(r);
  const auto note_count = notes.size();
  parts.push_back({"VA NOTES", va, note_count, [notes = std::move(notes)](Page& page) {
                     for (const auto& note : notes) write_note(page, note);
                     page.rule();
                   }});
  parts.push_back(part_of("SELF REPORTED MEDICAL EVENTS", self, r.problems, own, write_problem));
  parts.push_back(part_of("VA IMMUNIZATIONS", va, r.immunizations, theirs, write_immunization));
  parts.push_back(part_of("SELF REPORTED IMMUNIZATIONS", self, r.immunizations, own, write_immunization));
  parts.push_back(part_of("VA LABORATORY RESULTS", va, r.results, their_panel, write_panel));
  parts.push_back(part_of("SELF REPORTED LABS AND TESTS", self, r.results, own_panel, write_own_panel));
  parts.push_back(part_of("VA VITALS AND READINGS", va, r.vital_signs, theirs, write_vital_sign));
  parts.push_back(part_of("SELF REPORTED VITALS AND READINGS", self, r.vital_signs, own, write_own_reading));
  const auto from_va = [](const Procedure& procedure) { return procedure.source == va; };
  parts.push_back(part_of("VA RADIOLOGY REPORTS", va, r.procedures, from_va, write_study));
  const auto relatives = std::count_if(r.family_history.begin(), r.family_history.end(), own);
  parts.push_back({"SELF REPORTED FAMILY HEALTH HISTORY", self, static_cast<std::size_t>(relatives),
                   [&r](Page& page) { write_relatives(page, r); }});
  parts.push_back(part_of("SELF REPORTED MY GOALS: CURRENT GOALS", self, r.goals, open_goal, write_goal));
  parts.push_back(part_of("SELF REPORTED MY GOALS: COMPLETED GOALS", self, r.goals, done_goal, write_goal));
  std::erase_if(parts, [&](const Part& part) {
    return part.count == 0 && (part.source == self || part.title == "VA NOTES" || part.title == "VA RADIOLOGY REPORTS");
  });
  return parts;
}

}  // namespace

std::string write_va_text(const Record& record, long long request_unix_ns) {
  const auto parts = parts_of(record);
  std::vector<std::string> titles;
  for (const auto& part : parts) titles.emplace_back(part.title);
  Page page;
  write_title(page, record, request_unix_ns);
  write_summary(page, record, request_unix_ns, titles);
  for (const auto& part : parts) {
    page.heading(part.title);
    page.line("Source: " + std::string(part.source));
    page.line();
    const auto kind = kind_of(part.title);
    if (part.count > 0) {
      part.write(page);
      if (part.source == va) write_none_known(page, record, kind);
      continue;
    }
    const auto none_known = none_known_in(record, kind);
    page.line(none_known.empty() ? "No information was available that matched your selection." : none_known.front());
  }
  page.line();
  page.line("-------------- END OF MY HEALTHEVET PERSONAL INFORMATION REPORT ----------");
  return page.take();
}

}  // namespace bb::records
