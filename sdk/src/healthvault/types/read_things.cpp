// The reader walks the elements of the description through a thing, and marks what it read; what is
// unmarked then has no field.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

#include "common.hpp"
#include "content.hpp"
#include "dates.hpp"
#include "fields.hpp"
#include "leaves.hpp"
#include "numbers.hpp"
#include "patients.hpp"
#include "shape.hpp"

namespace bb::healthvault {
namespace types {
namespace {

constexpr std::string_view no_field = "a record has no field for it";

// A fact, and what its type says of it where it does not say so itself.
struct Found {
  Value fact;
  Words constants;
};

class ThingReader {
 public:
  ThingReader(const Type& type, const xmlNode* element, const xmlNode* common)
      : type_(type), element_(element), common_(common) {}

  ReadThings read() {
    Value root = Value::object();
    read_elements(element_, type_.elements, root, {});
    take_facts(std::move(root));
    const auto said = read_common(common_);
    for (const auto& one : said.unheld) read_.unheld.push_back(one);
    fill(said);
    if (!type_.rest.empty() && found_.size() == 1) add_rest(found_.front().fact);
    tell_unmarked(element_, {});
    for (auto& found : found_) add_fact(std::move(found.fact));
    read_.record = records::from_value(record_);
    read_.notes = {said.note};
    return std::move(read_);
  }

 private:
  void read_elements(const xmlNode* parent, const std::vector<Element>& elements, Value& fact,
                     const std::string& around) {
    for (const bool is_weak : {false, true})
      for (const auto& element : elements)
        if (element.is_weak == is_weak) read_element(parent, element, fact, around);
  }

  void read_element(const xmlNode* parent, const Element& element, Value& fact, const std::string& around) {
    const auto path = element.to == "*" ? around : element.to;
    auto nodes = children(parent, element.name);
    if (nodes.empty()) return;
    if (!element.each.empty()) {
      for (const auto* node : nodes) read_each(node, element, fact);
      return;
    }
    if (!element.is_list && !element.is_many) nodes.resize(1);
    for (const auto* node : nodes) {
      if (element.kind == Kind::group)
        read_elements(node, description().elements_of(element), fact, path.empty() ? around : path);
      else if (element.measure != nullptr)
        read_measure(node, element);
      else
        read_field(node, element, fact, path);
    }
  }

  // An occurrence that is a fact or an item of its own.
  void read_each(const xmlNode* node, const Element& element, Value& fact) {
    Value item;
    read_elements(node, description().elements_of(element), item, {});
    if (type_.is_fact(element)) {
      found_.push_back({std::move(item), element.constants});
      return;
    }
    if (is_blank(item)) return;
    if (!element.scheme.empty()) item = element.scheme + item.string_or("");
    for (const auto& [path, text] : element.constants) set_at(item, path, text);
    auto& whole = element.is_top ? record_ : fact;
    if (whole.find(element.each) == nullptr) whole.set(element.each, Value::array());
    whole.find(element.each)->push(std::move(item));
  }

  void read_measure(const xmlNode* node, const Element& element) {
    auto read = read_leaf(element, node);
    if (!read) return;
    const auto& test = element.measure->test_in(read->unit);
    Found found{Value::object({{"value", read->value}}), {{"test.display", test.display}}};
    if (!read->unit.empty()) found.fact.set("unit", read->unit);
    if (!test.code.empty()) {
      found.constants.emplace_back("test.code", test.code);
      found.constants.emplace_back("test.system", loinc_oid);
      found.constants.emplace_back("test.system_name", "LOINC");
    }
    if (!test.unit.empty() && read->unit.empty()) found.constants.emplace_back("unit", test.unit);
    marks_.merge(read->marks);
    found_.push_back(std::move(found));
  }

  void read_field(const xmlNode* node, const Element& element, Value& fact, const std::string& path) {
    if (is_constant(element, node)) {
      marks_.insert(child(node, constant_name(element)));
      for (const auto* code : children(node, "code")) marks_.insert(code);
      return;
    }
    if (element.kind == Kind::full_name) return read_full_name(node, fact);
    if (element.kind == Kind::range_minimum || element.kind == Kind::range_maximum)
      return read_bound(node, element, fact);
    auto read = read_leaf(element, node);
    if (!read || (path.empty() && !fact.is_null())) return;
    if (element.is_list) {
      const auto* items = value_at(fact, path).items();
      set_at(fact, joined(path, std::to_string(items == nullptr ? 0 : items->size())), std::move(read->value));
    } else if (!place(fact, path, element, std::move(read->value))) {
      return;
    }
    if (!element.unit.empty() && !read->unit.empty()) set_at(fact, element.unit, read->unit);
    marks_.merge(read->marks);
  }

  // False where the field says something else already.
  static bool place(Value& fact, const std::string& path, const Element& element, Value value) {
    const auto& there = value_at(fact, path);
    const bool is_name_alone = value.is_object() && leaves_of(there).size() == 1 &&
                               !text_at(there, "display").empty() &&
                               text_at(there, "display") == text_at(value, "display");
    if (element.is_appended && !is_blank(there)) {
      set_at(fact, path, there.string_or("") + " " + value.string_or(""));
      return true;
    }
    if (is_blank(there) || is_name_alone) {
      set_at(fact, path, std::move(value));
      return true;
    }
    return there == value;
  }

  // The parts count; a name without parts is told whole.
  void read_full_name(const xmlNode* node, Value& fact) {
    const auto full = text_of(node);
    std::vector<std::string> parts = strings_of(value_at(fact, "given"));
    parts.push_back(text_at(fact, "family"));
    std::erase(parts, "");
    if (parts.empty()) set_at(fact, "given.0", full);
    auto whole = parts;
    whole.insert(whole.begin(), text_at(fact, "prefix"));
    whole.push_back(text_at(fact, "suffix"));
    std::erase(whole, "");
    if (parts.empty() || full == join(parts, " ") || full == join(whole, " ")) marks_.insert(node);
  }

  void read_bound(const xmlNode* node, const Element& element, Value& fact) {
    const auto text = text_of(node);
    auto range = range_of(text_at(fact, element.to));
    (element.kind == Kind::range_minimum ? range.minimum : range.maximum) = text;
    if (range_of(words_of(range)).minimum != range.minimum) return;  // no number
    set_at(fact, element.to, words_of(range));
    marks_.insert(node);
  }

  // What stands around several facts is said of each.
  void take_facts(Value root) {
    const bool is_each = type_.has_measures() || !found_.empty() || has_each(type_.elements);
    if (!is_each) {
      if (!is_blank(root) || !type_.constants.empty()) found_.push_back({std::move(root), {}});
    } else {
      for (auto& found : found_)
        for (const auto& [path, text] : leaves_of(root))
          if (text_at(found.fact, path).empty()) set_at(found.fact, path, text);
      std::erase_if(found_, [](const Found& found) { return is_blank(found.fact); });
      if (found_.empty())
        for (const auto& [path, text] : leaves_of(root)) tell(path, text, "it stands beside no fact");
    }
  }

  bool has_each(const std::vector<Element>& elements) const {
    return std::any_of(elements.begin(), elements.end(), [&](const Element& e) { return type_.is_fact(e); });
  }

  void fill(const CommonSaid& said) {
    for (const auto& field : said.fields) {
      if (field.fact < found_.size())
        fill_field(found_[field.fact].fact, field);
      else
        tell("common/extension/" + field.name, field.text, "it stands beside no fact");
    }
    for (auto& found : found_) {
      if (!said.source.empty()) set_source(found.fact, said.source);
      for (const auto* constants : {&std::as_const(found.constants), &type_.constants})
        for (const auto& [path, text] : *constants)
          if (text_at(found.fact, path).empty()) set_at(found.fact, path, text);
    }
    if (found_.empty() && !said.source.empty()) tell("common/source", said.source, "it stands beside no fact");
  }

  // The items of a list may stand in another thing, as those of a patient do: what is left of
  // them follows one another.
  std::string fitting(const Value& fact, const ExtensionField& field) {
    std::string path;
    for (const auto& step : split(field.name, '.')) {
      const bool is_index = !step.empty() && step.find_first_not_of("0123456789") == std::string::npos;
      const auto count = value_at(fact, path).size();
      const auto asked = joined(path, step);
      if (!is_index || integer_of(step, 0, static_cast<int>(count) - 1)) {
        path = asked;
        continue;
      }
      const auto key = std::to_string(field.fact) + ":" + asked;
      path = moved_items_.try_emplace(key, joined(path, std::to_string(count))).first->second;
    }
    return path;
  }

  void fill_field(Value& fact, ExtensionField field) {
    field.name = fitting(fact, field);
    if (!has(field.name) || !text_at(fact, field.name).empty())
      return tell("common/extension/" + field.name, field.text, "the thing itself says otherwise, or it is no field");
    set_at(fact, field.name, field.text);
    // The words of a value that is no number hold its unit too.
    const auto value = field.name.ends_with("unit") ? replace_end(field.name, "unit", "value") : std::string{};
    const auto words = text_at(fact, value);
    if (!value.empty() && words.ends_with(" " + field.text))
      set_at(fact, value, words.substr(0, words.size() - field.text.size() - 1));
  }

  // Whether the facts have the field; an observation of a list in a list has those of a vital sign.
  bool has(std::string_view path) const {
    return has_field(type_.lone.empty() ? std::string_view(type_.type.fact) : "vital_signs", path);
  }

  static std::string replace_end(const std::string& text, std::string_view end, std::string_view by) {
    return text.substr(0, text.size() - end.size()) + std::string(by);
  }

  void set_source(Value& fact, const std::string& source) {
    if (has("source")) {
      if (text_at(fact, "source").empty()) set_at(fact, "source", source);
    } else if (has("observations.0.source")) {
      const auto count = value_at(fact, "observations").size();
      for (std::size_t i = 0; i < count; ++i)
        if (const auto path = fmt::format("observations.{}.source", i); text_at(fact, path).empty())
          set_at(fact, path, source);
    } else {
      tell("common/source", source, no_field);
    }
  }

  // What no field answers to, in words.
  void add_rest(Value& fact) {
    auto text = text_at(fact, type_.rest);
    const auto before = read_.unheld.size();
    tell_unmarked(element_, {});
    for (auto one = before; one < read_.unheld.size(); ++one)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", read_.unheld[one].where, read_.unheld[one].text);
    read_.unheld.resize(before);
    is_rest_told_ = true;
    if (!text.empty()) set_at(fact, type_.rest, text);
  }

  void tell_unmarked(const xmlNode* parent, const std::string& path) {
    if (is_rest_told_) return;
    for (const auto* node = parent->children; node != nullptr; node = node->next) {
      if (node->type != XML_ELEMENT_NODE || marks_.contains(node)) continue;
      auto where = path.empty() ? std::string() : path + "/";
      where += xml::name_of(node);
      const bool is_code = xml::name_of(node) == "code" && child(node, "value") != nullptr;
      if (is_code)
        tell(where, text_of(node, "value") + " of " + text_of(node, "type"), no_field);
      else if (const auto date = date_of(node); !date.empty())
        tell(where, date, no_field);
      else if (has_elements(node))
        tell_unmarked(node, where);
      else if (const auto text = text_of(node); !text.empty())
        tell(where, text, no_field);
    }
  }

  // A date as one thing to tell; empty where it is none, or a part of it was read.
  std::string date_of(const xmlNode* node) const {
    Marks marks;
    const auto date = child(node, "date") != nullptr ? read_date_time(node, marks) : read_date(node, marks);
    const auto is_read = [&](const xmlNode* one) { return marks_.contains(one); };
    return date && std::none_of(marks.begin(), marks.end(), is_read) ? *date : std::string{};
  }

  void tell(std::string where, std::string text, std::string_view why) {
    read_.unheld.push_back({0, std::move(where), std::move(text), std::string(why)});
  }

  void add_fact(Value fact) {
    if (type_.type.fact == "patient") {
      record_.set("patient", std::move(fact));
      return;
    }
    if (!type_.lone.empty()) {
      Value panel = Value::object({{"date", text_at(fact, "date")}});
      panel.set(type_.lone, Value(Value::Array{std::move(fact)}));
      fact = std::move(panel);
    }
    if (record_.find(type_.type.fact) == nullptr) record_.set(type_.type.fact, Value::array());
    record_.find(type_.type.fact)->push(std::move(fact));
  }

  const Type& type_;
  const xmlNode* element_;
  const xmlNode* common_;
  Marks marks_;
  Value record_ = Value::object();
  std::vector<Found> found_;
  ReadThings read_;
  std::map<std::string, std::string> moved_items_;
  bool is_rest_told_ = false;
};

Result<ReadThings> read_document(const Content& data) {
  ReadThings read;
  BB_TRY(read.record, records::read_record(data.content()));
  const auto said = read_common(data.common());
  read.notes = {said.note};
  read.unheld = said.unheld;
  if (!said.source.empty()) read.unheld.push_back({0, "common/source", said.source, std::string(no_field)});
  for (const auto& field : said.fields)
    read.unheld.push_back({0, "common/extension/" + field.name, field.text, "a document says all itself"});
  return read;
}

// Facts of several things. The patient is one; of the rest the first that says it counts.
class Sum {
 public:
  explicit Sum(std::vector<Unheld>& unheld) : unheld_(unheld) {}

  void add(const records::Record& part, std::size_t thing) {
    add_patient(patient_, part.patient, thing, unheld_);
    auto value = records::to_value(part);
    for (auto& [key, member] : *value.members()) {
      if (key == "patient") continue;
      if (whole_.find(key) == nullptr) whole_.set(key, member.is_array() ? Value::array() : Value());
      auto& there = *whole_.find(key);
      if (auto* items = member.items()) {
        for (auto& item : *items) there.push(std::move(item));
      } else if (is_blank(there)) {
        there = std::move(member);
      } else if (!is_blank(member) && !(there == member)) {
        for (const auto& [path, text] : leaves_of(member))
          unheld_.push_back({thing, joined(key, path), text, "it is told of another document"});
      }
    }
  }

  records::Record record() const {
    auto record = records::from_value(whole_);
    record.patient = patient_;
    return record;
  }

 private:
  std::vector<Unheld>& unheld_;
  Value whole_ = Value::object();
  records::Patient patient_;
};

}  // namespace
}  // namespace types

Result<ReadThings> read_thing(const ThingXml& thing) {
  const auto* type = types::description().find(thing.type_id);
  if (type == nullptr) {
    ReadThings read;
    const auto* known = find_thing_type(thing.type_id);
    read.notes = {""};
    read.carried.push_back({to_lower(thing.type_id), known == nullptr ? "" : known->name, 1});
    return read;
  }
  BB_TRY(const auto data, types::Content::read(thing.bytes));
  const auto& expected = type->type.element;
  if (xml::name_of(data.element()) != expected || !data.is_in(type->root_namespace))
    return Error{fmt::format("data of type {} ({}): expected the element '{}'{}, found '{}'", type->type.name,
                             type->type.id, expected, type->root_namespace.empty() ? "" : " of " + type->root_namespace,
                             xml::name_of(data.element()))};
  if (type->type.handling == ThingType::Handling::document) return types::read_document(data);
  return types::ThingReader(*type, data.element(), data.common()).read();
}

ReadThings read_things(const std::vector<ThingXml>& things) {
  ReadThings all;
  types::Sum sum(all.unheld);
  for (std::size_t i = 0; i < things.size(); ++i) {
    auto read = read_thing(things[i]);
    if (!read) {
      all.unreadable.push_back({i, things[i].type_id, {}, read.error().what});
      all.notes.emplace_back();
      continue;
    }
    all.notes.push_back(read->notes.front());
    for (auto& one : read->unheld) {
      one.thing = i;
      all.unheld.push_back(std::move(one));
    }
    for (const auto& one : read->carried) {
      const auto same = std::find_if(all.carried.begin(), all.carried.end(),
                                     [&](const Carried& c) { return c.type_id == one.type_id; });
      if (same == all.carried.end())
        all.carried.push_back(one);
      else
        same->count += one.count;
    }
    sum.add(read->record, i);
  }
  all.record = sum.record();
  return all;
}

}  // namespace bb::healthvault
