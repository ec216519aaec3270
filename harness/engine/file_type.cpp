#include "harness/engine/file_type.hpp"

#include <array>
#include <utility>

#include <bb/core/text.hpp>

namespace bb::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t looked_at_bytes = 2048;

// RFC 3778, APPNOTE.TXT 4.3, PNG 5.2, ITU-T T.81 B.1, GIF89a 17.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> beginnings = {{{"%PDF-"sv, "application/pdf"},
                                                                                      {"PK\3\4"sv, "application/zip"},
                                                                                      {"\x89PNG\r\n"sv, "image/png"},
                                                                                      {"\xFF\xD8\xFF"sv, "image/jpeg"},
                                                                                      {"GIF87a"sv, "image/gif"},
                                                                                      {"GIF89a"sv, "image/gif"},
                                                                                      {"{\\rtf"sv, "application/rtf"}}};

std::string_view without_mark(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return bytes;
}

}  // namespace

std::string media_type_of(const std::filesystem::path& name, std::string_view bytes) {
  for (const auto& [beginning, type] : beginnings)
    if (bytes.starts_with(beginning)) return std::string(type);
  const std::string extension = to_lower(name.extension().string());
  const std::string head = to_lower(trim(without_mark(bytes.substr(0, looked_at_bytes))));
  if (head.starts_with('<')) {
    const bool is_page = head.find("<html") != std::string::npos || head.starts_with("<!doctype html");
    return is_page ? "text/html" : "application/xml";
  }
  if (head.starts_with('{') || head.starts_with('[')) return "application/json";
  if (bytes.substr(0, looked_at_bytes).find('\0') != std::string_view::npos) return "application/octet-stream";
  return extension == ".csv" ? "text/csv" : "text/plain";
}

}  // namespace bb::engine
