#include "pages/web_pages.hpp"

#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "http/http_status.hpp"
#include "oauth_probe.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view web_page = "web-page";
constexpr int redirects_max = 5;
constexpr std::uint64_t page_bytes_max = 8ull * 1024 * 1024;

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

WebPages::WebPages(const Context& context) : http_(context.require<Http>()), base_url_(context.config("/base_url")) {}

void WebPages::list_probes(Call&, Probes& out) {
  out.emit(web_page, "Reads a public page as nobody, and follows at most five redirects", R"({
    "type": "object", "additionalProperties": false, "required": ["page"],
    "properties": {"page": {"type": "string", "maxLength": 2000}, "beside": {"type": "string", "maxLength": 2000}}})");
}

void WebPages::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  if (name != web_page) throw Failure{BB_E_NOT_FOUND, "this connector has no probe '" + std::string(name) + "'"};
  const auto given = plugins::parse_arguments(arguments);
  auto url = resolved_url(resolved_url(base_url_, given["beside"].string_or("")), given["page"].string_or(""));
  for (int redirects = 0;; ++redirects) {
    // Whoever writes a link may write javascript: or mailto: too.
    if (origin_of(url).empty())
      throw Failure{BB_E_INVALID_ARGUMENT,
                    std::string(web_page) + ": '" + shorten(url, 120) + "' is no page of the web"};
    HttpRequest request;
    request.url = url;
    request.headers.push_back({"accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"});
    request.is_answer = true;
    request.response_bytes_max = page_bytes_max;
    const auto response = plugins::perform(http_, call, request, web_page);
    if (!is_redirect(response)) return emit_answer(web_page, response, out, plugins::failure_of_answer);
    if (redirects == redirects_max)
      throw plugins::not_this_api(web_page, "the site leads from page to page, more than five times");
    url = resolved_url(url, response.header("location"));
  }
}

}  // namespace bb::rest
