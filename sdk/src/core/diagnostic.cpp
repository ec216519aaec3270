#include <bb/core/diagnostic.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include <bb/core/text.hpp>

namespace bb {
namespace {

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  auto found = text.substr(0, text.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

// What stands before the mark, as blanks; tabs stay so that columns line up.
std::string indent_like(std::string_view before) {
  std::string out;
  for (const char c : before) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;  // inside a character
    out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A user's name and password before the '@' of a URL (RFC 3986, 3.2.1) as stars,
// as many as they have bytes, so that marks stay where they are.
std::string hide_user_info(std::string text) {
  for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at)) {
    at += 3;
    const auto authority = std::string_view(text).substr(at, text.find_first_of("/?#\"\n", at) - at);
    if (const auto end = authority.rfind('@'); end != std::string_view::npos) text.replace(at, end, end, '*');
  }
  return text;
}

auto order(const Diagnostic& d) {
  return std::tuple(d.place.source ? std::string_view(d.place.source->name) : std::string_view(), d.place.line,
                    d.place.column, std::string_view(d.message));
}

std::string render_all(const Diagnostic& diagnostic) {
  const auto& place = diagnostic.place;
  const auto* word = diagnostic.severity == Severity::error ? "error" : "warning";
  const std::string note = diagnostic.note.empty() ? "" : " " + diagnostic.note;
  std::string where = place.source ? place.source->name : "";
  if (place.line <= 0)
    return fmt::format("{}{}: {}{}\n", where.empty() ? "" : where + ": ", word, diagnostic.message,
                       note.empty() ? "" : "\n  " + note);
  if (where.empty()) where = "<text>";
  std::string out = fmt::format("{}:{}:{}: {}: {}\n", where, place.line, place.column, word, diagnostic.message);

  constexpr std::size_t line_bytes_max = 160;
  const auto line = place.source ? line_of(place.source->text, place.line) : std::string_view();
  const auto column = static_cast<std::size_t>(std::max(place.column, 1));
  if (column > line_bytes_max || column > line.size() + 1)  // nothing to point at
    return note.empty() ? out : out + "  " + note + "\n";
  const auto marked = line.substr(column - 1, static_cast<std::size_t>(std::max(place.length, 1)));
  out += fmt::format("{:>5} | {}\n", place.line, to_utf8_lossy(shorten(line, line_bytes_max)));
  out += fmt::format("      | {}^{}{}\n", indent_like(line.substr(0, column - 1)),
                     std::string(std::max<std::size_t>(characters_in(marked), 1) - 1, '~'), note);
  return out;
}

}  // namespace

std::string render(const Diagnostic& diagnostic) { return hide_user_info(render_all(diagnostic)); }

std::string render(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  std::string out;
  for (std::size_t i = 0; i < diagnostics.size(); ++i)
    if (i == 0 || order(diagnostics[i]) != order(diagnostics[i - 1])) out += render(diagnostics[i]);
  return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace bb
