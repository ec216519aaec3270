// bb/records/key_value_text.hpp - any other text in the manner of a Blue Button
// file: titles between dashes, "Key: value" lines.
//
// Requirement: TXT-TRI-02. TRICARE's layout is not known and is not guessed: of such
// a text the patient and the sections are read, as words; no fact is made of them.
#pragma once

#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// Whether the first 2 kB are text with two keys or more, one of them the patient's name or
// date of birth and one below a title between dashes; never mail, Markdown, a key (PEM) or
// the source of a program.
bool looks_like_key_value_text(std::string_view bytes);

// The file as it stands; bounds as of parse_va_text(). Every key is taken.
[[nodiscard]] Result<TextDocument> parse_key_value_text(std::string_view bytes);

[[nodiscard]] Result<Record> key_value_record(const TextDocument& document);

// Both.
[[nodiscard]] Result<Record> read_key_value_text(std::string_view bytes);

}  // namespace bb::records
