// What holds of every copy of every record: the samples and, where they are,
// the published documents of vendors and authorities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include <set>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::HasSubstr;

constexpr long long request_unix_ns = 1'731'693'720'000'000'000;  // 2024-11-15T18:02:00Z
constexpr std::size_t columns_max = 80;

std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Copies {
  std::string name;
  Record record;
  std::string ccda, text, html, fhir;
};

// Made once for all tests.
const std::vector<Copies>& all_copies() {
  static const auto copies = [] {
    std::vector<Copies> all;
    for (const auto& folder : {samples_folder(), published_folder() / "ccda", published_folder() / "c32"})
      for (const auto& file : xml_files(folder)) {
        const auto text = read_text(file);
        const auto record = text ? read_ccda(*text) : Result<Record>(Error{"unreadable"});
        if (!record) continue;
        all.push_back({file.string(), *record, write_ccda(*record), write_va_text(*record, request_unix_ns),
                       html_to_text(write_html_fragment(*record)), write_fhir_bundle(*record)});
      }
    return all;
  }();
  return copies;
}

TEST(EveryCopyTest, ShowsEveryName) {
  for (const auto& copies : all_copies())
    for (const auto& fact : fact_names(copies.record)) {
      if (columns_of(fact) <= columns_max - 2) {
        EXPECT_THAT(copies.text, HasSubstr(fact)) << copies.name;
      }
      EXPECT_THAT(copies.html, HasSubstr(fact)) << copies.name;
      EXPECT_THAT(copies.fhir, HasSubstr(to_json(Value(fact)))) << copies.name;
    }
}

TEST(EveryCopyTest, KeepsTheFactsOfPublishedDocumentsAsCcda) {
  if (all_copies().size() < 25)
    GTEST_SKIP() << "no published documents at " << published_folder() << ": set BB_TEST_DATA";
  for (const auto& copies : all_copies()) {
    const auto again = read_ccda(copies.ccda);
    ASSERT_TRUE(again) << copies.name << ": " << again.error().what;
    EXPECT_EQ(fact_names(*again), fact_names(copies.record)) << copies.name;
    EXPECT_EQ(again->patient.name, copies.record.patient.name) << copies.name;
    EXPECT_EQ(again->patient.birth_date, copies.record.patient.birth_date) << copies.name;
  }
}

TEST(EveryCopyTest, SaysTheSameOnceItWasReadAsText) {
  const auto facts = [](const Record& record) {
    auto all = to_value(record);
    all.erase("sections");  // an entry that says "none known" is one the first time
    const auto value = to_json(all);
    std::string without_lines;
    for (std::size_t at = 0; at < value.size();) {
      const auto line = value.find("\"line\":", at);
      without_lines += value.substr(at, line - at);
      at = line == std::string::npos ? value.size() : value.find_first_of(",}", line);
    }
    return without_lines;
  };
  for (const auto& copies : all_copies()) {
    const auto once = read_record(copies.text);
    ASSERT_TRUE(once) << copies.name << ": " << once.error().what;
    const auto twice = read_record(write_va_text(*once, request_unix_ns));
    ASSERT_TRUE(twice) << copies.name;
    EXPECT_EQ(facts(*twice), facts(*once)) << copies.name;
    const auto cms = read_record(write_cms_text(*once, request_unix_ns));
    ASSERT_TRUE(cms) << copies.name;
    EXPECT_EQ(facts(*read_record(write_cms_text(*cms, request_unix_ns))), facts(*cms)) << copies.name;
  }
}

// The published texts too.
TEST(EveryCopyTest, SaysTheSameOfPublishedTexts) {
  const auto folder = published_folder() / "bluebutton-text";
  if (!std::filesystem::is_directory(folder))
    GTEST_SKIP() << "no published texts at " << folder << ": set BB_TEST_DATA";
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    const auto record = read_record(*read_text(entry.path()));
    ASSERT_TRUE(record) << entry.path();
    for (const auto write : {write_va_text, write_cms_text}) {
      const auto once = read_record(write(*record, request_unix_ns));
      ASSERT_TRUE(once) << entry.path();
      const auto twice = read_record(write(*once, request_unix_ns));
      ASSERT_TRUE(twice) << entry.path();
      EXPECT_EQ(write(*twice, request_unix_ns), write(*once, request_unix_ns)) << entry.path();
    }
    ++count;
  }
  EXPECT_GE(count, 12);
}

TEST(EveryCopyTest, KeepsTheFactsOfPublishedDocumentsAsFhir) {
  if (all_copies().size() < 25)
    GTEST_SKIP() << "no published documents at " << published_folder() << ": set BB_TEST_DATA";
  for (const auto& copies : all_copies()) {
    const auto again = read_record(copies.fhir);
    ASSERT_TRUE(again) << copies.name << ": " << again.error().what;
    EXPECT_EQ(fact_names(*again), fact_names(copies.record)) << copies.name;
    EXPECT_EQ(again->patient.name, copies.record.patient.name) << copies.name;
    EXPECT_EQ(again->patient.birth_date, copies.record.patient.birth_date.substr(0, 10)) << copies.name;
  }
}

TEST(EveryCopyTest, NeverExceedsEightyColumnsAsText) {
  for (const auto& copies : all_copies())
    for (const auto& line : split(replace_all(copies.text, "\r", ""), '\n'))
      EXPECT_LE(columns_of(line), columns_max) << copies.name << line;
}

// Every "reference" of a bundle and every fullUrl.
void collect(const Value& value, std::multiset<std::string>& references, std::multiset<std::string>& urls) {
  if (const auto* members = value.members())
    for (const auto& member : *members) {
      if (member.key == "reference") references.insert(member.value.string_or(""));
      if (member.key == "fullUrl") urls.insert(member.value.string_or(""));
      collect(member.value, references, urls);
    }
  if (const auto* items = value.items())
    for (const auto& item : *items) collect(item, references, urls);
}

TEST(EveryCopyTest, ResolvesEveryFhirReferenceInsideTheBundle) {
  for (const auto& copies : all_copies()) {
    const auto bundle = parse_json(copies.fhir);
    ASSERT_TRUE(bundle) << copies.name << ": " << bundle.error().what;
    std::multiset<std::string> references, urls;
    collect(*bundle, references, urls);
    for (const auto& reference : references) EXPECT_EQ(urls.count(reference), 1U) << copies.name << ": " << reference;
    for (const auto& url : urls) EXPECT_EQ(urls.count(url), 1U) << copies.name << ": " << url;
  }
}

bool has_empty(const Value& value) {
  if (const auto* text = value.string()) return text->empty();
  if (const auto* members = value.members()) {
    for (const auto& member : *members)
      if (has_empty(member.value)) return true;
    return members->empty();
  }
  if (const auto* items = value.items()) {
    for (const auto& item : *items)
      if (has_empty(item)) return true;
    return items->empty();
  }
  return value.is_null();
}

TEST(EveryCopyTest, HoldsNoEmptyFhirElement) {
  // FHIR R4, 2.6.2: "Attributes can never be empty. Either they are absent, or
  // they are present with at least one character of non-whitespace content".
  for (const auto& copies : all_copies()) {
    const auto bundle = parse_json(copies.fhir);
    ASSERT_TRUE(bundle) << copies.name;
    EXPECT_FALSE(has_empty(*bundle)) << copies.name;
  }
}

}  // namespace
}  // namespace bb::records
