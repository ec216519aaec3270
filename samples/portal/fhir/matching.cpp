#include "portal/fhir/matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "portal/fhir/paths.hpp"
#include "portal/instants.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::string_view date_prefixes[] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
constexpr std::size_t value_count_max = 100;

// "ge2012-08" parted; "eq" where there is no prefix.
struct DateValue {
  std::string_view prefix;
  Instants span;
};
std::optional<DateValue> read_date(std::string_view text) {
  std::string_view prefix = "eq";
  if (std::find(std::begin(date_prefixes), std::end(date_prefixes), text.substr(0, 2)) != std::end(date_prefixes)) {
    prefix = *std::find(std::begin(date_prefixes), std::end(date_prefixes), text.substr(0, 2));
    text.remove_prefix(2);
  }
  // A '+' that nobody escaped is a blank in a form.
  auto date = replace_all(text, " ", "+");
  if (date.size() > 10 && date[10] != 'T') return std::nullopt;
  if (date.size() == 16) date += ":00";  // "2012-08-06T10:30"
  const auto span = instants_of(date);
  if (!span || (date.size() > 10 && span->first_ns != span->last_ns)) return std::nullopt;
  return DateValue{prefix, *span};
}

// A period without an end goes on.
std::optional<Instants> span_of(const Value& value) {
  if (const auto* text = value.string()) return instants_of(*text);
  const auto start = instants_of(value["start"].string_or(""));
  const auto end = instants_of(value["end"].string_or(""));
  if (!start && !end) return std::nullopt;
  using Limits = std::numeric_limits<std::int64_t>;
  return Instants{start ? start->first_ns : Limits::min(), end ? end->last_ns : Limits::max()};
}

// 3.1.1.4.3, "Prefixes": of the range that the value means and that of the resource.
bool date_matches(const Instants& has, const DateValue& wanted) {
  const auto& asked = wanted.span;
  const bool is_within = asked.first_ns <= has.first_ns && has.last_ns <= asked.last_ns;
  const auto& prefix = wanted.prefix;
  if (prefix == "eq") return is_within;
  if (prefix == "ne") return !is_within;
  if (prefix == "gt") return has.last_ns > asked.last_ns;
  if (prefix == "lt") return has.first_ns < asked.first_ns;
  if (prefix == "ge") return has.last_ns > asked.last_ns || is_within;
  if (prefix == "le") return has.first_ns < asked.first_ns || is_within;
  if (prefix == "sa") return has.first_ns > asked.last_ns;
  if (prefix == "eb") return has.last_ns < asked.first_ns;
  return has.first_ns <= asked.last_ns && asked.first_ns <= has.last_ns;  // ap: they overlap
}

struct Token {
  std::optional<std::string_view> system;  // none: any
  std::string_view code;                   // empty: any of the system
};
Token read_token(std::string_view text) {
  const auto bar = text.find('|');
  if (bar == text.npos) return {std::nullopt, text};
  return {text.substr(0, bar), text.substr(bar + 1)};
}

bool token_matches(const Value& value, const Token& token) {
  if (const auto* text = value.string()) {
    // A code alone is of a system that its element fixes, one of FHIR's.
    const bool has_system =
        !token.system || (!token.system->empty() && token.system->starts_with("http://hl7.org/fhir/"));
    return has_system && (token.code.empty() || *text == token.code);
  }
  if (const auto* coding = value.find("coding")) {
    return std::any_of(coding->items()->begin(), coding->items()->end(),
                       [&](const Value& one) { return token_matches(one, token); });
  }
  // Coding, or Identifier.
  const bool has_system = !token.system || value["system"].string_or("") == *token.system;
  const auto code = value.find("code") != nullptr ? value["code"].string_or("") : value["value"].string_or("");
  if (code.empty() && value["system"].string_or("").empty()) return false;
  return has_system && (token.code.empty() || code == token.code);
}

bool reference_matches(const Value& value, std::string_view wanted, const Criterion& criterion,
                       const Matching& matching) {
  const auto base = std::string(matching.base_url) + "/";
  if (wanted.starts_with(base)) wanted.remove_prefix(base.size());
  auto has = value["reference"].string_or("");
  if (has.empty()) return false;
  if (wanted.find('/') != wanted.npos) return has == wanted;
  const auto slash = has.find('/');
  const auto type = criterion.modifier.empty() ? criterion.parameter->target : std::string_view(criterion.modifier);
  return has.substr(slash + 1) == wanted && (type.empty() || has.substr(0, slash) == type);
}

bool text_matches(std::string_view has, std::string_view wanted, std::string_view modifier) {
  if (modifier == "exact") return has == wanted;
  const auto in = to_lower(has), part = to_lower(wanted);
  return modifier == "contains" ? in.find(part) != in.npos : in.starts_with(part);
}

// A string, or any of those of a HumanName or an Address.
bool string_matches(const Value& value, std::string_view wanted, std::string_view modifier) {
  if (const auto* text = value.string()) return text_matches(*text, wanted, modifier);
  if (const auto* items = value.items())
    return std::any_of(items->begin(), items->end(),
                       [&](const Value& item) { return string_matches(item, wanted, modifier); });
  if (const auto* members = value.members())
    return std::any_of(members->begin(), members->end(), [&](const auto& member) {
      return member.key != "use" && member.key != "type" && member.key != "period" && member.key != "extension" &&
             !member.key.starts_with('_') && string_matches(member.value, wanted, modifier);
    });
  return false;
}

bool value_matches(const Value& value, const std::string& wanted, const Criterion& criterion,
                   const Matching& matching) {
  switch (criterion.parameter->kind) {
    case ParameterKind::token:
      return token_matches(value, read_token(wanted));
    case ParameterKind::reference:
      return reference_matches(value, wanted, criterion, matching);
    case ParameterKind::string:
      return string_matches(value, wanted, criterion.modifier);
    case ParameterKind::date: {
      const auto has = span_of(value);
      auto date = read_date(wanted);
      if (matching.ignores_prefixes && date) date->prefix = "eq";
      return has && date && date_matches(*has, *date);
    }
  }
  return false;
}

bool may_have(const Parameter& parameter, std::string_view modifier) {
  if (modifier.empty()) return true;
  if (parameter.kind == ParameterKind::string) return modifier == "exact" || modifier == "contains";
  if (parameter.kind == ParameterKind::token) return modifier == "not";
  return parameter.kind == ParameterKind::reference && find_type(modifier) != nullptr;
}

// 3.1.1.4.16: '\,' is a comma that parts nothing.
std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values{""};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size())
      values.back() += text[++i];
    else if (text[i] == ',')
      values.emplace_back();
    else
      values.back() += text[i];
  }
  return values;
}

}  // namespace

Result<Criterion> read_criterion(const Parameter& parameter, std::string_view modifier, std::string_view values) {
  if (!may_have(parameter, modifier))
    return Error{fmt::format("parameter '{}' has no modifier '{}' here", parameter.name, one_line(modifier))};
  Criterion criterion{&parameter, std::string(modifier), split_values(values)};
  if (criterion.values.size() > value_count_max)
    return Error{fmt::format("parameter '{}' has more than {} values", parameter.name, value_count_max)};
  for (auto& value : criterion.values) {
    if (parameter.kind == ParameterKind::string) value = replace_all(value, "+", " ");
    if (value.empty() || value == "|") return Error{fmt::format("parameter '{}' has an empty value", parameter.name)};
    if (parameter.kind == ParameterKind::date && !read_date(value))
      return Error{
          fmt::format("parameter '{}': '{}' is no date; expected eq, ne, gt, lt, ge, le, sa, eb, ap or nothing, "
                      "and 2012, 2012-08, 2012-08-06 or 2012-08-06T10:30:00Z behind it",
                      parameter.name, one_line(shorten(value, 80)))};
  }
  return criterion;
}

bool matches(const Resource& resource, const Criterion& criterion, const Matching& matching) {
  bool is_any = false;
  for (const auto& path : split(criterion.parameter->paths, '|'))
    visit_path(resource.content, path, [&](const Value& value) {
      is_any = is_any || std::any_of(criterion.values.begin(), criterion.values.end(), [&](const std::string& wanted) {
                 return value_matches(value, wanted, criterion, matching);
               });
    });
  return criterion.modifier == "not" ? !is_any : is_any;
}

}  // namespace bb::portal::fhir
