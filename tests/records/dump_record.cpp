// dump_record - what the reader makes of clinical documents, one JSON object a line:
// {"file", "ms", "record"} or {"file", "ms", "error"}. With --as text|fhir|html|
// ccda it prints that copy of the record instead.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/records/blue_button_text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

namespace {

std::string copy_of(const bb::records::Record& record, std::string_view format) {
  if (format == "text") return bb::records::write_blue_button_text(record, 0);
  if (format == "fhir") return bb::records::write_fhir_bundle(record);
  if (format == "html") return bb::records::write_html_fragment(record);
  return bb::records::write_ccda(record);
}

bb::Value describe(const std::string& file, std::string_view format) {
  auto line = bb::Value::object({{"file", file}});
  const auto text = bb::read_text(file);
  if (!text) {
    line.set("error", text.error().what);
    return line;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto record = bb::records::read_record(*text);
  const auto spent = std::chrono::steady_clock::now() - start;
  line.set("ms", static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(spent).count()));
  if (!record)
    line.set("error", record.error().what);
  else if (format.empty())
    line.set("record", bb::records::to_value(*record));
  else
    line.set("copy", copy_of(*record, format));
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  std::string format;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--as" && i + 1 < argc) {
      format = argv[++i];
      continue;
    }
    std::printf("%s\n", bb::to_json(describe(std::string(argument), format)).c_str());
  }
  return 0;
}
