// plugins/rest/pages/page_visit.hpp - pages of a site, one after the other, as a browser without scripts gets them.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/form.hpp>
#include <bb/core/secret_bytes.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

// What `reference` means on the page at `base`, an http or https URL (RFC 3986, 5.2, without the removal of dots,
// which servers do): another URL, `//host/path`, `/path`, `?query`, or a path beside the page's. No fragment.
std::string resolved_url(std::string_view base, std::string_view reference);

// Follows at most five redirects. `member_origin` (origin_of()): the one site whose cookies are kept and sent back to
// it, whatever path they were given for; empty: none are.
class PageVisit {
 public:
  explicit PageVisit(Http http, std::string member_origin = {})
      : http_(http), member_origin_(std::move(member_origin)) {}

  // The answer at the end of the way, whatever its status. BB_E_INVALID_ARGUMENT: `url` is no page of the web;
  // BB_E_PROTOCOL: too many redirects.
  HttpResponse get(Call& call, const std::string& url, std::string_view doing);
  // Of a form whose fields are secret: it goes to the member's origin alone, BB_E_PROTOCOL otherwise.
  HttpResponse post(Call& call, const std::string& url, const FormFields& fields, std::string_view doing);

  const std::string& url() const { return url_; }  // of the answer, without a fragment
  void forget_cookies() { cookies_.clear(); }

 private:
  HttpResponse follow(Call& call, HttpRequest request, std::string_view doing);
  void keep_cookies(const HttpResponse& response);

  Http http_;
  std::string member_origin_;
  std::string url_;
  std::vector<std::pair<std::string, SecretBytes>> cookies_;  // name, value
};

}  // namespace bb::rest
