#include "pages/page_visit.hpp"

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "http/http_status.hpp"

namespace bb::rest {
namespace {

constexpr int redirects_max = 5;
constexpr std::uint64_t page_bytes_max = 8ull * 1024 * 1024;
constexpr std::size_t cookies_max = 50;  // RFC 6265, 6.1

bool is_redirect(const HttpResponse& response) {
  return (response.status == 301 || response.status == 302 || response.status == 303 || response.status == 307 ||
          response.status == 308) &&
         !response.header("location").empty();
}

}  // namespace

std::string resolved_url(std::string_view base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  base = base.substr(0, base.find('#'));
  if (is_absolute_uri(reference)) return std::string(reference);
  const auto scheme_end = base.find("://") + 3;
  if (reference.starts_with("//")) return std::string(base.substr(0, scheme_end - 2)) + std::string(reference);
  const auto path = base.find_first_of("/?", scheme_end);
  const auto host = std::string(base.substr(0, path));
  if (reference.starts_with('/')) return host + std::string(reference);
  const auto page = base.substr(0, base.find('?', scheme_end));
  if (reference.empty()) return std::string(base);
  if (reference.starts_with('?')) return std::string(page) + std::string(reference);
  const auto folder_end = page.rfind('/');
  if (folder_end < scheme_end) return host + "/" + std::string(reference);
  return std::string(page.substr(0, folder_end + 1)) + std::string(reference);
}

HttpResponse PageVisit::get(Call& call, const std::string& url, std::string_view doing) {
  HttpRequest request;
  request.url = url;
  return follow(call, std::move(request), doing);
}

HttpResponse PageVisit::post(Call& call, const std::string& url, const FormFields& fields, std::string_view doing) {
  if (member_origin_.empty() || origin_of(url) != member_origin_)
    throw plugins::not_this_api(doing, "the form leads to another site, which gets no password");
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.push_back({"content-type", "application/x-www-form-urlencoded"});
  request.body = write_form(fields);
  return follow(call, std::move(request), doing);
}

HttpResponse PageVisit::follow(Call& call, HttpRequest request, std::string_view doing) {
  for (int redirects = 0;; ++redirects) {
    call.check();
    // Whoever writes a link may write javascript: or mailto: too.
    const auto origin = origin_of(request.url);
    if (origin.empty())
      throw Failure{BB_E_INVALID_ARGUMENT,
                    std::string(doing) + ": '" + shorten(request.url, 120) + "' is no page of the web"};
    request.headers.push_back({"accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"});
    const bool is_member = !member_origin_.empty() && origin == member_origin_;
    if (is_member && !cookies_.empty()) {
      std::vector<std::string> pairs;
      for (const auto& [name, value] : cookies_) pairs.push_back(name + "=" + std::string(value.bytes()));
      request.headers.push_back({"cookie", join(pairs, "; ")});
    }
    request.is_answer = true;
    request.response_bytes_max = page_bytes_max;
    auto response = plugins::perform(http_, call, request, doing);
    url_ = request.url;
    if (is_member) keep_cookies(response);
    if (!is_redirect(response)) return response;
    if (redirects == redirects_max)
      throw plugins::not_this_api(doing, "the site leads from page to page, more than five times");
    // Also after 307 and 308, which would send a form again: nothing secret goes twice.
    request = HttpRequest{};
    request.url = resolved_url(url_, response.header("location"));
  }
}

void PageVisit::keep_cookies(const HttpResponse& response) {
  for (const auto& field : response.headers) {
    if (!iequals(field.name, "set-cookie")) continue;
    // RFC 6265, 5.2; one without a value is how sites take a cookie back.
    const auto pair = std::string_view(field.value).substr(0, field.value.find(';'));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = std::string(trim(pair.substr(0, equals))), value = std::string(trim(pair.substr(equals + 1)));
    std::erase_if(cookies_, [&](const auto& cookie) { return cookie.first == name; });
    if (!value.empty() && cookies_.size() < cookies_max) cookies_.emplace_back(name, SecretBytes(value));
  }
}

}  // namespace bb::rest
