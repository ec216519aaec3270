// The types as they are described, and the requirements of the protocol.
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "harness/suite/reader.hpp"
#include "support/published_folder.hpp"

namespace bb::healthvault {
namespace {

using Handling = ThingType::Handling;
using testing::IsEmpty;

TEST(ThingTypesTest, HaveTheIdsOfThePublishedTable) {
  // HV-TYPE-01: requirements, section 15.
  struct Row {
    std::string_view id, element;
    Handling handling;
  };
  const Row rows[]{
      {"9c48a2b8-952c-4f5a-935d-f3292326bf54", "ClinicalDocument", Handling::document},
      {"1e1ccbfc-a55d-4d91-8940-fa2fbf73c195", "ContinuityOfCareRecord", Handling::document},
      {"1ed1cba6-9530-44a3-b7b5-e8219690ebcf", "ClinicalDocument", Handling::document},
      {"bd0403c5-4ae2-4b0e-a8db-1888678e4528", "file", Handling::read},
      {"72dc49e1-1486-4634-b651-ef560ed051e5", "message", Handling::read},
      {"c9287326-bb43-4194-858c-8b60768f000f", "", Handling::carried},
      {"3d34d87e-7fc1-4153-800f-f56592cb0d17", "weight", Handling::facts},
      {"40750a6a-89b2-455c-bd8d-b420a4cb500b", "height", Handling::facts},
      {"ca3c57f4-f4c1-4e15-be67-0a3caf5414ed", "blood-pressure", Handling::facts},
      {"879e7c04-4e8a-4707-9ad3-b054df467ce4", "blood-glucose", Handling::facts},
      {"b81eb4a6-6eac-4292-ae93-3872d6870994", "heart-rate", Handling::facts},
      {"73822612-c15f-4b49-9e65-6af369e55c65", "vital-signs", Handling::facts},
      {"30cafccc-047d-4288-94ef-643571f7919d", "medication", Handling::facts},
      {"5c5f1223-f63c-4464-870c-3e36ba471def", "medication", Handling::facts},
      {"52bf9104-2c5e-4f1f-a66d-552ebcc53df7", "allergy", Handling::facts},
      {"cd3587b5-b6e1-4565-ab3b-1c3ad45eb04f", "immunization", Handling::facts},
      {"7ea7a1f9-880b-4bd4-b593-f5660f20eda8", "condition", Handling::facts},
      {"df4db479-a1ba-42a2-8714-2b083b88150f", "procedure", Handling::facts},
      {"5800eab5-a8c2-482a-a4d6-f1db25ae08c3", "lab-test-results", Handling::facts},
      {"464083cc-13de-4f3e-a189-da8e47d5651b", "encounter", Handling::facts},
      {"02ef57a2-a620-425a-8e92-a301542cca54", "discharge-summary", Handling::facts},
      {"4b18aeb6-5f01-444c-8c70-dbf13a2f510b", "appointment", Handling::facts},
      {"3b3e6b16-eb69-483c-8d7e-dfe116ae6092", "basic", Handling::facts},
      {"92ba621e-66b3-4a01-bd73-74844aed4f5b", "personal", Handling::facts},
      {"162dd12d-9859-4a66-b75f-96760d67072b", "contact", Handling::facts},
      {"356fbba9-e0c9-4f4f-b0d9-4594f2490d2f", "explanation-of-benefits", Handling::read},
      {"9366440c-ec81-4b89-b231-308a4c4d70ed", "payer", Handling::facts},
      {"cdfc0a9b-6d3b-4d16-afa8-02b86d621a8d", "medical-image-study", Handling::read},
      {"7ea47715-cba4-47f0-99d2-eb0a9fb4a85c", "healthcare-proxy", Handling::read},
      {"822a5e5a-14f1-4d06-b92f-8f3f1b05218f", "directive", Handling::facts},
      {"4a04fcc8-19c1-4d59-a8c7-2031a03f21de", "family-history", Handling::facts},
  };
  for (const auto& row : rows) {
    const auto* type = find_thing_type(row.id);
    ASSERT_NE(type, nullptr) << row.id;
    EXPECT_EQ(type->element, row.element) << row.id;
    EXPECT_EQ(type->handling, row.handling) << row.id;
  }
}

TEST(ThingTypesTest, AreFoundWhateverTheCaseOfTheId) {
  EXPECT_EQ(find_thing_type("3D34D87E-7FC1-4153-800F-F56592CB0D17"),
            find_thing_type("3d34d87e-7fc1-4153-800f-f56592cb0d17"));
  EXPECT_EQ(find_thing_type("3d34d87e-7fc1-4153-800f-f56592cb0d18"), nullptr);
  EXPECT_TRUE(find_thing_type("1ed1cba6-9530-44a3-b7b5-e8219690ebcf")->is_immutable);
}

TEST(ThingTypesTest, AreAllOfThePublishedOnesEachOnce) {
  const auto folder = test::published_folder() / "healthvault/xsd";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "SKIPPED: no published schemas at " << folder;
  std::set<std::string> published;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("method-") || name.starts_with("response-")) continue;
    const auto text = read_text(entry.path());
    ASSERT_TRUE(text);
    const auto at = text->find("<type-id>");
    if (at == std::string::npos) continue;
    const auto id = to_lower(trim(text->substr(at + 9, text->find("</type-id>", at) - at - 9)));
    published.insert(id);
    EXPECT_NE(find_thing_type(id), nullptr) << name << " " << id;
  }
  EXPECT_GT(published.size(), 90u);
  std::set<std::string> ours;
  for (const auto& type : thing_types()) EXPECT_TRUE(ours.insert(type.id).second) << "twice: " << type.id;
}

TEST(RequirementsTest, HaveARowForEachOfTheProtocol) {
  const auto loaded =
      suite::read_catalogue(std::filesystem::path(BB_SOURCE_DIR) / "conformance/requirements/healthvault.yaml");
  EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
  ASSERT_TRUE(loaded.value);
  ASSERT_EQ(loaded.value->requirements.size(), 124u);
  for (const auto& one : loaded.value->requirements) {
    EXPECT_TRUE(one.id.starts_with("HV-")) << one.id;
    EXPECT_EQ(one.status, "historic") << one.id;
  }
}

}  // namespace
}  // namespace bb::healthvault
