#include <bb/smart/scope.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::smart {
namespace {

constexpr std::string_view all_rights = "cruds";
constexpr std::array<std::string_view, 3> contexts{"patient", "user", "system"};

bool is_resource_type(std::string_view name) {
  if (name == "*") return true;
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' && std::all_of(name.begin(), name.end(), is_letter);
}

std::string_view rights_of_v1(std::string_view word) {
  if (word == "read") return "rs";
  if (word == "write") return "cud";
  return word == "*" ? all_rights : std::string_view();
}

// Some of "cruds", each once and in that order.
bool are_rights(std::string_view letters) {
  std::size_t next = 0;
  for (const char letter : letters) {
    const auto at = all_rights.find(letter, next);
    if (at == std::string_view::npos) return false;
    next = at + 1;
  }
  return !letters.empty();
}

bool has_filter_within(const Scope& granted, const Scope& wanted) {
  return std::all_of(granted.filter.begin(), granted.filter.end(), [&](const auto& condition) {
    return std::find(wanted.filter.begin(), wanted.filter.end(), condition) != wanted.filter.end();
  });
}

bool grants(const Scope& granted, const Scope& wanted, char right) {
  return granted.is_on_data() && granted.context == wanted.context &&
         (granted.resource_type == "*" || granted.resource_type == wanted.resource_type) &&
         granted.rights.find(right) != std::string::npos && has_filter_within(granted, wanted);
}

}  // namespace

Result<Scope> read_scope(std::string_view text) {
  Scope scope{.text = std::string(text)};
  const auto slash = text.find('/');
  const auto context = text.substr(0, slash);
  if (slash == std::string_view::npos || std::find(contexts.begin(), contexts.end(), context) == contexts.end())
    return scope;
  const auto broken = [&](std::string_view why) {
    return Error{fmt::format("scope '{}': {}", one_line(shorten(text, 80)), why)};
  };
  const auto behind = text.substr(slash + 1);
  const auto mark = behind.find('?');
  const auto named = behind.substr(0, mark);
  const auto dot = named.find('.');
  scope.context = context;
  scope.resource_type = named.substr(0, dot);
  if (!is_resource_type(scope.resource_type)) return broken("expected a resource type or '*' behind '/'");
  const auto letters = dot == std::string_view::npos ? std::string_view() : named.substr(dot + 1);
  const auto v1 = rights_of_v1(letters);
  if (v1.empty() && !are_rights(letters))
    return broken("expected read, write or *, or some of c, r, u, d, s in this order, behind '.'");
  scope.version = v1.empty() ? Scope::Version::v2 : Scope::Version::v1;
  scope.rights = v1.empty() ? letters : v1;
  if (mark == std::string_view::npos) return scope;
  if (scope.version == Scope::Version::v1) return broken("a scope of version 1 has no parameters");
  BB_TRY(scope.filter, read_form(behind.substr(mark + 1)));
  return scope;
}

std::vector<Scope> read_scopes(std::string_view text) {
  std::vector<Scope> scopes;
  for (const auto& one : split(text, ' ')) {
    if (one.empty()) continue;
    auto scope = read_scope(one);
    scopes.push_back(scope ? *std::move(scope) : Scope{.text = one});
  }
  return scopes;
}

bool covers(const std::vector<Scope>& granted, const Scope& wanted) {
  const auto any = [&](const auto& does) { return std::any_of(granted.begin(), granted.end(), does); };
  if (!wanted.is_on_data()) return any([&](const Scope& one) { return one.text == wanted.text; });
  return std::all_of(wanted.rights.begin(), wanted.rights.end(),
                     [&](char right) { return any([&](const Scope& one) { return grants(one, wanted, right); }); });
}

const Scope* first_beyond(const std::vector<Scope>& answered, const std::vector<Scope>& asked) {
  const auto found =
      std::find_if(answered.begin(), answered.end(), [&](const Scope& one) { return !covers(asked, one); });
  return found == answered.end() ? nullptr : &*found;
}

}  // namespace bb::smart
