// export/ehi_export.hpp - all electronic health information that the portal holds of one patient, in one file, and the
// page that says what the file holds.
//
// Source: 45 CFR 170.315(b)(10). The format is the portal's own; docs/reference/portal-api.md.
#pragma once

#include <string>

#include "portal/functions/functions.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

class EhiExport {
 public:
  EhiExport(functions::Functions& functions, std::string base_url)
      : functions_(functions), base_url_(std::move(base_url)) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  // JSON, as the page of the format describes it.
  Value export_of(const Session& session, const std::string& patient);

  functions::Functions& functions_;
  std::string base_url_;
};

}  // namespace bb::portal
