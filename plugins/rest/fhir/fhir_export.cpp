// A bulk export by a backend service: begun, looked at until it is done, read, and removed
// (FHIR-BULK-02 to -06). The files come out one after the other, a resource a line.
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "call_lock.hpp"
#include "fhir/fhir_server.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "exporting";
constexpr std::string_view ndjson_media_type = "application/fhir+ndjson";
constexpr std::size_t files_max = 10'000;
constexpr std::size_t export_bytes_max = 64ull * 1024 * 1024;

bool is_ndjson(std::string_view type) {
  return type == ndjson_media_type || type == "application/ndjson" || type == "application/x-ndjson";
}

}  // namespace

void FhirServer::fetch_export(Call& call, Content& out) {
  const auto session = expect_entered(doing);
  const auto lock = lock_for(call, export_mutex_);
  if (std::exchange(export_session_, session.number) != session.number) export_status_url_.clear();
  if (export_status_url_.empty()) {
    const auto where = group_.empty() ? std::string("Patient/$export") : "Group/" + group_ + "/$export";
    const auto begun = ask(call, {.url = where, .headers = {{"prefer", "respond-async"}}, .is_answer = false}, doing);
    if (begun.status != 202)
      throw plugins::not_this_api(doing, "expected status 202, got " + std::to_string(begun.status));
    const auto place = begun.header("content-location");
    if (place.empty()) throw plugins::not_this_api(doing, "expected a content-location, got none");
    export_status_url_ = line_.absolute(place, doing);
    throw Pending{};
  }
  HttpResponse status;
  try {
    status = ask(call, {.url = export_status_url_, .accept = "application/json", .is_answer = false}, doing);
  } catch (const Failure& failure) {
    // One that the server does not know any more is begun anew by who asks again.
    if (failure.status == BB_E_NOT_FOUND) export_status_url_.clear();
    throw;
  }
  if (status.status == 202) throw Pending{};
  const auto url = std::exchange(export_status_url_, {});
  const JsonAnswer manifest(status, 200, doing);
  const auto& files = manifest.array("output");
  if (files.size() > files_max) throw plugins::not_this_api(doing, "the manifest has more files than are read");
  std::string body;
  for (const auto& file : files) {
    call.check();
    const auto url_of_file = manifest.text(file, "url", "a file");
    // A store elsewhere that needs no token gets none.
    const bool is_open_store = !manifest.value()["requiresAccessToken"].boolean_or(true) && !line_.is_own(url_of_file);
    const FhirRequest request{
        .url = url_of_file, .accept = std::string(ndjson_media_type), .has_token = !is_open_store, .is_answer = false};
    const auto response = is_open_store ? line_.exchange(call, request, doing) : ask(call, request, doing);
    if (response.status != 200) throw failure_of_fhir(response, doing);
    if (const auto type = media_type_of(response); !is_ndjson(type))
      throw plugins::not_this_api(doing,
                                  "expected content-type application/fhir+ndjson, got '" + shorten(type, 60) + "'");
    if (body.size() + response.body.size() > export_bytes_max)
      throw Failure{BB_E_TOO_LARGE,
                    "exporting: the files together are larger than " + std::to_string(export_bytes_max) + " bytes"};
    body += response.body;
    if (!body.empty() && body.back() != '\n') body += '\n';
  }
  (void)ask(call, {.method = "DELETE", .url = url, .is_answer = false}, doing);
  out.head({.id = "fhir-ndjson", .kind = "document", .media_type = ndjson_media_type, .size = body.size()});
  out.write(body);
}

}  // namespace bb::rest
