// test_data.hpp - where the sample documents are.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/records/ccda.hpp>

#include "support/published_folder.hpp"

namespace bb::records {

inline std::filesystem::path samples_folder() { return std::filesystem::path(BB_SOURCE_DIR) / "samples/records"; }

using test::published_folder;

inline std::vector<std::filesystem::path> xml_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && to_lower(entry.path().extension().string()) == ".xml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

inline Record read_sample(const std::string& stem) {
  const auto text = read_text(samples_folder() / (stem + ".xml"));
  EXPECT_TRUE(text) << stem;
  auto record = read_ccda(text ? *text : std::string{});
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

// A document around sections, for tests of one thing.
inline std::string document_with(const std::string& sections, const std::string& patient = {}) {
  return R"(<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)"
         "<recordTarget><patientRole><patient>" +
         patient + "</patient></patientRole></recordTarget><component><structuredBody>" + sections +
         "</structuredBody></component></ClinicalDocument>";
}

// A section with one entry, recognised by its LOINC code.
inline std::string section_with(const std::string& loinc_code, const std::string& entry,
                                const std::string& narrative = {}) {
  return "<component><section><code code=\"" + loinc_code + "\" codeSystem=\"2.16.840.1.113883.6.1\"/><text>" +
         narrative + "</text><entry>" + entry + "</entry></section></component>";
}

inline Record read_document(const std::string& xml) {
  auto record = read_ccda(xml);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

}  // namespace bb::records
