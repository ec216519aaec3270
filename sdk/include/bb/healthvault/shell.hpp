// bb/healthvault/shell.hpp - the browser's way: where a person is sent, and what comes back.
//
// Source: the catalogue's rows HV-SHELL-01 to -07.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/secret.hpp>

namespace bb::healthvault {

// HV-SHELL-02: where a person can be sent.
std::span<const std::string_view> shell_targets();

enum class ShellUse { test, production };

struct ShellRedirect {
  std::string target;  // one of shell_targets()
  std::string app_id;
  bool is_multi_record = false;                  // `ismra`
  std::string external_record_id = {};           // `extrecordid`
  std::vector<int> online_rules = {};            // `onopt#`: optional rules by number, counted from 1
  std::vector<int> offline_rules = {};           // `offopt#`
  std::string return_method = {};                // `trm`: "get", "post"
  std::string action_query = {};                 // `actionqs`: comes back unchanged; see action_query_of()
  std::optional<bool> may_change_instance = {};  // `aib`: the shell may use another instance
  std::string return_url = {};                   // `redirect`: outside production alone
  std::vector<std::pair<std::string, std::string>> more = {};  // parameters of one target, "thingid"
};

// "https://<shell>/redirect.aspx?target=...&targetqs=...", encoded once (HV-SHELL-01).
// `shell_url` ends with or without '/'. The error is of an unknown target, no app-id, a
// return URL in production.
[[nodiscard]] Result<std::string> shell_url(std::string_view shell_url, const ShellRedirect& redirect, ShellUse use);

// What a shell reads of such a URL: the other way around. The error is of what it refuses.
[[nodiscard]] Result<ShellRedirect> read_shell_url(std::string_view url, ShellUse use);

// HV-SHELL-04. An unknown target is `unknown`, never a success.
enum class ShellOutcome {
  authorized,           // APPAUTHSUCCESS
  rejected,             // APPAUTHREJECT
  invalid_record,       // APPAUTHINVALIDRECORD
  record_changed,       // SELECTEDRECORDCHANGED
  signed_out,           // SIGNOUT
  edit_complete,        // EDITRECORDCOMPLETE
  edit_cancelled,       // EDITRECORDCANCEL
  reconcile_complete,   // RECONCILECOMPLETE
  reconcile_cancelled,  // RECONCILECANCELED
  reconcile_failed,     // RECONCILEFAILURE
  share_success,        // SHARERECORDSUCCESS
  share_failed,         // SHARERECORDFAILED
  unknown,
};
std::string_view word_of(ShellOutcome outcome);  // "APPAUTHSUCCESS"; of unknown ""

struct ShellReturn {
  ShellOutcome outcome = ShellOutcome::unknown;
  std::string target = {};  // as it came
  Secret token = {};        // `wctoken` (HV-SHELL-06)
  std::string instance_id = {};
  std::string action_query = {};
};

// Of the URL that the browser came back with, or its query, or a posted form's body. The
// error is of a parameter that stands twice, a broken escape, an `authorized` without a token.
[[nodiscard]] Result<ShellReturn> read_shell_return(std::string_view url);

// What a platform sends back: the query behind `return_url`.
std::string write_shell_return(std::string_view return_url, const ShellReturn& answer);

// HV-SHELL-07: a state of random bytes that goes out in `actionqs` and must come back.
std::string new_shell_state();
// `actionqs` of a state and, behind it, what the caller wants back itself.
std::string action_query_of(std::string_view state, std::string_view rest = {});
// Whether a return is that of the redirect that `state` went out with; without telling
// how much of it is right. An empty state never is.
bool is_own_return(const ShellReturn& answer, std::string_view state);

}  // namespace bb::healthvault
