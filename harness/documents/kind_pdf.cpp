#include "harness/documents/kind_pdf.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/line_counter.hpp>

#include "harness/documents/named_checks.hpp"
#include "harness/documents/pdf.hpp"
#include "harness/documents/pdf_objects.hpp"

namespace bb::documents {
namespace {

constexpr std::size_t shown_lines_max = 200;

const char* yes(bool is_it) { return is_it ? "yes" : "no"; }

// What a system runs when it is opened, by the end of a file's name.
bool is_program(std::string_view name) {
  const auto lower = to_lower(trim(name));
  constexpr std::array<std::string_view, 18> endings{".exe", ".com", ".bat", ".cmd", ".scr", ".msi",
                                                     ".js",  ".jse", ".vbs", ".vbe", ".wsf", ".ps1",
                                                     ".sh",  ".jar", ".app", ".lnk", ".hta", ".dll"};
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return lower.ends_with(ending); });
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for (const auto& word : split(collapse_whitespace(text), ' ')) count += word.empty() ? 0u : 1u;
  return count;
}

void add_pages(const Pdf& pdf, ViewBuilder& view) {
  for (std::size_t i = 0; i < pdf.pages.size(); ++i) {
    view.open("page", {0, 0}, fmt::format("page {}", i + 1));
    view.set("number", std::to_string(i + 1));
    view.set("words", std::to_string(count_words(pdf.pages[i])));
    std::size_t line_count = 0;
    if (i == 0)
      for (const auto& line : split(pdf.pages[i], '\n')) {
        const auto text = collapse_whitespace(line);
        if (text.empty() || ++line_count > shown_lines_max) continue;
        view.open("line", {0, 0});
        view.text(text);
        view.close();
      }
    view.close();
  }
}

// What the rules cannot know of a file that is not read whole, or whose strings are encrypted.
void say_what_is_not_seen(const PdfObjects& objects, Look& look) {
  if (!objects.unread.empty()) {
    for (const auto* rule : {"PDF-03.language", "PDF-05.launch", "PDF-05.submit", "PDF-05.file"})
      look.unjudged.push_back({rule, objects.unread});
    look.unjudged.push_back({"PDF-05.script", objects.unread + "; scripts were looked for by pdfinfo alone"});
    return;
  }
  if (objects.has_language && objects.language.empty())
    look.unjudged.push_back({"PDF-03.language", "the strings of the file are encrypted"});
  if (objects.has_hidden_link)
    look.unjudged.push_back({"PDF-05.script", "the addresses of links are encrypted: one may run a script"});
  if (objects.has_hidden_name)
    for (const auto* rule : {"PDF-05.launch", "PDF-05.file"})
      look.unjudged.push_back({rule, "the names of files are encrypted: one may be a program"});
  if (objects.has_hidden_file)
    look.unjudged.push_back({"PDF-05.file", "an embedded file is encrypted or packed in a way that is not read"});
  if (objects.has_hidden_form)
    look.unjudged.push_back(
        {"PDF-05.script",
         "a form (XFA) is encrypted, too long or packed in a way that is not read: it may hold a script"});
}

}  // namespace

Look look_at_pdf(std::string_view bytes, Rules&) {
  Look look;
  const auto pdf = read_pdf(bytes);
  if (!pdf.missing.empty()) look.missing.push_back(pdf.missing);
  look.failure = pdf.failure;
  if (!pdf.missing.empty() || !pdf.failure.empty()) return look;
  const auto objects = read_pdf_objects(bytes.substr(0, pdf_bytes_max));

  ViewBuilder view("pdf", {0, 0});
  view.set("opens", yes(pdf.refusal.empty()));
  view.set("needs-password", yes(pdf.needs_password));
  view.set("problem", pdf.refusal);
  view.set("header-at", std::to_string(objects.header_at));
  view.set("has-end", yes(objects.has_end));
  view.set("encrypted", yes(pdf.is_encrypted || objects.is_encrypted));
  if (pdf.refusal.empty()) {
    view.set("version", pdf.version);
    view.set("pages", std::to_string(pdf.page_count));
    view.set("title", collapse_whitespace(pdf.title));
    view.set("created", pdf.created);
    view.set("tagged", yes(pdf.is_tagged));
    view.set("structured", yes(objects.has_structure));
    view.set("print", yes(pdf.can_print));
    view.set("copy", yes(pdf.can_copy));
    view.set("javascript", yes(pdf.has_javascript));
    std::size_t words = 0;
    for (const auto& page : pdf.pages) words += count_words(page);
    view.set("words", std::to_string(words));
    say_what_is_not_seen(objects, look);
    if (objects.unread.empty() && !(objects.has_language && objects.language.empty()))
      view.set("language", objects.language);
    if (pdf.page_count > pdf.pages.size())
      look.unjudged.push_back(
          {"PDF-02.page", fmt::format("of {} pages the first {} were looked at", pdf.page_count, pdf.pages.size())});
    xml::LineCounter lines(bytes);
    for (const auto& active : objects.active) {
      view.open("active", lines.at(active.at), fmt::format("object {}", active.object));
      view.set("kind", active.kind);
      view.set("name", active.name);
      view.set("program", yes(is_program(active.name) || active.is_program));
      view.set("by-content", yes(active.is_program));
      view.set("elsewhere", yes(is_elsewhere(active.name)));
      view.close();
    }
    add_pages(pdf, view);
  }
  look.view = std::move(view).take();
  return look;
}

}  // namespace bb::documents
