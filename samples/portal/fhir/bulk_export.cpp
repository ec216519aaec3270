#include "portal/fhir/bulk_export.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/answers.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::int64_t job_ns_max = 3'600 * ns_per_second;
constexpr std::string_view ndjson = "application/fhir+ndjson";
constexpr std::string_view file_suffix = ".ndjson";

struct Asked {
  std::vector<std::string> types;  // empty: all
  std::optional<std::int64_t> since_ns;
  std::vector<Query> filters;
};

Result<Asked> read_parameters(const FormFields& fields, Handling handling) {
  Asked asked;
  for (const auto& [name, value] : fields) {
    if (name == "_type") {
      for (const auto& type : split(value, ',')) {
        if (find_type(type) == nullptr)
          return Error{"parameter '_type': there are no resources of the type '" + one_line(shorten(type, 80)) + "'"};
        asked.types.push_back(type);
      }
    } else if (name == "_since") {
      asked.since_ns = parse_time(replace_all(value, " ", "+"));
      if (!asked.since_ns)
        return Error{"parameter '_since': expected an instant such as 2026-01-01T00:00:00Z, got '" +
                     one_line(shorten(value, 80)) + "'"};
    } else if (name == "_outputFormat") {
      const auto format = replace_all(value, " ", "+");
      if (format != ndjson && format != "application/ndjson" && format != "ndjson")
        return Error{
            "parameter '_outputFormat': expected application/fhir+ndjson, application/ndjson or ndjson, got '" +
            one_line(shorten(value, 80)) + "'"};
    } else if (name == "_typeFilter") {
      const auto mark = value.find('?');
      const auto type = value.substr(0, mark);
      if (mark == value.npos || find_type(type) == nullptr)
        return Error{"parameter '_typeFilter': expected a search such as Observation?category=laboratory, got '" +
                     one_line(shorten(value, 80)) + "'"};
      BB_TRY(const auto fields_of_filter, read_form(std::string_view(value).substr(mark + 1)));
      BB_TRY(auto query, read_query(type, fields_of_filter, Handling::strict));
      asked.filters.push_back(std::move(query));
    } else if (handling == Handling::strict) {
      return Error{"parameter '" + one_line(shorten(name, 80)) +
                   "' is not known here; known: _outputFormat, _since, _type, _typeFilter"};
    }
  }
  return asked;
}

bool passes(const Resource& resource, const Asked& asked, const std::string& base_url) {
  // A Binary goes with its document; nobody's resources are no patient's.
  if (resource.owners.empty() || resource.type == "Binary") return false;
  if (!asked.types.empty() && std::find(asked.types.begin(), asked.types.end(), resource.type) == asked.types.end())
    return false;
  if (asked.since_ns && resource.last_updated_ns <= *asked.since_ns) return false;
  bool is_filtered = false, is_passed = false;
  for (const auto& filter : asked.filters) {
    if (filter.type != resource.type) continue;
    is_filtered = true;
    is_passed = is_passed || matches(resource, filter, {base_url});
  }
  return !is_filtered || is_passed;
}

}  // namespace

web::HttpResponse BulkExports::kick_off(const web::HttpRequest& request, const std::string& url,
                                        const Permissions& permissions, const Store& store) {
  const auto prefer = to_lower(request.header("prefer"));
  if (prefer.find("respond-async") == std::string::npos)
    return error(400, "required", "an export is asked for with 'Prefer: respond-async'");
  const auto handling = prefer.find("handling=lenient") == std::string::npos ? Handling::strict : Handling::lenient;
  const auto asked = read_parameters(request.query, handling);
  if (!asked) return error(400, "value", asked.error().what);
  for (const auto& type : asked->types)
    if (!permissions.may_export(type)) return forbidden("the token has no system scope to read " + type);
  Job job{permissions.token().client_id, url, now_unix_ns(), {}};
  for (const auto& resource : store.all())
    if (permissions.may_export(resource.type) && permissions.sees(resource, 'r') && passes(resource, *asked, base_url_))
      job.by_type[resource.type].push_back(&resource);
  const auto id = random_token();
  const std::lock_guard lock(mutex_);
  drop_old();
  if (jobs_.size() >= bulk_jobs_max)
    return error(429, "throttled", "too many exports are under way").with("Retry-After", "60");
  jobs_.emplace(id, std::move(job));
  return web::HttpResponse::empty(202).with("Content-Location", base_url_ + "/" + std::string(bulk_folder) + "/" + id);
}

web::HttpResponse BulkExports::status(const web::HttpRequest& request, const std::string& id,
                                      const std::string& client_id) {
  const std::lock_guard lock(mutex_);
  drop_old();
  const auto found = jobs_.find(id);
  const bool is_gone = found == jobs_.end() || found->second.client_id != client_id ||
                       (found->second.is_deleted && !defects_.is_on(Defect::fhir_bulk_serves_deleted));
  if (is_gone) return not_found("there is no such export");
  auto& job = found->second;
  if (request.method == "DELETE") {
    job.is_deleted = true;
    if (!defects_.is_on(Defect::fhir_bulk_serves_deleted)) jobs_.erase(found);
    return answer(202, outcome("information", "informational", "the export is deleted"));
  }
  if (request.method != "GET") return wrong_method(request, "GET, DELETE");
  // The first to ask learns that it takes a while, so that clients have to wait.
  if (++job.polls == 1)
    return web::HttpResponse::empty(202).with("X-Progress", "50 % written").with("Retry-After", "1");
  auto manifest = web::HttpResponse::json(200, manifest_of(id, job));
  manifest.with("Expires", http_date(job.at_unix_ns + job_ns_max));
  return manifest;
}

web::HttpResponse BulkExports::file(const web::HttpRequest& request, const std::string& id, const std::string& name,
                                    const std::optional<std::string>& client_id) const {
  if (request.method != "GET") return wrong_method(request, "GET");
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || (client_id && found->second.client_id != *client_id) || !name.ends_with(file_suffix))
    return not_found("there is no such file");
  const auto resources = found->second.by_type.find(name.substr(0, name.size() - file_suffix.size()));
  if (resources == found->second.by_type.end()) return not_found("there is no such file");
  web::HttpResponse sent{200, std::string(ndjson), "", {}};
  for (const auto* resource : resources->second) sent.body += to_json(resource->content) + "\n";
  return sent;
}

Value BulkExports::manifest_of(const std::string& id, const Job& job) const {
  auto files = Value::array();
  for (const auto& [type, resources] : job.by_type) {
    const auto url = base_url_ + "/" + std::string(bulk_folder) + "/" + id + "/" + type + std::string(file_suffix);
    files.push(Value::object({{"type", type}, {"url", url}, {"count", resources.size()}}));
  }
  auto manifest = Value::object(
      {{"transactionTime", format_utc(job.at_unix_ns)}, {"request", job.url}, {"requiresAccessToken", Value(true)}});
  manifest.set("output", std::move(files));
  manifest.set("error", Value::array());
  return manifest;
}

void BulkExports::drop_old() {
  std::erase_if(jobs_, [now = now_unix_ns()](const auto& job) { return job.second.at_unix_ns + job_ns_max < now; });
}

}  // namespace bb::portal::fhir
