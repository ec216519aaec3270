#include "xml_writer.hpp"

#include <bb/core/text.hpp>

namespace bb::records {
namespace {

// Well-formed UTF-8 without the characters XML 1.0 forbids: C0 controls but
// tab and line ends, U+FFFE and U+FFFF.
std::string xml_characters(std::string_view raw) {
  std::string text = to_utf8_lossy(raw);
  std::erase_if(text,
                [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; });
  text = replace_all(text, "\xEF\xBF\xBE", "");
  return escape_markup(replace_all(text, "\xEF\xBF\xBF", ""));
}

}  // namespace

XmlWriter::XmlWriter() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

void XmlWriter::start(std::string_view name, XmlAttributes attributes) {
  out_.append(open_.size() * 2, ' ');
  out_ += '<';
  out_ += name;
  for (const auto& [key, value] : attributes) {
    if (value.empty()) continue;
    out_ += ' ';
    out_ += key;
    out_ += "=\"" + xml_characters(value) + "\"";
  }
}

void XmlWriter::open(std::string_view name, XmlAttributes attributes) {
  start(name, attributes);
  out_ += ">\n";
  open_.emplace_back(name);
}

void XmlWriter::close() {
  const auto name = std::move(open_.back());
  open_.pop_back();
  out_.append(open_.size() * 2, ' ');
  out_ += "</" + name + ">\n";
}

void XmlWriter::empty(std::string_view name, XmlAttributes attributes) {
  start(name, attributes);
  out_ += "/>\n";
}

void XmlWriter::text(std::string_view name, std::string_view text, XmlAttributes attributes) {
  start(name, attributes);
  out_ += ">" + xml_characters(text) + "</" + std::string(name) + ">\n";
}

}  // namespace bb::records
