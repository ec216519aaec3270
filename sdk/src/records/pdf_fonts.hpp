// pdf_fonts.hpp - the fonts of a PDF, and the one that has a character.
#pragma once

#include <hpdf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace bb::records {

enum class Weight { regular, bold };

struct Glyph {
  HPDF_Font font;
  std::string bytes;  // in the encoding of the font
  float width;        // in points
  bool is_blank;
};

class PdfFonts {
 public:
  // A document whose encodings of Chinese and Korean are in use, and which outlives this.
  explicit PdfFonts(HPDF_Doc pdf) : pdf_(pdf) {}

  // '?' where no font has the character. The size in points.
  Glyph glyph_of(std::uint32_t character, Weight weight, float size);
  // Whether some character became '?'.
  bool has_unwritten() const { return has_unwritten_; }

  static constexpr std::size_t face_count = 8;

 private:
  using Codes = std::unordered_map<std::uint32_t, std::string>;  // bytes by code point

  const Codes& codes_of(std::size_t face);

  HPDF_Doc pdf_;
  std::array<Codes, face_count> codes_;
  bool has_unwritten_ = false;
};

}  // namespace bb::records
