#include "va_layout.hpp"

#include <bb/core/text.hpp>

namespace bb::records {
namespace {

using Text = SectionLayout::Text;
using Table = SectionLayout::Table;

constexpr SectionLayout layouts[] = {
    {"DOWNLOAD REQUEST SUMMARY", "", "", "",
     "System Request Date/Time|User Request Type|File Name|Date Range Selected|Record Title|Record Created|Record "
     "Author|"
     "Record Kept By|Data Types Selected#"},
    {"MY HEALTHEVET ACCOUNT SUMMARY", "", "", "VA",
     "Authentication Status|Authentication Date|Authentication Facility ID|Authentication Facility Name", "", "",
     Text::none, Table::rows},
    {"SELF REPORTED DEMOGRAPHICS", "DEMOGRAPHICS", "", "Self-Entered",
     "First Name|Middle Initial|Middle Name+|Last Name|Suffix|Alias|Relationship to VA|Gender|Blood Type|Organ Donor|"
     "Date of Birth|Marital Status|Current Occupation|Mailing or Destination Address2|Mailing or Destination Address|"
     "Mailing or Destination City|Mailing or Destination State|Mailing or Destination Country|"
     "Mailing or Destination Province|Mailing or Destination Zip/Postal Code|Home Phone Number|Work Phone Number|"
     "Pager Number|Cell Phone Number|FAX Number|Email Address|Preferred Method of Contact;"
     "Contact First Name|Contact Last Name|Relationship|Home Phone Number|Work Phone Number|Extension|"
     "Cell Phone Number|Address Line 1|Address Line 2|City|State|Country|Province|Zip/Post Code|Email Address",
     "", "EMERGENCY CONTACTS"},
    {"VA DEMOGRAPHICS", "", "", "VA",
     "VA Treating Facility|First Name|Middle Name+|Last Name|Suffix|Full Name|Former "
     "Name+|Race|Religion|Ethnicity|Date of Birth|"
     "Place of Birth|Age|Gender|Marital Status|Language|Deceased|Identifier+|Note",
     "Name|Relationship to Patient|Street Address 2+|Street Address+|City|State|Zip Code|County|Country|"
     "Home Phone Number|Work Phone Number+|Cell Phone Number|Temporary Phone Number|Email Address|Contact+|"
     "Active Start Date|Active End Date|Primary Eligibility Code|Service Connected Percentage|Means Test Status|"
     "RX Copay Status|Occupation|Employment Status|Employer Name|Insurance Company|Insurance Type|Insurance Plan|"
     "Effective Date|Expiration Date|Group Name|Group Number|Subscriber ID|Subscriber Name|Subscriber Relationship",
     "PERMANENT ADDRESS AND CONTACT INFORMATION|TEMPORARY ADDRESS AND CONTACT INFORMATION|ELIGIBILITY|EMPLOYMENT|"
     "ACTIVE INSURANCE|PRIMARY NEXT OF KIN|EMERGENCY CONTACT|VA GUARDIAN|CIVIL GUARDIAN",
     Text::none, Table::none, true},
    {"SELF REPORTED HEALTH CARE PROVIDERS", "HEALTH CARE PROVIDERS", "care_team", "Self-Entered",
     "Provider Name|Type of Provider|Other Clinician Information|Phone Number|Ext|Email|Comments~"},
    {"SELF REPORTED TREATMENT FACILITIES", "TREATMENT FACILITIES", "care_team", "Self-Entered",
     "Facility Name|Facility Type|VA Home Facility|Phone Number|Ext|Mailing Address2|Mailing Address|Mailing City|"
     "Mailing State|Mailing Country|Mailing Province|Mailing Zip/Postal Code|Comments~"},
    {"SELF REPORTED HEALTH INSURANCE", "HEALTH INSURANCE", "coverages", "Self-Entered",
     "Health Insurance Company|Primary Insurance Provider|Insurance Type|Insurance Plan|ID Number|Group Number|Insured|"
     "Start Date|Stop Date|Status|Pre-Approval Phone Number|Health Insurance Company Phone Number|Comments~"},
    {"VA WELLNESS REMINDERS", "", "plan", "VA", "Wellness Reminder|Due Date|Last Completed|Location", "", "",
     Text::none, Table::rows},
    {"VA APPOINTMENTS", "", "encounters", "VA", "Date/Time|Ended|Location|Status|Clinic|Phone Number|Type|Code|Note~",
     "", "FUTURE APPOINTMENTS|PAST APPOINTMENTS"},
    {"VA MEDICATION HISTORY", "", "medications", "VA",
     "Medication|Code|Instructions~|Dose|Rate|Maximum Dose|Route|How Often|Status|Refills Remaining|"
     "Last Filled On|Initially Ordered On|"
     "Stopped On|Quantity|Days Supply|Pharmacy|Prescription Number"},
    {"SELF REPORTED MEDICATIONS AND SUPPLEMENTS", "MEDICATIONS AND SUPPLEMENTS", "medications", "Self-Entered",
     "Category|Drug Name|Code|Prescription Number|Strength|Dose|Rate|Maximum Dose|Route|Frequency|Start Date|"
     "Stop Date|Status|"
     "Pharmacy Name|Pharmacy Phone|Instructions~|Reason for taking~|Comments~"},
    {"VA ALLERGIES", "", "allergies", "VA",
     "Allergy Name|Code|Location|Date Entered|Reaction+|Allergy Type|VA Drug Class|Severity|Status|"
     "Observed/Historical|Comments~"},
    {"SELF REPORTED ALLERGIES", "ALLERGIES/ADVERSE REACTIONS", "allergies", "Self-Entered",
     "Allergy Name|Code|Date|Allergy Type|Severity|Status|Diagnosed|Reaction~+|Comments~"},
    {"VA PROBLEM LIST", "", "problems", "VA",
     "Problem|Code|Body Site|Laterality|Date/Time Entered|Date Resolved|Location|Status|Provider|Comments~"},
    {"VA ADMISSIONS AND DISCHARGES", "", "encounters", "VA",
     "Admission Date|Location|Admitting Physician|Discharge Date|Discharge Physician", "", "", Text::after_rule},
    {"VA NOTES", "", "notes", "VA", "Date/Time|Note Title|Location|Signed By|Co-signed By|Date/Time Signed", "", "",
     Text::after_rule},
    {"SELF REPORTED MEDICAL EVENTS", "MEDICAL EVENTS", "problems", "Self-Entered",
     "Medical Event|Code|Body Site|Laterality|Start Date|Stop Date|Status|Response~|Comments~"},
    {"VA IMMUNIZATIONS", "", "immunizations", "VA",
     "Immunization|Code|Date Received|Date Planned|Status|Lot|Location|Reaction|Comments~|Reaction Key~", "", "",
     Text::none, Table::most_recent},
    {"SELF REPORTED IMMUNIZATIONS", "IMMUNIZATIONS", "immunizations", "Self-Entered",
     "Immunization|Code|Other|Method|Date Received|Date Planned|Status|Lot|Reactions#|Comments~"},
    {"VA LABORATORY RESULTS", "", "results", "VA",
     "Lab Test|Code|Lab Type|Ordering Provider|Ordering Location|Specimen|Collection Sample|Date/Time Collected|"
     "Collected Location|Collection Location|Performing Location|Date/Time Completed|GRAM STAIN^|CULTURE RESULTS^|"
     "ANTIBIOTIC SUSCEPTIBILITY TEST RESULTS^|Bacteriology Remark(s)^|Comments~|Result Key^",
     "Test Name|Code|Result|Units|Further Result+|Reference Range|Interpretation~|Performing Location|Status|"
     "Date/Time Collected"},
    {"VA PATHOLOGY REPORTS", "", "notes", "VA",
     "Type of Report|Specimen|Date Obtained|Performing Location|Date Completed", "", "", Text::after_rule},
    {"SELF REPORTED LABS AND TESTS", "LABS AND TESTS", "results", "Self-Entered",
     "Test Name|Code|Date|Location performed|Provider|Status|Results^|Units|Reference Range|Interpretation|Comments~"},
    {"VA VITALS AND READINGS", "", "vital_signs", "VA",
     "Vital Sign|Code|Measurement|Interpretation|Comments~|Location|Date/Time Collected", "", "", Text::none,
     Table::most_recent},
    {"SELF REPORTED VITALS AND READINGS", "VITALS AND READINGS", "vital_signs", "Self-Entered",
     "Measurement Type|Code|Date|Time|Systolic|Diastolic|Heart Rate|Body Weight|Body temperature|Pain Level|"
     "Measure|Method|Blood sugar count|INR value|Target range|"
     "Total cholesterol|HDL|LDL|Measurement|Interpretation|Location|Provider|"
     "Comments~"},
    {"VA RADIOLOGY REPORTS", "", "procedures", "VA",
     "Procedure/Test Name|Code|Date/Time Exam Performed|Ended|Status|Ordering Location|Requesting Provider|"
     "Reasons for Study|Clinical History^|Performing Location|Radiologist|Report^|Impression^|"
     "Primary Diagnostic Code^"},
    {"VA ELECTROCARDIOGRAM (EKG) REPORTS", "", "procedures", "VA",
     "Procedure/Test Name|Date/Time Exam Performed|Ordering Location"},
    {"SELF REPORTED FAMILY HEALTH HISTORY", "FAMILY HEALTH HISTORY", "family_history", "Self-Entered",
     "Relationship|First Name|Last Name|Living or Deceased|Health Issues#|Other Health Issues#|Comments~"},
    {"SELF REPORTED MY GOALS: CURRENT GOALS", "", "goals", "Self-Entered",
     "My Goal|Description~|Type|Priority|Goal Start Date|Goal End Date|Completion|Date Goal Completed|Strengths~|"
     "Obstacles~|Rewards~",
     "Task~|Task Description~|Task Completion|Task Start Date|Task End Date|Task Repeats|Date Task Finished",
     "ALL CURRENT GOALS - SUMMARY LIST*|ALL CURRENT GOALS - DETAILED INFORMATION"},
    {"SELF REPORTED MY GOALS: COMPLETED GOALS", "", "goals", "Self-Entered",
     "My Goal|Description~|Type|Priority|Goal Start Date|Goal End Date|Completion|Date Goal Completed|Strengths~|"
     "Obstacles~|Rewards~",
     "Task~|Task Description~|Task Completion|Task Start Date|Task End Date|Task Repeats|Date Task Finished",
     "COMPLETED GOALS - SUMMARY LIST*|COMPLETED GOALS - DETAILED INFORMATION"},
    {"SELF REPORTED ACTIVITY JOURNAL", "", "", "Self-Entered", "Date|Day of Week|Comments~",
     "Activity|Type|Distance/Duration|Measure|Intensity|Number of Sets|Number of Reps|Time of Day"},
    {"SELF REPORTED FOOD JOURNAL", "", "", "Self-Entered",
     "Date|Day of Week|Water consumed (number of 8oz glasses)|Comments~",
     "Food/Beverage Item|Quantity|Serving Size|Method of Preparation", "Breakfast|Lunch|Dinner|Snack"},
    {"SELF REPORTED MILITARY HEALTH HISTORY", "MILITARY HEALTH HISTORY", "", "Self-Entered",
     "Event Title|Event Date|Service Branch|Rank|Location of Service|Onboard Ship|Military Occupational Specialty|"
     "Assignment|Exposures~+|Military Service Description~"},
    {"DOD MILITARY SERVICE INFORMATION", "", "", "DoD", "", "", "", Text::none, Table::rows},
};

}  // namespace

std::span<const SectionLayout> va_layouts() { return layouts; }

const SectionLayout* find_va_layout(std::string_view title) {
  for (const auto& layout : layouts)
    if (iequals(layout.name, title) || (!layout.former_name.empty() && iequals(layout.former_name, title)))
      return &layout;
  return nullptr;
}

}  // namespace bb::records
