// plugins/rest/mapped/mapping.hpp - a vendor's own API as the configuration describes it
// (docs/how-to/rest.md).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/value.hpp>

#include "mapped/field.hpp"
#include "mapped/template.hpp"

namespace bb::rest {

using Names = std::set<std::string, std::less<>>;

struct RequestMap {
  std::string pointer;  // of the mapping's key
  std::string method;
  Template path;
  std::vector<std::pair<std::string, Template>> query, headers, form;
  std::optional<Value> json;
  std::string accept;
  Names placeholders;  // that stand anywhere in it

  bool uses(std::string_view name) const { return placeholders.contains(name); }
};

enum class SignInBy { request, basic, api_key };

struct SignInMap {
  SignInBy by = SignInBy::request;
  std::optional<RequestMap> request;
  Field token, patient, subject, acting_for, scopes, expires_in, expires_at;
  std::string cookie;
  std::string header;
  Template send;

  // Whether anything is read of what the sign-in answers.
  bool reads_answer() const;
};

// Where a page says how the listing goes on; at most one is mapped.
struct NextMap {
  Field cursor, url;
  bool is_link = false;
};

struct ListMap {
  RequestMap request;
  Field entries, id, kind, title, media_type, version, updated;
  Words kinds;
  NextMap next;
};

struct ReadMap {
  RequestMap request;
  std::string media_type;  // empty: any
};

struct WaitMap {
  std::string pointer;
  Field job, state, result_url;
  std::optional<RequestMap> poll, result;
  Names running, done, failed;
};

struct FormatMap {
  std::string id, title, media_type;
  RequestMap request;
  std::optional<WaitMap> wait;
};

struct ShareMap {
  RequestMap request;
  Names schemes;
  Words formats, deliveries;
  Field id, receipts, recipient, delivery, detail, at;
  std::optional<RequestMap> track;
};

struct ActivityMap {
  RequestMap request;
  Field entries, id, action, at, actor, actor_id, actor_role, items, what, to, detail;
  Words actions, roles;
  NextMap next;
};

struct Mapping {
  std::string base_url;  // without a slash at its end
  std::int64_t page_size = 0;
  TimeForm time_form = TimeForm::rfc3339;
  SignInMap sign_in;
  std::optional<RequestMap> describe, sign_out;
  std::optional<ListMap> list;
  std::optional<ReadMap> read;
  std::vector<FormatMap> formats;
  std::optional<ShareMap> share;
  std::optional<ActivityMap> activity;
};

// BB_E_INVALID_ARGUMENT for a configuration that is none, with the key's JSON Pointer, what was expected and what
// was found.
Mapping read_mapping(const Value& config);

}  // namespace bb::rest
