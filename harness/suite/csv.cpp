#include "harness/suite/csv.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>

namespace bb::suite {
namespace {

struct Cell {
  std::string text;
  Place place;
};

class CsvReader {
 public:
  CsvReader(std::shared_ptr<const Source> source, std::vector<Diagnostic>& diagnostics)
      : source_(std::move(source)), text_(source_->text), diagnostics_(diagnostics) {
    if (text_.starts_with(utf8_mark)) at_ = utf8_mark.size();
  }

  bool is_at_end() const { return at_ >= text_.size(); }

  std::vector<Cell> read_record() {
    std::vector<Cell> cells;
    while (true) {
      cells.push_back(read_cell());
      if (is_at_end()) return cells;
      if (text_[at_] == ',') {
        ++at_;
        if (is_at_end()) {
          cells.push_back({"", here(1)});
          return cells;
        }
        continue;
      }
      skip_line_end();
      return cells;
    }
  }

 private:
  Place here(int length) const { return {source_, line_, static_cast<int>(at_ - line_begin_) + 1, length}; }

  void error(Place place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, std::move(place), std::move(message), std::move(note)});
  }

  bool is_line_end(std::size_t at) const {
    return text_[at] == '\n' || (text_[at] == '\r' && at + 1 < text_.size() && text_[at + 1] == '\n');
  }

  void skip_line_end() {
    at_ += text_[at_] == '\r' ? std::size_t{2} : std::size_t{1};
    ++line_;
    line_begin_ = at_;
  }

  Cell read_cell() { return !is_at_end() && text_[at_] == '"' ? read_quoted() : read_plain(); }

  Cell read_plain() {
    const std::size_t begin = at_;
    std::size_t end = begin;
    while (end < text_.size() && text_[end] != ',' && !is_line_end(end)) ++end;
    Cell cell{std::string(text_.substr(begin, end - begin)), here(static_cast<int>(end - begin))};
    if (const auto quote = cell.text.find('"'); quote != std::string::npos) {
      at_ = begin + quote;
      error(here(1), "a quote inside a cell without quotes",
            "put the whole cell in quotes and double the quotes in it");
    }
    at_ = end;
    return cell;
  }

  Cell read_quoted() {
    Cell cell{"", here(1)};
    const std::size_t begin = at_++;
    while (!is_at_end()) {
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          cell.text += '"';
          at_ += 2;
          continue;
        }
        ++at_;
        if (cell.place.line == line_) cell.place.length = static_cast<int>(at_ - begin);
        refuse_rest_of_cell();
        return cell;
      }
      cell.text += c;
      ++at_;
      if (c == '\n') {
        ++line_;
        line_begin_ = at_;
      }
    }
    error(cell.place, "a cell in quotes is never closed", "");
    return cell;
  }

  void refuse_rest_of_cell() {
    if (is_at_end() || text_[at_] == ',' || is_line_end(at_)) return;
    error(here(1), "text after the closing quote of a cell",
          "expected ',' or the end of the line; double quotes inside quotes");
    while (!is_at_end() && text_[at_] != ',' && !is_line_end(at_)) ++at_;
  }

  std::shared_ptr<const Source> source_;
  std::string_view text_;
  std::vector<Diagnostic>& diagnostics_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 1;
};

// Behind any apostrophes of its own, so that each text comes back as it was.
bool is_as_formula(std::string_view text) {
  const auto begin = text.find_first_not_of('\'');
  return begin != std::string_view::npos && std::string_view("=+-@\t\r\n").find(text[begin]) != std::string_view::npos;
}

YamlNode scalar(Cell cell) {
  YamlNode node;
  node.place = std::move(cell.place);
  node.text = std::move(cell.text);
  if (node.text.starts_with('\'') && is_as_formula(node.text)) node.text.erase(0, 1);
  node.is_quoted = true;
  return node;
}

bool is_blank(const std::vector<Cell>& record) { return record.size() == 1 && record[0].text.empty(); }

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string out = is_as_formula(text) ? fmt::format("'{}", text) : std::string(text);
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  return '"' + replace_all(out, "\"", "\"\"") + '"';
}

CsvTable read_csv(const std::shared_ptr<const Source>& source, std::vector<Diagnostic>& diagnostics) {
  CsvTable table;
  if (!is_utf8(source->text)) {
    const Place beginning{source, 1, 1, 0};
    diagnostics.push_back({Severity::error, beginning, "the file is not UTF-8", "save it as UTF-8"});
    return table;
  }
  CsvReader reader(source, diagnostics);
  while (!reader.is_at_end()) {
    auto record = reader.read_record();
    if (is_blank(record)) continue;
    if (table.columns.empty()) {
      for (auto& cell : record) table.columns.push_back({std::string(trim(cell.text)), std::move(cell.place), {}});
      continue;
    }
    if (record.size() != table.columns.size())
      diagnostics.push_back({Severity::error, record[0].place,
                             fmt::format("this record has {} cells, the first line names {} columns", record.size(),
                                         table.columns.size()),
                             "put a cell that holds ',' in quotes"});
    YamlNode node;
    node.kind = YamlNode::Kind::map;
    node.place = record[0].place;
    for (std::size_t i = 0; i < record.size() && i < table.columns.size(); ++i)
      if (!trim(record[i].text).empty())
        node.members.push_back({table.columns[i].key, Place(record[i].place), scalar(std::move(record[i]))});
    table.records.push_back(std::move(node));
  }
  return table;
}

}  // namespace bb::suite
