#include "pull/provider_list.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::rest::pull {
namespace {

constexpr std::size_t shown_count_max = 10;
constexpr std::size_t shown_bytes_max = 80;

Result<Value> read_list(std::string_view json, std::string_view what) {
  const auto wrong = [&](const std::string& why) { return Error{std::string(what) + ": " + why}; };
  if (json.size() > registry_bytes_max)
    return wrong("expected at most " + std::to_string(registry_bytes_max) + " bytes");
  auto parsed = parse_json(json);
  if (!parsed) return wrong("the answer is no JSON: " + parsed.error().what);
  const auto* const items = parsed->items();
  if (items == nullptr) return wrong("expected an array, got " + std::string(parsed->kind()));
  if (items->size() > registry_entries_max)
    return wrong("expected at most " + std::to_string(registry_entries_max) + " entries");
  const auto odd = std::find_if(items->begin(), items->end(), [](const Value& item) { return !item.is_object(); });
  if (odd != items->end()) return wrong("expected objects, got " + std::string(odd->kind()));
  return *std::move(parsed);
}

// Reads a member of `object` into `to`; the error names it.
Status read_text(const Value& object, std::string_view name, std::string_view what, std::string& to) {
  const auto* const member = object.find(name);
  if (member == nullptr || member->is_null()) return {};
  if (!member->is_string())
    return Error{std::string(what) + ": expected '" + std::string(name) + "' to be a text, got " +
                 std::string(member->kind())};
  to = *member->string();
  return {};
}

}  // namespace

Result<std::vector<Provider>> read_providers(std::string_view json) {
  constexpr std::string_view what = "providers.json";
  BB_TRY(const auto list, read_list(json, what));
  std::vector<Provider> providers;
  for (const auto& item : *list.items()) {
    Provider provider;
    BB_CHECK(read_text(item, "name", what, provider.name));
    BB_CHECK(read_text(item, "url", what, provider.url));
    const auto &oauth2 = item["oauth2"], &api = item["bb_api"];
    BB_CHECK(read_text(oauth2, "registration_uri", what, provider.registration_uri));
    BB_CHECK(read_text(oauth2, "authorize_uri", what, provider.authorize_uri));
    BB_CHECK(read_text(oauth2, "token_uri", what, provider.token_uri));
    BB_CHECK(read_text(oauth2, "introspect_uri", what, provider.introspect_uri));
    BB_CHECK(read_text(api, "summary", what, provider.summary));
    BB_CHECK(read_text(api, "search", what, provider.search));
    providers.push_back(std::move(provider));
  }
  return providers;
}

Result<Provider> choose_provider(const std::vector<Provider>& providers, std::string_view name_or_url) {
  std::vector<const Provider*> found;
  for (const auto& provider : providers)
    if (name_or_url.empty() || provider.name == name_or_url || provider.url == name_or_url) found.push_back(&provider);
  if (found.size() == 1) return *found.front();
  if (providers.empty()) return Error{"providers.json: there is no provider"};
  std::vector<std::string> names;
  for (const auto& provider : providers)
    if (names.size() < shown_count_max) names.push_back("'" + one_line(shorten(provider.name, shown_bytes_max)) + "'");
  return Error{"providers.json: expected one provider" +
               (name_or_url.empty() ? std::string() : " '" + one_line(std::string(name_or_url)) + "'") + ", found " +
               std::to_string(found.size()) + "; name one in the configuration (/provider), of " + join(names, ", ")};
}

Result<std::optional<Value>> read_fixed_parameters(std::string_view json, std::string_view url) {
  constexpr std::string_view what = "apps.json";
  BB_TRY(const auto list, read_list(json, what));
  for (const auto& item : *list.items()) {
    if (item["url"].string_or("") != url) continue;
    const auto& fixed = item["fixed_registration_parameters"];
    if (!fixed.is_object() && !fixed.is_null())
      return Error{"apps.json: expected 'fixed_registration_parameters' to be an object, got " +
                   std::string(fixed.kind())};
    return std::optional(fixed.is_object() ? fixed : Value::object());
  }
  return std::optional<Value>();
}

}  // namespace bb::rest::pull
