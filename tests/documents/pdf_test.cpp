// PDF: what poppler's programs and our scan of objects make of it, and of what is
// none.
#include "harness/documents/pdf.hpp"

#include <zlib.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/documents/pdf_objects.hpp"
#include "support/kind_checker.hpp"
#include "support/published_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string& summary() {
  static const auto text = *read_text(fs::path(BB_SOURCE_DIR) / "conformance/documents/pdf/examples/summary.pdf");
  return text;
}

std::string deflated(const std::string& content) {
  auto size = compressBound(content.size());
  std::string packed(size, '\0');
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(content.data()),
                     content.size()),
            Z_OK);
  return packed.substr(0, size);
}

std::string with(const std::string& part, const std::string& other) {
  auto text = summary();
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), other);
}

// A stream of objects: each its number and its text.
std::string object_stream(const std::vector<std::pair<int, std::string>>& objects, bool is_packed = true) {
  std::string pairs, bodies;
  for (const auto& [number, text] : objects) {
    pairs += std::to_string(number) + " " + std::to_string(bodies.size()) + " ";
    bodies += text + "\n";
  }
  auto content = pairs + bodies;
  if (is_packed) content = deflated(content);
  return "99 0 obj\n<< /Type /ObjStm /N " + std::to_string(objects.size()) + " /First " + std::to_string(pairs.size()) +
         (is_packed ? " /Filter /FlateDecode" : "") + " /Length " + std::to_string(content.size()) + " >>\nstream\n" +
         content + "\nendstream\nendobj\n";
}

TEST(PdfObjectsTest, TheCatalogueIsFoundByTheTrailer) {
  const auto objects = read_pdf_objects(summary());
  EXPECT_EQ(objects.version, "1.7");
  EXPECT_EQ(objects.header_at, 0u);
  EXPECT_TRUE(objects.has_end);
  EXPECT_TRUE(objects.has_catalogue);
  EXPECT_EQ(objects.language, "en-US");
  EXPECT_TRUE(objects.is_marked);
  EXPECT_TRUE(objects.has_structure);
  EXPECT_THAT(objects.active, IsEmpty());
  EXPECT_EQ(objects.unread, "");
}

TEST(PdfObjectsTest, StringsAreReadInEachForm) {
  const auto language = [](const std::string& form) {
    return read_pdf_objects(with("/Lang (en-US)", "/Lang " + form)).language;
  };
  EXPECT_EQ(language("<656E2D5553>"), "en-US");
  EXPECT_EQ(language("(e\\156\\055US)"), "en-US");
  EXPECT_EQ(language("<FEFF0065006E>"), "en");
  EXPECT_EQ(language("<FEFFD83DDE00>"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(language("(a\\(b(c)d\\))"), "a(b(c)d)");
  EXPECT_EQ(language("(\xEF\xBB\xBF\xC3\xA9)"), "\xC3\xA9");
  EXPECT_EQ(language("42 0 R"), "");
}

TEST(PdfObjectsTest, ObjectsInStreamsAreRead) {
  for (const bool is_packed : {true, false}) {
    const auto text =
        with("xref\n", object_stream({{1, "<< /Type /Catalog /Pages 2 0 R /Lang (fr) /OpenAction 40 0 R >>"},
                                      {40, "<< /S /Launch /F (calc.exe) >>"}},
                                     is_packed) +
                           "xref\n");
    const auto objects = read_pdf_objects(text);
    EXPECT_EQ(objects.language, "fr") << "the later object of a number counts";
    ASSERT_EQ(objects.active.size(), 1u);
    EXPECT_EQ(objects.active[0].kind, "Launch");
    EXPECT_EQ(objects.active[0].name, "calc.exe");
    EXPECT_EQ(objects.active[0].object, 40);
  }
}

TEST(PdfObjectsTest, WhatNothingLeadsToIsNotLookedAt) {
  const auto text = with("xref\n", "41 0 obj\n<< /S /Launch /F (old.exe) >>\nendobj\nxref\n");
  EXPECT_THAT(read_pdf_objects(text).active, IsEmpty());
}

std::string stream_object(int number, const std::string& content, const std::string& members = {}) {
  return std::to_string(number) + " 0 obj\n<< " + members + " /Length " + std::to_string(content.size()) +
         " >>\nstream\n" + content + "\nendstream\nendobj\n";
}

// The kinds and names of what a file with these in its catalogue and these objects may run,
// a "!" before those that are programs by their content.
std::vector<std::string> active_in(const std::string& in_catalogue, const std::string& objects) {
  const auto text =
      replace_all(with("/Lang (en-US)", "/Lang (en-US) " + in_catalogue), "\nxref\n", "\n" + objects + "xref\n");
  std::vector<std::string> out;
  for (const auto& active : read_pdf_objects(text).active)
    out.push_back((active.is_program ? "!" : "") + active.kind + " " + active.name);
  return out;
}

// XFA 3.3, "script"; the language is FormCalc where none is told.
TEST(PdfObjectsTest, AScriptInAFormIsOne) {
  const auto form = [](const std::string& inside) {
    return "<xdp:xdp><template><subform><event>" + inside + "</event></subform></template></xdp:xdp>";
  };
  const auto script = form(R"(<script contentType='application/x-javascript'>xfa.host.print()</script>)");
  const std::string one = "/AcroForm << /XFA 40 0 R >>";
  EXPECT_THAT(active_in(one, stream_object(40, script)), ElementsAre("JavaScript form"));
  EXPECT_THAT(active_in(one, stream_object(40, deflated(script), "/Filter /FlateDecode")),
              ElementsAre("JavaScript form"));
  EXPECT_THAT(active_in("/AcroForm << /XFA [(template) 40 0 R (data) 41 0 R] >>",
                        stream_object(40, form("")) + stream_object(41, replace_all(script, "<script", "<x:script"))),
              ElementsAre("JavaScript form"));
  EXPECT_THAT(active_in(one, stream_object(40, form("<script>1 + 1</script>"))), IsEmpty());
  EXPECT_THAT(active_in(one, stream_object(40, form("<text>script, JavaScript</text>"))), IsEmpty());
  EXPECT_THAT(active_in(one, "40 0 obj\n[40 0 R]\nendobj\n"), IsEmpty());
  const auto packed = with("/Lang (en-US)", "/Lang (en) " + one);
  EXPECT_TRUE(read_pdf_objects(
                  replace_all(packed, "\nxref\n", "\n" + stream_object(40, script, "/Filter /LZWDecode") + "xref\n"))
                  .has_hidden_form);
}

TEST(PdfObjectsTest, AnEmbeddedProgramIsKnownByItsContent) {
  const auto embedded = [](const std::string& content, const std::string& members = {}) {
    return active_in(
        "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (notes.txt) /EF << /F 40 0 R >> >>] >> >>",
        stream_object(40, content, members));
  };
  const std::string windows = "MZ\x90" + std::string(64, '\0');
  EXPECT_THAT(embedded(windows), ElementsAre("!EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded(deflated(deflated(windows)), "/Filter [/FlateDecode /FlateDecode]"),
              ElementsAre("!EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded("\x7F"
                       "ELF\2\1\1"),
              ElementsAre("!EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded("#!/bin/sh\n"), ElementsAre("!EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded("MZ: see the notes of Dr. Zed, Main Clinic, for what was said of it then"),
              ElementsAre("EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded("<ClinicalDocument/>"), ElementsAre("EmbeddedFile notes.txt"));
  EXPECT_THAT(embedded(""), ElementsAre("EmbeddedFile notes.txt"));
}

TEST(PdfObjectsTest, WhatCannotBeReadIsSaid) {
  auto stream = object_stream({{41, "<< >>"}});
  EXPECT_EQ(read_pdf_objects(with("xref\n", replace_all(stream, "/FlateDecode", "/LZWDecode") + "xref\n")).unread,
            "a stream of objects is packed in a way that is not read");
  EXPECT_EQ(read_pdf_objects(with("xref\n", replace_all(stream, "/First", "/Erste") + "xref\n")).unread,
            "a stream of objects is damaged");
}

TEST(PdfObjectsTest, ABombIsBounded) {
  const auto bomb = object_stream({{1, std::string(200'000'000, ' ')}});
  EXPECT_THAT(read_pdf_objects(with("xref\n", bomb + "xref\n")).unread, HasSubstr("unpack to more than"));
  // Many objects that are one long one.
  std::string same;
  for (int i = 100; i < 10'100; ++i) same += "/K" + std::to_string(i) + " " + std::to_string(i) + " 0 R ";
  std::string pairs;
  for (int i = 100; i < 10'100; ++i) pairs += std::to_string(i) + " 0 ";
  const auto long_one = pairs + "[" + std::string(1'000'000, '1') + "]";
  const auto text = with("/Lang (en-US)", same) + "98 0 obj\n<< /Type /ObjStm /N 10000 /First " +
                    std::to_string(pairs.size()) + " >>\nstream\n" + long_one + "\nendstream\nendobj\n";
  const auto begin = std::clock();  // of the processor: a machine may be busy
  EXPECT_THAT(read_pdf_objects(text).unread, HasSubstr("bytes to look at"));
  // A form of many parts that are one long one.
  std::string parts;
  for (int i = 0; i < 10'000; ++i) parts += "(a) 40 0 R ";
  const auto form = with("/Lang (en-US)", "/AcroForm << /XFA [" + parts + "] >>");
  EXPECT_THAT(
      read_pdf_objects(replace_all(form, "\nxref\n", "\n" + stream_object(40, std::string(10'000'000, '<')) + "xref\n"))
          .unread,
      HasSubstr("bytes to look at"));
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 20);
}

TEST(PdfObjectsTest, StreamsThatUnpackToTooMuchAreTold) {
  const auto file = [&](const std::string& members, const std::string& stream, int count = 1) {
    std::string objects;
    for (int i = 0; i < count; ++i)
      objects += std::to_string(90 + i) + " 0 obj\n<< " + members + " /Length " + std::to_string(stream.size()) +
                 " >>\nstream\n" + stream + "\nendstream\nendobj\n";
    return with("xref\n", objects + "xref\n");
  };
  EXPECT_EQ(too_much_to_unpack(summary()), "");
  const auto much = deflated(std::string(100'000'000, '0')), half = deflated(std::string(50'000'000, '0'));
  EXPECT_THAT(too_much_to_unpack(file("/Filter /FlateDecode", much)), HasSubstr("a stream of it"));
  EXPECT_THAT(too_much_to_unpack(file("/Filter [/FlateDecode /Fl]", deflated(much))), HasSubstr("a stream of it"));
  EXPECT_EQ(too_much_to_unpack(file("/Subtype /Image /Filter /FlateDecode", much)), "");
  EXPECT_EQ(too_much_to_unpack(file("/Filter /FlateDecode", half, 5)), "");
  EXPECT_THAT(too_much_to_unpack(file("/Filter /FlateDecode", half, 6)), HasSubstr("its streams"));
  const auto begin = monotonic_ns();
  auto checker = test::own_rules_checker();
  const auto report = checker.check("bomb.pdf", file("/Filter /FlateDecode", much));
  EXPECT_THAT(test::rules_in(report), ElementsAre("PDF-01"));
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 20);
}

TEST(PdfObjectsTest, AnyBytesAreReadInLinearTime) {
  std::mt19937 random(7);
  for (const char* part : {"1 0 obj<<", "1 0 obj[", "1 0 obj(", "trailer<<", "<<<<", "((((", "/#", "1 0 R ", "endobj",
                           "stream\n", "1 0 obj<</Length 5>>stream\n", " 0 obj", "%"}) {
    std::string text = "%PDF-1.4\n";
    while (text.size() < 1'000'000) text += part;
    const auto begin = monotonic_ns();
    read_pdf_objects(text);
    EXPECT_LT((monotonic_ns() - begin) / ns_per_ms, 5000) << part;
  }
  for (int i = 0; i < 50; ++i) {
    std::string text(5000, '\0');
    for (auto& c : text) c = static_cast<char>(random());
    read_pdf_objects(text);
  }
  for (std::size_t end = 0; end <= summary().size(); ++end) read_pdf_objects(summary().substr(0, end));
}

TEST(PdfTest, FactsAreThoseOfTheFile) {
  const auto pdf = read_pdf(summary());
  ASSERT_TRUE(pdf.is_open()) << pdf.missing << pdf.failure << pdf.refusal;
  EXPECT_EQ(pdf.version, "1.7");
  EXPECT_EQ(pdf.title, "Health summary of Alice Example");
  EXPECT_EQ(pdf.created, "2026-01-02T03:04:05Z");
  EXPECT_EQ(pdf.page_count, 1u);
  EXPECT_TRUE(pdf.is_tagged);
  EXPECT_FALSE(pdf.is_encrypted);
  ASSERT_EQ(pdf.pages.size(), 1u);
  EXPECT_THAT(pdf.pages[0], HasSubstr("Date of birth: 12 March 1975"));
  EXPECT_THAT(*words_of_pdf(summary()), HasSubstr("lisinopril 10 mg once daily"));
}

// The standard security handler (ISO 32000-1, 7.6.3) with an empty password for the user: every
// reader opens it, and each string is encrypted.
std::string encrypted_with(const std::string& in_catalogue, const std::string& objects = {}) {
  auto text =
      with("/Info 8 0 R",
           "/Info 8 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] /Encrypt << "
           "/Filter /Standard /V 1 /R 2 /P -3900 /O "
           "<0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20> /U "
           "<2EC59A257DAEE98B7143047423F10B8B6B01928AB65919155A68D71B0FDDA3EB> >>");
  text = replace_all(text, "/Lang (en-US)", in_catalogue);
  return replace_all(text, "xref\n", objects + "xref\n");
}

TEST(PdfTest, WhatAnEncryptedFileHidesIsNoPass) {
  const auto unjudged = [](const std::string& bytes) {
    const auto report = test::own_rules_checker().check("a.pdf", bytes);
    EXPECT_EQ(report.failure, "");
    std::set<std::string> told;
    for (const auto& one : report.unjudged)
      if (one.rule.starts_with("PDF-0")) told.insert(one.rule);
    return told;
  };
  using Rules = std::set<std::string>;
  EXPECT_EQ(unjudged(summary()), Rules{});
  EXPECT_EQ(unjudged(encrypted_with("")), Rules{});
  EXPECT_EQ(unjudged(encrypted_with("/Lang (en-US)")), Rules{"PDF-03.language"});
  EXPECT_EQ(unjudged(encrypted_with("/OpenAction << /S /URI /URI (x) >>")), Rules{"PDF-05.script"});
  EXPECT_EQ(unjudged(with("/Lang (en-US)", "/Lang (en) /OpenAction << /S /URI /URI (x) >>")), Rules{});
  EXPECT_EQ(unjudged(encrypted_with("/AcroForm << /XFA 40 0 R >>", stream_object(40, "x"))), Rules{"PDF-05.script"});
  EXPECT_EQ(unjudged(encrypted_with("/OpenAction << /S /GoToR /F (x) >>")), (Rules{"PDF-05.file", "PDF-05.launch"}));
  EXPECT_EQ(unjudged(encrypted_with("", object_stream({{40, "<< /S /Launch /F (calc.exe) >>"}}))),
            (Rules{"PDF-03.language", "PDF-05.file", "PDF-05.launch", "PDF-05.script", "PDF-05.submit"}));
}

TEST(PdfTest, ATitleForgesNothing) {
  const auto pdf = read_pdf(
      with("(Health summary of Alice Example)", "(a\nEncrypted: yes \\(print:no copy:no\\)\nPages: 9\nTagged: no)"));
  ASSERT_TRUE(pdf.is_open());
  EXPECT_EQ(pdf.page_count, 1u);
  EXPECT_TRUE(pdf.is_tagged);
  EXPECT_FALSE(pdf.is_encrypted);
}

TEST(PdfTest, AMissingProgramIsNoVerdict) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  auto checker = test::own_rules_checker();
  const auto report = checker.check("summary.pdf", summary());
  const auto words = words_of_pdf(summary());
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_THAT(report.missing, ElementsAre(HasSubstr("pdfinfo is not installed: ")));
  EXPECT_THAT(words.error().what, HasSubstr("poppler-utils"));
}

TEST(PdfTest, TooManyBytesAreRefused) {
  EXPECT_THAT(read_pdf("%PDF-1.4" + std::string(pdf_bytes_max, ' ')).refusal, HasSubstr("at most 67108864 are read"));
}

TEST(PdfTest, EachCutOfAFileIsJudged) {
  auto checker = test::own_rules_checker();
  const auto step = summary().size() / 100;
  for (std::size_t end = 8; end < summary().size() - 10; end += step) {
    const auto report = checker.check("cut.pdf", summary().substr(0, end));
    EXPECT_EQ(report.recognition.format, "pdf");
    EXPECT_EQ(report.failure, "") << end;
    EXPECT_FALSE(report.findings.empty()) << end;
  }
}

TEST(PdfTest, HostileFilesEndInAVerdict) {
  auto checker = test::own_rules_checker();
  std::string deep = with("/Lang (en-US)", "/Lang (en-US) /X ");
  const auto at = deep.find("/X ") + 3;
  deep.insert(at, std::string(100'000, '['));
  std::mt19937 random(11);
  std::string noise = "%PDF-1.4\n";
  for (int i = 0; i < 100'000; ++i) noise += static_cast<char>(random());
  const std::vector<std::pair<std::string, std::string>> files{
      {"a huge page count", with("/Count 1", "/Count 2000000000")},
      {"pages that hold themselves", with("/Kids [3 0 R]", "/Kids [2 0 R 2 0 R]")},
      {"deep nesting", deep},
      {"noise", noise},
      {"nothing but the header", "%PDF-"},
      {"a bomb", with("xref\n", object_stream({{1, std::string(50'000'000, '[')}}) + "xref\n")},
  };
  for (const auto& [name, text] : files) {
    const auto begin = monotonic_ns();
    const auto report = checker.check(name, text);
    EXPECT_LT((monotonic_ns() - begin) / ns_per_ms, 85'000) << name;
    EXPECT_EQ(report.recognition.format, "pdf") << name;
    EXPECT_FALSE(report.findings.empty() && report.failure.empty()) << name;
  }
}

TEST(PdfTest, PublishedFilesAreReadAsTheirPublishersSay) {
  // The list of the data says how many pages each has, by another program.
  std::ifstream manifest(test::published_folder() / "MANIFEST.tsv");
  if (!manifest) GTEST_SKIP() << "no published documents";
  auto checker = test::own_rules_checker();
  std::size_t count = 0, language_count = 0;
  for (std::string line; std::getline(manifest, line);) {
    const auto columns = split(line, '\t');
    if (columns.size() < 9 || columns[3] != "pdf") continue;
    const auto bytes = *read_text(test::published_folder() / columns[0]);
    const auto pdf = read_pdf(bytes);
    ASSERT_TRUE(pdf.is_open()) << columns[0] << pdf.missing << pdf.failure << pdf.refusal;
    EXPECT_THAT(line, HasSubstr("PDF, " + std::to_string(pdf.page_count) + " pages")) << columns[0];
    EXPECT_EQ(pdf.pages.size(), pdf.page_count) << columns[0];
    const auto objects = read_pdf_objects(bytes);
    EXPECT_TRUE(objects.has_catalogue) << columns[0];
    EXPECT_EQ(objects.unread, "") << columns[0];
    EXPECT_EQ(objects.is_marked, pdf.is_tagged) << columns[0];
    if (bytes.find("/Type/Catalog/Pages 2 0 R/Lang(en-US)") != std::string::npos) {
      EXPECT_EQ(objects.language, "en-US") << columns[0];
      ++language_count;
    }
    const auto report = checker.check(columns[0], bytes);
    EXPECT_EQ(report.recognition.format, "pdf");
    EXPECT_TRUE(report.failure.empty() && report.missing.empty()) << columns[0];
    // Pictures of screens; a form with a script.
    const std::set<std::string> errors = [&] {
      std::set<std::string> rules;
      for (const auto& finding : report.findings)
        if (finding.level == Level::error) rules.insert(finding.rule);
      return rules;
    }();
    if (columns[0].find("Medflow") != std::string::npos)
      EXPECT_THAT(errors, ElementsAre("PDF-02")) << columns[0];
    else
      EXPECT_THAT(errors, IsEmpty()) << columns[0];
    ++count;
  }
  EXPECT_EQ(count, 24u);
  EXPECT_GE(language_count, 4u) << "catalogues that can be read without a program";
}

}  // namespace
}  // namespace bb::documents
