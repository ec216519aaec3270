// dump_record - what the reader makes of clinical documents, one JSON object a line:
// {"file", "ms", "record"} or {"file", "ms", "error"}. With --as text|fhir|html|
// ccda|pdf it prints that copy of the record instead, with --text a text file as it
// stands: {"file", "text"}. A PDF is printed in base64.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/key_value_text.hpp>
#include <bb/records/pdf.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

namespace {

std::string copy_of(const bb::records::Record& record, std::string_view format) {
  if (format == "text") return bb::records::write_va_text(record, 0);
  if (format == "fhir") return bb::records::write_fhir_bundle(record);
  if (format == "html") return bb::records::write_html_fragment(record);
  if (format == "pdf") return bb::base64_encode(bb::records::write_pdf(record));
  return bb::records::write_ccda(record);
}

bb::Value fields_of(const std::vector<bb::records::TextField>& fields) {
  auto all = bb::Value::array();
  for (const auto& field : fields)
    all.push(bb::Value::object({{"key", field.key},
                                {"value", field.value},
                                {"line", field.line},
                                {"column", field.column},
                                {"is_known", field.is_known}}));
  return all;
}

bb::Value entries_of(const std::vector<bb::records::TextEntry>& entries) {
  auto all = bb::Value::array();
  for (const auto& entry : entries)
    all.push(bb::Value::object({{"kind", entry.kind},
                                {"line", entry.line},
                                {"is_repeat", entry.is_repeat},
                                {"fields", fields_of(entry.fields)},
                                {"parts", entries_of(entry.parts)},
                                {"text", entry.text}}));
  return all;
}

bb::Value as_value(const bb::records::TextDocument& document) {
  auto sections = bb::Value::array(), deviations = bb::Value::array();
  for (const auto& section : document.sections)
    sections.push(bb::Value::object({{"title", section.title},
                                     {"name", section.name},
                                     {"line", section.line},
                                     {"source", source_of(section)},
                                     {"says_nothing", section.says_nothing},
                                     {"head", fields_of(section.head)},
                                     {"entries", entries_of(section.entries)},
                                     {"text", section.text}}));
  for (const auto& d : document.deviations)
    deviations.push(bb::Value::object({{"kind", d.kind}, {"what", d.what}, {"line", d.line}, {"column", d.column}}));
  return bb::Value::object({{"format", document.format},
                            {"version", document.version},
                            {"created", document.created},
                            {"encoding", document.encoding},
                            {"line_ends", document.line_ends},
                            {"has_end", document.has_end},
                            {"head", fields_of(document.head)},
                            {"sections", std::move(sections)},
                            {"deviations", std::move(deviations)}});
}

bb::Value describe_text(const std::string& file) {
  auto line = bb::Value::object({{"file", file}});
  const auto bytes = bb::read_text(file);
  const auto parse = !bytes                                     ? nullptr
                     : bb::records::looks_like_va_text(*bytes)  ? bb::records::parse_va_text
                     : bb::records::looks_like_cms_text(*bytes) ? bb::records::parse_cms_text
                                                                : bb::records::parse_key_value_text;
  if (parse == nullptr) {
    line.set("error", bytes.error().what);
    return line;
  }
  const auto document = parse(*bytes);
  if (document)
    line.set("text", as_value(*document));
  else
    line.set("error", document.error().what);
  return line;
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
    if (argument == "--text") {
      format = argument;
      continue;
    }
    const auto line =
        format == "--text" ? describe_text(std::string(argument)) : describe(std::string(argument), format);
    std::printf("%s\n", bb::to_json(line).c_str());
  }
  return 0;
}
