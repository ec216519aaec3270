#include "portal/pull/scopes.hpp"

#include <algorithm>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>

namespace bb::portal::pull {
namespace {

constexpr std::string_view underscored_send_scope = "send_email_to:";
constexpr std::size_t shown_bytes_max = 60;
constexpr std::size_t scopes_max = 100;

Error too_many() { return Error{"there are more than 100 scopes"}; }

Error unknown(const std::string& text) {
  return Error{"the scope '" + one_line(shorten(text, shown_bytes_max)) +
               "' is none of summary:, search: and send-email-to:"};
}

// The root form of a scope that is asked for; empty: it is none.
std::string_view root_of(std::string_view scope, std::string_view send) {
  for (const auto root : {summary_scope, search_scope})
    if (scope == root) return root;
  return scope.starts_with(send) && direct::read_address(scope.substr(send.size())) ? send : std::string_view();
}

std::string_view send_scope_of(const Defects& defects) {
  return defects.is_on(Defect::pull_underscore_scope) ? underscored_send_scope : send_scope;
}

}  // namespace

Result<std::vector<std::string>> read_registered(std::string_view text, const Defects& defects) {
  const auto all = smart::read_scopes(text);
  if (all.size() > scopes_max) return too_many();
  std::vector<std::string> scopes;
  for (const auto& scope : all) {
    if (scope.text != summary_scope && scope.text != search_scope && scope.text != send_scope_of(defects))
      return unknown(scope.text);
    scopes.push_back(scope.text);
  }
  return scopes;
}

Result<std::vector<smart::Scope>> read_asked(std::string_view text, const std::vector<std::string>& registered,
                                             const Defects& defects) {
  auto all = smart::read_scopes(text);
  if (all.size() > scopes_max) return too_many();
  std::vector<smart::Scope> scopes;
  for (auto& scope : all) {
    const auto root = root_of(scope.text, send_scope_of(defects));
    if (root.empty()) return unknown(scope.text);
    if (!registered.empty() && std::find(registered.begin(), registered.end(), root) == registered.end())
      return Error{"the application did not register the scope " + std::string(root)};
    const auto is_same = [&](const smart::Scope& other) { return other.text == scope.text; };
    if (std::none_of(scopes.begin(), scopes.end(), is_same)) scopes.push_back(std::move(scope));
  }
  if (scopes.empty()) return Error{"scope is missing"};
  return scopes;
}

std::string words_of(std::string_view scope) {
  if (scope == summary_scope) return "See the health summary";
  if (scope == search_scope) return "Search and read the documents of the health record";
  if (const auto to = address_of(scope); !to.empty())
    return "Have the health summary sent by Direct to " + std::string(to);
  return {};
}

std::string_view address_of(std::string_view scope) {
  for (const auto root : {send_scope, underscored_send_scope})
    if (scope.starts_with(root)) return scope.substr(root.size());
  return {};
}

}  // namespace bb::portal::pull
