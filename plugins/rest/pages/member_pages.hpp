// plugins/rest/pages/member_pages.hpp - org.bluebridge.rest.member-pages: the pages of a site as somebody gets them who
// signed in on its form, as with a browser without scripts.
//
// Cookies live in memory and die with the session. Host HTTP is the only network.
#pragma once

#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>

#include "pages/page_visit.hpp"

namespace bb::rest {

class MemberPages final : public Connector, public Session, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["base_url"],
    "properties": {
      "base_url": {"type": "string", "format": "url", "pattern": "^https://[^/?#]", "title": "Address of the site",
        "description": "https://portal.hospital.example; the password and cookies go to this host alone"},
      "sign_in_page": {"type": "string", "maxLength": 2000, "title": "Page with the form where people sign in",
        "description": "A path, or an address of this host; /sign-in where it is not said"}}})";
  static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});

  explicit MemberPages(const Context& context);

  SignIn open(Call& call, const bb_auth_request& request) override;
  SessionInfo describe(Call& call) override;
  void close(Call& call) override;

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  Secret secret_;
  std::string base_url_, sign_in_page_;
  PageVisit visit_;
  SessionInfo info_;
  bool is_open_ = false;
};

}  // namespace bb::rest
