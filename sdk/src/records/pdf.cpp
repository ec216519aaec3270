#include <hpdf.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/pdf.hpp>

#include "pdf_fonts.hpp"
#include "pdf_tags.hpp"
#include "tables.hpp"

namespace bb::records {
namespace {

// In points, 1/72 inch.
constexpr float page_width = 612;
constexpr float page_height = 792;
constexpr float margin = 54;
constexpr float indent = 14;  // of what is said of a fact
constexpr float text_size = 10;
constexpr float heading_size = 14;
constexpr float title_size = 18;
constexpr float line_factor = 1.35F;  // from one line to the next, in sizes
constexpr float footer_at = 32;

constexpr std::size_t text_bytes_max = 100'000;  // of a name and of what is said of it

std::vector<std::uint32_t> code_points(std::string_view utf8) {
  std::vector<std::uint32_t> all;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_continuation(c))
      all.back() = all.back() << 6U | (byte & 0x3FU);
    else
      all.push_back(byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1FU : byte < 0xF0 ? byte & 0x0FU : byte & 0x07U);
  }
  return all;
}

// A document on its way to bytes: where the next line goes, and what its fonts hold.
class Pages {
 public:
  Pages() : pdf_(HPDF_New(nullptr, nullptr), HPDF_Free) {
    if (!pdf_) throw std::bad_alloc();
    HPDF_UseUTFEncodings(pdf_.get());
    HPDF_UseCNSFonts(pdf_.get());
    HPDF_UseCNSEncodings(pdf_.get());
    HPDF_UseKRFonts(pdf_.get());
    HPDF_UseKREncodings(pdf_.get());
    HPDF_SetCompressionMode(pdf_.get(), HPDF_COMP_TEXT);
  }

  void describe(const std::string& title, const std::string& created) {
    HPDF_SetCurrentEncoder(pdf_.get(), "UTF-8");
    HPDF_SetInfoAttr(pdf_.get(), HPDF_INFO_TITLE, title.c_str());
    // A time without an offset stays without one.
    HPDF_Date date{0, 1, 1, 0, 0, 0, ' ', 0, 0};
    const auto parts = std::sscanf(created.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &date.year, &date.month, &date.day,
                                   &date.hour, &date.minutes, &date.seconds);
    const auto offset = created.find_first_of("+-Z", std::min(created.find('T'), created.size()));
    if (offset != std::string::npos) date.ind = created[offset];
    if (offset != std::string::npos && date.ind != 'Z')
      std::sscanf(created.c_str() + offset + 1, "%2d:%2d", &date.off_hour, &date.off_minutes);
    if (parts >= 1) HPDF_SetInfoDateAttr(pdf_.get(), HPDF_INFO_CREATION_DATE, date);
    // libhpdf has no function for it; the words around the facts are English.
    HPDF_Dict_Add(pdf_->catalog, "Lang", HPDF_String_New(pdf_->mmgr, "en", nullptr));
  }

  // A title or heading; the next lines stand on the same page.
  void add_heading(std::string_view text, float size) {
    const auto lines = wrapped(text, Weight::bold, size, page_width - 2 * margin);
    need(static_cast<float>(lines.size() + 3) * size * line_factor + size / 2);
    at_ -= size / 2;
    tags_.open(size == title_size ? "H1" : size == heading_size ? "H2" : "H3");
    draw(lines, margin, size);
  }

  // What belongs together stays on one page, as long as one page holds it.
  void add_row(std::string_view name, std::string_view details) {
    const auto head = wrapped(name, Weight::bold, text_size, page_width - 2 * margin);
    const auto rest = wrapped(details, Weight::regular, text_size, page_width - 2 * margin - indent);
    need(static_cast<float>(head.size() + rest.size()) * text_size * line_factor);
    tags_.open("P");
    draw(head, margin, text_size);
    draw(rest, margin + indent, text_size);
  }

  void add_line(std::string_view text) {
    const auto lines = wrapped(text, Weight::regular, text_size, page_width - 2 * margin);
    need(static_cast<float>(lines.size()) * text_size * line_factor);
    tags_.open("P");
    draw(lines, margin, text_size);
  }

  bool is_cut() const { return is_cut_; }
  bool has_unwritten() const { return fonts_.has_unwritten(); }

  std::string bytes(const std::string& patient) {
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      page_ = pages_[i];
      at_ = footer_at + text_size;
      const bool is_last = i + 1 == pages_.size();
      const auto footer = fmt::format("{}, page {} of {}{}", shorten(patient, 60), i + 1, pages_.size(),
                                      is_cut_ && is_last ? "; the record goes on, this PDF does not" : "");
      tags_.begin_artifact(page_);
      draw_line(wrapped(footer, Weight::regular, text_size, page_width).front(), margin, text_size);
      tags_.end(page_);
    }
    tags_.finish();
    HPDF_SaveToStream(pdf_.get());
    std::string out(HPDF_GetStreamSize(pdf_.get()), '\0');
    auto size = static_cast<HPDF_UINT32>(out.size());
    HPDF_ResetStream(pdf_.get());
    HPDF_ReadFromStream(pdf_.get(), reinterpret_cast<HPDF_BYTE*>(out.data()), &size);
    // Nothing but memory can fail here: no file is read, and every name is one of libhpdf's own.
    if (HPDF_GetError(pdf_.get()) != HPDF_OK || size != out.size() || out.empty()) throw std::bad_alloc();
    return out;
  }

 private:
  using Line = std::vector<Glyph>;

  // Broken at blanks, a word that no line holds between any two characters.
  std::vector<Line> wrapped(std::string_view text, Weight weight, float size, float width) {
    Line all;
    for (const auto character : code_points(shorten(collapse_whitespace(to_utf8_lossy(text)), text_bytes_max)))
      all.push_back(fonts_.glyph_of(character, weight, size));
    std::vector<Line> lines;
    std::size_t begin = 0, blank = 0;  // of the line
    float used = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].is_blank) blank = i;
      used += all[i].width;
      if (used <= width || all[i].is_blank || i == begin) continue;
      const auto end = blank > begin ? blank : i;
      lines.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin),
                         all.begin() + static_cast<std::ptrdiff_t>(end));
      begin = blank > begin ? end + 1 : end;
      used = 0;
      for (auto k = begin; k <= i; ++k) used += all[k].width;
    }
    if (begin < all.size()) lines.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin), all.end());
    return lines;
  }

  void need(float height) {
    if (page_ == nullptr || (at_ - height < margin && at_ < page_height - margin)) add_page();
  }

  void add_page() {
    is_cut_ = pages_.size() >= pdf_pages_max;
    if (is_cut_) return;
    page_ = HPDF_AddPage(pdf_.get());
    HPDF_Page_SetWidth(page_, page_width);
    HPDF_Page_SetHeight(page_, page_height);
    pages_.push_back(page_);
    at_ = page_height - margin;
  }

  void draw(const std::vector<Line>& lines, float x, float size) {
    HPDF_Page marked = nullptr;
    const auto end = [&] {
      if (marked != nullptr) tags_.end(marked);
    };
    for (const auto& line : lines) {
      if (at_ - size * line_factor < margin) add_page();
      if (is_cut_) break;
      if (marked != page_) {
        end();
        tags_.begin(page_);
        marked = page_;
      }
      draw_line(line, x, size);
    }
    end();
  }

  void draw_line(const Line& line, float x, float size) {
    at_ -= size * line_factor;
    HPDF_Page_BeginText(page_);
    HPDF_Page_MoveTextPos(page_, x, at_);
    for (std::size_t i = 0; i < line.size();) {
      const auto font = line[i].font;
      std::string run;
      for (; i < line.size() && line[i].font == font; ++i) run += line[i].bytes;
      HPDF_Page_SetFontAndSize(page_, font, size);
      HPDF_Page_ShowText(page_, run.c_str());
    }
    HPDF_Page_EndText(page_);
  }

  std::unique_ptr<_HPDF_Doc_Rec, decltype(&HPDF_Free)> pdf_;
  std::vector<HPDF_Page> pages_;
  HPDF_Page page_ = nullptr;
  float at_ = 0;  // the lower end of the last line
  PdfFonts fonts_{pdf_.get()};
  PdfTags tags_{pdf_.get()};
  bool is_cut_ = false;  // the last page is full
};

void add_table(Pages& pages, const Table& table) {
  const auto columns = used_columns(table);
  for (const auto& row : table.rows) {
    if (pages.is_cut()) return;
    std::vector<std::string> details;
    for (const auto c : columns)
      if (c != 0) details.push_back(table.columns[c] + ": " + (row[c].empty() ? std::string(not_stated) : row[c]));
    pages.add_row(row[0], join(details, "; "));
  }
}

}  // namespace

std::string write_pdf(const Record& record) {
  Pages pages;
  const auto patient = record.patient.name.full();
  const auto title = record.document_title.empty() ? "Health record" : record.document_title;
  const bool is_named = patient.empty() || title.find(patient) != std::string::npos;
  pages.describe(collapse_whitespace(to_utf8_lossy(is_named ? title : title + " of " + patient)), record.created);
  pages.add_heading(title, title_size);
  pages.add_heading("Patient", heading_size);
  if (const auto note = several_patients_note(record); !note.empty()) pages.add_line(note);
  for (const auto& [label, text] : patient_texts(record.patient)) pages.add_line(label + ": " + text);
  for (const auto& other : record.other_patients)
    for (const auto& [label, text] : patient_texts(other)) pages.add_line(label + ": " + text);
  pages.add_heading("About this record", heading_size);
  for (const auto& [label, text] : document_texts(record)) pages.add_line(label + ": " + text);
  for (const auto& section : table_sections(record)) {
    pages.add_heading(section.heading, heading_size);
    for (const auto& statement : section.statements) pages.add_line(statement);
    if (section.tables.empty() && section.statements.empty()) pages.add_line(nothing_said);
    for (const auto& table : section.tables) {
      if (table.title != section.heading) pages.add_heading(table.title, text_size);
      add_table(pages, table);
    }
  }
  if (pages.has_unwritten()) pages.add_line("Characters that this PDF cannot show stand as ?.");
  return pages.bytes(patient);
}

}  // namespace bb::records
