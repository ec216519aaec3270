#include "arguments.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "../abi_text.hpp"

namespace bb::host {
namespace {

const std::vector<Value> no_values;
const Value no_members = Value::object();

std::string named(std::string_view name) { return "'" + std::string(name) + "'"; }

}  // namespace

Arguments::Arguments(const Value& arguments) : arguments_(arguments) {
  if (!arguments.is_object() && !arguments.is_null())
    mistake("arguments must be an object, not " + std::string(arguments.kind()));
}

void Arguments::mistake(std::string problem) { mistakes_.push_back(std::move(problem)); }

const Value* Arguments::take(std::string_view name) {
  known_.emplace_back(name);
  const Value* const value = arguments_.find(name);
  return value && !value->is_null() ? value : nullptr;
}

bb_str Arguments::text(std::string_view name) {
  const Value* const value = take(name);
  if (!value) return {nullptr, 0};
  if (const std::string* const text = value->string()) return to_abi(*text);
  mistake(named(name) + " must be text, not " + std::string(value->kind()));
  return {nullptr, 0};
}

bb_str Arguments::required_text(std::string_view name) {
  const std::size_t before = mistakes_.size();
  const bb_str value = text(name);
  if (value.size == 0 && mistakes_.size() == before) mistake(named(name) + " is missing");
  return value;
}

std::int64_t Arguments::time_ns(std::string_view name) {
  const std::string_view value = from_abi(text(name));
  if (value.empty()) return 0;
  const auto time = parse_time(value);
  if (!time) mistake(named(name) + " must be a date or an RFC 3339 time, got '" + shorten(value, 60) + "'");
  return time.value_or(0);
}

std::uint32_t Arguments::count(std::string_view name) {
  const Value* const value = take(name);
  if (!value) return 0;
  const std::int64_t* const number = value->integer();
  if (number && *number >= 0 && *number <= INT32_MAX) return static_cast<std::uint32_t>(*number);
  mistake(named(name) + " must be a whole number from 0 to 2147483647, got " + shorten(to_json(*value), 60));
  return 0;
}

const std::vector<Value>& Arguments::list(std::string_view name) {
  const Value* const value = take(name);
  if (!value) return no_values;
  if (const auto* const items = value->items()) return *items;
  mistake(named(name) + " must be a list, not " + std::string(value->kind()));
  return no_values;
}

const std::vector<bb_str>& Arguments::texts(std::string_view name) {
  std::vector<bb_str>& found = texts_.emplace_back();
  for (const Value& item : list(name)) {
    if (const std::string* const text = item.string())
      found.push_back(to_abi(*text));
    else
      mistake(named(name) + " must hold text only, not " + std::string(item.kind()));
  }
  return found;
}

const std::vector<bb_pair>& Arguments::pairs(std::string_view name) {
  std::vector<bb_pair>& found = pairs_.emplace_back();
  const Value* const value = take(name);
  if (!value) return found;
  const auto* const members = value->members();
  if (!members) {
    mistake(named(name) + " must be an object of texts, not " + std::string(value->kind()));
    return found;
  }
  for (const auto& [key, member] : *members) {
    if (const std::string* const text = member.string())
      found.push_back({to_abi(key), to_abi(*text)});
    else
      mistake(named(std::string(name) + "." + key) + " must be text, not " + std::string(member.kind()));
  }
  return found;
}

const Value& Arguments::object(std::string_view name) {
  const Value* const value = take(name);
  if (value && value->is_object()) return *value;
  mistake(value ? named(name) + " must be an object, not " + std::string(value->kind()) : named(name) + " is missing");
  return no_members;
}

std::int32_t Arguments::word(std::string_view name,
                             std::initializer_list<std::pair<std::string_view, std::int32_t>> words,
                             std::int32_t fallback) {
  const std::string_view value = from_abi(required_text(name));
  if (value.empty()) return fallback;
  std::vector<std::string> known;
  for (const auto& [word, number] : words) {
    if (word == value) return number;
    known.emplace_back(word);
  }
  mistake(named(name) + " is '" + shorten(value, 60) + "', expected one of " + join(known, ", "));
  return fallback;
}

const bb_query& Arguments::query(Paging paging) {
  const bool pages = paging == Paging::yes;
  query_ = bb_query{sizeof(bb_query),
                    pages ? count("limit") : 0,
                    text("subject"),
                    text("kind"),
                    time_ns("from"),
                    time_ns("until"),
                    pages ? text("cursor") : bb_str{nullptr, 0},
                    nullptr,
                    0};
  const auto& terms = pairs("terms");
  query_.terms = terms.data();
  query_.term_count = terms.size();
  return query_;
}

const std::vector<const bb_destination*>& Arguments::destinations() {
  for (const Value& item : list("destinations")) {
    const std::string* const scheme = item["scheme"].string();
    const std::string* const address = item["address"].string();
    if (!scheme || !address || item.size() != 2) {
      mistake("each of 'destinations' must be {scheme, address}, got " + shorten(to_json(item), 100));
      continue;
    }
    destinations_.push_back({sizeof(bb_destination), 0, to_abi(*scheme), to_abi(*address)});
    destination_pointers_.push_back(&destinations_.back());
  }
  if (destination_pointers_.empty() && mistakes_.empty()) mistake("'destinations' is missing or empty");
  return destination_pointers_;
}

std::string Arguments::problem() const {
  std::vector<std::string> all = mistakes_;
  if (const auto* const members = arguments_.members())
    for (const auto& member : *members) {
      if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
      const auto near = nearest(member.key, known_);
      all.push_back("unknown argument " + named(member.key) +
                    (near             ? ", did you mean " + named(*near) + "?"
                     : known_.empty() ? ", none is expected"
                                      : ", known here: " + join(known_, ", ")));
    }
  return join(all, "; ");
}

}  // namespace bb::host
