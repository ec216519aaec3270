#include "pdf_fonts.hpp"

#include <utility>

namespace bb::records {
namespace {

// Fonts that every reader has to have or to replace (PDF 32000-1:2008, 9.6.2.2 and
// 9.7.5.2), none embedded; a character takes the first whose encoding has it. libhpdf knows no
// widths of Cyrillic and Greek, so these stand in a font whose widths are all the same.
struct Face {
  const char* regular;
  const char* bold;
  const char* encoding;
  bool has_two_bytes;  // in a character beyond ASCII
};
constexpr std::array<Face, PdfFonts::face_count> faces{{{"Helvetica", "Helvetica-Bold", "WinAnsiEncoding", false},
                                                        {"Helvetica", "Helvetica-Bold", "CP1250", false},
                                                        {"Helvetica", "Helvetica-Bold", "CP1254", false},
                                                        {"Helvetica", "Helvetica-Bold", "CP1257", false},
                                                        {"Courier", "Courier-Bold", "CP1251", false},
                                                        {"Courier", "Courier-Bold", "CP1253", false},
                                                        {"SimSun", "SimSun,Bold", "GBK-EUC-H", true},
                                                        {"Batang", "Batang,Bold", "KSCms-UHC-H", true}}};
constexpr HPDF_UNICODE no_character = 0x25A1;  // what libhpdf gives for a code without one

}  // namespace

const PdfFonts::Codes& PdfFonts::codes_of(std::size_t face) {
  auto& codes = codes_[face];
  if (!codes.empty()) return codes;
  auto* const encoder = HPDF_GetEncoder(pdf_, faces[face].encoding);
  const auto add = [&](HPDF_UINT16 code, std::string bytes) {
    const auto unicode = HPDF_Encoder_GetUnicode(encoder, code);
    if (unicode >= 0x20 && unicode != no_character) codes.try_emplace(unicode, std::move(bytes));
  };
  if (!faces[face].has_two_bytes) {
    for (unsigned code = 0x20; code <= 0xFF; ++code)
      add(static_cast<HPDF_UINT16>(code), std::string(1, static_cast<char>(code)));
  } else {
    for (unsigned lead = 0x81; lead <= 0xFE; ++lead)
      for (unsigned trail = 0x40; trail <= 0xFE; ++trail)
        add(static_cast<HPDF_UINT16>(lead << 8U | trail), {static_cast<char>(lead), static_cast<char>(trail)});
  }
  return codes;
}

Glyph PdfFonts::glyph_of(std::uint32_t character, Weight weight, float size) {
  for (std::size_t face = 0; face < faces.size(); ++face) {
    const auto& codes = codes_of(face);
    const auto code = codes.find(character);
    if (code == codes.end()) continue;
    const auto* const name = weight == Weight::bold ? faces[face].bold : faces[face].regular;
    auto* const font = HPDF_GetFont(pdf_, name, faces[face].encoding);
    const auto width = HPDF_Font_TextWidth(font, reinterpret_cast<const HPDF_BYTE*>(code->second.data()),
                                           static_cast<HPDF_UINT>(code->second.size()));
    return {font, code->second, static_cast<float>(width.width) * size / 1000, character == ' '};
  }
  has_unwritten_ = true;
  return glyph_of('?', weight, size);
}

}  // namespace bb::records
