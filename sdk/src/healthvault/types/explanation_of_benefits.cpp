#include <bb/healthvault/explanation_of_benefits.hpp>

#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_common.hpp>
#include <bb/records/record_value.hpp>

#include "codes.hpp"
#include "dates.hpp"
#include "fields.hpp"
#include "numbers.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace {

using types::element;
using types::text_element;

constexpr std::string_view type_id = "356fbba9-e0c9-4f4f-b0d9-4594f2490d2f";
constexpr std::string_view currency_vocabulary = "iso/iso4217";

const std::string& first_said(const std::string& one, const std::string& other) { return one.empty() ? other : one; }

bool is_decimal(const std::string& text) {
  return types::number_of(text) && text.find_first_not_of("+-.0123456789") == std::string::npos;
}

// Puts the elements in the order of the schema, and keeps what is missing of those it requires.
class Explanation {
 public:
  // The record's form of it is given: facts by their names, as read_thing() makes them.
  Explanation(const records::Record& record, const records::Claim& claim, Value fact, const BenefitDetails& details)
      : record_(record), claim_(claim), fact_(std::move(fact)), details_(details) {}

  std::string write() {
    const auto* const coverage = record_.coverages.size() == 1 ? &record_.coverages.front() : nullptr;
    const auto covered = [&](const std::string& said, std::string records::Coverage::*field) {
      return said.empty() && coverage != nullptr ? coverage->*field : said;
    };
    const auto submitted = types::write_date_time(details_.submitted);
    need("date-submitted", submitted.value_or(""));
    if (submitted) markup_ += element("date-submitted", *submitted);
    named("patient", "full", first_said(details_.patient_name, record_.patient.name.full()));
    named("plan", {}, covered(details_.plan, &records::Coverage::plan));
    if (const auto group = covered(details_.group_id, &records::Coverage::group_id); !group.empty())
      markup_ += text_element("group-id", group);
    text("member-id", covered(details_.member_id, &records::Coverage::member_id));
    markup_ += codable("claim-type", fact_["type"]);
    text("claim-id", claim_.id);
    named("submitted-by", {}, first_said(details_.submitted_by, claim_.provider));
    named("provider", {}, claim_.provider);
    if (need("currency", claim_.currency))
      markup_ += element("currency", types::write_words(claim_.currency, claim_.currency, currency_vocabulary));
    auto totals = details_.totals;
    totals.charged = first_said(totals.charged, claim_.charged);
    totals.negotiated = first_said(totals.negotiated, claim_.approved);
    totals.paid = first_said(totals.paid, claim_.paid);
    totals.patient_owes = first_said(totals.patient_owes, claim_.patient_owes);
    markup_ += element("claim-totals", amounts(totals, "claim-totals"));
    if (claim_.items.empty()) missing_.emplace_back("services");
    for (std::size_t i = 0; i < claim_.items.size(); ++i) service(i);
    return element("explanation-of-benefits", markup_);
  }

  const std::vector<std::string>& missing() const { return missing_; }

 private:
  bool need(std::string name, const std::string& said) {
    if (!said.empty()) return true;
    missing_.push_back(std::move(name));
    return false;
  }
  void text(std::string_view name, const std::string& said) {
    if (need(std::string(name), said)) markup_ += text_element(name, said);
  }
  // A person (whose name is `part` of the name) or an organisation.
  void named(std::string_view name, std::string_view part, const std::string& said) {
    if (!need(std::string(name), said)) return;
    markup_ += element(name, part.empty() ? text_element("name", said) : element("name", text_element(part, said)));
  }
  std::string codable(std::string_view name, const Value& code, const std::string& around = {}) {
    const auto inside = types::write_codable(code);
    return need(around + std::string(name), inside) ? element(name, inside) : std::string();
  }

  std::string amounts(const BenefitAmounts& said, const std::string& where) {
    const std::pair<const char*, const std::string&> all[] = {{"charged-amount", said.charged},
                                                              {"negotiated-amount", said.negotiated},
                                                              {"copay", said.copay},
                                                              {"deductible", said.deductible},
                                                              {"amount-not-covered", said.not_covered},
                                                              {"eligible-for-benefits", said.eligible},
                                                              {"percentage-covered", said.share_covered},
                                                              {"coinsurance", said.coinsurance},
                                                              {"miscellaneous-adjustments", said.adjustments},
                                                              {"benefits-paid", said.paid},
                                                              {"patient-responsibility", said.patient_owes}};
    std::string inside;
    for (const auto& [name, amount] : all) {
      const bool is_share = &amount == &said.share_covered;
      if (amount.empty() && is_share) continue;
      const auto number = is_decimal(amount) ? types::number_of(amount) : std::nullopt;
      if (number && (!is_share || (*number >= 0 && *number <= 1)))
        inside += text_element(name, amount);
      else
        missing_.push_back(
            fmt::format("{}/{}{}", where, name, amount.empty() ? "" : fmt::format(" (not '{}')", shorten(amount, 40))));
    }
    return inside;
  }

  void service(std::size_t i) {
    const auto& item = claim_.items[i];
    const auto where = fmt::format("services[{}]", i);
    const auto path = fmt::format("items.{}", i);
    auto inside = codable("service-type", types::value_at(fact_, path + ".type"), where + "/");
    const auto billing = types::write_codable(types::value_at(fact_, path + ".service"));
    if (!billing.empty()) inside += element("billing-code", billing);
    const auto& start = first_said(item.start, claim_.start);
    if (need(where + "/service-dates", start)) {
      auto dates = element("start-date", types::write_approx_date_time(start));
      const auto& end = item.start.empty() ? claim_.end : item.end;
      if (!end.empty()) dates += element("end-date", types::write_approx_date_time(end));
      inside += element("service-dates", dates);
    }
    auto said = i < details_.services.size() ? details_.services[i] : BenefitAmounts{};
    said.charged = first_said(said.charged, item.charged);
    said.negotiated = first_said(said.negotiated, item.allowed);
    markup_ += element("services", inside + element("claim-amounts", amounts(said, where + "/claim-amounts")));
  }

  const records::Record& record_;
  const records::Claim& claim_;
  const Value fact_;
  const BenefitDetails& details_;
  std::string markup_;
  std::vector<std::string> missing_;
};

}  // namespace

Result<WrittenThings> explanation_of_benefits_thing(const records::Record& record, std::size_t claim,
                                                    const BenefitDetails& details) {
  if (claim >= record.claims.size())
    return Error{fmt::format("there is no claim {}; the record has {}", claim, record.claims.size())};
  const auto fact = records::to_value(record)["claims"][claim];
  Explanation explanation(record, record.claims[claim], fact, details);
  auto markup = explanation.write();
  if (!explanation.missing().empty())
    return Error{
        fmt::format("claim '{}': an Explanation of benefits requires {}, which neither the record nor the "
                    "details say in a form that the type takes",
                    record.claims[claim].id, join(explanation.missing(), ", "))};
  BB_TRY(markup, with_common(markup, {record.claims[claim].source, {}, {}}));
  WrittenThings written{{{std::string(type_id), std::move(markup)}}, {}};
  // What does not come back has no element.
  BB_TRY(const auto read, read_thing(written.things.front()));
  const auto back = records::to_value(read.record)["claims"][0];
  for (const auto& [path, text] : types::leaves_of(fact))
    if (types::text_at(back, path) != text)
      written.unheld.push_back({0, fmt::format("claims[{}].{}", claim, path), text,
                                "the type has no element for it, or the details say otherwise"});
  return written;
}

}  // namespace bb::healthvault
