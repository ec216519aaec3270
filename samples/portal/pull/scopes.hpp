// portal/pull/scopes.hpp - the scopes of Blue Button+ Pull: "name:" or "name:parameter".
//
// `summary:`, `search:` and `send-email-to:<Direct address>`; the root form is registered, the form with its parameter
// is what a person is asked for (BBP-PULL-32, -33).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/smart/scope.hpp>

#include "portal/defects.hpp"

namespace bb::portal::pull {

inline constexpr std::string_view summary_scope = "summary:";
inline constexpr std::string_view search_scope = "search:";
inline constexpr std::string_view send_scope = "send-email-to:";

// What an application registers, each in its root form. The error names what is none.
[[nodiscard]] Result<std::vector<std::string>> read_registered(std::string_view text, const Defects& defects);

// What a person is asked for, each once. The error is of text without any scope, and of what is unknown or beyond what
// was registered, where anything was.
[[nodiscard]] Result<std::vector<smart::Scope>> read_asked(std::string_view text,
                                                           const std::vector<std::string>& registered,
                                                           const Defects& defects);

// "See the health summary"; empty: it is no scope of Pull.
std::string words_of(std::string_view scope);

// The Direct address of a scope to send; empty: it is another scope.
std::string_view address_of(std::string_view scope);

}  // namespace bb::portal::pull
