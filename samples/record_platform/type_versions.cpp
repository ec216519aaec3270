#include "record_platform/type_versions.hpp"

#include <algorithm>
#include <array>

namespace bb::record_platform {
namespace {

using Id = std::string_view;

constexpr Id medication_1 = "5c5f1223-f63c-4464-870c-3e36ba471def";
constexpr Id medication_2 = "30cafccc-047d-4288-94ef-643571f7919d";
constexpr Id immunization_1 = "3d817dbe-af42-4a9d-a553-d1298b4d08fc";
constexpr Id immunization_2 = "cd3587b5-b6e1-4565-ab3b-1c3ad45eb04f";
constexpr Id procedure_1 = "0a5f9a43-dc88-4e9f-890f-1f9159b76e7b";
constexpr Id procedure_2 = "df4db479-a1ba-42a2-8714-2b083b88150f";
constexpr Id encounter_1 = "3d4bdf01-1b3e-4afc-b41c-bd3e641a6da7";
constexpr Id encounter_2 = "464083cc-13de-4f3e-a189-da8e47d5651b";
constexpr Id basic_1 = "bf516a61-5252-4c28-a979-27f45f62f78d";
constexpr Id basic_2 = "3b3e6b16-eb69-483c-8d7e-dfe116ae6092";
constexpr Id family_1 = "6d39f894-f7ac-4fce-ac78-b22693bf96e6";
constexpr Id family_2 = "22826e13-41e1-4ba3-8447-37dadd208fd8";
constexpr Id family_3 = "4a04fcc8-19c1-4d59-a8c7-2031a03f21de";

constexpr std::array medications = {medication_1, medication_2};
constexpr std::array immunizations = {immunization_1, immunization_2};
constexpr std::array procedures = {procedure_1, procedure_2};
constexpr std::array encounters = {encounter_1, encounter_2};
constexpr std::array basics = {basic_1, basic_2};
constexpr std::array families = {family_1, family_2, family_3};
// Without steps: other units, or groups in groups.
constexpr std::array<Id, 2> hba1cs = {"227f55fb-1001-4d4e-9f6a-8d893e07b451", "62160199-b80f-4905-a55a-ac4ba825ceae"};
constexpr std::array<Id, 2> cholesterols = {"796c186f-b874-471c-8468-3eeff73bf66e",
                                            "98f76958-e34f-459b-a760-83c1699add38"};
constexpr std::array<Id, 2> lab_results = {"f57746af-9631-49dc-944e-2c92bee0d1e9",
                                           "5800eab5-a8c2-482a-a4d6-f1db25ae08c3"};
constexpr std::array<Id, 2> image_studies = {"c75651c8-548e-449f-8942-9e6379b0b88a",
                                             "cdfc0a9b-6d3b-4d16-afa8-02b86d621a8d"};

constexpr auto all_versions =
    std::to_array<std::span<const Id>>({medications, immunizations, procedures, encounters, basics, families, hba1cs,
                                        cholesterols, lab_results, image_studies});

// The refills, the pharmacy and the dates of a prescription of version 1 name nobody who prescribed, whom version 2
// requires.
constexpr auto medication_up = std::to_array<VersionStep>({
    {.from = "name", .to = "name/text"},
    {.from = "dose-value/description", .to = "dose/display"},
    {.from = "{dose-value/exact-dose} {dose-unit/text}", .to = "dose/display"},
    {.from = "{dose-value/exact-dose}", .to = "dose/display"},
    {.from = "{dose-value/min-dose} - {dose-value/max-dose} {dose-unit/text}", .to = "dose/display"},
    {.from = "{dose-value/min-dose} - {dose-value/max-dose}", .to = "dose/display"},
    {.from = "dose-value/exact-dose", .to = "dose/structured/value", .needs = "dose-unit"},
    {.from = "dose-unit", .to = "dose/structured/units", .needs = "dose-value/exact-dose"},
    {.from = "{strength-value} {strength-unit/text}", .to = "strength/display"},
    {.from = "strength-value", .to = "strength/display"},
    {.from = "strength-value", .to = "strength/structured/value", .needs = "strength-unit"},
    {.from = "strength-unit", .to = "strength/structured/units", .needs = "strength-value"},
    {.from = "frequency", .to = "frequency/display"},
    {.from = "route", .to = "route"},
    {.from = "indication", .to = "indication/text"},
    {.from = "date-discontinued", .to = "date-discontinued"},
});
constexpr auto medication_down = std::to_array<VersionStep>({
    {.from = "name/text", .to = "name"},
    {.from = "date-discontinued", .to = "date-discontinued"},
    {.from = "prescription/date-prescribed", .to = "date-prescribed"},
    {.from = "indication/text", .to = "indication"},
    {.from = "prescription/amount-prescribed/display", .to = "amount-prescribed"},
    {.from = "dose/display", .to = "dose-value/description"},
    {.from = "dose/structured/value", .to = "dose-value/exact-dose"},
    {.from = "dose/structured/units", .to = "dose-unit"},
    {.from = "strength/structured/value", .to = "strength-value", .whole = "strength/structured/value"},
    {.from = "strength/structured/units", .to = "strength-unit", .whole = "strength/structured/value"},
    {.from = "frequency/display", .to = "frequency"},
    {.from = "route", .to = "route"},
    {.from = "prescription/refills", .to = "refills"},
    {.from = "prescription/days-supply", .to = "days-supply"},
    {.from = "prescription/instructions/text", .to = "instructions"},
});

constexpr auto immunization_up = std::to_array<VersionStep>({
    {.from = "name", .to = "name"},
    {.from = "administration-date", .to = "administration-date"},
    {.from = "administrator", .to = "administrator"},
    {.from = "manufacturer", .to = "manufacturer/text"},
    {.from = "lot", .to = "lot"},
    {.from = "route", .to = "route"},
    {.from = "expiration-date", .to = "expiration-date"},
    {.from = "sequence", .to = "sequence"},
    {.from = "anatomic-surface", .to = "anatomic-surface"},
    {.from = "adverse-event", .to = "adverse-event"},
    {.from = "consent", .to = "consent"},
});
constexpr auto immunization_down = std::to_array<VersionStep>({
    {.from = "name", .to = "name"},
    {.from = "administration-date", .to = "administration-date"},
    {.from = "administrator", .to = "administrator"},
    {.from = "manufacturer/text", .to = "manufacturer"},
    {.from = "lot", .to = "lot"},
    {.from = "route", .to = "route"},
    {.from = "expiration-date", .to = "expiration-date"},
    {.from = "sequence", .to = "sequence"},
    {.from = "anatomic-surface", .to = "anatomic-surface"},
    {.from = "adverse-event", .to = "adverse-event"},
    {.from = "consent", .to = "consent"},
});

constexpr auto procedure_up = std::to_array<VersionStep>({
    {.from = "when/date", .to = "when/structured/date"},
    {.from = "when/time", .to = "when/structured/time"},
    {.from = "when/tz", .to = "when/structured/tz"},
    {.from = "title", .to = "name"},
    {.from = "anatomic-location", .to = "anatomic-location"},
    {.from = "primary-provider", .to = "primary-provider"},
    {.from = "secondary-provider", .to = "secondary-provider"},
});
constexpr auto procedure_down = std::to_array<VersionStep>({
    {.from = "when/structured/date", .to = "when/date"},
    {.from = "when/structured/time", .to = "when/time"},
    {.from = "when/structured/tz", .to = "when/tz"},
    {.from = "name", .to = "title"},
    {.from = "primary-provider", .to = "primary-provider"},
    {.from = "anatomic-location", .to = "anatomic-location"},
    {.from = "secondary-provider", .to = "secondary-provider"},
});

constexpr auto encounter_up = std::to_array<VersionStep>({
    {.from = "when", .to = "when"},
    {.from = "type", .to = "type/text"},
    {.from = "duration", .to = "duration"},
    {.from = "consent-granted", .to = "consent-granted"},
});
constexpr auto encounter_down = std::to_array<VersionStep>({
    {.from = "when", .to = "when"},
    {.from = "type/text", .to = "type"},
    {.from = "duration", .to = "duration"},
    {.from = "facility/contact/address", .to = "location"},
    {.from = "consent-granted", .to = "consent-granted"},
});

constexpr auto basic_up = std::to_array<VersionStep>({
    {.from = "gender", .to = "gender"},
    {.from = "birthyear", .to = "birthyear"},
    {.from = "country", .to = "country/text"},
    {.from = "postcode", .to = "postcode"},
    {.from = "city", .to = "city"},
    {.from = "state", .to = "state/text"},
    {.from = "firstdow", .to = "firstdow"},
    {.from = "language", .to = "language", .is_repeated = true},
});
constexpr auto basic_down = std::to_array<VersionStep>({
    {.from = "gender", .to = "gender"},
    {.from = "birthyear", .to = "birthyear"},
    {.from = "country/code/value", .to = "country"},
    {.from = "postcode", .to = "postcode"},
    {.from = "city", .to = "city"},
    {.from = "state/text", .to = "state"},
    {.from = "firstdow", .to = "firstdow"},
    {.from = "language", .to = "language", .is_repeated = true},
});

constexpr auto family_1_to_2 = std::to_array<VersionStep>({
    {.from = "condition", .to = "condition/name"},
    {.from = "severity", .to = "condition/severity/text"},
    {.from = "relationship", .to = "relative/relationship"},
    {.from = "date-of-birth", .to = "relative/date-of-birth"},
});
constexpr auto family_2_to_1 = std::to_array<VersionStep>({
    {.from = "condition/name", .to = "condition"},
    {.from = "relative/relationship", .to = "relationship"},
    {.from = "relative/date-of-birth", .to = "date-of-birth"},
    {.from = "condition/severity/text", .to = "severity"},
});
constexpr auto family_2_to_3 = std::to_array<VersionStep>({
    {.from = "condition", .to = "condition"},
    {.from = "relative/relationship", .to = "relative/relationship"},
    {.from = "relative/relative-name", .to = "relative/relative-name"},
    {.from = "relative/date-of-birth", .to = "relative/date-of-birth"},
    {.from = "relative/date-of-death", .to = "relative/date-of-death"},
});
constexpr auto family_3_to_2 = std::to_array<VersionStep>({
    {.from = "condition", .to = "condition"},
    {.from = "relative/relative-name", .to = "relative/relative-name"},
    {.from = "relative/relationship", .to = "relative/relationship"},
    {.from = "relative/date-of-birth", .to = "relative/date-of-birth"},
    {.from = "relative/date-of-death", .to = "relative/date-of-death"},
});

struct Conversion {
  Id from, to;
  std::span<const VersionStep> steps;
};
constexpr auto conversions = std::to_array<Conversion>({
    {medication_1, medication_2, medication_up},
    {medication_2, medication_1, medication_down},
    {immunization_1, immunization_2, immunization_up},
    {immunization_2, immunization_1, immunization_down},
    {procedure_1, procedure_2, procedure_up},
    {procedure_2, procedure_1, procedure_down},
    {encounter_1, encounter_2, encounter_up},
    {encounter_2, encounter_1, encounter_down},
    {basic_1, basic_2, basic_up},
    {basic_2, basic_1, basic_down},
    {family_1, family_2, family_1_to_2},
    {family_2, family_1, family_2_to_1},
    {family_2, family_3, family_2_to_3},
    {family_3, family_2, family_3_to_2},
});

}  // namespace

std::span<const std::string_view> versions_of(std::string_view type_id) {
  for (const auto& versions : all_versions)
    if (std::find(versions.begin(), versions.end(), type_id) != versions.end()) return versions;
  return {};
}

std::optional<std::span<const VersionStep>> version_steps(std::string_view from_id, std::string_view to_id) {
  for (const auto& conversion : conversions)
    if (conversion.from == from_id && conversion.to == to_id) return conversion.steps;
  return std::nullopt;
}

}  // namespace bb::record_platform
