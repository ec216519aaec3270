// Our tables of codes against the code systems and concept maps that HL7 published
// with FHIR R4.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include <bb/core/json.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/read.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

class FhirCodeMapsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(published_folder() / "fhir/definitions-r4"))
      GTEST_SKIP() << "no published definitions at " << published_folder() << ": set BB_TEST_DATA";
  }

  static Value published(const std::string& file) {
    const auto text = read_text(published_folder() / "fhir/definitions-r4" / file);
    EXPECT_TRUE(text) << file;
    auto value = parse_json(text ? *text : "null");
    EXPECT_TRUE(value) << file;
    return value ? *std::move(value) : Value();
  }

  // Source codes of a concept map with what each is.
  static std::map<std::string, std::string> concept_map(const std::string& id) {
    std::map<std::string, std::string> codes;
    const auto all = published("conceptmaps.json");
    for (const auto& entry : *all["entry"].items()) {
      if (entry["resource"]["id"].string_or("") != id) continue;
      for (const auto& element : *entry["resource"]["group"][0]["element"].items())
        codes[element["code"].string_or("")] = element["target"][0]["code"].string_or("");
    }
    EXPECT_FALSE(codes.empty()) << id;
    return codes;
  }

  static void add_codes(const Value& concepts, std::set<std::string>& codes) {
    if (const auto* all = concepts.items())
      for (const auto& one : *all) {
        codes.insert(one["code"].string_or(""));
        add_codes(one["concept"], codes);
      }
  }

  static std::set<std::string> code_system(const std::string& url) {
    std::set<std::string> codes;
    const auto all = published("valuesets.json");
    for (const auto& entry : *all["entry"].items())
      if (entry["resource"]["resourceType"].string_or("") == "CodeSystem" &&
          entry["resource"]["url"].string_or("") == url)
        add_codes(entry["resource"]["concept"], codes);
    EXPECT_FALSE(codes.empty()) << url;
    return codes;
  }

  static Record read_json(const std::string& json) {
    auto record = read_record(json);
    EXPECT_TRUE(record) << (record ? "" : record.error().what);
    return record ? *std::move(record) : Record{};
  }

  static Value written(const Record& record, std::string_view type) {
    const auto bundle = parse_json(write_fhir_bundle(record));
    for (const auto& entry : *(*bundle)["entry"].items())
      if (entry["resource"]["resourceType"].string_or("") == type) return entry["resource"];
    ADD_FAILURE() << "no " << type;
    return {};
  }
};

TEST_F(FhirCodeMapsTest, ReadsWhyAValueIsAbsentAsTheConceptMapSays) {
  for (const auto& [reason, flavor] : concept_map("cm-data-absent-reason-v3")) {
    const auto record = read_json(R"({"resourceType":"Observation","status":"final","code":{"text":"a"},
      "dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":")" +
                                  reason + "\"}]}}");
    ASSERT_EQ(record.results.size(), 1u) << reason;
    EXPECT_EQ(record.results[0].observations.at(0).null_flavor, flavor) << reason;
  }
}

TEST_F(FhirCodeMapsTest, WritesWhyAValueIsAbsentAsTheConceptMapSays) {
  const auto reasons = code_system("http://terminology.hl7.org/CodeSystem/data-absent-reason");
  const auto map = concept_map("cm-data-absent-reason-v3");
  for (const auto* flavor : {"UNK", "ASKU", "NAV", "NASK", "MSK", "NA", "NINF", "PINF", "OTH", "UNC", "NI", "", "QS"}) {
    Record record;
    Observation observation;
    observation.test.display = "a";
    observation.null_flavor = flavor;
    record.results.emplace_back().observations.push_back(observation);
    const auto reason = written(record, "Observation")["dataAbsentReason"]["coding"][0]["code"].string_or("");
    EXPECT_TRUE(reasons.contains(reason)) << flavor << ": " << reason;
    // Of "other" the map knows that it may not be told; a text is the more usual.
    if (const auto known = map.find(reason); known != map.end() && reason != "unknown") {
      EXPECT_EQ(known->second, flavor) << reason;
    }
  }
}

TEST_F(FhirCodeMapsTest, ReadsTheSexOfCdaAsTheConceptMapSays) {
  for (const auto& [fhir, v3] : concept_map("cm-administrative-gender-v3")) {
    const auto record = read_ccda(
        document_with("", "<administrativeGenderCode code=\"" + v3 + "\" codeSystem=\"2.16.840.1.113883.5.1\"/>"));
    ASSERT_TRUE(record) << record.error().what;
    EXPECT_EQ(record->patient.gender, fhir) << v3;
  }
}

// The same words for a report, of which there is a map.
TEST_F(FhirCodeMapsTest, ReadsTheStatusOfAnObservationAsTheConceptMapOfDocumentsSays) {
  for (const auto& [fhir, v3] : concept_map("cm-composition-status-v3")) {
    const auto record =
        read_json(R"({"resourceType":"Observation","code":{"text":"a"},"valueString":"b","status":")" + fhir + "\"}");
    const auto expected = v3 == "nullified" ? "entered-in-error" : v3;
    EXPECT_EQ(record.results.at(0).observations.at(0).status, expected) << fhir;
  }
}

TEST_F(FhirCodeMapsTest, KeepsEveryStatusOfAPrescription) {
  for (const auto& code : code_system("http://hl7.org/fhir/CodeSystem/medicationrequest-status")) {
    const auto record =
        read_json(R"({"resourceType":"MedicationRequest","intent":"order","medicationCodeableConcept":{"text":"a"},
          "status":")" +
                  code + "\"}");
    EXPECT_EQ(written(record, "MedicationRequest")["status"].string_or(""), code);
  }
}

TEST_F(FhirCodeMapsTest, KeepsEveryStatusOfAProcedure) {
  for (const auto& code : code_system("http://hl7.org/fhir/event-status")) {
    const auto record = read_json(R"({"resourceType":"Procedure","code":{"text":"a"},"status":")" + code + "\"}");
    const auto kept = written(record, "Procedure")["status"].string_or("");
    EXPECT_EQ(kept, code);
  }
}

TEST_F(FhirCodeMapsTest, KeepsEveryKindOfAllergy) {
  for (const auto& type : code_system("http://hl7.org/fhir/allergy-intolerance-type"))
    for (const auto& category : code_system("http://hl7.org/fhir/allergy-intolerance-category")) {
      const auto record = read_json(R"({"resourceType":"AllergyIntolerance","code":{"text":"a"},"type":")" + type +
                                    R"(","category":[")" + category + "\"]}");
      EXPECT_EQ(written(record, "AllergyIntolerance")["type"].string_or(""), type) << category;
    }
}

}  // namespace
}  // namespace bb::records
