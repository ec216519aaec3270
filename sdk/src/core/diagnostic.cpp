#include <bb/core/diagnostic.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include <bb/core/text.hpp>

namespace bb {
namespace {

// The lines of a source. Made once for all that is said about it.
class Lines {
 public:
  explicit Lines(const Source* source) : source_(source) {
    if (!source) return;
    begins_.push_back(0);
    for (auto end = source->text.find('\n'); end != std::string::npos; end = source->text.find('\n', end + 1))
      begins_.push_back(end + 1);
  }

  const Source* source() const { return source_; }

  std::string_view operator[](int line) const {
    const auto index = static_cast<std::size_t>(line - 1);
    if (line < 1 || index >= begins_.size()) return {};
    auto found = std::string_view(source_->text).substr(begins_[index]);
    found = found.substr(0, found.find('\n'));
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
  }

 private:
  const Source* source_;
  std::vector<std::size_t> begins_;
};

// What stands before the mark, as blanks; tabs stay so that columns line up.
std::string indent_like(std::string_view before) {
  std::string out;
  for (const char c : before) {
    if (is_continuation(c)) continue;  // inside a character
    out += c == '\t' ? '\t' : ' ';
  }
  return out;
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
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

// Whether what stands right of a key is not for other eyes: by its last word, or
// by being a misspelt password.
bool names_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 5> words{"password", "passwd", "passphrase", "secret", "token"};
  const std::string name = to_lower(key);
  const std::string_view last = std::string_view(name).substr(name.find_last_of("_-.") + 1);  // npos + 1 is 0
  return std::find(words.begin(), words.end(), last) != words.end() ||
         nearest(name, {"password", "passphrase", "api_key"}).has_value();
}

// Where the value that begins at `begin` of a line of YAML ends.
std::size_t value_end(std::string_view line, std::size_t begin) {
  if (line[begin] == '"' || line[begin] == '\'')
    return std::min(line.find(line[begin], begin + 1), line.size() - 1) + 1;
  const std::size_t close = line.find_first_of(",}]", begin);
  // Outside of braces these belong to the text.
  const bool is_in_braces = line.substr(0, begin).find_first_of("{[") != std::string_view::npos;
  return is_in_braces ? std::min(close, line.size()) : line.size();
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// Whether a line of YAML is an entry right below `secrets:`. Its value is no secret where it is as it should be.
bool is_below_secrets(const Lines& lines, int line) {
  const auto indent = indent_of(lines[line]);
  while (--line > 0) {
    const auto text = lines[line];
    if (trim(text).empty() || trim(text).front() == '#' || indent_of(text) >= indent) continue;
    const auto key = trim(text).substr(0, trim(text).find(':'));
    return key == "secrets" || key == "\"secrets\"" || key == "'secrets'";
  }
  return false;
}

// The values of keys like `password` as stars, as many as they have characters,
// so that marks stay where they are; of any key below `secrets`, where `is_each_secret` from the first on. Maps and
// references are none.
std::string hide_secrets(std::string_view line, bool is_each_secret) {
  std::string out;
  std::size_t taken = 0;
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    std::string_view key = trim(line.substr(taken, colon - taken));
    key = key.substr(key.find_last_of(" {[,") + 1);  // npos + 1 is 0
    while (!key.empty() && (key.front() == '"' || key.front() == '\'')) key.remove_prefix(1);
    while (!key.empty() && (key.back() == '"' || key.back() == '\'')) key.remove_suffix(1);
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    const bool is_origin = key == "env" || key == "file";
    if (begin == std::string_view::npos || !((is_each_secret && !is_origin) || names_secret(key))) {
      is_each_secret = is_each_secret || key == "secrets";
      continue;
    }
    if (line[begin] == '{' || line[begin] == '[' || line[begin] == '$' || line[begin] == '#') continue;
    const std::size_t end = value_end(line, begin);
    out += line.substr(taken, begin - taken);
    out += std::string(characters_in(line.substr(begin, end - begin)), '*');
    taken = end;
    colon = end - 1;
  }
  return out.append(line.substr(taken));
}

auto order(const Diagnostic& d) {
  return std::tuple(d.place.source ? std::string_view(d.place.source->name) : std::string_view(), d.place.line,
                    d.place.column, std::string_view(d.message));
}

std::string_view file_of(const Diagnostic& d) { return d.place.source ? d.place.source->name : std::string_view(); }

// The stretches of one file each.
template <class Visit>
void for_each_file(const std::vector<Diagnostic>& sorted, const Visit& visit) {
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto end = std::find_if(begin, sorted.end(), [&](const auto& d) { return file_of(d) != file_of(*begin); });
    visit(begin, end);
    begin = end;
  }
}

std::string render_all(const Diagnostic& diagnostic, const Lines& lines) {
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
  const auto line = lines[place.line];
  const auto column = static_cast<std::size_t>(std::max(place.column, 1));
  if (column > line_bytes_max || column > line.size() + 1)  // nothing to point at
    return note.empty() ? out : out + "  " + note + "\n";
  const auto marked = line.substr(column - 1, static_cast<std::size_t>(std::max(place.length, 1)));
  out += fmt::format("{:>5} | {}\n", place.line,
                     to_utf8_lossy(hide_secrets(shorten(line, line_bytes_max), is_below_secrets(lines, place.line))));
  out += fmt::format("      | {}^{}{}\n", indent_like(line.substr(0, column - 1)),
                     std::string(std::max<std::size_t>(characters_in(marked), 1) - 1, '~'), note);
  return out;
}

std::string render(const Diagnostic& diagnostic, const Lines& lines) {
  return hide_user_info(render_all(diagnostic, lines));
}

}  // namespace

std::string render(const Diagnostic& diagnostic) { return render(diagnostic, Lines(diagnostic.place.source.get())); }

std::vector<Diagnostic> in_order(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(),
                                [](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); }),
                    diagnostics.end());
  return diagnostics;
}

std::vector<Diagnostic> first_of_each_file(const std::vector<Diagnostic>& diagnostics) {
  std::vector<Diagnostic> first;
  for_each_file(diagnostics, [&](auto begin, auto end) {
    const auto is_error = [](const Diagnostic& d) { return d.severity == Severity::error; };
    std::size_t errors =
        std::min<std::size_t>(static_cast<std::size_t>(std::count_if(begin, end, is_error)), diagnostics_shown_max);
    std::size_t warnings = diagnostics_shown_max - errors;
    for (; begin != end; ++begin) {
      auto& left = is_error(*begin) ? errors : warnings;
      if (left == 0) continue;
      --left;
      first.push_back(*begin);
    }
  });
  return first;
}

std::string render(std::vector<Diagnostic> diagnostics) {
  const auto sorted = in_order(std::move(diagnostics));
  std::string out;
  for_each_file(sorted, [&](auto begin, auto end) {
    const auto first = first_of_each_file({begin, end});
    const Lines lines(begin->place.source.get());
    for (const auto& each : first)
      out += each.place.source.get() == lines.source() ? render(each, lines) : render(each);
    const auto more = static_cast<std::size_t>(end - begin) - first.size();
    if (more > 0) {
      const auto file = file_of(*begin);
      out += fmt::format("{}{}{} more of the like {} not shown\n", file, file.empty() ? "" : ": ", more,
                         more == 1 ? "is" : "are");
    }
  });
  return out;
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace bb
