#include <fmt/format.h>

#include <bb/core/files.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/record_page.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

Result<records::Record> read_file(const std::string& file) {
  BB_TRY(const auto text, read_text(file, records::document_bytes_max));
  auto record = records::read_record(text);
  if (!record) return Error{fmt::format("{}: {}", file, record.error().what)};
  return record;
}

Value as_value(const std::string& file, const records::Record& record) {
  auto value = Value::object({{"schema", "bluebridge-record/1"}, {"file", file}});
  const auto facts = to_value(record);
  for (const auto& member : *facts.members()) value.set(member.key, member.value);
  return value;
}

int show(const Args& args) {
  int status = exit_good;
  for (const auto& file : args.positional) {
    const auto record = read_file(file);
    if (!record) {
      status = refuse(record.error().what);
    } else if (!args.has("json")) {
      print_report(record_page(file, *record, console_options()));
    } else if (args.positional.size() == 1) {
      print_json(as_value(file, *record));
    } else {
      print_json_line(as_value(file, *record));
    }
  }
  return status;
}

}  // namespace

VerbSpec show_verb() {
  VerbSpec verb;
  verb.name = "show";
  verb.arguments = "DOCUMENT...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "what a clinical document says about the patient";
  verb.about =
      "Reads CDA documents (C-CDA R1.1 and R2.1, CCD, C32, C62), CCR, FHIR R4, and the texts of My HealtheVet and "
      "MyMedicare.gov. Each fact stands behind the line of the document that states it. "
      "With --json one object, one a line where there are several documents. Exit status 0: shown, 2: a document "
      "cannot be read; the others are shown all the same.";
  verb.example = "bluebridge show samples/records/alice.xml";
  verb.options = {{"json", "", "as JSON, by conformance/schemas/record.schema.json"}};
  verb.run = show;
  return verb;
}

}  // namespace bb::cli
