#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/blue_button_text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"
#include "tables.hpp"

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
    const std::string value = collapse_whitespace(to_utf8_lossy(raw_value));
    std::string head = std::string(label) + ":";
    if (value.empty()) return line(head);
    head.resize(std::max(head.size() + 1, label_columns), ' ');
    if (columns_of(value) <= columns_max - head.size()) return line(head + value);
    constexpr std::string_view indent = "  ";
    line(head);
    for (const auto& part : wrap(value, columns_max - indent.size())) line(std::string(indent) + part);
  }

  void field_unless_empty(std::string_view label, std::string_view value) {
    if (!collapse_whitespace(value).empty()) field(label, value);
  }

  std::string take() { return std::move(out_); }

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

std::string file_name(const Record& record, long long request_unix_ns) {
  std::string family = to_lower(record.patient.name.family);
  std::erase_if(family, [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); });
  auto date = format_date(request_unix_ns);
  std::erase(date, '-');
  return fmt::format("bluebutton_{}_{}.txt", family.empty() ? "record" : family, date);
}

void write_title(Page& page, const Record& record, long long request_unix_ns) {
  const auto when = date_for_people(format_utc(request_unix_ns));
  page.line("------------------ PERSONAL HEALTH INFORMATION REPORT -------------------");
  page.line(centered("*************CONFIDENTIAL*************"));
  page.line(centered("Produced by Blue Button (v12.4)"));
  page.line(centered(when));
  page.line();
  page.line("This summary is a copy of information from your health record. It shows");
  page.line("what the record said at the time of the request.");
  page.line();
  const auto name = to_utf8_lossy(collapse_whitespace(last_name_first(record.patient.name)));
  const auto birth_date = date_for_people(record.patient.birth_date);
  const std::string born = "Date of Birth: " + (birth_date.empty() ? "not stated" : birth_date);
  const std::string head = "Name: " + (name.empty() ? "not stated" : name);
  if (columns_of(head) + 2 + born.size() <= columns_max) {
    const std::size_t gap = columns_of(head) < 46 ? 48 - columns_of(head) : 2;
    const bool is_wide = columns_of(head) + gap + born.size() > columns_max;
    page.line(head + std::string(is_wide ? 2 : gap, ' ') + born);
  } else {
    page.field("Name", name);
    page.line(born);
  }

  page.heading("DOWNLOAD REQUEST SUMMARY");
  page.field("System Request Date/Time", when);
  page.field("File Name", file_name(record, request_unix_ns));
  page.field_unless_empty("Record Created", date_for_people(record.created));
  page.field_unless_empty("Record Author", record.author);
  page.field_unless_empty("Record Kept By", record.custodian);
}

void write_patient(Page& page, const Patient& patient) {
  if (!patient.name.given.empty()) page.field("First Name", patient.name.given.front());
  for (std::size_t i = 1; i < patient.name.given.size(); ++i) page.field("Middle Name", patient.name.given[i]);
  page.field("Last Name", patient.name.family);
  page.field("Full Name", patient.name.full());
  page.field_unless_empty("Suffix", patient.name.suffix);
  page.field("Date of Birth", date_for_people(patient.birth_date));
  page.field_unless_empty("Deceased", death(patient));
  page.field("Gender", patient.gender);
  page.field_unless_empty("Race", races(patient));
  page.field_unless_empty("Ethnicity", in_words(patient.ethnicity));
  page.field_unless_empty("Marital Status", in_words(patient.marital_status));
  page.field_unless_empty("Language", patient.language);
  for (const auto& id : patient.ids) page.field_unless_empty("Identifier", id.extension);
  for (const auto& address : patient.addresses) {
    for (const auto& line : address.lines) page.field("Street Address", line);
    page.field_unless_empty("City", address.city);
    page.field_unless_empty("State", address.state);
    page.field_unless_empty("Zip Code", address.postal_code);
    page.field_unless_empty("Country", address.country);
  }
  for (const auto& telecom : patient.telecoms) page.field("Contact", telecom);
}

void write_demographics(Page& page, const Record& record) {
  page.heading("DEMOGRAPHICS");
  if (const auto note = several_patients_note(record); !note.empty()) page.field("Note", note);
  write_patient(page, record.patient);
  for (const auto& patient : record.other_patients) {
    page.rule();
    write_patient(page, patient);
  }
}

void begin_section(Page& page, std::string_view title, bool is_empty) {
  page.heading(title);
  if (is_empty) page.line("No information was available that matched your selection.");
}

void write_observation(Page& page, const Observation& o) {
  page.field("Result", o.value);
  page.field_unless_empty("Units", o.unit);
  for (const auto& value : o.further_values) page.field("Further Result", value);
  page.field_unless_empty("Reference Range", o.reference_range);
  page.field_unless_empty("Interpretation", o.interpretation);
  page.field_unless_empty("Status", o.status);
}

void write_results(Page& page, const Record& record) {
  begin_section(page, "VA LABORATORY RESULTS", record.results.empty());
  for (const auto& panel : record.results) {
    page.rule();
    if (!in_words(panel.panel).empty()) coded(page, "Lab Test", panel.panel);
    page.field_unless_empty("Date/Time Collected", date_for_people(panel.date));
    for (const auto& o : panel.observations) {
      page.line();
      coded(page, "Test Name", o.test);
      write_observation(page, o);
      if (o.date != panel.date) page.field_unless_empty("Date/Time Collected", date_for_people(o.date));
    }
    page.line();
  }
}

void write_vital_signs(Page& page, const Record& record) {
  begin_section(page, "VA VITALS AND READINGS", record.vital_signs.empty());
  for (const auto& o : record.vital_signs) {
    coded(page, "Vital Sign", o.test);
    page.field("Measurement", all_measured(o));
    page.field_unless_empty("Interpretation", o.interpretation);
    page.field("Date/Time Collected", date_for_people(o.date));
    page.line();
  }
}

void write_allergies(Page& page, const Record& record) {
  begin_section(page, "VA ALLERGIES", record.allergies.empty());
  for (const auto& a : record.allergies) {
    coded(page, "Allergy Name", a.substance);
    page.field_unless_empty("Date Entered", date_for_people(a.onset));
    for (const auto& reaction : a.reactions) page.field("Reaction", in_words(reaction));
    page.field_unless_empty("Allergy Type", in_words(a.type));
    page.field_unless_empty("Severity", in_words(a.severity));
    page.field_unless_empty("Status", a.status);
    page.line();
  }
}

void write_problems(Page& page, const Record& record) {
  begin_section(page, "VA PROBLEM LIST", record.problems.empty());
  for (const auto& p : record.problems) {
    coded(page, "Problem", p.problem);
    page.field_unless_empty("Date/Time Entered", date_for_people(p.onset));
    page.field_unless_empty("Date Resolved", date_for_people(p.resolved));
    page.field_unless_empty("Status", p.status);
    page.line();
  }
}

void write_medications(Page& page, const Record& record) {
  begin_section(page, "VA MEDICATION HISTORY", record.medications.empty());
  for (const auto& m : record.medications) {
    coded(page, "Medication", m.drug);
    page.field_unless_empty("Instructions", m.instructions);
    page.field_unless_empty("Dose", whole_dose(m));
    page.field_unless_empty("Route", m.route);
    page.field_unless_empty("How Often", m.frequency);
    page.field_unless_empty("Status", status_for_people(m.mood, m.status));
    page.field_unless_empty("Started On", date_for_people(m.start));
    page.field_unless_empty("Stopped On", date_for_people(m.stop));
    page.line();
  }
}

void write_immunizations(Page& page, const Record& record) {
  begin_section(page, "VA IMMUNIZATIONS", record.immunizations.empty());
  for (const auto& i : record.immunizations) {
    coded(page, "Immunization", i.vaccine);
    page.field(is_planned(i.mood) ? "Date Planned" : "Date Received", date_for_people(i.date));
    page.field_unless_empty("Status", status_for_people(i.mood, i.status));
    page.field_unless_empty("Lot", i.lot);
    page.line();
  }
}

void write_encounters(Page& page, const Record& record) {
  begin_section(page, "VA APPOINTMENTS", record.encounters.empty());
  for (const auto& e : record.encounters) {
    coded(page, "Appointment", e.type);
    page.field("Date/Time", date_for_people(e.start));
    page.field_unless_empty("Ended", date_for_people(e.end));
    page.field_unless_empty("Status", status_for_people(e.mood, {}));
    page.field_unless_empty("Location", e.location);
    page.line();
  }
}

}  // namespace

std::string write_blue_button_text(const Record& record, long long request_unix_ns) {
  Page page;
  write_title(page, record, request_unix_ns);
  write_demographics(page, record);
  write_encounters(page, record);
  write_medications(page, record);
  write_allergies(page, record);
  write_problems(page, record);
  write_immunizations(page, record);
  write_results(page, record);
  write_vital_signs(page, record);
  page.line();
  page.line("-------------- END OF PERSONAL HEALTH INFORMATION REPORT ----------------");
  return page.take();
}

}  // namespace bb::records
