#include "harness/facts/read_copy.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/records/pdf.hpp>
#include <bb/records/read.hpp>
#include <bb/xml/html.hpp>

namespace bb::facts {
namespace {

constexpr std::size_t head_bytes_max = 4'096;

// A page, or a fragment of one.
bool is_html(std::string_view bytes) {
  if (xml::looks_like_html(bytes)) return true;
  std::string encoding;
  const auto text = xml::html_to_utf8(bytes.substr(0, head_bytes_max), encoding);
  const auto head = to_lower(trim(text));
  for (const std::string_view begin : {"<section", "<main", "<article", "<div", "<h1", "<table"})
    if (head.starts_with(begin)) return true;
  return false;
}

Copy words_alone_copy(const std::string& name, std::string_view format, std::string words) {
  Copy copy;
  copy.name = name;
  copy.format = format;
  copy.is_words = true;
  copy.words = std::move(words);
  return copy;
}

}  // namespace

Result<std::string> no_pdf_words(std::string_view) { return Error{"the words of a PDF cannot be read here"}; }

Copy copy_of(const std::string& name, const records::Record& record) {
  Copy copy;
  copy.name = name;
  copy.format = record.format;
  copy.facts = facts_of(record);
  copy.unread = words_alone(record);
  copy.modifiers = modifiers_of(record);
  return copy;
}

Result<Copy> read_copy(const std::string& name, std::string_view bytes, const PdfWords& pdf_words,
                       records::Record* record) {
  if (records::looks_like_pdf(bytes)) {
    auto words = pdf_words(bytes);
    if (!words) return Error{fmt::format("{}: {}", name, words.error().what)};
    return words_alone_copy(name, "PDF", *std::move(words));
  }
  if (is_html(bytes)) {
    std::string encoding;
    return words_alone_copy(name, "HTML", records::html_to_text(xml::html_to_utf8(bytes, encoding), '\t'));
  }
  auto read = records::read_record(bytes);
  if (!read) return Error{fmt::format("{}: {}", name, read.error().what)};
  auto copy = copy_of(name, *read);
  if (record != nullptr) *record = *std::move(read);
  return copy;
}

}  // namespace bb::facts
