// make_pages.cpp - writes the pages of hand-made runs and checks into a folder, for
// axe.mjs and for people who want to look at them.
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/files.hpp>
#include "harness/report/difference.hpp"
#include "harness/report/documents_page.hpp"
#include "harness/report/report.hpp"
#include "harness/report/statement.hpp"
#include "support/checked_document.hpp"
#include "support/message_run.hpp"
#include "support/run_view_fixture.hpp"

int main(int argc, char** argv) {
  using namespace bb;
  if (argc != 2) {
    std::fputs("usage: report_pages FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  auto long_words = test::mixed_run();
  long_words.target_title = std::string(200, 'T');
  long_words.tests[1].title = std::string(200, 'W');
  long_words.tests[1].steps[0].claims[1].text = std::string(300, 'c');
  long_words.tests[1].steps[0].exchanges[0].exchange.url = "https://127.0.0.1/" + std::string(500, 'u');
  long_words.tests[1].steps[0].exchanges[0].exchange.response_body = std::string(9'000, 'b');
  long_words.requirements[0].id = std::string(120, 'R');
  const std::vector<std::pair<std::string, evidence::RunView>> runs = {{"conformant.html", test::conformant_run()},
                                                                       {"mixed.html", test::mixed_run()},
                                                                       {"killed.html", test::killed_run()},
                                                                       {"message.html", test::message_run()},
                                                                       {"long-words.html", long_words}};
  for (const auto& [name, run] : runs) {
    if (const auto written = report::write_report(run, report::Format::html, folder / name); !written) {
      std::fprintf(stderr, "%s\n", written.error().what.c_str());
      return 1;
    }
  }
  // A statement names the hash of the run's events, which a view made by hand has not.
  auto stated = test::mixed_run();
  stated.folder = folder;
  const auto commitments =
      report::read_commitments(std::filesystem::path(BB_SOURCE_DIR) / "conformance/statements/pledge.yaml");
  const bool is_there = static_cast<bool>(write_text(folder / "events.ndjson", "{}\n"));
  const auto statement =
      commitments && is_there ? report::statement_of(stated, *commitments, {}) : Result<Value>(Error{"no commitments"});
  const auto before = test::conformant_run();
  const auto difference = report::difference_page(report::compare_runs(before, stated), before, stated);
  if (!statement || !write_text(folder / "statement.html", report::statement_page(*statement)) ||
      !write_text(folder / "difference.html", difference)) {
    std::fputs("statement.html or difference.html cannot be written\n", stderr);
    return 1;
  }
  auto page = report::DocumentsPage::create(folder / "documents.html", "1.0");
  documents::Summary summary;
  auto wide = test::checked_document();
  wide.name = std::string(300, 'n');
  wide.source[1].text = std::string(400, 'x');
  wide.findings[0].message = std::string(400, 'm');
  wide.vendor = std::string(80, 'v');
  for (const auto& report : {test::checked_document(), wide, documents::DocumentReport{}}) {
    if (page) page->add(report);
    summary.add(report);
  }
  if (!page || !page->finish(summary, false)) {
    std::fputs("documents.html cannot be written\n", stderr);
    return 1;
  }
  return 0;
}
