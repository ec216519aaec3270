#include "pages/web_pages.hpp"

#include "http/http_status.hpp"
#include "oauth_probe.hpp"
#include "pages/page_visit.hpp"
#include "probe_arguments.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view web_page = "web-page";

}  // namespace

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
  const auto url = resolved_url(resolved_url(base_url_, given["beside"].string_or("")), given["page"].string_or(""));
  emit_answer(web_page, PageVisit(http_).get(call, url, web_page), out, plugins::failure_of_answer);
}

}  // namespace bb::rest
