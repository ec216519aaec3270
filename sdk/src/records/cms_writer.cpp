// A record in the layout of the MyMedicare.gov text.
#include <bb/records/cms_text.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "cda_statements.hpp"
#include "cms_layout.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "tables.hpp"
#include "text_values.hpp"

namespace bb::records {
namespace {

constexpr std::string_view frame_rule = "--------------------------------";
constexpr std::string_view own = self_entered;

// "05/01/1975", "05/01/1975 5:10 AM" of what has a day; else as it is.
std::string date_text(std::string_view iso) {
  if (iso.size() < 10 || iso_date(iso).empty()) return date_for_people(iso);
  return fmt::format("{}/{}/{}", iso.substr(5, 2), iso.substr(8, 2), iso.substr(0, 4));
}

std::string time_text(std::string_view iso) {
  if (iso.size() < 16 || iso_date(iso).empty()) return {};
  const int hour = (iso[11] - '0') * 10 + (iso[12] - '0');
  const int twelve = hour % 12 == 0 ? 12 : hour % 12;
  return fmt::format("{}:{} {}", twelve, iso.substr(14, 2), hour < 12 ? "AM" : "PM");
}

std::string amount_text(const std::string& amount) {
  if (amount.empty()) return "* Not Available *";
  return amount.front() == '-' ? "-$" + amount.substr(1) : "$" + amount;
}

std::string code_text(const Code& code) {
  if (code.code.empty()) return in_words(code);
  return code.display.empty() ? code.code : code.code + " - " + code.display;
}

class Page {
 public:
  void line(std::string_view text = {}) { out_ += std::string(text) + "\n"; }

  void frame(std::string_view title) {
    line(frame_rule);
    line(title);
    line();
    line(frame_rule);
  }

  void section(const SectionLayout& layout) {
    line();
    line();
    frame(layout.name);
    line();
    line("Source: " + std::string(layout.source));
    gap();
  }

  void gap() { out_ += "\n\n\n"; }

  void field(std::string_view key, std::string_view value) {
    line(std::string(key) + ": " + collapse_whitespace(to_utf8_lossy(value)));
    line();
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_address(Page& page, const std::vector<Address>& addresses) {
  const auto address = addresses.empty() ? Address{} : addresses.front();
  page.field("Address Line 1", address.lines.empty() ? "" : address.lines[0]);
  page.field("Address Line 2", address.lines.size() < 2 ? "" : address.lines[1]);
  page.field("City", address.city);
  page.field("State", address.state);
  page.field("Zip", address.postal_code);
}

std::string telecom_of(const std::vector<std::string>& telecoms, std::string_view scheme, std::size_t index = 0) {
  for (const auto& telecom : telecoms)
    if (telecom.starts_with(scheme) && index-- == 0) return telephone_for_people(telecom);
  return {};
}

std::string start_of_part(const Record& record, std::string_view part) {
  for (const auto& coverage : record.coverages)
    if (coverage.type.display == fmt::format("Medicare {}", part)) return date_text(coverage.start);
  return {};
}

void write_demographic(Page& page, const Record& record) {
  const auto& patient = record.patient;
  auto name = patient.name;
  name.prefix.clear();  // the layout has no titles
  page.field("Name", name.full());
  page.field("Date of Birth", date_text(patient.birth_date));
  write_address(page, patient.addresses);
  page.field("Phone Number", telecom_of(patient.telecoms, "tel:"));
  page.field("Email", telecom_of(patient.telecoms, "mailto:"));
  page.field("Part A Effective Date", start_of_part(record, "Part A"));
  page.field("Part B Effective Date", start_of_part(record, "Part B"));
}

void write_contacts(Page& page, const Record& record) {
  for (const auto& contact : record.contacts) {
    if (contact.source != own) continue;
    page.field("Contact Name", contact.name);
    page.field("Address Type", "");
    write_address(page, contact.addresses);
    page.field("Relationship", in_words(contact.relationship));
    page.field("Home Phone", telecom_of(contact.telecoms, "tel:"));
    page.field("Work Phone", telecom_of(contact.telecoms, "tel:", 1));
    page.field("Mobile Phone", telecom_of(contact.telecoms, "tel:", 2));
    page.field("Email Address", telecom_of(contact.telecoms, "mailto:"));
    page.gap();
  }
}

void write_conditions(Page& page, const Record& record) {
  for (const auto& problem : record.problems) {
    if (problem.source != own) continue;
    page.field("Condition Name", in_words(problem.problem));
    page.field("Medical Condition Start Date", date_text(problem.onset));
    page.field("Medical Condition End Date", date_text(problem.resolved));
    page.gap();
  }
}

void write_allergies(Page& page, const Record& record) {
  for (const auto& allergy : record.allergies) {
    if (allergy.source != own) continue;
    page.field("Allergy Name", in_words(allergy.substance));
    page.field("Type", in_words(allergy.type));
    std::vector<std::string> reactions;
    for (const auto& reaction : allergy.reactions) reactions.push_back(in_words(reaction));
    page.field("Reaction", join(reactions, ", "));
    page.field("Severity", in_words(allergy.severity));
    for (const auto* key : {"Diagnosed", "Treatment"}) page.field(key, "");
    page.field("First Episode Date", date_text(allergy.onset));
    for (const auto* key : {"Last Episode Date", "Last Treatment Date", "Comments"}) page.field(key, "");
    page.gap();
  }
}

void write_devices(Page& page, const Record& record) {
  for (const auto& device : record.devices) {
    if (device.source != own) continue;
    page.field("Device Name", in_words(device.device));
    page.field("Date Implanted", date_text(device.date));
    page.gap();
  }
}

void write_immunizations(Page& page, const Record& record) {
  for (const auto& shot : record.immunizations) {
    if (shot.source != own || is_planned(shot.mood)) continue;
    page.field("Immunization Name", in_words(shot.vaccine));
    page.field("Date Administered", date_text(shot.date));
    for (const auto* key :
         {"Method", "Were you vaccinated in the US", "Comments", "Booster 1 Date", "Booster 2 Date", "Booster 3 Date"})
      page.field(key, "");
    page.gap();
  }
}

void write_tests(Page& page, const Record& record) {
  for (const auto& panel : record.results)
    for (const auto& test : panel.observations) {
      if (test.source != own) continue;
      page.field("Test/Lab Type", in_words(test.test));
      page.field("Date Taken", date_text(test.date));
      for (const auto* key : {"Administered by", "Requesting Doctor", "Reason Test/Lab Requested"}) page.field(key, "");
      page.field("Results", join_values(measured(test), test.further_values));
      page.field("Comments", "");
      page.gap();
    }
}

void write_vital_signs(Page& page, const Record& record) {
  for (const auto& sign : record.vital_signs) {
    if (sign.source != own) continue;
    page.field("Vital Statistic Type", in_words(sign.test));
    page.field("Date", date_text(sign.date));
    page.field("Time", time_text(sign.date));
    page.field("Reading", all_measured(sign));
    page.field("Comments", "");
    page.gap();
  }
}

void write_relatives(Page& page, const Record& record) {
  constexpr std::string_view allergy = "Allergy: ";
  const FamilyCondition* before = nullptr;
  std::string type;
  for (const auto& condition : record.family_history) {
    if (condition.source != own) continue;
    if (before == nullptr || before->relative != condition.relative) {
      page.field("Family Member", in_words(condition.relative));
      for (const auto* key : {"Type", "DOB", "DOD", "Age"}) page.field(key, "");
      type.clear();
    }
    auto what = in_words(condition.condition);
    const std::string here = what.starts_with(allergy) ? "Allergy" : "Condition";
    if (here != type) page.field("Type", here);
    type = here;
    if (here == "Allergy") what.erase(0, allergy.size());
    page.field("Description", what);
    before = &condition;
  }
}

void write_drugs(Page& page, const Record& record) {
  for (const auto& medication : record.medications) {
    if (medication.source != own || is_planned(medication.mood)) continue;
    page.field("Drug Name", in_words(medication.drug));
    page.field("Supply", medication.frequency);
    page.field("Orig Drug Entry", in_words(medication.drug));
    page.gap();
  }
}

void write_services(Page& page, const Record& record) {
  for (const auto& item : record.plan) {
    if (item.source == own) continue;
    page.field("Description", in_words(item.what));
    page.field("Next Eligible Date", date_text(item.date));
    page.field("Last Date of Service", "");
    page.gap();
  }
}

void write_members(Page& page, const Record& record, bool are_pharmacies) {
  for (const auto& member : record.care_team) {
    const bool is_pharmacy = in_words(member.role) == "pharmacy";
    if (member.source != own || is_pharmacy != are_pharmacies) continue;
    if (is_pharmacy) {
      page.field("Pharmacy Name", member.name);
      page.field("Pharmacy Phone", telecom_of(member.telecoms, "tel:"));
    } else {
      page.field("Provider Name", member.name);
      page.field("Provider Address", "");
      page.field("Type", in_words(member.role));
      page.field("Specialty", "");
      page.field("Medicare Provider", "Not Available");
    }
    page.gap();
  }
}

void write_providers(Page& page, const Record& record) { write_members(page, record, false); }
void write_pharmacies(Page& page, const Record& record) { write_members(page, record, true); }

bool is_of_part(const Coverage& coverage) {
  return coverage.type.display == "Medicare Part A" || coverage.type.display == "Medicare Part B";
}
bool is_employer(const Coverage& coverage) { return coverage.type.display == "Employer Subsidy"; }
// A contract, not a policy.
bool is_plan(const Coverage& coverage) {
  return !is_of_part(coverage) && !is_employer(coverage) && (!coverage.plan.empty() || !coverage.group_id.empty());
}

void write_plans(Page& page, const Record& record) {
  for (const auto& coverage : record.coverages) {
    if (!is_plan(coverage) || coverage.source == own) continue;
    page.field("Contract ID/Plan ID", coverage.group_id);
    page.field("Plan Period",
               date_text(coverage.start) + " - " + (coverage.end.empty() ? "current" : date_text(coverage.end)));
    page.field("Plan Name", coverage.plan);
    page.field("Marketing Name", coverage.payer);
    page.field("Plan Address", "");
    page.field("Plan Type", code_text(coverage.type));
    page.gap();
  }
}

void write_employers(Page& page, const Record& record) {
  for (const auto& coverage : record.coverages) {
    if (!is_employer(coverage) || coverage.source == own) continue;
    page.field("Employer Plan", coverage.plan);
    page.field("Employer Subsidy Start Date", date_text(coverage.start));
    page.field("Employer Subsidy End Date", date_text(coverage.end));
    page.gap();
  }
}

void write_insurance(Page& page, const Record& record) {
  for (const auto& coverage : record.coverages) {
    if (is_of_part(coverage) || is_employer(coverage) || is_plan(coverage) || coverage.source == own) continue;
    page.field("MSP Type", in_words(coverage.type));
    page.field("Policy Number", coverage.member_id);
    page.field("Insurer Name", coverage.payer);
    page.field("Insurer Address", "");
    page.field("Effective Date", date_text(coverage.start));
    page.field("Termination Date", date_text(coverage.end));
    page.gap();
  }
}

void write_item(Page& page, const ClaimItem& item) {
  page.field("Line number", item.number);
  page.field("Date of Service From", date_text(item.start));
  page.field("Date of Service To", date_text(item.end));
  page.field("Procedure Code/Description", code_text(item.service));
  for (std::size_t n = 0; n < 4; ++n)
    page.field(fmt::format("Modifier {}/Description", n + 1),
               n < item.modifiers.size() ? code_text(item.modifiers[n]) : std::string());
  page.field("Quantity Billed/Units", item.quantity);
  page.field("Submitted Amount/Charges", amount_text(item.charged));
  page.field("Allowed Amount", amount_text(item.allowed));
  page.field("Place of Service/Description", code_text(item.place));
  page.field("Type of Service/Description", code_text(item.type));
  page.field("Rendering Provider NPI", item.provider);
  page.gap();
}

std::string frame_of(const Claim& claim) { return fmt::format("{}: {}", claim_lines, collapse_whitespace(claim.id)); }

// TXT-CMS-26: a claim of Part D stands in the frame of its lines alone.
bool is_part_d(const Claim& claim) { return iequals(claim.type.display, "Part D") && claim.items.size() == 1; }

void write_drug_claim(Page& page, const Claim& claim) {
  page.frame(frame_of(claim));
  page.gap();
  const auto& item = claim.items.front();
  page.field("Claim Type", "Part D");
  page.field("Claim Number", claim.id);
  page.field("Claim Service Date", date_text(claim.start));
  page.field("Pharmacy / Service Provider", "");
  page.field("Pharmacy Name", claim.provider);
  page.field("Drug Code", item.service.code);
  page.field("Drug Name", item.service.display);
  for (const auto* key : {"Fill Number", "Days' Supply", "Prescriber Identifer"}) page.field(key, "");
  page.field("Prescriber Name", item.provider);
  page.gap();
}

void write_claim(Page& page, const Claim& claim) {
  page.field("Claim Number", claim.id);
  page.field("Provider", claim.provider.empty() ? "No Information Available" : claim.provider);
  page.field("Provider Billing Address", "");
  page.field("Service Start Date", date_text(claim.start));
  page.field("Service End Date", date_text(claim.end));
  page.field("Amount Charged", amount_text(claim.charged));
  page.field("Medicare Approved", amount_text(claim.approved));
  page.field("Provider Paid", amount_text(claim.paid));
  page.field("You May be Billed", amount_text(claim.patient_owes));
  page.field("Claim Type", in_words(claim.type));
  for (std::size_t n = 0; n < claim.diagnoses.size(); ++n)
    page.field(fmt::format("Diagnosis Code {}", n + 1), code_text(claim.diagnoses[n]));
  page.frame(frame_of(claim));
  page.gap();
  for (const auto& item : claim.items) write_item(page, item);
  page.line(frame_rule);
  page.gap();
}

void write_claims(Page& page, const Record& record) {
  for (const bool is_drug : {false, true})
    for (const auto& claim : record.claims)
      if (is_part_d(claim) == is_drug) is_drug ? write_drug_claim(page, claim) : write_claim(page, claim);
}

struct Part {
  std::string_view section;
  void (*write)(Page&, const Record&);
};
constexpr Part parts[] = {
    {"Demographic", write_demographic},
    {"Emergency Contact", write_contacts},
    {"Self Reported Medical Conditions", write_conditions},
    {"Self Reported Allergies", write_allergies},
    {"Self Reported Implantable Device", write_devices},
    {"Self Reported Immunizations", write_immunizations},
    {"Self Reported Labs and Tests", write_tests},
    {"Self Reported Vital Statistics", write_vital_signs},
    {"Family Medical History", write_relatives},
    {"Drugs", write_drugs},
    {"Preventive Services", write_services},
    {"Providers", write_providers},
    {"Pharmacies", write_pharmacies},
    {"Plans", write_plans},
    {"Employer Subsidy", write_employers},
    {"Other Insurance", write_insurance},
    {claim_summary, write_claims},
};

}  // namespace

std::string write_cms_text(const Record& record, long long request_unix_ns) {
  const auto now = format_utc(request_unix_ns);
  Page page;
  page.frame("MYMEDICARE.GOV PERSONAL HEALTH INFORMATION");
  page.line("**********CONFIDENTIAL***********");
  page.line();
  page.line("Produced by the Blue Button (v2.0)");
  page.line();
  page.line(date_text(now) + " " + time_text(now));
  page.line();
  for (const auto& part : parts) {
    page.section(*find_cms_layout(part.section));
    part.write(page, record);
  }
  page.line(frame_rule);
  return page.take();
}

}  // namespace bb::records
