// What was charged and paid, as ExplanationOfBenefit.
// Source: FHIR R4; the codes of amounts are HL7's and those of CARIN for Blue Button, as fhir_claims.cpp reads them.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>

#include "cda_statements.hpp"
#include "dates.hpp"
#include "fhir_writer.hpp"

namespace bb::records::fhir_out {
namespace {

constexpr std::string_view carin = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication";

// Money; null where the record has no number.
Value money(const std::string& amount, const std::string& currency) {
  const auto quantity = quantity_of(amount);
  if (quantity.is_null() || quantity.find("comparator") != nullptr) return {};
  Value value = Value::object();
  value.set("value", quantity["value"]);
  set_text(value, "currency", currency);
  return value;
}

// An amount of `total` or `adjudication`; nothing where there is none.
void add_amount(Value& object, std::string_view key, Value category, const std::string& amount,
                const std::string& currency) {
  auto value = money(amount, currency);
  if (value.is_null()) return;
  Value one = Value::object();
  one.set("category", std::move(category));
  one.set("amount", std::move(value));
  append(object, key, std::move(one));
}

Value adjudicated(std::string_view code) { return concept_of(coding(std::string(terminology) + "adjudication", code)); }

// The number of the line, else its place.
int sequence_of(const ClaimItem& item, std::size_t place) {
  int number = 0;
  const auto& text = item.number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc{} && end == text.data() + text.size() && number > 0;
  return is_number ? number : static_cast<int>(place) + 1;
}

// Those who provided the items, each once, with the numbers by which items name them.
using Providers = std::map<std::string_view, int>;

Providers providers_of(const Claim& claim) {
  Providers providers;
  for (const auto& item : claim.items)
    if (!item.provider.empty()) providers.emplace(item.provider, static_cast<int>(providers.size()) + 1);
  return providers;
}

Value item_of(const ClaimItem& item, std::size_t place, const Providers& providers, const std::string& currency) {
  Value value = Value::object();
  value.set("sequence", Value(sequence_of(item, place)));
  if (const auto provider = providers.find(item.provider); provider != providers.end())
    append(value, "careTeamSequence", Value(provider->second));
  if (!is_empty(item.type)) value.set("category", codeable(item.type));
  value.set("productOrService", codeable(item.service));
  for (const auto& modifier : item.modifiers)
    if (!is_empty(modifier)) append(value, "modifier", codeable(modifier));
  if (item.end.empty())
    set_text(value, "servicedDate", fhir_date_time(item.start).substr(0, 10));
  else
    set_period(value, "servicedPeriod", item.start, item.end);
  if (!is_empty(item.place)) value.set("locationCodeableConcept", codeable(item.place));
  if (auto quantity = quantity_of(item.quantity); !quantity.is_null()) value.set("quantity", std::move(quantity));
  add_amount(value, "adjudication", adjudicated("submitted"), item.charged, currency);
  add_amount(value, "adjudication", adjudicated("eligible"), item.allowed, currency);
  return value;
}

// Required and not in the record: carries data-absent-reason.
void set_claim_status(Value& resource, const std::string& status) {
  constexpr std::array<std::string_view, 4> known{"active", "cancelled", "draft", "entered-in-error"};
  if (std::find(known.begin(), known.end(), status) != known.end())
    set_text(resource, "status", status);
  else
    set_absent(resource, "status");
}

}  // namespace

void add_claim(Bundle& bundle, const Record& record, const Claim& claim, Value& section) {
  Value resource = bundle.begin("ExplanationOfBenefit");
  if (!claim.id.empty()) {
    Value id = Value::object();
    set_text(id, "value", claim.id);
    append(resource, "identifier", std::move(id));
  }
  set_claim_status(resource, claim.status);
  resource.set("type", codeable(claim.type));
  resource.set("use", "claim");
  resource.set("patient", bundle.patient());
  set_period(resource, "billablePeriod", claim.start, claim.end);
  set_date(resource, "created", record.created);
  if (resource.find("created") == nullptr) set_absent(resource, "created");
  resource.set("insurer", absent());
  resource.set("provider", claim.provider.empty() ? absent() : display_only(claim.provider));
  set_absent(resource, "outcome");
  const auto providers = providers_of(claim);
  for (const auto& [name, number] : providers) {
    Value member = Value::object();
    member.set("sequence", Value(number));
    member.set("provider", display_only(name));
    append(resource, "careTeam", std::move(member));
  }
  for (std::size_t i = 0; i < claim.diagnoses.size(); ++i) {
    Value diagnosis = Value::object();
    diagnosis.set("sequence", Value(static_cast<int>(i) + 1));
    diagnosis.set("diagnosisCodeableConcept", codeable(claim.diagnoses[i]));
    append(resource, "diagnosis", std::move(diagnosis));
  }
  Value insurance = Value::object();
  insurance.set("focal", Value(true));
  insurance.set("coverage", absent());
  append(resource, "insurance", std::move(insurance));
  for (std::size_t i = 0; i < claim.items.size(); ++i)
    append(resource, "item", item_of(claim.items[i], i, providers, claim.currency));
  add_amount(resource, "total", adjudicated("submitted"), claim.charged, claim.currency);
  add_amount(resource, "total", adjudicated("eligible"), claim.approved, claim.currency);
  add_amount(resource, "total", concept_of(coding(carin, "memberliability")), claim.patient_owes, claim.currency);
  if (auto paid = money(claim.paid, claim.currency); !paid.is_null()) {
    Value payment = Value::object();
    payment.set("amount", std::move(paid));
    resource.set("payment", std::move(payment));
  }
  append(section, "entry", bundle.add(std::move(resource)));
}

}  // namespace bb::records::fhir_out
