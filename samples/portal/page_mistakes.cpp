#include "portal/page_mistakes.hpp"

#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

bool is_page_of_a_record(const web::HttpRequest& request, const web::HttpResponse& answer) {
  return request.path.size() >= 2 && request.path[0] == "patients" && answer.content_type.starts_with("text/html");
}

bool is_about(const web::HttpRequest& request, std::string_view what) {
  return request.path.size() == 3 && request.path[2] == what;
}

}  // namespace

web::HttpResponse with_page_mistakes(const web::HttpRequest& request, web::HttpResponse answer,
                                     const Defects& defects) {
  if (!is_page_of_a_record(request, answer)) return answer;
  auto& page = answer.body;
  const auto replace = [&](std::string_view what, std::string_view by) { page = replace_all(page, what, by); };
  if (defects.is_on(Defect::pages_without_language)) replace(" lang=\"en\"", "");
  if (defects.is_on(Defect::share_fields_without_labels) && is_about(request, "share"))
    replace("<label for=", "<span data-for=");
  if (defects.is_on(Defect::history_without_headers) && is_about(request, "history")) {
    replace("<th scope=\"col\">", "<td>");
    replace("</th>", "</td>");
  }
  if (defects.is_on(Defect::pages_without_landmarks)) {
    replace("<a class=\"skip\" href=\"#main\">Skip to the main content</a>", "");
    replace("<main id=\"main\" tabindex=\"-1\">", "<div>");
    replace("</main>", "</div>");
    for (const auto* const level : {"1", "2", "3"}) {
      replace(std::string("<h") + level, "<p");
      replace(std::string("</h") + level, "</p");
    }
  }
  if (defects.is_on(Defect::focus_jumps) && is_about(request, "share"))
    replace("<button type=\"submit\">Send the record", "<button type=\"submit\" tabindex=\"1\">Send the record");
  if (defects.is_on(Defect::navigation_differs) && is_about(request, "history"))
    replace(">Share</a>", ">Send elsewhere</a>");
  return answer;
}

}  // namespace bb::portal
