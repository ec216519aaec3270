// The writer walks the elements of the description in the order of the schema and notes which
// fields it used; what is left over stands in `common`. An element that a schema requires and a
// fact does not fill makes the fact no thing of that type.
#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/record_value.hpp>

#include "common.hpp"
#include "fields.hpp"
#include "leaves.hpp"

namespace bb::healthvault {
namespace types {
namespace {

constexpr std::string_view in_extension = "the type has no element for it; it stands in common/extension";

using Used = std::set<std::string>;  // paths of fields that the markup says

bool is_of(const Measure& measure, const Value& fact) {
  const auto code = text_at(fact, "test.code");
  if (measure.codes.empty()) return code.empty() && text_at(fact, "test.display") == measure.test.display;
  return text_at(fact, "test.system") == loinc_oid &&
         std::find(measure.codes.begin(), measure.codes.end(), code) != measure.codes.end();
}

const Never* never_of(const Value& fact) {
  for (const auto& never : description().never)
    if (text_at(fact, never.field) == never.value) return &never;
  return nullptr;
}

// One thing of one type.
class ThingWriter {
 public:
  // Of a type of measurements several facts may make one thing: `candidates`, the first of which
  // must be in it. They live as long as this.
  ThingWriter(const Type& type, std::vector<const Value*> candidates)
      : type_(type), candidates_(std::move(candidates)) {}

  // False: `why()` says what is missing.
  bool write() {
    auto markup = write_elements(type_.elements, *candidates_.front(), {}, root_used_, {});
    if (!markup) return false;
    if (taken_.empty()) taken_.push_back({candidates_.front(), {}, {}, {}, {}});
    if (taken_.front().fact != candidates_.front() &&
        std::none_of(taken_.begin(), taken_.end(), [&](const Taken& one) { return one.fact == candidates_.front(); }))
      return fail("it is another measurement");
    for (auto& one : taken_) one.used.insert(root_used_.begin(), root_used_.end());
    markup_ = std::move(*markup);
    return true;
  }

  struct Taken {
    const Value* fact;
    Used used;
    std::string code, display, unit;  // what the type itself says of it
  };
  std::vector<Taken>& taken() { return taken_; }
  const std::string& why() const { return why_; }
  std::string markup() const { return element(type_.type.element, markup_); }
  const std::vector<Unheld>& unheld() const { return unheld_; }

  // What stands for a fact in a sentence: its first words.
  static std::string summary_of(const Value& fact) {
    const auto leaves = leaves_of(fact);
    for (const auto& [path, text] : leaves)
      if (path.ends_with("display") || path == "name" || path == "title" || path == "plan") return text;
    return leaves.empty() ? std::string{} : leaves.front().second;
  }

  // What the fact says and the markup does not.
  static Leaves rest_of(const Type& type, const Taken& taken) {
    Leaves rest;
    for (const auto& leaf : leaves_of(*taken.fact)) {
      const auto& path = leaf.first;
      const auto& text = leaf.second;
      const auto is_said = [&](std::string_view field, std::string_view said) {
        return path == field && text == said && !said.empty();
      };
      if (taken.used.contains(path) || is_said("test.code", taken.code) || is_said("test.display", taken.display) ||
          is_said("unit", taken.unit) || (!taken.code.empty() && is_said("test.system", loinc_oid)) ||
          (!taken.code.empty() && is_said("test.system_name", "LOINC")))
        continue;
      if (std::find(type.constants.begin(), type.constants.end(), std::pair(path, text)) != type.constants.end())
        continue;
      rest.emplace_back(path, text);
    }
    return rest;
  }

 private:
  using Markup = std::optional<std::string>;

  bool fail(std::string why) {
    why_ = std::move(why);
    return false;
  }

  Markup write_elements(const std::vector<Element>& elements, const Value& fact, const std::string& base, Used& used,
                        const std::string& around) {
    std::string markup;
    for (const auto& one : elements) {
      if (one.is_read_only) continue;
      auto written = write_element(one, fact, base, used, around);
      if (written) {
        markup += *written;
      } else if (one.is_required || type_.is_fact(one)) {
        if (why_.empty())
          why_ = fmt::format("{} requires '{}', which the record does not say in a form that the type takes",
                             type_.type.name, one.name);
        return std::nullopt;
      } else {
        why_.clear();
      }
    }
    return markup;
  }

  // With its tags; nothing where it has nothing to say.
  Markup write_element(const Element& one, const Value& fact, const std::string& base, Used& used,
                       const std::string& around) {
    const auto path = one.to == "*" ? around : one.to;
    if (type_.is_fact(one)) return write_group(one, fact, base, used, {}, true);
    if (!one.each.empty()) return write_each(one, fact, base, used);
    if (one.measure != nullptr) return write_measure(one);
    if (one.kind == Kind::group)
      return write_group(one, fact, base, used, path.empty() ? around : path, one.is_required);
    if (path.empty() && !one.constant.empty()) return element(one.name, write_constant(one));
    return write_field(one, fact, joined(base, path), used);
  }

  Markup write_group(const Element& one, const Value& fact, const std::string& base, Used& used,
                     const std::string& around, bool is_always) {
    Used with = used;
    const auto markup = write_elements(description().elements_of(one), fact, base, with, around);
    if (!markup || (!is_always && with.size() == used.size())) return std::nullopt;
    used = std::move(with);
    return element(one.name, *markup);
  }

  Markup write_each(const Element& one, const Value& fact, const std::string& base, Used& used) {
    const auto list = joined(base, one.each);
    std::string markup;
    const auto around = std::exchange(scheme_, one.scheme);
    for (std::size_t i = 0; i < value_at(fact, list).size(); ++i) {
      const auto path = joined(list, std::to_string(i));
      const auto& item = value_at(fact, path);
      if (const auto* never = never_of(item)) {
        for (const auto& [part, text] : leaves_of(item)) used.insert(joined(path, part));
        unheld_.push_back({Unheld::no_thing, path, summary_of(item), never->why});
        continue;
      }
      if (!scheme_.empty() && !item.string_or("").starts_with(scheme_)) continue;
      Used of_item;
      if (auto written = write_group(one, fact, path, of_item, {}, false)) markup += *written;
      used.merge(of_item);
    }
    scheme_ = around;
    return markup.empty() ? Markup{} : Markup(std::move(markup));
  }

  Markup write_measure(const Element& one) {
    for (const auto* candidate : candidates_) {
      const auto is_taken = [&](const Taken& taken) { return taken.fact == candidate; };
      if (!is_of(*one.measure, *candidate) || std::any_of(taken_.begin(), taken_.end(), is_taken)) continue;
      const auto written = write_leaf(one, *candidate, "value");
      if (!written) continue;
      const auto unit = text_at(*candidate, "unit");
      const auto& test = one.measure->test_in(unit);
      taken_.push_back(
          {candidate, Used(written->used.begin(), written->used.end()), test.code, test.display, test.unit});
      return element(one.name, written->markup);
    }
    return std::nullopt;
  }

  Markup write_field(const Element& one, const Value& fact, const std::string& path, Used& used) {
    if (one.is_list) {
      std::string markup;
      for (std::size_t i = 0; i < value_at(fact, path).size(); ++i)
        markup += write_said(one, fact, joined(path, std::to_string(i)), used).value_or("");
      if (!markup.empty()) return markup;
    } else if (auto markup = write_said(one, fact, path, used)) {
      return markup;
    }
    if (!one.constant.empty()) return element(one.name, write_constant(one));
    if (one.is_blank_allowed) return element(one.name, "");
    return std::nullopt;
  }

  Markup write_said(const Element& one, const Value& fact, const std::string& path, Used& used) {
    // Said by an element before: not again, but where the schema asks for it.
    const auto is_range = one.kind == Kind::range_maximum || one.kind == Kind::full_name || one.kind == Kind::year;
    if (used.contains(path) && !one.is_required && !is_range) return std::nullopt;
    if (!scheme_.empty()) {
      used.insert(path);
      return text_element(one.name, text_at(fact, path).substr(scheme_.size()));
    }
    const auto written = write_leaf(one, fact, path);
    if (!written) return std::nullopt;
    used.insert(written->used.begin(), written->used.end());
    return element(one.name, written->markup);
  }

  const Type& type_;
  std::vector<const Value*> candidates_;
  std::vector<Taken> taken_;
  std::vector<Unheld> unheld_;
  Used root_used_;
  std::string markup_;
  std::string scheme_;
  std::string why_;
};

class RecordWriter {
 public:
  // All types, or one alone.
  RecordWriter(const Value& record, const Type* only) : record_(record), only_(only), types_(types_of(only)) {}

  WrittenThings write() {
    std::vector<std::string> lists;
    for (const auto* type : types_)
      if (std::find(lists.begin(), lists.end(), type->type.fact) == lists.end()) lists.push_back(type->type.fact);
    for (const auto& list : lists) {
      if (list == "patient")
        write_patient();
      else
        write_list(list);
    }
    if (only_ == nullptr) tell_others(lists);
    return std::move(written_);
  }

 private:
  static std::vector<const Type*> types_of(const Type* only) {
    if (only != nullptr) return {only};
    std::vector<const Type*> all;
    for (const auto& type : description().types)
      if (!type.is_read_only && !type.is_superseded && !type.elements.empty()) all.push_back(&type);
    return all;
  }

  void write_list(const std::string& list) {
    const auto& facts = *record_[list].items();
    std::vector<bool> is_done(facts.size(), false);
    index_measurements(facts);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      if (is_done[i]) continue;
      const auto where = fmt::format("{}[{}]", list, i);
      if (const auto* never = never_of(facts[i])) {
        tell(where, facts[i], never->why);
        continue;
      }
      write_fact(list, facts, i, is_done, where);
    }
  }

  void write_fact(const std::string& list, const Value::Array& facts, std::size_t i, std::vector<bool>& is_done,
                  const std::string& where) {
    std::string why = "no type states it";
    for (const auto* type : types_) {
      if (type->type.fact != list) continue;
      if (const auto reason = unfit(*type, facts[i]); !reason.empty()) {
        why = reason;
        continue;
      }
      const auto candidates = candidates_of(*type, facts, i, is_done);
      ThingWriter writer(*type, candidates);
      if (!writer.write()) {
        why = writer.why();
        continue;
      }
      for (const auto& one : writer.taken())
        is_done[type->lone.empty() ? static_cast<std::size_t>(one.fact - facts.data()) : i] = true;
      add_thing(*type, writer, where);
      return;
    }
    tell(where, facts[i], why);
  }

  // Why a fact is none of this type whatever it says; empty where it may be one.
  static std::string unfit(const Type& type, const Value& fact) {
    if (!type.when_field.empty() && text_at(fact, type.when_field) != type.when_value) return "it is of another type";
    const bool is_planned = records::is_planned(text_at(fact, "mood"));
    if (type.only == "done" && is_planned) return "it is planned, and the type says that it was done";
    if (type.only == "planned" && !is_planned) return "it was done, and the type says that it is planned";
    if (!type.lone.empty()) {
      const auto& items = value_at(fact, type.lone);
      if (items.size() != 1 || !is_blank(fact["panel"]) || text_at(items[0], "date") != text_at(fact, "date") ||
          never_of(items[0]) != nullptr)
        return "it is not alone";
      return is_measured(type, items[0]) ? "" : "it is another measurement";
    }
    return !type.has_measures() || is_measured(type, fact) ? "" : "it is another measurement";
  }

  static bool is_measured(const Type& type, const Value& fact) {
    return std::any_of(type.elements.begin(), type.elements.end(),
                       [&](const Element& e) { return e.measure != nullptr && is_of(*e.measure, fact); });
  }

  // The fact, and the first of each other measurement of the type at the same time by the same.
  std::vector<const Value*> candidates_of(const Type& type, const Value::Array& facts, std::size_t i,
                                          const std::vector<bool>& is_done) {
    if (!type.lone.empty()) return {&value_at(facts[i], type.lone)[0]};
    std::vector<const Value*> all{&facts[i]};
    for (const auto& element : type.elements) {
      if (element.measure == nullptr) continue;
      for (const auto& test : tests_of(*element.measure)) {
        auto& waiting = waiting_[key_of(facts[i], test)];
        while (!waiting.empty() && is_done[waiting.front()]) waiting.pop_front();
        if (!waiting.empty() && waiting.front() != i) all.push_back(&facts[waiting.front()]);
      }
    }
    return all;
  }

  static std::vector<std::string> tests_of(const Measure& measure) {
    return measure.codes.empty() ? std::vector{measure.test.display} : measure.codes;
  }

  // Facts of one key were measured alike, at one time and by one.
  static std::string key_of(const Value& fact, const std::string& test) {
    return text_at(fact, "date") + '\n' + text_at(fact, "source") + '\n' + test;
  }

  void index_measurements(const Value::Array& facts) {
    waiting_.clear();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const auto code = text_at(facts[i], "test.code");
      if (never_of(facts[i]) == nullptr)
        waiting_[key_of(facts[i], code.empty() ? text_at(facts[i], "test.display") : code)].push_back(i);
    }
  }

  void add_thing(const Type& type, ThingWriter& writer, const std::string& where) {
    std::vector<ExtensionField> fields;
    const auto source = take_source(writer.taken());
    for (std::size_t i = 0; i < writer.taken().size(); ++i)
      for (const auto& [path, text] : ThingWriter::rest_of(type, writer.taken()[i])) fields.push_back({i, path, text});
    for (auto one : writer.unheld()) {
      one.where = where + "." + one.where;
      written_.unheld.push_back(std::move(one));
    }
    add_thing(type, writer.markup(), source, fields, where);
  }

  void add_thing(const Type& type, const std::string& markup, const std::string& source,
                 const std::vector<ExtensionField>& fields, const std::string& where) {
    for (const auto& field : fields)
      written_.unheld.push_back(
          {written_.things.size(), joined(where, field.name), field.text, std::string(in_extension)});
    written_.things.push_back({type.type.id, markup + write_common(source, fields)});
  }

  // The source that all of them name; it is used then.
  static std::string take_source(std::vector<ThingWriter::Taken>& taken) {
    std::set<std::string> sources;
    std::vector<std::pair<Used*, std::string>> places;
    for (auto& one : taken) {
      const auto count = value_at(*one.fact, "observations").size();
      if (count == 0) {
        sources.insert(text_at(*one.fact, "source"));
        places.emplace_back(&one.used, "source");
      }
      for (std::size_t i = 0; i < count; ++i) {
        const auto path = fmt::format("observations.{}.source", i);
        sources.insert(text_at(*one.fact, path));
        places.emplace_back(&one.used, path);
      }
    }
    if (sources.size() != 1) return {};
    for (const auto& [used, path] : places) used->insert(path);
    return *sources.begin();
  }

  // What the types of the patient say together; the last that says anything has the rest.
  void write_patient() {
    const auto& patient = record_["patient"];
    Used used;
    struct Part {
      const Type* type;
      std::string markup;
      bool is_needed;
    };
    std::vector<Part> parts;
    for (const auto* type : types_) {
      if (type->type.fact != "patient") continue;
      ThingWriter writer(*type, {&patient});
      if (!writer.write()) continue;
      const auto markup = writer.markup();
      const auto before = used.size();
      used.insert(writer.taken().front().used.begin(), writer.taken().front().used.end());
      parts.push_back({type, markup, used.size() > before || markup.find("birthyear") != std::string::npos});
    }
    std::vector<ExtensionField> fields;
    for (const auto& [path, text] : leaves_of(patient))
      if (!used.contains(path)) fields.push_back({0, path, text});
    if (only_ != nullptr) fields.clear();
    for (const auto& part : parts) {
      const bool is_personal = part.type->type.element == "personal";
      if (!part.is_needed && (!is_personal || fields.empty())) continue;
      add_thing(*part.type, part.markup, {}, is_personal ? fields : std::vector<ExtensionField>{}, "patient");
    }
  }

  void tell(const std::string& where, const Value& fact, std::string_view why) {
    written_.unheld.push_back({Unheld::no_thing, where, ThingWriter::summary_of(fact), std::string(why)});
  }

  // What no type states at all.
  void tell_others(const std::vector<std::string>& lists) {
    for (const auto& [key, member] : *record_.members()) {
      if (std::find(lists.begin(), lists.end(), key) != lists.end() || is_blank(member)) continue;
      const auto* items = member.items();
      if (items == nullptr) {
        tell(key, member, "it is told by a document, not by a thing");
        continue;
      }
      const auto why = key == "absences" ? "no type says that something is not so" : "no type states it";
      for (std::size_t i = 0; i < items->size(); ++i)
        if (key != "sections" || !text_at((*items)[i], "text").empty())
          tell(fmt::format("{}[{}]", key, i), (*items)[i], why);
    }
  }

  const Value& record_;
  const Type* only_;
  std::vector<const Type*> types_;
  std::unordered_map<std::string, std::deque<std::size_t>> waiting_;  // measurements by key_of(), in order
  WrittenThings written_;
};

}  // namespace
}  // namespace types

WrittenThings write_things(const records::Record& record) {
  return types::RecordWriter(records::to_value(record), nullptr).write();
}

Result<WrittenThings> write_things(const records::Record& record, std::string_view type_id) {
  const auto* type = types::description().find(type_id);
  if (type == nullptr || type->is_read_only || type->elements.empty())
    return Error{
        fmt::format("things of type {} are not made of facts: expected the id of a type with facts (see "
                    "docs/reference/healthvault-types.md)",
                    type_id)};
  return types::RecordWriter(records::to_value(record), type).write();
}

}  // namespace bb::healthvault
