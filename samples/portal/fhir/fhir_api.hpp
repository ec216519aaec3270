// portal/fhir/fhir_api.hpp - the portal for SMART apps: a FHIR R4 API of US Core 6.1.0 under /fhir/r4.
//
// Specified in docs/reference/portal-fhir.md. Read only.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "portal/fhir/bulk_export.hpp"
#include "portal/fhir/capability.hpp"
#include "portal/fhir/searchset.hpp"
#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal::fhir {

using FindToken = std::function<std::optional<TokenAccess>(std::string_view bearer)>;

// [any thread]
class FhirApi {
 public:
  // `portal_url` is the portal's own, without a slash at its end.
  FhirApi(DataHolder& holder, FindToken find_token, const std::string& portal_url, OauthUris uris);

  static bool is_for(const web::HttpRequest& request);
  // What the server refuses of requests to the API, as an OperationOutcome (FHIR-ERR-05).
  static web::HttpResponse dress_refusal(std::string_view target, web::HttpResponse refusal);
  const std::string& base_url() const { return base_url_; }
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  using Path = std::vector<std::string>;  // behind the base

  web::HttpResponse route(const web::HttpRequest& request, const Path& path);
  std::optional<Permissions> permissions_of(const web::HttpRequest& request) const;
  web::HttpResponse authorized(const web::HttpRequest& request, const Path& path, const Permissions& permissions);
  web::HttpResponse bulk(const web::HttpRequest& request, const Path& path, const Permissions& permissions);
  web::HttpResponse kick_off(const web::HttpRequest& request, const Path& path, const Permissions& permissions);
  web::HttpResponse of_type(const web::HttpRequest& request, const Path& path, const Permissions& permissions);
  web::HttpResponse search(const web::HttpRequest& request, const std::string& type, const Permissions& permissions);
  web::HttpResponse read(const web::HttpRequest& request, const std::string& type, const std::string& id,
                         const Permissions& permissions);
  web::HttpResponse everything(const web::HttpRequest& request, const std::string& id, const Permissions& permissions);
  web::HttpResponse docref(const web::HttpRequest& request, const Permissions& permissions);
  // `id` empty: the patient is named by a parameter.
  web::HttpResponse summary(const web::HttpRequest& request, const std::string& id, const Permissions& permissions);

  // A resource of the store, or a document of a range that its id tells.
  std::optional<Resource> find(const std::string& type, const std::string& id);
  bool may_read(const Resource& resource, const Permissions& permissions);
  void log(const Permissions& permissions, const std::vector<std::string>& patients, std::string_view action,
           const std::string& what);
  // As the records stand now; what was given before stays.
  const Store& store();

  DataHolder& holder_;
  const FindToken find_token_;
  const std::string base_url_;
  const OauthUris uris_;
  const std::int64_t started_ns_;
  BulkExports exports_;
  std::mutex stores_mutex_;
  std::map<std::size_t, std::unique_ptr<Store>> stores_;  // by the count of changes; made when first needed
};

}  // namespace bb::portal::fhir
