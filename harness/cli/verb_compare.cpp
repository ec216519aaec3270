#include <fmt/format.h>

#include <bb/core/files.hpp>
#include <bb/records/read.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/documents/pdf.hpp"
#include "harness/documents/report_file.hpp"
#include "harness/facts/comparison_words.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/narrative.hpp"
#include "harness/facts/read_copy.hpp"
#include "harness/report/comparison_page.hpp"

namespace bb::cli {
namespace {

constexpr std::size_t copies_max = 26;

Result<std::vector<facts::Copy>> read_copies(const std::vector<std::string>& files) {
  std::vector<facts::Copy> copies;
  for (const auto& file : files) {
    BB_TRY(const auto bytes, read_text(file, records::document_bytes_max));
    BB_TRY(auto copy, facts::read_copy(file, bytes, documents::words_of_pdf));
    copies.push_back(std::move(copy));
  }
  return copies;
}

int status_of(const facts::Comparison& comparison) {
  if (!comparison.unjudged.empty()) return exit_inconclusive;
  return comparison.agrees() ? exit_good : exit_found;
}

struct Compared {
  std::vector<facts::Copy> copies;
  facts::Comparison comparison;
};

// Of one document its narrative is compared with its entries.
Result<Compared> compare_all(const std::vector<std::string>& files, std::string_view level) {
  const auto& tables = facts::Tables::built_in();
  if (files.size() > 1) {
    BB_TRY(auto copies, read_copies(files));
    auto comparison = facts::compare(copies, level, tables);
    return Compared{std::move(copies), std::move(comparison)};
  }
  BB_TRY(const auto bytes, read_text(files.front(), records::document_bytes_max));
  auto found = facts::compare_narrative(files.front(), bytes, level, tables);
  if (!found)
    return Error{
        fmt::format("{}: {}; of one document the narrative is compared with the entries: name a C-CDA, or two copies",
                    files.front(), found.error().what)};
  return Compared{std::move(found->copies), std::move(found->comparison)};
}

int compare(const Args& args) {
  const auto level = args.value("level").value_or(std::string(facts::level_all));
  std::optional<documents::ReportFile> page_file;
  if (const auto file = args.value("html")) {
    auto created = documents::ReportFile::create(*file);
    if (!created) return refuse("--html: " + created.error().what);
    page_file.emplace(*std::move(created));
  }
  const auto compared = compare_all(args.positional, level);
  if (!compared) return refuse(compared.error().what);
  const auto& [copies, comparison] = *compared;
  if (args.has("json"))
    print_json(facts::to_value(comparison, copies, level));
  else
    print_report(report::render_comparison(comparison, copies, console_options()));
  if (page_file) {
    const auto page = report::comparison_page(comparison, copies, level, BB_PROGRAM_VERSION);
    page_file->append(page);
    if (const auto written = page_file->finish(); !written) {
      complain(written.error().what);
      return status_of(comparison) == exit_good ? exit_inconclusive : status_of(comparison);
    }
  }
  return status_of(comparison);
}

}  // namespace

VerbSpec compare_verb() {
  VerbSpec verb;
  verb.name = "compare";
  verb.arguments = "DOCUMENT...";
  verb.argument_count_min = 1;
  verb.argument_count_max = copies_max;
  verb.completes = Completes::files;
  verb.summary = "do these copies state the same facts?";
  verb.about =
      "Reads copies of one patient's record in any format that 'show' reads, and copies for people (HTML, PDF), and "
      "compares "
      "them fact by fact with the first that can hold each fact: what is missing, extra or different, with the line in "
      "each. What a format cannot hold is not compared, and said. Of one C-CDA its narrative is compared with its "
      "entries. "
      "Exit status: 0 they agree, 1 they differ, 2 bad "
      "usage "
      "or a document that cannot be read, 3 nothing can be judged.";
  verb.example = "bluebridge compare samples/records/alice.xml samples/records/alice.xml";
  verb.options = {{"level",
                   "LEVEL",
                   fmt::format("what is compared: {}; default: {}", fmt::join(facts::levels, ", "), facts::level_all),
                   Completes::words,
                   {facts::levels.begin(), facts::levels.end()}},
                  {"json", "", "as JSON, by conformance/schemas/comparison.schema.json"},
                  {"html", "FILE", "a page with the copies side by side", Completes::files}};
  verb.run = compare;
  return verb;
}

}  // namespace bb::cli
