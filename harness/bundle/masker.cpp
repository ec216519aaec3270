#include "harness/bundle/masker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::bundle {
namespace {

constexpr std::array<Writing, 3> writings = {Writing::plain, Writing::escaped, Writing::quoted};
constexpr int depth_max = 3;
// Shorter ones hold no name that is worth a look: six bytes.
constexpr std::size_t run_min = 8;
// What is longer and no text is a document of a kind that is not looked into.
constexpr std::size_t unknown_bytes_min = 256;

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

// A stretch of base64 with the line ends inside it, also those of JSON ("\r\n" in letters).
struct Run {
  std::size_t begin = 0, end = 0;
  std::string digits;  // without padding and line ends
  std::size_t padding = 0;
};

std::size_t line_end_at(std::string_view text, std::size_t at) {
  for (const std::string_view end : {"\r\n", "\n", "\\r\\n", "\\n", "&#13;\n", "&#xD;\n"})
    if (text.substr(at, end.size()) == end) return end.size();
  return 0;
}

std::optional<Run> next_run(std::string_view text, std::size_t from) {
  // Lines of base64 in mail and XML are at least so long.
  constexpr std::size_t line_min = 48;
  for (std::size_t at = from; at < text.size();) {
    if (!is_base64(text[at])) {
      ++at;
      continue;
    }
    Run run;
    run.begin = at;
    std::size_t line = at;
    while (at < text.size()) {
      if (is_base64(text[at])) {
        run.digits += text[at++];
        continue;
      }
      const std::size_t end = line_end_at(text, at);
      std::size_t next = at + end;
      while (end > 0 && next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
      if (end == 0 || at - line < line_min || next >= text.size() || !is_base64(text[next])) break;
      at = line = next;
    }
    run.end = at;
    while (run.end < text.size() && text[run.end] == '=' && run.padding < 2) ++run.end, ++run.padding;
    if (run.digits.size() >= run_min) return run;
    at = run.end;
  }
  return std::nullopt;
}

std::string decoded(std::string_view digits) {
  std::string standard(digits.substr(0, digits.size() - (digits.size() % 4 == 1 ? 1 : 0)));
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.size() % 4 != 0) standard += '=';
  // Bits behind the last byte are nobody's business here.
  return base64_decode(standard).value_or("");
}

// As it was written: with `-` and `_` or without padding.
std::string encoded(std::string_view bytes, const Run& run) {
  const bool is_url = run.digits.find_first_of("-_") != std::string::npos;
  std::string text = is_url ? base64url_encode(bytes) : base64_encode(bytes);
  if (run.padding == 0 && run.digits.size() % 4 != 0) text.erase(text.find_last_not_of('=') + 1);
  return text;
}

bool is_readable(std::string_view bytes) {
  if (!is_utf8(bytes)) return false;
  return std::none_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
  });
}

// PDF, ZIP, images, gzip, CMS and certificates. What begins with two bytes alone may be a
// word: MILLISECONDS is good base64.
bool is_document_by_start(std::string_view bytes) {
  constexpr std::array<std::string_view, 9> starts = {"%PDF",     "PK\x03\x04", "\x89PNG",  "\xFF\xD8\xFF", "GIF8",
                                                      "\x1F\x8B", "\x30\x82",   "\x30\x80", "{\\rtf"};
  constexpr std::size_t bytes_min = 48;
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) {
    return bytes.starts_with(start) && (start.size() > 2 || bytes.size() >= bytes_min);
  });
}

// UTF-16 in either order as the bytes that its Latin letters are.
std::string without_zeros(std::string_view bytes) {
  std::string text(bytes);
  std::erase(text, '\0');
  return text;
}

}  // namespace

bool Masker::finds(std::string_view text, int depth) const {
  for (const auto writing : writings)
    if (pseudonyms_.finds(text, writing)) return true;
  if (depth == 0) return false;
  for (auto run = next_run(text, 0); run; run = next_run(text, run->end)) {
    // Where it begins is not known: a path may stand before it.
    for (std::size_t skip = 0; skip < 4 && run->digits.size() >= skip + run_min; ++skip) {
      const std::string bytes = decoded(std::string_view(run->digits).substr(skip));
      if (!bytes.empty() && (skip == 0 || is_readable(bytes.substr(0, run_min))) &&
          finds(to_utf8_lossy(bytes), depth - 1))
        return true;
    }
    for (std::size_t slash = run->digits.find('/'); slash != std::string::npos;
         slash = run->digits.find('/', slash + 1))
      if (const std::string bytes = decoded(std::string_view(run->digits).substr(slash + 1));
          is_readable(bytes) && finds(bytes, depth - 1))
        return true;
  }
  // One writing inside another: %2541, %5Cu0041.
  if (const auto inner = percent_decode(text); inner && *inner != text && finds(to_utf8_lossy(*inner), depth - 1))
    return true;
  if (text.find("\\\\") != std::string_view::npos && finds(replace_all(std::string(text), "\\\\", "\\"), depth - 1))
    return true;
  if (text.find("&amp;") != std::string_view::npos && finds(replace_all(std::string(text), "&amp;", "&"), depth - 1))
    return true;
  return text.find('\0') != std::string_view::npos && finds(without_zeros(text), depth - 1);
}

std::string Masker::stub(std::string_view bytes) {
  ++left_out_;
  return fmt::format("[left out, it cannot be masked: {} bytes, SHA-256 {}]", bytes.size(), sha256_hex(bytes));
}

std::string Masker::run_replaced(std::string_view run_text, int depth) {
  const auto run = next_run(run_text, 0);
  const std::string bytes = decoded(run->digits);
  if (is_document_by_start(bytes)) return encoded(stub(bytes), *run);
  if (is_readable(bytes)) {
    if (!finds(bytes, depth - 1)) return std::string(run_text);
    return encoded(replaced(bytes, depth - 1), *run);
  }
  if (bytes.size() >= unknown_bytes_min) return encoded(stub(bytes), *run);
  return std::string(run_text);
}

std::string Masker::base64_replaced(std::string_view text, int depth) {
  std::string out;
  std::size_t copied = 0;
  for (auto run = next_run(text, 0); run; run = next_run(text, run->end)) {
    out.append(text.substr(copied, run->begin - copied));
    out += run_replaced(text.substr(run->begin, run->end - run->begin), depth);
    copied = run->end;
  }
  return out.append(text.substr(copied));
}

std::string Masker::replaced(std::string_view text, int depth) {
  // Base64 first: a pseudonym in it would make something else of it.
  std::string out = depth > 0 ? base64_replaced(text, depth) : std::string(text);
  for (const auto writing : writings) out = pseudonyms_.masked(out, writing);
  return out;
}

std::string Masker::text(std::string_view text) {
  if (text.empty()) return {};
  std::string out = replaced(text, depth_max);
  return finds(out) ? stub(text) : out;
}

std::string Masker::body(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!is_utf8(bytes) || bytes.find('\0') != std::string_view::npos || is_document_by_start(bytes)) return stub(bytes);
  return text(bytes);
}

}  // namespace bb::bundle
