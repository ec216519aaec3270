// Sections beyond the list of a summary, and what a document says is absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/records/ccda.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Record read_section(const std::string& loinc_code, const std::string& entry, const std::string& narrative = {}) {
  return read_document(document_with(section_with(loinc_code, entry, narrative)));
}

std::string problem(const std::string& value, const std::string& attributes = {}) {
  return "<act><entryRelationship><observation " + attributes + ">" + value +
         "</observation></entryRelationship></act>";
}

std::string allergy(const std::string& attributes, const std::string& substance) {
  return "<act><entryRelationship><observation " + attributes +
         "><value code=\"419199007\" displayName=\"Allergy to "
         "substance\"/><participant><participantRole><playingEntity>" +
         substance + "</playingEntity></participantRole></participant></observation></entryRelationship></act>";
}

std::vector<std::string> absences(const Record& record) {
  std::vector<std::string> all;
  for (const auto& a : record.absences)
    all.push_back(a.section + " " + a.kind + " [" + a.what.display + "] " + a.null_flavor);
  return all;
}

TEST(SectionsTest, ReadsAProcedureWholly) {
  const auto record = read_section("47519-4", R"(<procedure moodCode="EVN">
      <code code="73761001" codeSystem="2.16.840.1.113883.6.96" displayName="Colonoscopy"/>
      <statusCode code="completed"/><effectiveTime><low value="2012"/><high value="201208"/></effectiveTime>
      <targetSiteCode code="71854001" displayName="Colon"/>
      <performer><assignedEntity><assignedPerson><name><given>Ann</given><family>Lee</family></name></assignedPerson>
      </assignedEntity></performer></procedure>)");
  ASSERT_THAT(record.procedures, SizeIs(1));
  const auto& procedure = record.procedures[0];
  EXPECT_EQ(procedure.procedure, (Code{"73761001", "2.16.840.1.113883.6.96", "SNOMED CT", "Colonoscopy"}));
  EXPECT_EQ(procedure.start, "2012");
  EXPECT_EQ(procedure.end, "2012-08");
  EXPECT_EQ(procedure.status, "completed");
  EXPECT_EQ(procedure.body_site.display, "Colon");
  EXPECT_EQ(procedure.performer, "Ann Lee");
  EXPECT_THAT(record.absences, IsEmpty());
}

TEST(SectionsTest, ReadsHowCriticalAnAllergyIs) {
  const auto criticality = [](const std::string& value) {
    const auto record = read_section("48765-2", R"(<observation><participant><participantRole><playingEntity>
      <code displayName="Peanut"/></playingEntity></participantRole></participant><entryRelationship><observation>
      <templateId root="2.16.840.1.113883.10.20.22.4.145"/><code code="82606-5"/>)" +
                                                    value + "</observation></entryRelationship></observation>");
    return record.allergies.size() == 1 ? record.allergies[0].criticality : "not one";
  };
  const std::string system = "codeSystem=\"2.16.840.1.113883.5.1063\"/>";
  EXPECT_EQ(criticality("<value xsi:type=\"CD\" code=\"CRITL\" " + system), "low");
  EXPECT_EQ(criticality("<value xsi:type=\"CD\" code=\"CRITH\" " + system), "high");
  EXPECT_EQ(criticality("<value xsi:type=\"CD\" code=\"CRITU\" " + system), "unable-to-assess");
  EXPECT_EQ(criticality("<value xsi:type=\"CD\" nullFlavor=\"UNK\"/>"), "");
}

std::string qualified(const std::string& name_code, const std::string& value) {
  return "<qualifier><name code=\"" + name_code +
         "\" codeSystem=\"2.16.840.1.113883.6.96\"/><value code=\"1\" displayName=\"" + value + "\"/></qualifier>";
}

TEST(SectionsTest, ReadsTheBodySiteOfAProblemAndItsSide) {
  const std::string target = "<targetSiteCode code=\"12611008\" displayName=\"Tibia\">";
  const std::string fracture = "<value xsi:type=\"CD\" code=\"125605004\" displayName=\"Fracture\">";
  const auto where = [&](const std::string& of_value, const std::string& site) {
    const auto record = read_section("11450-4", problem(fracture + of_value + "</value>" + site));
    EXPECT_THAT(record.problems, SizeIs(1));
    return record.problems.empty() ? ""
                                   : record.problems[0].body_site.display + "/" + record.problems[0].laterality.display;
  };
  EXPECT_EQ(where("", ""), "/");
  EXPECT_EQ(where("", target + "</targetSiteCode>"), "Tibia/");
  EXPECT_EQ(where("", target + qualified("272741003", "Left") + "</targetSiteCode>"), "Tibia/Left");
  EXPECT_EQ(where("", target + qualified("246112005", "Severe") + "</targetSiteCode>"), "Tibia/") << "no laterality";
  EXPECT_EQ(where(qualified("363698007", "Femur") + qualified("272741003", "Right"), ""), "Femur/Right");
  EXPECT_EQ(where(qualified("363698007", "Femur"), target + "</targetSiteCode>"), "Tibia/") << "the target site first";
}

TEST(SectionsTest, ReadsProceduresThatAreActsAndObservations) {
  EXPECT_THAT(read_section("47519-4", R"(<act><code displayName="A"/></act><observation><code displayName="B"/>
      </observation>)")
                  .procedures,
              SizeIs(2));
}

TEST(SectionsTest, ReadsSocialHistoryWithItsCodeAndSpan) {
  const auto record =
      read_section("29762-2", R"(<observation><code code="72166-2" displayName="Tobacco smoking status"/>
      <effectiveTime><low value="2001"/><high value="2009"/></effectiveTime>
      <value xsi:type="CD" code="8517006" displayName="Former smoker"/></observation>)");
  ASSERT_THAT(record.social_history, SizeIs(1));
  const auto& smoking = record.social_history[0];
  EXPECT_EQ(smoking.test.code, "72166-2");
  EXPECT_EQ(smoking.value, "Former smoker");
  EXPECT_EQ(smoking.value_code.code, "8517006");
  EXPECT_EQ(smoking.date, "2001");
  EXPECT_EQ(smoking.end, "2009");
}

TEST(SectionsTest, TellsWhyAnObservationHasNoValue) {
  const auto record = read_section("29762-2", R"(<observation><code code="72166-2"/>
      <value xsi:type="CD" nullFlavor="NASK"/></observation>)");
  ASSERT_THAT(record.social_history, SizeIs(1));
  EXPECT_EQ(record.social_history[0].value, "");
  EXPECT_EQ(record.social_history[0].null_flavor, "NASK");
}

TEST(SectionsTest, ReadsAPlanOfEveryKindAndItsGoals) {
  const auto record = read_section("18776-5", R"(
      <encounter moodCode="INT"><code displayName="Visit"/><effectiveTime value="20250101"/></encounter>
      <substanceAdministration moodCode="RQO"><consumable><manufacturedProduct><manufacturedMaterial>
        <code code="1" displayName="Heparin"/></manufacturedMaterial></manufacturedProduct></consumable>
      </substanceAdministration>
      <supply moodCode="INT"><product><manufacturedProduct><manufacturedMaterial><code displayName="Bed"/>
        </manufacturedMaterial></manufacturedProduct></product></supply>
      <observation moodCode="GOL"><code displayName="Weight"/><value xsi:type="PQ" value="80" unit="kg"/></observation>
      <procedure moodCode="RQO" negationInd="true"><code displayName="Biopsy"/></procedure>)");
  ASSERT_THAT(record.plan, SizeIs(3));
  EXPECT_EQ(record.plan[0].kind + " " + record.plan[0].what.display + " " + record.plan[0].mood, "encounter Visit INT");
  EXPECT_EQ(record.plan[0].date, "2025-01-01");
  EXPECT_EQ(record.plan[1].kind + " " + record.plan[1].what.display, "medication Heparin");
  EXPECT_EQ(record.plan[2].kind + " " + record.plan[2].what.display, "supply Bed");
  ASSERT_THAT(record.goals, SizeIs(1));
  EXPECT_EQ(record.goals[0].value + record.goals[0].unit, "80kg");
  EXPECT_THAT(absences(record), ElementsAre("plan negated [Biopsy] "));
}

TEST(SectionsTest, ReadsCareTeamsOfHeaderAndSection) {
  const std::string performer = R"(<performer><functionCode displayName="Nurse"/><assignedEntity>
      <telecom value="tel:+1"/><assignedPerson><name><given>Ann</given><family>Lee</family></name></assignedPerson>
      <representedOrganization><name>Clinic</name></representedOrganization></assignedEntity></performer>)";
  const auto in_section = read_section("85847-2", "<organizer><component><act><statusCode code=\"active\"/>" +
                                                      performer + "</act></component></organizer>");
  ASSERT_THAT(in_section.care_team, SizeIs(1));
  EXPECT_EQ(in_section.care_team[0].status, "active");
  const auto in_header = read_document("<ClinicalDocument xmlns='urn:hl7-org:v3'><documentationOf><serviceEvent>" +
                                       performer + "</serviceEvent></documentationOf></ClinicalDocument>");
  ASSERT_THAT(in_header.care_team, SizeIs(1));
  for (const auto& member : {in_section.care_team[0], in_header.care_team[0]}) {
    EXPECT_EQ(member.name, "Ann Lee");
    EXPECT_EQ(member.role.display, "Nurse");
    EXPECT_EQ(member.organization, "Clinic");
    EXPECT_THAT(member.telecoms, ElementsAre("tel:+1"));
  }
}

TEST(SectionsTest, ReadsFunctionalStatusAloneAndInOrganizers) {
  const std::string status = R"(<observation><code displayName="Walking"/><value xsi:type="CD" displayName="Able"/>
      </observation>)";
  EXPECT_THAT(read_section("47420-5", status + "<organizer><component>" + status + "</component></organizer>")
                  .functional_status,
              SizeIs(2));
}

TEST(SectionsTest, ReadsANoteOfAnySection) {
  const auto note = R"(<act><templateId root="2.16.840.1.113883.10.20.22.4.202" extension="2016-11-01"/>
      <code code="34109-9" displayName="Note"><translation code="11506-3" displayName="Progress note"/></code>
      <text><reference value="#n"/></text><effectiveTime value="20240102"/>
      <author><assignedAuthor><assignedPerson><name>Dr Lee</name></assignedPerson></assignedAuthor></author></act>)";
  for (const auto* loinc_code : {"47519-4", "18776-5", "11506-3"}) {
    const auto record = read_section(loinc_code, note, "<paragraph ID='n'>All is well.</paragraph>");
    ASSERT_THAT(record.notes, SizeIs(1)) << loinc_code;
    EXPECT_EQ(record.notes[0].type.display, "Progress note");
    EXPECT_EQ(record.notes[0].text, "All is well.");
    EXPECT_EQ(record.notes[0].date, "2024-01-02");
    EXPECT_EQ(record.notes[0].author, "Dr Lee");
    EXPECT_THAT(record.procedures, IsEmpty());
    EXPECT_THAT(record.plan, IsEmpty());
  }
}

TEST(SectionsTest, KeepsTheNarrativeOfASectionWithoutAnEntryThatIsUnderstood) {
  const auto record = read_section("10157-6", "<observation/>",
                                   "<table><tr><th>Who</th><th>What</th></tr><tr><td>Father</td><td>Asthma</td></tr>"
                                   "</table><paragraph>No more.</paragraph>");
  ASSERT_THAT(record.sections, SizeIs(1));
  EXPECT_EQ(record.sections[0].kind, "");
  EXPECT_EQ(record.sections[0].code.code, "10157-6");
  EXPECT_EQ(record.sections[0].entry_count, 1);
  EXPECT_EQ(record.sections[0].text, "Who What\nFather Asthma\nNo more.");
}

TEST(SectionsTest, NeedsNoNarrativeWhereAnEntryIsUnderstood) {
  const auto record = read_section("11450-4", problem(R"(<value displayName="Asthma"/>)"), "Asthma");
  EXPECT_EQ(record.sections.at(0).kind, "problems");
  EXPECT_EQ(record.sections.at(0).text, "");
}

TEST(SectionsTest, NamesByItsTextWhatNoCodeSystemHas) {
  const std::string text = R"(<text><reference value="#p"/></text>)";
  const std::string narrative = R"(<paragraph ID="p">A rare ailment</paragraph>)";
  EXPECT_EQ(
      read_section("11450-4", problem(text + R"(<value nullFlavor="OTH"/>)"), narrative).problems.at(0).problem.display,
      "A rare ailment");
  // Unknown is unknown, whatever the text says; the text is kept.
  const auto unknown = read_section("11450-4", problem(text + R"(<value nullFlavor="UNK"/>)"), narrative);
  EXPECT_THAT(unknown.problems, IsEmpty());
  EXPECT_THAT(absences(unknown), ElementsAre("problems unknown [A rare ailment] UNK"));
}

TEST(SectionsTest, KeepsAGoalThatIsAValueAlone) {
  const std::string goal = R"(<observation moodCode="GOL"><code nullFlavor="UNK"/>
      <text><reference value="#g"/></text><value xsi:type="ST">To run again</value></observation>)";
  const auto named = read_section("61146-7", goal, R"(<paragraph ID="g">Goal 1</paragraph>)");
  ASSERT_THAT(named.goals, SizeIs(1));
  EXPECT_EQ(named.goals[0].test.display, "Goal 1");
  EXPECT_EQ(named.goals[0].value, "To run again");
  EXPECT_EQ(read_section("61146-7", goal).goals.at(0).test, Code{});
  // A value is a result of a test.
  const auto result = read_section("30954-2", goal);
  EXPECT_THAT(result.results, IsEmpty());
  EXPECT_THAT(absences(result), ElementsAre("results unknown [] UNK"));
}

TEST(SectionsTest, KeepsNegationsUnknownsAndNoneKnownApart) {
  const std::string negated = R"(negationInd="true")";
  const std::string penicillin = R"(<code code="70618" displayName="Penicillin"/>)";
  EXPECT_THAT(absences(read_section("48765-2", allergy(negated, R"(<code nullFlavor="NA"/>)"))),
              ElementsAre("allergies none_known [Allergy to substance] "));
  EXPECT_THAT(absences(read_section("48765-2", allergy(negated, penicillin))),
              ElementsAre("allergies negated [Penicillin] "));
  EXPECT_THAT(absences(read_section("48765-2", allergy("", R"(<code nullFlavor="UNK"/>)"))),
              ElementsAre("allergies unknown [Allergy to substance] UNK"));
  EXPECT_THAT(absences(read_section("48765-2", allergy("", penicillin))), IsEmpty());
  EXPECT_THAT(absences(read_section("11450-4", problem(R"(<value code="55607006" displayName="Problem"/>)", negated))),
              ElementsAre("problems none_known [Problem] "));
  EXPECT_THAT(absences(read_section("11450-4", problem(R"(<value code="1" displayName="Asthma"/>)", negated))),
              ElementsAre("problems negated [Asthma] "));
  EXPECT_THAT(absences(read_section("11450-4", problem(R"(<value code="160245001" displayName="None"/>)"))),
              ElementsAre("problems none_known [None] "));
}

// XML Schema 1.0 part 2, 3.2.2: "true", "1"; white space collapses.
TEST(SectionsTest, ReadsANegationAsXmlSchemaHasBooleans) {
  for (const auto* yes : {"true", "1", " true ", "\n1"})
    EXPECT_THAT(absences(read_section(
                    "11450-4", problem("<value displayName='Asthma'/>", "negationInd='" + std::string(yes) + "'"))),
                ElementsAre("problems negated [Asthma] "))
        << yes;
  for (const auto* no : {"false", "0", " false ", "", "TRUE"})
    EXPECT_THAT(
        read_section("11450-4", problem("<value displayName='Asthma'/>", "negationInd='" + std::string(no) + "'"))
            .problems,
        SizeIs(1))
        << no;
}

TEST(SectionsTest, ReadsOtherBooleansTheSameWay) {
  const auto value_of = [](const std::string& value) {
    return read_section("30954-2", "<observation><code displayName='It'/>" + value + "</observation>")
        .results.at(0)
        .observations.at(0)
        .value;
  };
  EXPECT_EQ(value_of("<value xsi:type='IVL_PQ'><high value='5' inclusive=' 0 '/></value>"), "<5");
  EXPECT_EQ(value_of("<value xsi:type='BL' value=' 1 '/>"), "true");
  EXPECT_EQ(value_of("<value xsi:type='BL' value='false'/>"), "false");
  EXPECT_EQ(read_document(document_with("", R"(<languageCommunication><languageCode code="en"/></languageCommunication>
      <languageCommunication><languageCode code="es"/><preferenceInd value=" 1 "/></languageCommunication>)"))
                .patient.language,
            "es");
}

TEST(SectionsTest, TakesForAbsentWhatANegatedConcernOrOrganizerGroups) {
  const auto negated = [](std::string entry) { return entry.replace(entry.find('>'), 1, " negationInd='true'>"); };
  const auto no_asthma = read_section("11450-4", negated(problem("<value displayName='Asthma'/>")));
  EXPECT_THAT(no_asthma.problems, IsEmpty());
  EXPECT_THAT(absences(no_asthma), ElementsAre("problems negated [Asthma] "));
  EXPECT_THAT(absences(read_section("48765-2", negated(allergy("", "<code displayName='Penicillin'/>")))),
              ElementsAre("allergies negated [Penicillin] "));
  EXPECT_THAT(absences(read_section("48765-2", negated(allergy("", "<code nullFlavor='NA'/>")))),
              ElementsAre("allergies none_known [Allergy to substance] "));
  const std::string component =
      "<component><observation><code displayName='It'/><value xsi:type='PQ' value='1'/>"
      "</observation></component>";
  for (const auto* loinc_code : {"30954-2", "8716-3"}) {
    const auto record = read_section(loinc_code, negated("<organizer>" + component + "</organizer>"));
    EXPECT_THAT(record.results, IsEmpty());
    EXPECT_THAT(record.vital_signs, IsEmpty());
    ASSERT_THAT(record.absences, SizeIs(1));
    EXPECT_EQ(record.absences[0].kind, "negated");
  }
  const auto team = read_section("85847-2", R"(<organizer negationInd="1"><component><act><performer><assignedEntity>
      <assignedPerson><name>Dr Lee</name></assignedPerson></assignedEntity></performer></act></component></organizer>)");
  EXPECT_THAT(team.care_team, IsEmpty());
  EXPECT_THAT(absences(team), ElementsAre("care_team negated [Dr Lee] "));
}

TEST(SectionsTest, TakesRefusingVaccineItselfForNone) {
  const auto refused = [](const std::string& code) {
    return read_section("11369-6", R"(<substanceAdministration negationInd="true"><consumable><manufacturedProduct>
        <manufacturedMaterial><code code=")" +
                                       code + R"(" displayName="It"/></manufacturedMaterial></manufacturedProduct>
        </consumable></substanceAdministration>)");
  };
  EXPECT_THAT(absences(refused("71181003")), ElementsAre("immunizations none_known [It] "));
  EXPECT_EQ(refused("141").immunizations.at(0).status, "refused");
}

TEST(SectionsTest, TakesNoKnownAllergyForNoneWhateverSubstanceStandsBesideIt) {
  const auto record = read_section("48765-2", R"(<observation><value code="716186003" displayName="No known allergy"/>
      <participant><participantRole><playingEntity><code code="1" displayName="Drug"/></playingEntity>
      </participantRole></participant></observation>)");
  EXPECT_THAT(record.allergies, IsEmpty());
  EXPECT_THAT(absences(record), ElementsAre("allergies none_known [No known allergy] "));
}

TEST(SectionsTest, TellsAnEmptySectionByItsNullFlavor) {
  const auto record = read_document(document_with(
      R"(<component><section nullFlavor="NI"><code code="10160-0"/><text>None recorded</text></section></component>)"));
  EXPECT_THAT(absences(record), ElementsAre("medications unknown [] NI"));
  EXPECT_EQ(record.sections.at(0).text, "None recorded");
}

TEST(SectionsTest, TellsTheLineOfEachFact) {
  const auto record =
      read_document(document_with("\n\n" + section_with("11450-4", "\n" + problem("<value code='1'/>"))));
  EXPECT_EQ(record.sections.at(0).line, 3);
  EXPECT_EQ(record.problems.at(0).line, 4);
}

TEST(SectionsTest, TellsTheLineOfTheTextThatFollowsBeyondSixteenBits) {
  const auto entry = problem("<value code='1'/>");
  const std::string far_down(70'000, '\n');
  EXPECT_EQ(read_document(document_with(far_down + section_with("11450-4", entry))).problems.at(0).line, 0);
  const auto spaced = replace_all(entry, "><", ">\n<");
  EXPECT_EQ(read_document(document_with(far_down + section_with("11450-4", "\n" + spaced))).problems.at(0).line,
            70'005);
}

TEST(SectionsTest, RefusesMoreReferencesThanItCanFollow) {
  // 64,000,000 bytes and nodes; each reference reads 16 KiB.
  const auto document = [](int count) {
    std::string entries;
    for (int i = 0; i < count; ++i)
      entries +=
          "<entry><observation><value code='1'><originalText><reference value='#n'/></originalText></value>"
          "</observation></entry>";
    return document_with("<component><section><code code='11450-4'/><text ID='n'>" + std::string(20'000, 'x') +
                         "</text>" + entries + "</section></component>");
  };
  EXPECT_TRUE(read_ccda(document(3'800)));
  const auto refused = read_ccda(document(4'000));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("the entries refer to more than 64000000 bytes of narrative"));
}

TEST(FormatTest, IsWhatTheTemplatesSay) {
  const auto format_of = [](const std::string& templates) {
    return read_document("<ClinicalDocument xmlns='urn:hl7-org:v3'>" + templates + "</ClinicalDocument>").format;
  };
  EXPECT_EQ(format_of(""), "CDA R2");
  EXPECT_EQ(format_of("<templateId root='2.16.840.1.113883.10.20.22.1.1'/>"), "C-CDA R1.1");
  EXPECT_EQ(format_of("<templateId root='2.16.840.1.113883.10.20.22.1.1'/>"
                      "<templateId root='2.16.840.1.113883.10.20.22.1.2' extension='2015-08-01'/>"),
            "C-CDA R2.1");
  EXPECT_EQ(format_of("<templateId root='2.16.840.1.113883.10.20.1'/>"), "CCD");
  EXPECT_EQ(format_of("<templateId root='2.16.840.1.113883.10.20.1'/>"
                      "<templateId root='2.16.840.1.113883.3.88.11.32.1'/>"),
            "C32");
}

}  // namespace
}  // namespace bb::records
