// access_api.hpp - what patients decide on their records, for programs: who else has access, what is shared on-going,
// what they ask to have amended. JSON under /api/patients/{patient}/proxies, standing-shares and amendments; specified
// in docs/reference/portal-api.md.
#pragma once

#include <string>

#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// Functions and the end of a grant as a request or a form gives them; empty: it has no end. Both ends in RFC 3339 or a
// date alone, which is its last instant.
[[nodiscard]] Result<ProxyGrant> read_grant(const std::string& account, const std::vector<std::string>& functions,
                                            const std::string& until);

// Why on-going sharing was not taken; empty: it was.
std::string refusal_text(const DataHolder::StandingAnswer& answer);

class AccessApi {
 public:
  explicit AccessApi(DataHolder& holder) : holder_(holder) {}

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);

 private:
  web::HttpResponse proxies(const web::HttpRequest& request, const std::string& patient);
  web::HttpResponse grant(const web::HttpRequest& request, const std::string& patient, const std::string& account);
  web::HttpResponse standing_shares(const web::HttpRequest& request, const Session& session,
                                    const std::string& patient);
  web::HttpResponse ask_for_sharing(const web::HttpRequest& request, const Session& session,
                                    const std::string& patient);
  web::HttpResponse change_sharing(const web::HttpRequest& request, const std::string& patient, const std::string& id);
  web::HttpResponse amendments(const web::HttpRequest& request, const std::string& patient);
  Value describe(const StandingShare& share) const;

  DataHolder& holder_;
};

}  // namespace bb::portal
