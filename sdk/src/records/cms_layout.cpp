#include "cms_layout.hpp"

#include <bb/core/text.hpp>

namespace bb::records {
namespace {

constexpr SectionLayout layouts[] = {
    {"Demographic", "", "", "MyMedicare.gov",
     "Name|Date of Birth|Address Line 1|Address Line 2|City|State|Zip|Phone Number|Email|Part A Effective Date|"
     "Part B Effective Date"},
    {"Emergency Contact", "", "contacts", "Self-Entered",
     "Contact Name|Address Type|Address Line 1|Address Line 2|City|State|Zip|Relationship|Home Phone|Work Phone|"
     "Mobile Phone|Email Address"},
    {"Self Reported Medical Conditions", "", "problems", "Self-Entered",
     "Condition Name|Medical Condition Start Date|Medical Condition End Date"},
    {"Self Reported Allergies", "", "allergies", "Self-Entered",
     "Allergy Name|Type|Reaction|Severity|Diagnosed|Treatment|First Episode Date|Last Episode Date|"
     "Last Treatment Date|Comments~"},
    {"Self Reported Implantable Device", "", "devices", "Self-Entered", "Device Name|Date Implanted"},
    {"Self Reported Immunizations", "", "immunizations", "Self-Entered",
     "Immunization Name|Date Administered|Method|Were you vaccinated in the US|Comments~|Booster 1 Date|"
     "Booster 2 Date|Booster 3 Date"},
    {"Self Reported Labs and Tests", "", "results", "Self-Entered",
     "Test/Lab Type|Date Taken|Administered by|Requesting Doctor|Reason Test/Lab Requested|Results~|Comments~"},
    {"Self Reported Vital Statistics", "", "vital_signs", "Self-Entered",
     "Vital Statistic Type|Date|Time|Reading|Comments~"},
    {"Family Medical History", "", "family_history", "Self-Entered", "Family Member|Type+|DOB|DOD|Age|Description+"},
    {"Drugs", "", "medications", "Self-Entered", "Drug Name|Supply|Orig Drug Entry"},
    {"Preventive Services", "", "plan", "MyMedicare.gov", "Description|Next Eligible Date|Last Date of Service"},
    {"Providers", "", "care_team", "Self-Entered", "Provider Name|Provider Address|Type|Specialty|Medicare Provider"},
    {"Pharmacies", "", "care_team", "Self-Entered", "Pharmacy Name|Pharmacy Phone"},
    {"Plans", "", "coverages", "MyMedicare.gov",
     "Contract ID/Plan ID|Plan Period|Plan Name|Marketing Name|Plan Address|Plan Type"},
    {"Employer Subsidy", "", "coverages", "MyMedicare.gov",
     "Employer Plan|Employer Subsidy Start Date|Employer Subsidy End Date"},
    {"Primary Insurance", "", "coverages", "MyMedicare.gov",
     "MSP Type|Policy Number|Insurer Name|Insurer Address|Effective Date|Termination Date"},
    {"Other Insurance", "", "coverages", "MyMedicare.gov",
     "MSP Type|Policy Number|Insurer Name|Insurer Address|Effective Date|Termination Date"},
    // A claim of Part D has no summary: its entry begins with the frame of its lines.
    {claim_summary, "", "claims", "MyMedicare.gov",
     "Claim Number|Provider|Provider Billing Address|Service Start Date|Service End Date|Amount Charged|"
     "Medicare Approved|Provider Paid|You May be Billed|Claim Type|Diagnosis Code %|Claim Lines for Claim Number=;"
     "Claim Lines for Claim Number|Claim Type|Claim Number|Claim Service Date|Pharmacy / Service Provider|"
     "Pharmacy Name|Drug Code|Drug Name|Fill Number|Days' Supply|Prescriber Identifer|Prescriber Identifier|"
     "Prescriber Name",
     "Line number|Date of Service From|Date of Service To|Revenue Code/Description|Procedure Code/Description|"
     "Modifier 1/Description|Modifier 2/Description|Modifier 3/Description|Modifier 4/Description|"
     "Quantity Billed/Units|Submitted Amount/Charges|Allowed Amount|Non-Covered|Place of Service/Description|"
     "Type of Service/Description|Rendering Provider No|Rendering Provider NPI"},
};

}  // namespace

std::span<const SectionLayout> cms_layouts() { return layouts; }

const SectionLayout* find_cms_layout(std::string_view title) {
  for (const auto& layout : layouts)
    if (iequals(layout.name, title)) return &layout;
  return nullptr;
}

}  // namespace bb::records
