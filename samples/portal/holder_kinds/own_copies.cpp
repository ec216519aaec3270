#include "portal/holder_kinds/own_copies.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t columns = 72;
constexpr std::string_view base = "https://statement.example/fhir/";

// Lines of "Label: value" below headings between dashes.
class StatementText {
 public:
  void head(const std::string& title, long long now_unix_ns) {
    text_ = title + "\n";
    add({{"Produced", records::date_for_people(format_utc(now_unix_ns))}});
  }
  void begin(std::string_view heading) {
    const auto dashes = columns - std::min(columns - 8, heading.size() + 2);
    text_ += "\n" + std::string(dashes / 2, '-') + " " + std::string(heading) + " " +
             std::string(dashes - dashes / 2, '-') + "\n\n";
  }
  // One entry; what is empty is left out.
  void add(std::initializer_list<std::pair<std::string_view, std::string>> lines) {
    for (const auto& [label, value] : lines)
      if (!value.empty()) text_ += std::string(label) + ": " + collapse_whitespace(value) + "\n";
  }
  // What is a list of "Label: value" already.
  void add_lines(const std::string& list) {
    if (!list.empty()) text_ += replace_all(list, "; ", "\n") + "\n";
  }
  void end_entry() { text_ += "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string in_words_and_code(const records::Code& code) {
  const auto label = records::code_label(code);
  const auto words = records::in_words(code);
  return code.display.empty() || label.empty() ? words : words + " (" + label + ")";
}

std::string amount(const std::string& value, const std::string& currency) {
  return value.empty() || currency.empty() ? value : value + " " + currency;
}

void write_claims(StatementText& text, const records::Record& record) {
  text.begin("COVERAGE");
  for (const auto& one : record.coverages) {
    text.add({{"Plan", one.plan},
              {"Type", records::in_words(one.type)},
              {"Payer", one.payer},
              {"Member", one.member_id},
              {"Group", one.group_id},
              {"From", records::date_for_people(one.start)},
              {"To", records::date_for_people(one.end)},
              {"Status", one.status}});
    text.end_entry();
  }
  text.begin("CLAIMS");
  for (const auto& one : record.claims) {
    text.add({{"Claim", one.id},
              {"Type", records::in_words(one.type)},
              {"Status", one.status},
              {"Provider", one.provider},
              {"From", records::date_for_people(one.start)},
              {"To", records::date_for_people(one.end)},
              {"Charged", amount(one.charged, one.currency)},
              {"Approved", amount(one.approved, one.currency)},
              {"Paid", amount(one.paid, one.currency)},
              {"Patient owes", amount(one.patient_owes, one.currency)}});
    for (const auto& diagnosis : one.diagnoses) text.add({{"Diagnosis", in_words_and_code(diagnosis)}});
    for (const auto& item : one.items)
      text.add({{"Line", item.number},
                {"Service", in_words_and_code(item.service)},
                {"Service date", records::date_for_people(item.start)},
                {"Quantity", item.quantity},
                {"Line charged", amount(item.charged, one.currency)},
                {"Line allowed", amount(item.allowed, one.currency)}});
    text.end_entry();
  }
}

void write_fills(StatementText& text, const records::Record& record) {
  text.begin("DISPENSING HISTORY");
  for (const auto& one : record.medications) {
    text.add({{"Medication", in_words_and_code(one.drug)},
              {"Filled", records::date_for_people(one.start)},
              {"Status", one.status}});
    text.add_lines(one.instructions);
    text.end_entry();
  }
  text.begin("ALLERGIES");
  for (const auto& one : record.allergies) {
    std::vector<std::string> reactions;
    for (const auto& reaction : one.reactions) reactions.push_back(records::in_words(reaction));
    text.add(
        {{"Allergy", in_words_and_code(one.substance)}, {"Reaction", join(reactions, ", ")}, {"Status", one.status}});
    text.end_entry();
  }
}

std::string write_text(const records::Record& record, bool is_pharmacy, long long now_unix_ns) {
  StatementText text;
  text.head(record.custodian + ": " + record.document_title, now_unix_ns);
  text.begin("PATIENT");
  text.add({{"Name", record.patient.name.full()},
            {"Date of birth", records::date_for_people(record.patient.birth_date)},
            {"Gender", record.patient.gender}});
  is_pharmacy ? write_fills(text, record) : write_claims(text, record);
  text.begin("IMMUNIZATIONS");
  for (const auto& one : record.immunizations) {
    text.add({{"Immunization", in_words_and_code(one.vaccine)},
              {"Given", records::date_for_people(one.date)},
              {"Lot", one.lot},
              {"Status", one.status}});
    text.end_entry();
  }
  return text.take();
}

bool is_of(const Value& resource, std::string_view type) { return resource["resourceType"].string_or("") == type; }

// Without the fills and vaccinations that were not selected; claims belong to every part.
std::vector<Value> selected(const std::vector<Value>& resources, const records::Record& part) {
  const auto has_date = [](const auto& entries, const std::string& date, auto date_of) {
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return date_of(entry) == date; });
  };
  std::vector<Value> kept;
  for (const auto& one : resources) {
    if (is_of(one, "MedicationDispense") &&
        !has_date(part.medications, one["whenHandedOver"].string_or(""), [](const auto& entry) { return entry.start; }))
      continue;
    if (is_of(one, "Immunization") && !has_date(part.immunizations, one["occurrenceDateTime"].string_or(""),
                                                [](const auto& entry) { return entry.date; }))
      continue;
    kept.push_back(one);
  }
  return kept;
}

// For holder-undocumented-form: the same, in names of members that nobody knows.
Value undocumented(const std::vector<Value>& resources) {
  auto rows = Value::array();
  for (const auto& one : resources) {
    auto row = one;
    row.set("k", one["resourceType"]);
    row.erase("resourceType");
    rows.push(std::move(row));
  }
  return Value::object({{"v", 7}, {"rows", std::move(rows)}});
}

}  // namespace

Value bundle_of(const std::vector<Value>& resources) {
  auto entries = Value::array();
  for (const auto& one : resources)
    entries.push(Value::object(
        {{"fullUrl", std::string(base) + one["resourceType"].string_or("") + "/" + one["id"].string_or("")},
         {"resource", one}}));
  return Value::object({{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", std::move(entries)}});
}

std::string write_copy(const Format& format, const Patient& patient, const records::Record& part,
                       const records::CcdaHead& head, long long now_unix_ns, const Defects& defects) {
  if (patient.own_form.empty()) return write_document(format, part, now_unix_ns, head);
  const bool is_pharmacy = std::any_of(patient.own_form.begin(), patient.own_form.end(),
                                       [](const Value& one) { return is_of(one, "MedicationDispense"); });
  if (format.id == "blue-button-text") return write_text(part, is_pharmacy, now_unix_ns);
  if (format.id != "fhir-bundle") return write_document(format, part, now_unix_ns, head);
  const auto resources = selected(patient.own_form, part);
  return to_json(defects.is_on(Defect::holder_undocumented_form) ? undocumented(resources) : bundle_of(resources));
}

}  // namespace bb::portal
