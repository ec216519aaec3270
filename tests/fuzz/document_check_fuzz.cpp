// Any bytes give a report: its findings stand in the document, it survives the way
// from a worker to its parent, and every form of it can be made.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <bb/core/json.hpp>

#include "harness/documents/batch.hpp"
#include "harness/documents/own_rules.hpp"
#include "harness/documents/render.hpp"
#include "harness/documents/sarif.hpp"
#include "harness/report/documents_page.hpp"

namespace {

using namespace bb::documents;

class Checked : public ReportSink {
 public:
  bool begin(const std::string& /*name*/) override { return true; }
  void end(const DocumentReport& report) override { look_at(report); }

 private:
  static void look_at(const DocumentReport& report) {
    for (const auto& finding : report.findings)
      if (finding.line < 1 || finding.column < 1 || finding.character > finding.column) std::abort();
    const auto sent = bb::parse_json(bb::to_json(to_value_with_source(report)));
    if (!sent) std::abort();
    const auto again = from_value(*sent);
    if (!again || !(to_value_with_source(*again) == *sent)) std::abort();
    if (render_text(report).empty() || bb::report::render_document(*again, 1).empty()) std::abort();
    std::string log;
    SarifWriter sarif("0", [&](std::string_view text) { log += text; });
    sarif.add(report);
    sarif.finish(true);
    if (!bb::parse_json(log)) std::abort();
  }
};

std::shared_ptr<Rules> make_rules() {
  auto formats = Formats::read(BB_SOURCE_DIR "/conformance/documents/formats.yaml");
  auto store = DataStore::open("/nonexistent");
  if (!formats || !store) std::abort();
  auto own = OwnRules::read(BB_SOURCE_DIR "/conformance/documents",
                            BB_SOURCE_DIR "/conformance/schemas/document-rules.schema.json", *formats);
  if (!own) std::abort();
  return std::make_shared<Rules>(*std::move(formats), *std::move(store), Selection{}, *std::move(own));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto rules = make_rules();
  DocumentChecker checker(rules, {});
  const Input input{.name = "fuzzed.xml",
                    .bytes = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size)};
  Checked checked;
  check_input(input, checker, KeepSource::yes, checked);
  return 0;
}
