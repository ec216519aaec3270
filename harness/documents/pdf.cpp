#include "harness/documents/pdf.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>

#include "harness/documents/pdf_objects.hpp"

namespace bb::documents {
namespace {

constexpr Bounds bounds{.time_ms_max = 40'000, .cpu_seconds_max = 30};
constexpr int signal_base = 128;  // of an exit status

// What a program printed, or what keeps it from being told.
std::optional<std::string> run(const char* name, std::vector<std::string> arguments, std::string_view bytes, Pdf& pdf) {
  const auto program = find_program(name);
  if (!program) {
    pdf.missing = fmt::format(
        "{} is not installed: a PDF is read by the programs of Debian's package poppler-utils; "
        "install it",
        name);
    return std::nullopt;
  }
  const auto result = run_bounded({*program, std::move(arguments), {}, false}, bytes, bounds);
  if (!result) {
    pdf.failure = result.error().what;
    return std::nullopt;
  }
  if (result->status == 0) return result->out;
  if (result->status >= signal_base) {
    pdf.failure = fmt::format("{} was ended by signal {}: it may take {} s of CPU time and {} bytes of memory", name,
                              result->status - signal_base, bounds.cpu_seconds_max, bounds.memory_bytes_max);
    return std::nullopt;
  }
  pdf.needs_password = result->err.find("Incorrect password") != std::string::npos;
  std::string why;  // the first error
  for (const auto& line : split(to_utf8_lossy(result->err), '\n'))
    if (const auto at = line.find("Error: "); why.empty() && at != std::string::npos) why = line.substr(at + 7);
  pdf.refusal = pdf.needs_password
                    ? "it needs a password"
                    : fmt::format("it does not open: {}", why.empty() ? "no reason is given" : shorten(trim(why), 200));
  return std::nullopt;
}

// The value of a key of "Key:   value" lines. A title may hold line ends, and
// comes before what the program says itself: of those keys the last one counts.
enum class Which { first, last };
std::string value_of(std::string_view lines, std::string_view key, Which which = Which::last) {
  std::string value;
  for (const auto& line : split(lines, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ':') continue;
    value = trim(std::string_view(line).substr(key.size() + 1));
    if (which == Which::first) break;
  }
  return value;
}

}  // namespace

Pdf read_pdf(std::string_view bytes) {
  Pdf pdf;
  if (bytes.size() > pdf_bytes_max) {
    pdf.refusal = fmt::format("it has {} bytes, at most {} are read", bytes.size(), pdf_bytes_max);
    return pdf;
  }
  if (const auto why = too_much_to_unpack(bytes); !why.empty()) {
    pdf.refusal = "it is not read: " + why;
    return pdf;
  }
  const auto raw = run("pdfinfo", {"-isodates", "-enc", "UTF-8", "-"}, bytes, pdf);
  if (!raw) return pdf;
  const auto info = to_utf8_lossy(*raw);
  pdf.version = value_of(info, "PDF version");
  pdf.title = value_of(info, "Title", Which::first);
  pdf.created = value_of(info, "CreationDate");
  const auto pages = value_of(info, "Pages");
  std::from_chars(pages.data(), pages.data() + pages.size(), pdf.page_count);
  pdf.is_tagged = value_of(info, "Tagged") == "yes";
  pdf.has_javascript = value_of(info, "JavaScript") == "yes";
  const auto encryption = value_of(info, "Encrypted");
  pdf.is_encrypted = encryption.starts_with("yes");
  pdf.can_print = encryption.find("print:no") == std::string::npos;
  pdf.can_copy = encryption.find("copy:no") == std::string::npos;
  const auto text =
      run("pdftotext", {"-q", "-enc", "UTF-8", "-l", std::to_string(pdf_pages_max), "-", "-"}, bytes, pdf);
  if (!text) return pdf;
  pdf.pages = split(to_utf8_lossy(*text), '\f');  // one ends each page
  pdf.pages.pop_back();
  return pdf;
}

Result<std::string> words_of_pdf(std::string_view bytes) {
  auto pdf = read_pdf(bytes);
  for (auto* why : {&pdf.missing, &pdf.failure, &pdf.refusal})
    if (!why->empty()) return Error{"the PDF cannot be read: " + *why};
  return join(pdf.pages, "\f");
}

}  // namespace bb::documents
