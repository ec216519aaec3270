// portal/cms/server.hpp - the portal as CMS Blue Button 2.0, versions 2 and 3.
//
//   /vN/o/authorize/  /vN/o/consent/                                           for people
//   /vN/o/token/  /vN/o/revoke_token/  /vN/o/revoke/  /vN/o/introspect/        for applications
//   /vN/connect/userinfo  /vN/connect/.well-known/openid-configuration  /.well-known/openid-configuration-vN
//   /vN/fhir/metadata  /vN/fhir/.well-known/smart-configuration  /vN/fhir/TYPE[/ID]
//
// Document: docs/reference/portal-cms.md.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include <bb/core/value.hpp>

#include "portal/cms/applications.hpp"
#include "portal/cms/payer_data.hpp"
#include "portal/holder.hpp"
#include "portal/smart/application_pages.hpp"
#include "web/http_message.hpp"

namespace bb::portal::cms {

class VersionServer;

// [any thread]
class Server {
 public:
  enum class Demos { none, of_each_kind };
  // `base`: the portal's address, without a slash at its end. `known`: of the SMART server, too.
  Server(DataHolder& holder, std::string base, const std::vector<SmartClient>& known, Demos demos, Clock clock);
  ~Server();

  static bool is_for(const web::HttpRequest& request);
  web::HttpResponse handle(const web::HttpRequest& request);
  // What people allowed, of each version.
  std::vector<Allowed> allowed() const;
  // For who starts the portal.
  Value ready() const;

 private:
  const PayerData& data();

  DataHolder& holder_;
  const std::string base_;
  const Applications applications_;
  const std::int64_t started_ns_;
  std::once_flag is_made_;
  std::unique_ptr<PayerData> data_;  // made when it is first needed
  std::array<std::unique_ptr<VersionServer>, 2> versions_;
};

}  // namespace bb::portal::cms
