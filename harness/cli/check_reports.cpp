#include "harness/cli/check_reports.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include <bb/core/json.hpp>

#include "harness/cli/report_option.hpp"
#include "harness/documents/render.hpp"
#include "harness/documents/report_file.hpp"
#include "harness/documents/sarif.hpp"
#include "harness/report/documents_page.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

class JsonReport : public CheckReport {
 public:
  explicit JsonReport(documents::ReportFile file) : file_(std::move(file)) {
    file_.append("{\"format\":\"bluebridge-check/1\",\"documents\":[");
  }

  void add(const documents::DocumentReport& report) override {
    file_.append(is_first_ ? "\n" : ",\n");
    file_.append(to_json(documents::to_value(report)));
    is_first_ = false;
  }

  Status finish(const documents::Summary& summary, bool is_complete) override {
    file_.append(fmt::format("\n],\"complete\":{},\"summary\":{}}}\n", is_complete, to_json(summary.to_value())));
    return file_.finish();
  }

 private:
  documents::ReportFile file_;
  bool is_first_ = true;
};

class SarifReport : public CheckReport {
 public:
  explicit SarifReport(documents::ReportFile file)
      : file_(std::move(file)), writer_(BB_PROGRAM_VERSION, [this](std::string_view text) { file_.append(text); }) {}

  void add(const documents::DocumentReport& report) override { writer_.add(report); }

  Status finish(const documents::Summary& /*summary*/, bool is_complete) override {
    writer_.finish(is_complete);
    return file_.finish();
  }

 private:
  documents::ReportFile file_;
  documents::SarifWriter writer_;
};

class HtmlReport : public CheckReport {
 public:
  explicit HtmlReport(report::DocumentsPage page) : page_(std::move(page)) {}

  void add(const documents::DocumentReport& report) override { page_.add(report); }
  Status finish(const documents::Summary& summary, bool is_complete) override {
    return page_.finish(summary, is_complete);
  }

 private:
  report::DocumentsPage page_;
};

Result<std::unique_ptr<CheckReport>> make_report(const ReportOption& option) {
  if (option.format == "html") {
    BB_TRY(auto page, report::DocumentsPage::create(option.file, BB_PROGRAM_VERSION));
    return std::unique_ptr<CheckReport>(std::make_unique<HtmlReport>(std::move(page)));
  }
  BB_TRY(auto file, documents::ReportFile::create(option.file));
  if (option.format == "json") return std::unique_ptr<CheckReport>(std::make_unique<JsonReport>(std::move(file)));
  return std::unique_ptr<CheckReport>(std::make_unique<SarifReport>(std::move(file)));
}

}  // namespace

Result<CheckReports> CheckReports::create(const std::vector<std::string>& options,
                                          const std::vector<documents::Input>& inputs) {
  CheckReports reports;
  std::vector<ReportOption> read;
  std::vector<fs::path> files;
  for (const auto& text : options) {
    BB_TRY(auto option, read_report_option(text, {"json", "sarif", "html"}));
    // A report of yesterday in a folder that is checked is no document and may be replaced.
    const auto extension = option.file.extension();
    const bool is_report = extension == ".json" || extension == ".sarif" || extension == ".html";
    std::error_code ignored;
    const bool is_there = fs::exists(option.file, ignored);
    for (const auto& input : inputs)
      if (is_there && input.bytes == nullptr && (input.is_named || !is_report) && is_same_file(option.file, input.name))
        return Error{fmt::format("'--report' would overwrite the document {}; name another file", input.name)};
    files.push_back(option.file);
    read.push_back(std::move(option));
  }
  BB_CHECK(check_distinct(files));
  for (const auto& option : read) {
    BB_TRY(auto report, make_report(option));
    reports.reports_.push_back(std::move(report));
    reports.needs_source_ = reports.needs_source_ || option.format == "html";
  }
  return reports;
}

void CheckReports::add(const documents::DocumentReport& report) {
  for (const auto& one : reports_) one->add(report);
}

Status CheckReports::finish(const documents::Summary& summary, bool is_complete) {
  Status first;
  for (const auto& one : reports_)
    if (auto written = one->finish(summary, is_complete); !written && first) first = std::move(written);
  return first;
}

}  // namespace bb::cli
