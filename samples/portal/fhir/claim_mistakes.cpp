#include "portal/fhir/claim_mistakes.hpp"

#include <bb/core/json.hpp>

#include "portal/fhir/parts.hpp"
#include "portal/fhir/paths.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::string_view own_system = "https://example-health-plan.example/codes";

std::string type_code(const Value& claim) { return claim["type"]["coding"][0]["code"].string_or(""); }

void erase_all(Value& claim, std::string_view path, std::string_view member) {
  visit_path(claim, path, [&](Value& value) { value.erase(member); });
}

void set_all(Value& claim, std::string_view path, std::string_view member, const Value& to) {
  visit_path(claim, path, [&](Value& value) {
    if (value.find(member) != nullptr) value.set(member, to);
  });
}

void visit_amounts(Value& claim, const auto& visit) {
  for (const auto* path : {"item.adjudication", "adjudication", "total"})
    visit_path(claim, path, [&](Value& value) {
      if (value.find("amount") != nullptr) visit(value);
    });
}

void double_focal(Value& claim) {
  auto* insurance = claim.find("insurance");
  if (insurance != nullptr && insurance->size() > 0) insurance->push(Value((*insurance)[0]));
}

void raise_totals(Value& claim) {
  visit_path(claim, "total.amount", [](Value& amount) { amount.set("value", amount["value"].number() + 10); });
}

void write_amounts_as_text(Value& claim) {
  visit_amounts(claim, [](Value& one) {
    auto& amount = *one.find("amount");
    amount.set("value", to_json(amount["value"]));
  });
}

void drop_ndc(Value& claim) {
  if (type_code(claim) != "pharmacy") return;
  visit_path(claim, "item.productOrService", [](Value& product) { product.erase("coding"); });
}

}  // namespace

void spoil_claim(Value& content, const Defects& defects) {
  if (content["resourceType"].string_or("") != claim_type) return;
  const auto is_on = [&](Defect defect) { return defects.is_on(defect); };
  if (is_on(Defect::carin_no_profile)) erase_all(content, "meta", "profile");
  if (is_on(Defect::carin_no_last_updated)) erase_all(content, "meta", "lastUpdated");
  if (is_on(Defect::carin_no_claim_id)) erase_all(content, "identifier", "type");
  if (is_on(Defect::carin_wrong_type_system)) set_all(content, "type.coding", "system", own_system);
  if (is_on(Defect::carin_two_focal)) double_focal(content);
  if (is_on(Defect::carin_no_totals)) content.erase("total");
  if (is_on(Defect::carin_totals_differ)) raise_totals(content);
  if (is_on(Defect::carin_own_categories))
    visit_amounts(content, [](Value& one) { set_all(one, "category.coding", "system", own_system); });
  if (is_on(Defect::carin_amounts_as_text)) write_amounts_as_text(content);
  if (is_on(Defect::carin_pharmacy_without_ndc)) drop_ndc(content);
  if (is_on(Defect::carin_no_adjudication)) erase_all(content, "item", "adjudication");
  if (is_on(Defect::carin_cancelled_as_active)) content.set("status", "active");
  if (is_on(Defect::carin_dangling_coverage)) set_all(content, "insurance", "coverage", reference_to("Coverage/none"));
}

void spoil_claim_search(Query& query, const Defects& defects) {
  if (query.type != claim_type) return;
  if (defects.is_on(Defect::carin_ignores_include)) query.includes.clear();
  std::erase_if(query.criteria, [&](const Criterion& criterion) {
    const auto& name = criterion.parameter->name;
    return (defects.is_on(Defect::carin_ignores_service_date) && name == "service-date") ||
           (defects.is_on(Defect::carin_ignores_last_updated) && name == "_lastUpdated");
  });
}

}  // namespace bb::portal::fhir
