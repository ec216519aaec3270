// A PDF that write_pdf() made, as poppler reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/records/pdf.hpp>

#include "facts/copies.hpp"
#include "harness/documents/pdf.hpp"
#include "harness/documents/pdf_objects.hpp"
#include "support/kind_checker.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

using facts::sample_record;
using facts::sample_text;
using testing::HasSubstr;

// With the facts that a record needs to be one.
records::Record record_of(const std::string& given, const std::string& family) {
  records::Record record;
  record.patient.name.given = {given};
  record.patient.name.family = family;
  record.patient.birth_date = "1971-03-02";
  record.document_title = "Summary";
  record.created = "2026-01-02T03:04+01:00";
  return record;
}

class PdfSampleTest : public testing::TestWithParam<const char*> {};

TEST_P(PdfSampleTest, StatesTheFactsOfTheCcda) {
  auto pdf = facts::read_copy("b", records::write_pdf(sample_record(GetParam())), words_of_pdf);
  ASSERT_TRUE(pdf) << pdf.error().what;
  const auto comparison = facts::compare({facts::copy_from("a", sample_text(GetParam())), *std::move(pdf)}, "all",
                                         facts::Tables::built_in());
  EXPECT_TRUE(comparison.agrees());
  EXPECT_EQ(facts::in_lines(comparison), "");
  EXPECT_GT(comparison.rows.size(), 1u);
}

TEST_P(PdfSampleTest, CheckFindsNothing) {
  auto checker = test::own_rules_checker();
  const auto report = checker.check("record.pdf", records::write_pdf(sample_record(GetParam())));
  EXPECT_TRUE(report.missing.empty());
  EXPECT_THAT(test::rules_in(report), testing::IsEmpty());
}

TEST_P(PdfSampleTest, TheSameRecordGivesTheSameBytes) {
  const auto record = sample_record(GetParam());
  EXPECT_EQ(records::write_pdf(record), records::write_pdf(record));
}

INSTANTIATE_TEST_SUITE_P(All, PdfSampleTest, testing::Values("alice", "bruno", "dmitri", "zoe"),
                         [](const auto& one) { return std::string(one.param); });

TEST(PdfWriterTest, AFactThatIsNotInThePdfIsFound) {
  auto record = sample_record("alice");
  ASSERT_FALSE(record.allergies.empty());
  record.allergies.erase(record.allergies.begin());
  auto pdf = facts::read_copy("b", records::write_pdf(record), words_of_pdf);
  ASSERT_TRUE(pdf);
  EXPECT_FALSE(
      facts::compare({facts::copy_from("a", sample_text("alice")), *std::move(pdf)}, "all", facts::Tables::built_in())
          .agrees());
}

TEST(PdfWriterTest, TitleDatePatientAndPageNumbersStandInIt) {
  const auto bytes = records::write_pdf(record_of("Zoë", "Łukasz"));
  const auto pdf = read_pdf(bytes);
  ASSERT_TRUE(pdf.is_open()) << pdf.missing << pdf.failure << pdf.refusal;
  EXPECT_EQ(pdf.title, "Summary of Zoë Łukasz");
  EXPECT_EQ(read_pdf_objects(bytes).language, "en");
  EXPECT_EQ(pdf.created, "2026-01-02T03:04:00+01");
  ASSERT_EQ(pdf.pages.size(), 1u);
  EXPECT_THAT(pdf.pages[0], HasSubstr("Name: Zoë Łukasz\nDate of birth: 02 Mar 1971\n"));
  EXPECT_THAT(pdf.pages[0], HasSubstr("Zoë Łukasz, page 1 of 1"));
}

// The structure and its words, as poppler's pdfinfo tells them.
std::string structure_of(const std::string& bytes) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "a.pdf";
  EXPECT_TRUE(write_text(file, bytes));
  const auto told = run_command({"/usr/bin/pdfinfo", {"-struct-text", file.string()}, {}, false}, 20'000);
  EXPECT_TRUE(told && told->status == 0 && told->err.empty()) << (told ? told->err : told.error().what);
  return told ? collapse_whitespace(told->out) : "";
}

TEST(PdfWriterTest, TheStructureSaysWhatIsAHeadingAndWhatAParagraph) {
  if (!std::filesystem::exists("/usr/bin/pdfinfo")) GTEST_SKIP() << "no pdfinfo: install poppler-utils";
  const auto record = record_of("Alice", "Example");
  const auto bytes = records::write_pdf(record);
  const auto told = structure_of(bytes);
  EXPECT_THAT(
      told,
      HasSubstr("Document Sect H1 (block) \"Summary\" Sect H2 (block) \"Patient\" P (block) \"Name: Alice Example\" "
                "P (block) \"Date of birth: 02 Mar 1971\""));
  // A page number is of the page, not of the record.
  EXPECT_THAT(told, testing::Not(HasSubstr("page 1 of 1")));
  EXPECT_THAT(read_pdf(bytes).pages.at(0), HasSubstr("page 1 of 1"));
}

TEST(PdfWriterTest, AnElementGoesOnOnTheNextPage) {
  if (!std::filesystem::exists("/usr/bin/pdfinfo")) GTEST_SKIP() << "no pdfinfo: install poppler-utils";
  auto record = record_of("Alice", "Example");
  records::Problem problem;
  for (int i = 0; i < 2000; ++i) problem.problem.display += "word" + std::to_string(i) + " ";
  record.problems.push_back(problem);
  const auto bytes = records::write_pdf(record);
  EXPECT_GE(read_pdf(bytes).page_count, 2u);
  const auto told = structure_of(bytes);
  const auto begin = told.find("word0 "), end = told.find("word1999");
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(told.substr(begin, end - begin).find("(block)"), std::string::npos) << "one paragraph";
}

TEST(PdfWriterTest, NamesOfManyScriptsCanBeRead) {
  for (const auto* name : {"Дмитрий", "Їжакевич", "Ελένη", "佐藤", "翁", "김민준", "Ağaoğlu", "Đorđe", "Jānis"}) {
    const auto words = words_of_pdf(records::write_pdf(record_of(name, "Example")));
    ASSERT_TRUE(words) << words.error().what;
    EXPECT_THAT(*words, HasSubstr("Name: " + std::string(name) + " Example"));
    EXPECT_THAT(*words, testing::Not(HasSubstr("cannot show")));
  }
}

TEST(PdfWriterTest, WhatCannotBeShownIsSaid) {
  const auto words = words_of_pdf(records::write_pdf(record_of("\xd7\x93\xd7\x95\xd7\x93", "Levi")));
  ASSERT_TRUE(words);
  EXPECT_THAT(*words, HasSubstr("Name: ??? Levi"));
  EXPECT_THAT(*words, HasSubstr("Characters that this PDF cannot show stand as ?."));
}

TEST(PdfWriterTest, BytesThatAreNoTextDoNoHarm) {
  const auto words = words_of_pdf(records::write_pdf(record_of(std::string("a\0\xff(\\\x01", 6), "b)")));
  ASSERT_TRUE(words) << words.error().what;
  EXPECT_THAT(*words, HasSubstr("Date of birth: 02 Mar 1971"));
}

TEST(PdfWriterTest, ALongRecordIsCutAndSaysSo) {
  auto record = record_of("Alice", "Example");
  records::Problem problem;
  problem.problem.display = std::string(200'000, 'x') + " last";
  record.problems.assign(60, problem);
  const auto pdf = read_pdf(records::write_pdf(record));
  ASSERT_TRUE(pdf.is_open()) << pdf.missing << pdf.failure << pdf.refusal;
  EXPECT_EQ(pdf.page_count, records::pdf_pages_max);
  EXPECT_THAT(pdf.pages.back(), HasSubstr("page 1000 of 1000; the record goes on, this PDF does not"));
}

TEST(PdfWriterTest, AnEmptyRecordIsAPdf) {
  const auto pdf = read_pdf(records::write_pdf({}));
  ASSERT_TRUE(pdf.is_open()) << pdf.missing << pdf.failure << pdf.refusal;
  EXPECT_EQ(pdf.title, "Health record");
  EXPECT_EQ(pdf.created, "");
  EXPECT_THAT(pdf.pages[0], HasSubstr("The record says nothing about this."));
}

}  // namespace
}  // namespace bb::documents
