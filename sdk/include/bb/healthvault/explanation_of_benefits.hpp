// bb/healthvault/explanation_of_benefits.hpp - a claim as a thing of type Explanation of benefits.
//
// The type requires more than a record says of a claim: a date, the plan's member, ten amounts of the claim and of
// each service. The caller says them; nothing is made up, and no amount is taken for 0.
//
// Source: explanation-of-benefits.xsd of the platform.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/record.hpp>

namespace bb::healthvault {

// In the claim's currency, as "104.90". Empty: as the record has it, where it has it.
struct BenefitAmounts {
  std::string charged = {};     // the record's
  std::string negotiated = {};  // the record's `approved` of a claim, `allowed` of a service
  std::string copay = {};
  std::string deductible = {};
  std::string not_covered = {};
  std::string eligible = {};
  std::string share_covered = {};  // 0 to 1; may stay empty
  std::string coinsurance = {};
  std::string adjustments = {};
  std::string paid = {};          // of a claim the record's
  std::string patient_owes = {};  // of a claim the record's
};

// What is empty is taken from the record: the patient's name, its one coverage, the claim's provider.
struct BenefitDetails {
  std::string submitted;  // the day at least, ISO 8601
  std::string patient_name = {};
  std::string plan = {};
  std::string member_id = {};
  std::string group_id = {};
  std::string submitted_by = {};
  BenefitAmounts totals = {};
  std::vector<BenefitAmounts> services = {};  // of the claim's items, in their order
};

// The claim of the record at the index. What read_thing() reads of it is said by the thing; the rest is in `unheld`. An
// error names all that the type requires and neither the record nor the details say.
[[nodiscard]] Result<WrittenThings> explanation_of_benefits_thing(const records::Record& record, std::size_t claim,
                                                                  const BenefitDetails& details);

}  // namespace bb::healthvault
