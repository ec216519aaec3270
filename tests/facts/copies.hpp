// copies.hpp - copies of the sample records, for tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include <bb/core/files.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/va_text.hpp>

#include "harness/facts/compare.hpp"
#include "harness/facts/read_copy.hpp"

namespace bb::facts {

inline constexpr long long asked_at = 1'732'000'000'000'000'000;

inline std::string sample_text(const std::string& stem) {
  const auto text = read_text(std::filesystem::path(BB_SOURCE_DIR) / "samples/records" / (stem + ".xml"));
  EXPECT_TRUE(text) << stem;
  return text ? *text : std::string{};
}

inline records::Record sample_record(const std::string& stem) {
  const auto record = records::read_record(sample_text(stem));
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : records::Record{};
}

inline Copy copy_from(const std::string& name, const std::string& bytes) {
  auto copy = read_copy(name, bytes, no_pdf_words);
  EXPECT_TRUE(copy) << (copy ? "" : copy.error().what);
  return copy ? *std::move(copy) : Copy{};
}

// Every difference in one line, as "different medication.dose Lisinopril: 10 mg / 20 mg".
inline std::string in_lines(const Comparison& comparison) {
  std::string out = comparison.unjudged;
  for (const auto& row : comparison.rows)
    for (const auto& d : row.differences)
      out += std::string(d.is_note ? "note " : "") + std::string(to_word(d.what)) + " " +
             std::string(to_word(row.kind)) + (d.attribute.empty() ? "" : "." + d.attribute) + " " + row.title + ": " +
             d.there + " / " + d.here + "\n";
  return out;
}

}  // namespace bb::facts
