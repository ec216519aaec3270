#include <bb/healthvault/shell.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <bb/core/crypto.hpp>
#include <bb/core/form.hpp>
#include <bb/core/text.hpp>

#include "fields.hpp"

namespace bb::healthvault {
namespace {

constexpr auto targets = std::to_array<std::string_view>(
    {"APPAUTH", "APPREDIRECT", "APPSIGNOUT", "AUTH", "CONNECT", "CREATEACCOUNT", "CREATEAPPLICATION", "CREATERECORD",
     "EDITRECORD", "HELP", "MANAGEACCOUNT", "PICKUP", "RECONCILE", "RECORDLIST", "SHAREDAPPDETAILS", "SHARERECORD",
     "VIEWITEMS"});

constexpr auto outcomes = std::to_array<std::string_view>(
    {"APPAUTHSUCCESS", "APPAUTHREJECT", "APPAUTHINVALIDRECORD", "SELECTEDRECORDCHANGED", "SIGNOUT",
     "EDITRECORDCOMPLETE", "EDITRECORDCANCEL", "RECONCILECOMPLETE", "RECONCILECANCELED", "RECONCILEFAILURE",
     "SHARERECORDSUCCESS", "SHARERECORDFAILED"});
static_assert(outcomes.size() == static_cast<std::size_t>(ShellOutcome::unknown));

constexpr std::string_view redirect_page = "redirect.aspx";
constexpr std::size_t query_bytes_max = 16 * 1024;
constexpr std::size_t state_bytes = 24;
constexpr std::string_view state_name = "state";

Status check(const ShellRedirect& redirect, ShellUse use) {
  if (std::find(targets.begin(), targets.end(), redirect.target) == targets.end())
    return Error{fmt::format("the shell knows no target '{}': it has {}", shorten(redirect.target, 40),
                             fmt::join(targets, ", "))};
  if (redirect.app_id.empty()) return Error{"a redirect to the shell needs an application id ('appid')"};
  if (use == ShellUse::production && !redirect.return_url.empty())
    return Error{"'redirect' may not be sent in production: the return URL is the one registered for the application"};
  return {};
}

// Of "a=b&c=d"; '+' is a blank (what browsers make of forms).
Result<FormFields> read_query(std::string_view query) {
  if (query.size() > query_bytes_max)
    return Error{fmt::format("a query of {} bytes is too long, at most {} are read", query.size(), query_bytes_max)};
  FormFields parameters;
  for (const auto& part : split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto decoded = [](std::string_view text) { return percent_decode(replace_all(text, "+", "%20")); };
    const auto name = decoded(part.substr(0, equals));
    const auto value = decoded(equals == std::string::npos ? std::string{} : part.substr(equals + 1));
    if (!name || !value) return Error{"the query has a broken escape: expected '%' and two hex digits"};
    for (const auto& known : parameters)
      if (known.first == *name) return Error{fmt::format("the parameter '{}' stands twice", shorten(*name, 40))};
    parameters.emplace_back(*name, *value);
  }
  return parameters;
}

std::optional<std::string> take(FormFields& parameters, std::string_view name) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  if (found == parameters.end()) return std::nullopt;
  auto value = std::move(found->second);
  parameters.erase(found);
  return value;
}

// "onopt1=True": optional rules are named by a number behind the prefix.
std::vector<int> take_rules(FormFields& parameters, std::string_view prefix) {
  std::vector<int> rules;
  std::erase_if(parameters, [&](const auto& parameter) {
    const std::string_view name = parameter.first;
    if (!name.starts_with(prefix)) return false;
    const auto number = integer_of(name.substr(prefix.size()));
    if (!number || *number < 1 || *number > 1000) return false;
    rules.push_back(static_cast<int>(*number));
    return true;
  });
  std::sort(rules.begin(), rules.end());
  return rules;
}

}  // namespace

std::span<const std::string_view> shell_targets() { return targets; }

std::string_view word_of(ShellOutcome outcome) {
  return outcome == ShellOutcome::unknown ? std::string_view{} : outcomes[static_cast<std::size_t>(outcome)];
}

Result<std::string> shell_url(std::string_view shell_url, const ShellRedirect& redirect, ShellUse use) {
  BB_CHECK(check(redirect, use));
  FormFields query;
  query.emplace_back("appid", redirect.app_id);
  if (redirect.is_multi_record) query.emplace_back("ismra", "true");
  if (!redirect.external_record_id.empty()) query.emplace_back("extrecordid", redirect.external_record_id);
  for (const int rule : redirect.online_rules) query.emplace_back(fmt::format("onopt{}", rule), "true");
  for (const int rule : redirect.offline_rules) query.emplace_back(fmt::format("offopt{}", rule), "true");
  if (!redirect.return_method.empty()) query.emplace_back("trm", redirect.return_method);
  if (redirect.may_change_instance) query.emplace_back("aib", word_of(*redirect.may_change_instance));
  query.insert(query.end(), redirect.more.begin(), redirect.more.end());
  if (!redirect.return_url.empty()) query.emplace_back("redirect", redirect.return_url);
  if (!redirect.action_query.empty()) query.emplace_back("actionqs", redirect.action_query);
  return fmt::format("{}{}{}?target={}&targetqs={}", shell_url, shell_url.ends_with('/') ? "" : "/", redirect_page,
                     redirect.target, percent_encode(write_form(query)));
}

Result<ShellRedirect> read_shell_url(std::string_view url, ShellUse use) {
  BB_TRY(auto outer, read_query(form_within(url)));
  ShellRedirect redirect;
  redirect.target = take(outer, "target").value_or("");
  BB_TRY(auto inner, read_query(take(outer, "targetqs").value_or("")));
  redirect.app_id = to_lower(take(inner, "appid").value_or(""));
  redirect.is_multi_record = boolean_of(to_lower(take(inner, "ismra").value_or("false"))).value_or(false);
  redirect.external_record_id = take(inner, "extrecordid").value_or("");
  redirect.online_rules = take_rules(inner, "onopt");
  redirect.offline_rules = take_rules(inner, "offopt");
  redirect.return_method = take(inner, "trm").value_or("");
  if (const auto aib = take(inner, "aib")) redirect.may_change_instance = boolean_of(to_lower(*aib));
  redirect.return_url = take(inner, "redirect").value_or("");
  redirect.action_query = take(inner, "actionqs").value_or("");
  redirect.more = std::move(inner);
  BB_CHECK(check(redirect, use));
  return redirect;
}

Result<ShellReturn> read_shell_return(std::string_view url) {
  BB_TRY(auto parameters, read_query(form_within(url)));
  ShellReturn answer;
  answer.target = take(parameters, "target").value_or("");
  const auto* const found = std::find(outcomes.begin(), outcomes.end(), answer.target);
  if (found != outcomes.end()) answer.outcome = static_cast<ShellOutcome>(found - outcomes.begin());
  answer.token = Secret(take(parameters, "wctoken").value_or(""));
  answer.instance_id = take(parameters, "instanceid").value_or(take(parameters, "instanceId").value_or(""));
  answer.action_query = take(parameters, "actionqs").value_or("");
  if (answer.outcome == ShellOutcome::authorized && answer.token.is_empty())
    return Error{"the shell returned APPAUTHSUCCESS without 'wctoken'"};
  return answer;
}

std::string write_shell_return(std::string_view return_url, const ShellReturn& answer) {
  FormFields query;
  query.emplace_back("target", answer.target.empty() ? word_of(answer.outcome) : answer.target);
  if (!answer.token.is_empty()) query.emplace_back("wctoken", answer.token.bytes());
  if (!answer.instance_id.empty()) query.emplace_back("instanceId", answer.instance_id);
  if (!answer.action_query.empty()) query.emplace_back("actionqs", answer.action_query);
  const auto page = return_url.substr(0, return_url.find('#'));
  return fmt::format("{}{}{}{}", page, page.find('?') == std::string_view::npos ? '?' : '&', write_form(query),
                     return_url.substr(page.size()));
}

std::string new_shell_state() { return random_token(state_bytes); }

std::string action_query_of(std::string_view state, std::string_view rest) {
  auto query = write_form({{std::string(state_name), std::string(state)}});
  if (!rest.empty()) query.append("&").append(rest);
  return query;
}

bool is_own_return(const ShellReturn& answer, std::string_view state) {
  auto parameters = read_query(answer.action_query);
  if (!parameters || state.empty()) return false;
  const auto given = take(*parameters, state_name);
  return given && equal_constant_time(*given, state);
}

}  // namespace bb::healthvault
