// portal/fhir/bulk_export.hpp - exports of many patients as NDJSON, for backend services.
//
// Source: HL7 Bulk Data Access 2.0 (FHIR-BULK-01 to -08).
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "portal/fhir/permissions.hpp"
#include "portal/fhir/search.hpp"
#include "web/http_message.hpp"

namespace bb::portal::fhir {

inline constexpr std::string_view bulk_folder = "bulk";  // [base]/bulk/ID, [base]/bulk/ID/Patient.ndjson
inline constexpr std::size_t bulk_jobs_max = 100;

// What a job holds stays as it was when it began. [any thread]
class BulkExports {
 public:
  // `base_url` is that of the API; a store that is exported from stays while this lives.
  BulkExports(std::string base_url, const Defects& defects) : base_url_(std::move(base_url)), defects_(defects) {}

  // 202 with the address to ask at; `url`: what was asked for, as the manifest repeats it.
  web::HttpResponse kick_off(const web::HttpRequest& request, const std::string& url, const Permissions& permissions,
                             const Store& store);
  // Asks after a job, or ends it.
  web::HttpResponse status(const web::HttpRequest& request, const std::string& id, const std::string& client_id);
  // `client_id` none: nobody asked who it is (fhir-bulk-file-without-token).
  web::HttpResponse file(const web::HttpRequest& request, const std::string& id, const std::string& name,
                         const std::optional<std::string>& client_id) const;

 private:
  struct Job {
    std::string client_id, url;
    std::int64_t at_unix_ns = 0;
    std::map<std::string, std::vector<const Resource*>> by_type;
    int polls = 0;
    bool is_deleted = false;
  };
  Value manifest_of(const std::string& id, const Job& job) const;
  void drop_old();

  const std::string base_url_;
  const Defects& defects_;
  mutable std::mutex mutex_;
  std::map<std::string, Job> jobs_;
};

}  // namespace bb::portal::fhir
