// harness/suite/csv.hpp - tables in CSV (RFC 4180), with places.
//
// Comma as separator, quotes doubled inside quotes, line ends CR LF or LF, a
// byte order mark is skipped. The first record names the columns. What a
// spreadsheet would take for a formula (= + - @, a tab or a line end come first)
// is written behind an apostrophe, and read without it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/yaml.hpp>

namespace bb::suite {

// One map per record, column to cell, as if the table were YAML; empty cells
// are left out, and all others are texts. A record stands at its first cell.
struct CsvTable {
  std::vector<YamlMember> columns;  // names and where they stand; values empty
  std::vector<YamlNode> records;
};

// Reports records that are longer or shorter than the first, quotes in the
// wrong place and texts that are not UTF-8.
CsvTable read_csv(const std::shared_ptr<const Source>& source, std::vector<Diagnostic>& diagnostics);

// A text as a cell: what read_csv() gives back.
std::string csv_cell(std::string_view text);

}  // namespace bb::suite
