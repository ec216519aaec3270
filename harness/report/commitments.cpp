#include "harness/report/commitments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include <bb/core/text.hpp>
#include <bb/core/value.hpp>
#include <bb/core/yaml.hpp>

namespace bb::report {
namespace {

constexpr std::string_view format = "bluebridge-commitments/1";

Result<Commitment> commitment_from(const std::string& id, const Value& value) {
  Commitment one;
  one.id = id;
  one.title = value["title"].string_or("");
  one.promise = value["promise"].string_or("");
  one.is_needed = value["needed"].boolean_or(true);
  one.rows = strings_of(value["rows"]);
  one.suites = strings_of(value["suites"]);
  if (one.title.empty() || one.promise.empty() || one.rows.empty())
    return Error{fmt::format("commitment '{}' lacks its title, promise or rows", id)};
  return one;
}

}  // namespace

bool matches(const std::vector<std::string>& patterns, std::string_view id) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    if (!pattern.ends_with('*')) return pattern == id;
    pattern.remove_suffix(1);
    return id.starts_with(pattern);
  });
}

Result<Commitments> read_commitments(const std::filesystem::path& file) {
  BB_TRY(const Value value, read_yaml(file));
  const auto wrong = [&](const std::string& what) { return Error{fmt::format("{}: {}", file.string(), what)}; };
  if (value["format"] != Value(format)) return wrong(fmt::format("expected format '{}'", format));
  Commitments out;
  out.programme = value["programme"].string_or("");
  out.version = value["programme_version"].string_or("");
  out.role = value["role"].string_or("");
  out.apart = strings_of(value["apart"]);
  const auto* members = value["commitments"].members();
  if (out.programme.empty() || out.version.empty() || out.role.empty() || members == nullptr || members->empty())
    return wrong("expected 'programme', 'programme_version', 'role' and 'commitments'");
  for (const auto& member : *members) {
    auto one = commitment_from(member.key, member.value);
    if (!one) return wrong(one.error().what);
    out.commitments.push_back(*std::move(one));
  }
  return out;
}

Result<Commitments> find_commitments(const std::filesystem::path& folder, const std::string& role) {
  const std::string wanted = role.empty() ? "data-holder" : role;
  std::vector<std::string> roles;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() != ".yaml") continue;
    BB_TRY(auto commitments, read_commitments(entry->path()));
    if (commitments.role == wanted) return commitments;
    roles.push_back(std::move(commitments.role));
  }
  if (error) return Error{fmt::format("{}: {}", folder.string(), error.message())};
  std::sort(roles.begin(), roles.end());
  return Error{fmt::format("nothing says what is promised in the role '{}' of the target's profile, only in: {}",
                           wanted, join(roles, ", "))};
}

}  // namespace bb::report
