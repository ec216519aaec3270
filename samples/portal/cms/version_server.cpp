#include "portal/cms/version_server.hpp"

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/cms/answers.hpp"
#include "portal/cms/discovery.hpp"
#include "portal/cms/ids.hpp"
#include "portal/page_frame.hpp"
#include "portal/smart/oauth_answers.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::int64_t ten_hours = 36'000;

// What CMS's server has in common with SMART's goes wrong in the same way.
Defects as_smart(const Defects& defects) {
  if (defects.is_on(Defect::cms_ignores_client_secret)) return Defects(Defect::smart_ignores_client_secret);
  if (defects.is_on(Defect::cms_accepts_wrong_verifier)) return Defects(Defect::smart_accepts_wrong_verifier);
  if (defects.is_on(Defect::cms_accepts_plain_pkce)) return Defects(Defect::smart_accepts_plain_pkce);
  if (defects.is_on(Defect::cms_refresh_after_revocation)) return Defects(Defect::smart_refresh_after_revocation);
  return {};
}

web::HttpResponse get_only(const web::HttpRequest& request, const Value& document) {
  if (request.method != "GET") return message_answer(405, "Method not allowed.").with("Allow", "GET");
  return with_cors(web::HttpResponse::json(200, document));
}

}  // namespace

VersionServer::VersionServer(const Parts& parts)
    : holder_(parts.holder),
      addresses_(parts.addresses),
      applications_(parts.applications),
      clock_(parts.clock),
      started_ns_(parts.started_ns),
      access_tokens_(clock_, as_smart(holder_.defects())),
      grants_(
          clock_, as_smart(holder_.defects()),
          holder_.defects().is_on(Defect::cms_refresh_reused) ? AppGrants::Reuse::taken : AppGrants::Reuse::refused),
      codes_(clock_),
      proof_(applications_.clients(), addresses_.token(), clock_, as_smart(holder_.defects())),
      identity_(holder_, SmartAddresses{addresses_.portal}, patient_id_of, clock_),
      authorization_({holder_, addresses_, applications_, codes_, clock_, parts.forget}),
      token_endpoint_(
          {.proof = proof_,
           .codes = codes_,
           .grants = grants_,
           .access_tokens = access_tokens_,
           .identity = identity_,
           .clock = clock_,
           .defects = as_smart(holder_.defects()),
           .access_seconds = holder_.defects().is_on(Defect::cms_ten_hour_tokens) ? ten_hours : access_seconds,
           .has_id_tokens = false,
           .refuse = [this](const SmartClient& client,
                            std::string_view grant_type) { return refuse(client, grant_type); },
           .complete = [this](Value& answer, const AppGrant& grant) { complete(answer, grant); }}),
      token_services_({proof_, grants_, access_tokens_, identity_, SmartAddresses{addresses_.portal},
                       as_smart(holder_.defects()), false}),
      fhir_(holder_, addresses_, parts.find_token, parts.data) {}

web::HttpResponse VersionServer::handle(const web::HttpRequest& request, const std::vector<std::string>& path) {
  const std::vector<std::string> below(path.begin() + 1, path.end());
  const auto& first = path[0];
  if (first == "o") return oauth(request, below);
  if (first == "connect" && below == std::vector<std::string>{"userinfo"}) return fhir_.userinfo(request);
  if (first == "connect" && below == std::vector<std::string>{".well-known", "openid-configuration"})
    return openid(request);
  if (first != "fhir") return message_answer(404, "Not found.");
  if (below == std::vector<std::string>{"metadata"})
    return get_only(request, capability_statement(addresses_, started_ns_, holder_.defects()));
  if (below == std::vector<std::string>{".well-known", "smart-configuration"})
    return get_only(request, smart_configuration(addresses_, holder_.defects()));
  return fhir_.handle(request, below);
}

web::HttpResponse VersionServer::openid(const web::HttpRequest& request) const {
  return get_only(request, openid_configuration(addresses_, holder_.defects()));
}

web::HttpResponse VersionServer::oauth(const web::HttpRequest& request, const std::vector<std::string>& path) {
  const auto name = path.empty() ? std::string() : path[0];
  const bool is_program = name == "token" || name == "revoke_token" || name == "revoke" || name == "introspect";
  if (!is_program && name != "authorize" && name != "consent") return message_answer(404, "Not found.");
  // As Django does it: a body does not survive this (FHIR-BB2-01).
  if (path.size() == 1) {
    const auto query = request.query_text.empty() ? std::string() : "?" + request.query_text;
    return web::HttpResponse::empty(301).with("Location", addresses_.base() + "/o/" + name + "/" + query);
  }
  if (path.size() != 2 || !path[1].empty()) return message_answer(404, "Not found.");
  if (name == "authorize") return authorization_.authorize(request);
  if (name == "consent") return authorization_.consent(request);
  if (request.method != "POST") return message_answer(405, "Method not allowed.").with("Allow", "POST");
  if (name == "token") return token_endpoint_.handle(request);
  return name == "introspect" ? token_services_.introspect(request) : token_services_.revoke(request);
}

std::optional<web::HttpResponse> VersionServer::refuse(const SmartClient& client, std::string_view grant_type) const {
  if (!applications_.terms_of(client.id).is_active && !holder_.defects().is_on(Defect::cms_lets_inactive_in))
    return oauth_refusal("invalid_client", inactive_text(client));
  if (grant_type == "client_credentials")
    return message_answer(403, "The application " + client.name + " does not have client_credentials enabled.");
  return std::nullopt;
}

void VersionServer::complete(Value& answer, const AppGrant& grant) const {
  if (holder_.defects().is_on(Defect::cms_no_grant_expiration)) return;
  const auto access = applications_.terms_of(grant.client_id).access;
  // Of a study there is no end; of one time it is that of the token.
  if (access == AccessType::research) {
    answer.set("access_grant_expiration", "");
  } else {
    const auto ends_ns = grant.ends_unix_ns.value_or(clock_() + access_seconds * ns_per_second);
    answer.set("access_grant_expiration", format_utc(ends_ns));
  }
}

void VersionServer::forget(const std::string& client_id, const std::string& account) {
  codes_.end(client_id, account);
  for (const auto& grant : grants_.list(account)) {
    if (grant.client_id != client_id) continue;
    grants_.end(grant.id);
    access_tokens_.revoke_grant(grant.id);
  }
}

}  // namespace bb::portal::cms
