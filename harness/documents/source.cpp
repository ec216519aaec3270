#include "harness/documents/source.hpp"

#include <algorithm>
#include <deque>
#include <tuple>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/line_counter.hpp>

namespace bb::documents {
namespace {

// A document's stretches, one after another.
class Stretches {
 public:
  explicit Stretches(std::string_view bytes) : rest_(bytes), line_end_(xml::line_end_of(bytes)) {}

  // False at the end.
  bool next(SourceLine& stretch) {
    if (rest_.empty()) return false;
    const auto end = std::min(rest_.find(line_end_), rest_.size());
    auto length = std::min(end, source_line_bytes_max);
    while (length < end && length > source_line_bytes_max - 4 && is_continuation(rest_[length])) --length;
    auto text = rest_.substr(0, length);
    stretch.line = line_;
    stretch.column = column_;
    if (length == end) {
      if (text.ends_with('\r')) text.remove_suffix(1);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_;
      column_ = 1;
    } else {
      rest_.remove_prefix(length);
      column_ += static_cast<int>(length);
    }
    stretch.text = text;
    return true;
  }

 private:
  std::string_view rest_;
  char line_end_;
  int line_ = 1;
  int column_ = 1;
};

// Of stretches in order, those near a finding; findings in order too.
class Nearby {
 public:
  explicit Nearby(const std::vector<Finding>& findings) {
    for (const auto& finding : findings) places_.emplace_back(finding.line, finding.column);
    std::sort(places_.begin(), places_.end());
  }

  // `take` gets each stretch that is near, once and in order.
  template <class Take>
  void add(SourceLine stretch, const Take& take) {
    const std::pair end(stretch.line, stretch.column + static_cast<int>(std::max<std::size_t>(stretch.text.size(), 1)));
    bool has_finding = false;
    // A place beyond the end of its line counts for what follows.
    while (next_ < places_.size() && places_[next_] < end) {
      ++next_;
      has_finding = true;
    }
    if (has_finding) {
      for (auto& one : before_) take(std::move(one));
      before_.clear();
      after_left_ = lines_around;
      take(std::move(stretch));
    } else if (after_left_ > 0) {
      --after_left_;
      take(std::move(stretch));
    } else {
      before_.push_back(std::move(stretch));
      if (before_.size() > lines_around) before_.pop_front();
    }
  }

 private:
  std::vector<std::pair<int, int>> places_;
  std::size_t next_ = 0;
  std::deque<SourceLine> before_;
  std::size_t after_left_ = 0;
};

}  // namespace

bool holds(const SourceLine& line, const SourceLine* next, const Finding& finding) {
  const std::tuple place(finding.line, finding.column);
  return place >= std::tuple(line.line, line.column) &&
         (next == nullptr || next->line != line.line ? finding.line == line.line
                                                     : place < std::tuple(next->line, next->column));
}

std::vector<SourceLine> around_findings(std::vector<SourceLine> lines, const std::vector<Finding>& findings) {
  std::vector<SourceLine> near;
  Nearby nearby(findings);
  for (auto& line : lines) nearby.add(std::move(line), [&](SourceLine one) { near.push_back(std::move(one)); });
  return near;
}

std::vector<SourceLine> source_of(std::string_view bytes, const std::vector<Finding>& findings,
                                  std::size_t whole_bytes_max) {
  std::vector<SourceLine> lines;
  if (std::none_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.line > 0; }))
    return lines;
  const bool is_whole = bytes.size() <= whole_bytes_max;
  std::size_t byte_count = 0;
  const auto take = [&](SourceLine line) {
    byte_count += line.text.size() + 1;
    if (byte_count <= whole_bytes_max + 1) lines.push_back(std::move(line));
  };
  Nearby nearby(findings);
  Stretches stretches(bytes);
  SourceLine stretch;
  while (byte_count <= whole_bytes_max && stretches.next(stretch))
    is_whole ? take(std::move(stretch)) : nearby.add(std::move(stretch), take);
  return lines;
}

void count_characters(std::string_view bytes, std::vector<Finding>& findings) {
  const bool is_text = is_utf8(bytes);
  const char line_end = xml::line_end_of(bytes);
  int line = 1;
  std::size_t line_start = 0;
  std::size_t counted_to = 0;  // a place in the line
  int character = 1;           // that of this place
  for (auto& finding : findings) {
    if (std::tuple(finding.line, finding.column) <
        std::tuple(line, static_cast<int>(counted_to - line_start) + 1)) {  // never of findings in order
      line = 1;
      line_start = counted_to = 0;
      character = 1;
    }
    while (line < finding.line) {
      const auto end = bytes.find(line_end, line_start);
      if (end == std::string_view::npos) break;
      ++line;
      line_start = counted_to = end + 1;
      character = 1;
    }
    const auto place = line_start + static_cast<std::size_t>(finding.column - 1);
    if (line != finding.line || place > bytes.size()) continue;
    for (; counted_to < place; ++counted_to) character += !is_text || !is_continuation(bytes[counted_to]);
    const bool has_mark = line == 1 && bytes.starts_with(utf8_mark) && place >= utf8_mark.size();
    finding.character = character - (has_mark ? (is_text ? 1 : 3) : 0);
  }
}

}  // namespace bb::documents
