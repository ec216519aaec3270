// pdf_header.cpp - apart from the writer of PDF, so that who knows one needs no libharu.
#include <bb/core/text.hpp>
#include <bb/records/pdf.hpp>

namespace bb::records {

bool looks_like_pdf(std::string_view bytes) {
  constexpr std::size_t header_bytes = 1024;  // within which it has to begin
  const auto head = bytes.substr(0, header_bytes);
  return bytes.starts_with("%PDF-") || (!trim(head).starts_with('<') && head.find("\n%PDF-") != std::string_view::npos);
}

}  // namespace bb::records
