// Who pays, and what was charged and paid.
// Source: FHIR R4; the codes of adjudication are HL7's and those of CARIN for Blue Button.
#include <array>
#include <initializer_list>
#include <string_view>
#include <unordered_map>

#include "fhir_entries.hpp"
#include "fhir_types.hpp"

namespace bb::records {
namespace {

// The value of the class of this kind: "group", "plan".
FhirNode class_of(FhirNode coverage, std::string_view kind) {
  for (const auto one : coverage.all("class"))
    if (has_code(one["type"], kind)) return one;
  return {};
}

// The amount of the first category that there is.
// CMS marks the rate of one unit of a hospital's service as submitted too, before the charge for all of them.
constexpr std::string_view cms_total_charge = "https://bluebutton.cms.gov/resources/variables/rev_cntr_tot_chrg_amt";

std::string amount_of(const std::vector<FhirNode>& adjudications, std::initializer_list<std::string_view> categories) {
  for (const auto category : categories)
    for (const auto adjudication : adjudications)
      if (has_code(adjudication["category"], category)) return adjudication["amount"]["value"].text();
  return {};
}

// The person or organisation, else its number.
std::string read_provider(const FhirEntry& entry, FhirNode provider) {
  auto name = entry.name_of(provider);
  return name.empty() ? provider["identifier"]["value"].text() : name;
}

// What was done, else under which revenue code. R4 requires a service: CARIN has its absence where there is none.
Code read_service(FhirNode item) {
  auto service = read_concept(item["productOrService"]);
  const bool is_absent = service.code.empty() || !read_absent_reason(item["productOrService"]).empty();
  return is_absent && item["revenue"] ? read_concept(item["revenue"]) : service;
}

// The members of a claim's care team by their numbers, which its items name.
using CareTeam = std::unordered_map<std::string_view, FhirNode>;

CareTeam care_team_of(FhirNode claim) {
  CareTeam members;
  for (const auto member : claim.all("careTeam")) members.emplace(member["sequence"].raw(), member);
  return members;
}

std::string read_item_provider(const FhirEntry& entry, const CareTeam& care_team, FhirNode item) {
  const auto wanted = item["careTeamSequence"].text();
  const auto member = care_team.find(wanted);
  return wanted.empty() || member == care_team.end() ? std::string() : read_provider(entry, member->second["provider"]);
}

ClaimItem read_item(const FhirEntry& entry, const CareTeam& care_team, FhirNode node) {
  ClaimItem item;
  item.number = node["sequence"].text();
  item.service = read_service(node);
  for (const auto modifier : node.all("modifier")) item.modifiers.push_back(read_concept(modifier));
  const auto when = read_fhir_interval(node.choice("serviced"));
  item.start = when.low;
  item.end = when.high;
  item.quantity = read_fhir_quantity(node["quantity"]).text();
  const auto adjudications = node.all("adjudication");
  item.charged = amount_of(adjudications, {cms_total_charge, "submitted"});
  if (item.charged.empty()) item.charged = node["net"]["value"].text();
  item.allowed = amount_of(adjudications, {"eligible"});
  item.place = read_concept(node["locationCodeableConcept"]);
  item.type = read_concept(node["category"]);
  item.provider = read_item_provider(entry, care_team, node);
  item.line = node.line();
  return item;
}

std::string read_currency(FhirNode node) {
  for (const auto total : node.all("total"))
    if (auto currency = total["amount"]["currency"].text(); !currency.empty()) return currency;
  return node["payment"]["amount"]["currency"].text();
}

}  // namespace

void read_fhir_coverage(const FhirEntry& entry) {
  const auto node = entry.node;
  Coverage coverage;
  coverage.type = read_concept(node["type"]);
  const auto plan = class_of(node, "plan");
  coverage.plan = plan["name"].text();
  if (coverage.plan.empty()) coverage.plan = plan["value"].text();
  coverage.payer = read_provider(entry, node["payor"]);
  for (const auto identifier : node.all("identifier"))
    if (coverage.member_id.empty() || has_code(identifier["type"], "MB"))
      coverage.member_id = identifier["value"].text();
  if (coverage.member_id.empty()) coverage.member_id = node["subscriberId"].text();
  coverage.group_id = class_of(node, "group")["value"].text();
  coverage.start = read_fhir_date(node["period"]["start"]);
  coverage.end = read_fhir_date(node["period"]["end"]);
  coverage.status = read_fhir_status(node["status"]);
  coverage.line = node.line();
  entry.record.coverages.push_back(std::move(coverage));
}

void read_fhir_explanation_of_benefit(const FhirEntry& entry) {
  const auto node = entry.node;
  Claim claim;
  claim.id = node["identifier"]["value"].text();
  if (claim.id.empty()) claim.id = node["id"].text();
  claim.type = read_concept(node["type"]);
  claim.status = read_fhir_status(node["status"]);
  claim.provider = read_provider(entry, node["provider"]);
  claim.start = read_fhir_date(node["billablePeriod"]["start"]);
  claim.end = read_fhir_date(node["billablePeriod"]["end"]);
  const auto totals = node.all("total");
  claim.charged = amount_of(totals, {"submitted"});
  claim.approved = amount_of(totals, {"eligible"});
  claim.paid = node["payment"]["amount"]["value"].text();
  if (claim.paid.empty()) claim.paid = amount_of(totals, {"benefit", "paidtoprovider"});
  claim.patient_owes = amount_of(totals, {"memberliability", "copay", "deductible"});
  claim.currency = read_currency(node);
  for (const auto diagnosis : node.all("diagnosis")) {
    const auto reference = diagnosis["diagnosisReference"];
    const auto coded = diagnosis["diagnosisCodeableConcept"];
    // R4 asks for one of them; CMS writes the group of a hospital's claim (packageCode) as a diagnosis without one.
    if (reference || coded)
      claim.diagnoses.push_back(reference ? entry.references.code_of(reference, node) : read_concept(coded));
  }
  const auto care_team = care_team_of(node);
  for (const auto item : node.all("item")) claim.items.push_back(read_item(entry, care_team, item));
  claim.line = node.line();
  entry.record.claims.push_back(std::move(claim));
}

}  // namespace bb::records
