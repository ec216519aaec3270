#include "harness/report/sequence_picture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::report {
namespace {

constexpr int lane_width = 168;
constexpr int head_height = 44;
constexpr int first_row = 80;  // the line of the first arrow
constexpr int row_height = 38;
constexpr int letter_width = 7;  // at most, of the labels' size
constexpr int arrow_head = 8;
constexpr int self_gap = 10;  // between a lane and the label of what it does by itself

int middle_of(std::size_t lane) { return static_cast<int>(lane) * lane_width + lane_width / 2; }

std::string fitting(const std::string& text, int width) {
  return shorten(text, static_cast<std::size_t>(std::max(width / letter_width, 8)));
}

std::string name_of(const Lane& lane) {
  return lane.detail.empty() ? lane.title : fmt::format("{} ({})", lane.title, lane.detail);
}

std::string_view class_of(const Arrow& arrow) {
  switch (arrow.tone) {
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::plain:
      break;
  }
  return "plain";
}

std::string clock_time(std::int64_t unix_ns) { return format_utc(unix_ns).substr(11, 12); }  // "22:25:48.123"

Value lane_value(const Sequence& sequence, std::size_t place, int height) {
  const auto& lane = sequence.lanes[place];
  return Value::object({{"lane_x", middle_of(place)},
                        {"lane_left", middle_of(place) - lane_width / 2 + 6},
                        {"lane_width", lane_width - 12},
                        {"lane_head", head_height},
                        {"lane_end", height},
                        {"lane_title", fitting(lane.title, lane_width - 16)},
                        {"lane_detail", fitting(lane.detail, lane_width - 16)}});
}

Value arrow_value(const Sequence& sequence, std::size_t number, const std::string& evidence) {
  const auto& arrow = sequence.arrows[number - 1];
  const int y = first_row + static_cast<int>(number - 1) * row_height;
  const int from = middle_of(arrow.from);
  const int to = middle_of(arrow.to);
  const bool is_self = arrow.from == arrow.to;
  const bool is_leftmost_free = arrow.from + 1 < sequence.lanes.size();  // room at its right
  const int toward = to > from ? 1 : -1;
  const auto times = arrow.count > 1 ? fmt::format(" (x{})", arrow.count) : std::string();
  const int room = is_self ? lane_width - 2 * self_gap : std::abs(to - from) - 2 * arrow_head;
  const auto& from_lane = sequence.lanes[arrow.from];
  const auto& to_lane = sequence.lanes[arrow.to];
  return Value::object(
      {{"arrow_number", static_cast<std::int64_t>(number)},
       {"arrow_y", y},
       {"arrow_is_self", is_self},
       {"arrow_from_x", from},
       {"arrow_to_x", to - toward * arrow_head},
       {"arrow_head",
        fmt::format("{},{} {},{} {},{}", to, y, to - toward * arrow_head, y - 5, to - toward * arrow_head, y + 5)},
       {"arrow_label_x", !is_self           ? (from + to) / 2
                         : is_leftmost_free ? from + self_gap
                                            : from - self_gap},
       {"arrow_label_y", is_self ? y + 4 : y - 6},
       {"arrow_label_anchor", !is_self           ? "middle"
                              : is_leftmost_free ? "start"
                                                 : "end"},
       {"arrow_label", fitting(fmt::format("{}. {}{}", number, arrow.what, times), room)},
       {"arrow_class", fmt::format("{}{}", class_of(arrow), arrow.is_inferred ? " inferred" : "")},
       {"arrow_evidence", evidence},
       {"arrow_time", clock_time(arrow.at_unix_ns)},
       {"arrow_who", is_self ? name_of(from_lane) : fmt::format("{} to {}", name_of(from_lane), name_of(to_lane))},
       {"arrow_what", arrow.what},
       {"arrow_count", arrow.count > 1 ? fmt::format("{} times", arrow.count) : ""},
       {"arrow_answer", arrow.answer},
       {"arrow_inferred", arrow.is_inferred ? "inferred: nobody saw it" : ""}});
}

}  // namespace

Value sequence_picture(const Sequence& sequence, const std::string& anchor,
                       const std::function<std::string(const Arrow&)>& evidence_of) {
  const auto rows = static_cast<int>(sequence.arrows.size());
  const int height = first_row + std::max(rows, 1) * row_height;
  auto lanes = Value::array();
  for (std::size_t i = 0; i < sequence.lanes.size(); ++i) lanes.push(lane_value(sequence, i, height));
  auto arrows = Value::array();
  bool has_inferred = false;
  for (std::size_t i = 0; i < sequence.arrows.size(); ++i) {
    has_inferred = has_inferred || sequence.arrows[i].is_inferred;
    arrows.push(arrow_value(sequence, i + 1, evidence_of(sequence.arrows[i])));
  }
  return Value::object(
      {{"picture_id", anchor + "-sequence"},
       {"picture_width", static_cast<int>(sequence.lanes.size()) * lane_width},
       {"picture_height", height},
       {"picture_summary",
        fmt::format("{} between {} parties, in order of time (UTC)",
                    counted(sequence.arrows.size() + sequence.left_out, "step"), sequence.lanes.size())},
       {"picture_inferred",
        has_inferred ? "Dashed is what nobody saw: a header field of a message or a receipt tells of it." : ""},
       {"picture_left_out", sequence.left_out == 0
                                ? ""
                                : fmt::format("{} more are not shown; they stand with the steps.", sequence.left_out)},
       {"lanes", std::move(lanes)},
       {"arrows", std::move(arrows)}});
}

}  // namespace bb::report
