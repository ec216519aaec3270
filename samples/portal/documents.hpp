// documents.hpp - the files that the portal hands out, format by format.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <bb/records/ccda.hpp>
#include <bb/records/record.hpp>

namespace bb::portal {

struct Format {
  std::string_view id;          // "blue-button-text"
  std::string_view media_type;  // without parameters
  std::string_view title;
  std::string_view extension;  // "txt"
};

std::span<const Format> all_formats();
const Format* find_format(std::string_view id);

// The Content-Type of a file of this format.
std::string content_type_of(const Format& format);

// `head` is for a C-CDA.
std::string write_document(const Format& format, const records::Record& record, long long now_unix_ns,
                           const records::CcdaHead& head = {});

// What a whole record is handed out as: its document as it came, signatures and all, or of R1.1 its
// claim to that. Nothing where the format is written from the record.
std::optional<std::string> original_of(const Format& format, const std::string& document);

// "Alice Newman-summary.txt": in the words of the patient, without characters
// that a file system or a header cannot hold.
std::string file_name(const records::Record& record, std::string_view part, const Format& format);

// Content-Disposition of RFC 6266: an ASCII name for old readers and the name
// in UTF-8.
std::string attachment_disposition(std::string_view file_name);

// What the defects make of a document.
// The same facts as prose: no headings, no labels, no structure.
std::string write_prose(const records::Record& record);
// Every code without its name.
records::Record without_names(records::Record record);
// The <text> of every section emptied.
std::string without_narrative(std::string ccda);

}  // namespace bb::portal
