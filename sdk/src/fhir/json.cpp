#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <bb/core/json_events.hpp>
#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

#include "paired_members.hpp"
#include "syntax.hpp"

namespace bb::fhir {
namespace {

using Form = Element::Form;

constexpr std::size_t few_members = 24;  // compared each with each

// The key that stands twice, or none.
const Member* find_duplicate(std::span<const Member> members) {
  if (members.size() <= few_members) {
    for (std::size_t i = 1; i < members.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (members[i].key == members[j].key) return &members[i];
    return nullptr;
  }
  std::vector<const Member*> sorted;
  for (const auto& member : members) sorted.push_back(&member);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                        [](const Member* a, const Member* b) { return a->key == b->key; });
  return twice == sorted.end() ? nullptr : *(twice + 1);
}

// FHIR's own are at most 64 long. Each item of an array has its key as its name.
constexpr std::size_t key_bytes_max = 256;

// Builds the tree of one resource from the events of JSON. The elements that
// are not yet in their parent stand in one row, each open object before what is
// in it, so that each is moved only once and into a list of the right size.
class TreeBuilder : public JsonHandler {
 public:
  // The text begins at `begin` of the file that `lines` counts; elements go on
  // being counted in `element_count`.
  TreeBuilder(xml::LineCounter& lines, std::size_t begin, std::size_t& element_count)
      : lines_(lines), begin_(begin), element_count_(element_count) {}

  bool on_null(std::size_t at) override {
    if (open_.empty()) return refuse_root(at);
    if (open_.back().array_depth == 0) {
      note(member().place, member_path(), "is null; expected a value, or no such key");
      return true;
    }
    open_.back().has_nulls = true;
    return add(at, Form::none) != nullptr;
  }
  bool on_boolean(std::size_t at, bool value) override {
    return add_primitive(at, Form::boolean, value ? "true" : "false");
  }
  bool on_number(std::size_t at, std::string_view digits) override { return add_primitive(at, Form::number, digits); }
  bool on_string(std::size_t at, std::string_view value) override {
    if (!is_resource_type()) return add_primitive(at, Form::string, value);
    row_[open_.back().place_in_row].resource_type = value;
    return true;
  }
  bool on_key(std::size_t at, std::string_view name) override {
    const auto where = place(at);
    if (name.size() > key_bytes_max)
      return refuse(where, fmt::format("a key of {} bytes; at most {} are read", name.size(), key_bytes_max));
    if (name.starts_with('_')) open_.back().has_pairs = true;
    members_.push_back({std::string(name), where, row_.size()});
    return true;
  }
  bool on_object(std::size_t at) override {
    if (!enter(at)) return false;
    const auto index = open_.empty() ? 0 : row_.size() - member().first;
    if (open_.empty())
      row_.emplace_back().place = place(at);
    else if (add(at, Form::object) == nullptr)
      return false;
    open_.push_back({row_.size() - 1, members_.size(), index});
    return true;
  }
  bool on_object_end(std::size_t) override {
    const auto object = open_.back();
    const std::span<Member> members(members_.begin() + static_cast<std::ptrdiff_t>(object.first_member),
                                    members_.end());
    if (const auto* twice = find_duplicate(members))
      return refuse(twice->place,
                    fmt::format("not JSON of FHIR: the key '{}' occurs twice in one object", shown(twice->key)));
    auto& element = row_[object.place_in_row];
    if (members.empty()) note(element.place, path(), "is an empty object; expected content");
    const auto first = row_.begin() + static_cast<std::ptrdiff_t>(object.place_in_row) + 1;
    element.children.assign(std::make_move_iterator(first), std::make_move_iterator(row_.end()));
    row_.erase(first, row_.end());
    if (object.has_pairs || object.has_nulls) {
      for (auto& member : members) member.first -= object.place_in_row + 1;
      for (auto& fault : pair_members(row_.back(), members))
        note(fault.place, path() + "." + fault.child, std::move(fault.what));
    }
    members_.resize(object.first_member);
    open_.pop_back();
    --depth_;
    return true;
  }
  bool on_array(std::size_t at) override {
    if (open_.empty()) return refuse_root(at);
    if (open_.back().array_depth++ > 0) note(place(at), member_path(), "holds an array in an array");
    return enter(at);
  }
  bool on_array_end(std::size_t) override {
    --depth_;
    if (--open_.back().array_depth == 0 && row_.size() == member().first)
      note(member().place, member_path(), "is an empty array; expected items, or no such key");
    return true;
  }

  const std::optional<xml::Problem>& refusal() const { return refusal_; }

  // What was read of a whole text.
  Reading take() && {
    auto& root = row_.front();
    if (root.resource_type.empty())
      return xml::Problem{root.place.line, root.place.column,
                          "expected a FHIR resource, an object with 'resourceType'; found an object without"};
    for (auto& problem : problems_) problem.path = root.resource_type + problem.path;
    root.name = root.resource_type;
    return Document{Syntax::json, std::move(root), std::move(problems_)};
  }

 private:
  // An object that is being read.
  struct Open {
    std::size_t place_in_row = 0;
    std::size_t first_member = 0;
    std::size_t index = 0;  // among the items of its array
    int array_depth = 0;
    bool has_pairs = false;
    bool has_nulls = false;
  };

  xml::Position place(std::size_t at) { return lines_.at(begin_ + at); }

  const Member& member() const { return members_.back(); }

  bool is_resource_type() const {
    return !open_.empty() && open_.back().array_depth == 0 && member().key == "resourceType" &&
           (open_.size() == 1 || holds_resource(row_[open_.back().place_in_row].name));
  }

  // Of the object that is being read, below the root: ".name[0]".
  std::string path() const {
    std::string text;
    for (std::size_t i = 1; i < open_.size(); ++i) {
      const auto& element = row_[open_[i].place_in_row];
      text += "." + shown(element.name);
      if (element.is_listed) text += fmt::format("[{}]", open_[i].index);
    }
    return text;
  }
  std::string member_path() const { return path() + "." + shown(member().key); }

  // Null where there are too many.
  Element* add(std::size_t at, Form form) {
    const bool is_listed = open_.back().array_depth > 0;
    const auto where = is_listed ? place(at) : member().place;
    if (++element_count_ > element_count_max) {
      refuse(where, fmt::format("more than {} elements", element_count_max));
      return nullptr;
    }
    auto& element = row_.emplace_back();
    element.name = member().key;
    element.form = form;
    element.is_listed = is_listed;
    element.place = where;
    return &element;
  }

  bool add_primitive(std::size_t at, Form form, std::string_view value) {
    if (open_.empty()) return refuse_root(at);
    auto* element = add(at, form);
    if (element == nullptr) return false;
    element->value = value;
    if (value.empty()) note(element->place, member_path(), "is an empty string");
    return true;
  }

  // Into an object or array that begins at `at`.
  bool enter(std::size_t at) {
    if (++depth_ <= depth_max) return true;
    return refuse(place(at), fmt::format("nested deeper than {}", depth_max));
  }

  bool refuse_root(std::size_t at) {
    return refuse(place(at), "expected a FHIR resource, an object with 'resourceType'; found another value");
  }
  bool refuse(xml::Position where, std::string what) {
    refusal_ = xml::Problem{where.line, where.column, std::move(what)};
    return false;
  }

  void note(xml::Position where, std::string path, std::string what) {
    add_problem(problems_, {where, std::move(path), std::move(what)});
  }

  xml::LineCounter& lines_;
  std::size_t begin_;
  std::size_t& element_count_;
  std::vector<Element> row_;
  std::vector<Member> members_;  // of the open objects
  std::vector<Open> open_;
  std::vector<Problem> problems_;
  std::optional<xml::Problem> refusal_;
  int depth_ = 0;
};

Reading read_one(std::string_view text, std::size_t begin, xml::LineCounter& lines, std::size_t& element_count) {
  TreeBuilder builder(lines, begin, element_count);
  const auto reading = read_json_events(text, builder);
  if (reading.is_complete) return std::move(builder).take();
  if (builder.refusal()) return *builder.refusal();
  const auto [line, column] = lines.at(begin + reading.fault->at);
  return xml::Problem{line, column, "not JSON: " + reading.fault->what};
}

std::optional<xml::Problem> refuse_bytes(std::string_view bytes) {
  if (bytes.size() > bytes_max)
    return xml::Problem{1, 1, fmt::format("the file has {} bytes, at most {} are read", bytes.size(), bytes_max)};
  if (bytes.empty()) return xml::Problem{1, 1, "the file is empty"};
  if (xml::is_wide(bytes))
    return xml::Problem{1, 1, "not JSON: the file is UTF-16 or UTF-32, or begins with zero bytes; expected UTF-8"};
  return std::nullopt;
}

}  // namespace

Reading read_json(std::string_view bytes) {
  if (auto problem = refuse_bytes(bytes)) return *std::move(problem);
  xml::LineCounter lines(bytes);
  std::size_t element_count = 0;
  return read_one(bytes, 0, lines, element_count);
}

std::vector<Reading> read_ndjson(std::string_view bytes) {
  if (auto problem = refuse_bytes(bytes)) return {*std::move(problem)};
  std::vector<Reading> readings;
  xml::LineCounter lines(bytes);
  std::size_t element_count = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const auto end = std::min(bytes.find('\n', begin), bytes.size());
    const auto line = bytes.substr(begin, end - begin);
    if (!trim(line).empty()) readings.push_back(read_one(line, begin, lines, element_count));
    begin = end + 1;
    if (element_count > element_count_max || readings.size() > element_count_max) break;
  }
  return readings;
}

}  // namespace bb::fhir
