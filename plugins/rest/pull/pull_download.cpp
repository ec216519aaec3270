// The downloads of org.bluebridge.rest.pull: the summary in each of its forms, and documents by their addresses.
#include <algorithm>
#include <array>

#include "http/http_status.hpp"
#include "pull/pull_provider.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "downloading";

struct SummaryForm {
  std::string_view format, media_type, title;
};
constexpr std::array<SummaryForm, 3> forms{{{"ccda-2.1", "text/xml", "Summary as C-CDA"},
                                            {"blue-button-text", "text/plain", "Summary as text"},
                                            {"html", "text/html", "Summary as a page"}}};
constexpr std::string_view file_format = "file";

}  // namespace

void PullProvider::formats(Call& call, std::string_view, Formats& out) {
  call.check();
  expect_open("listing formats");
  for (const auto& form : forms) out.emit(form.format, form.media_type, form.title);
}

void PullProvider::fetch(Call& call, const bb_download_request& request, Content& out) {
  expect_open(doing);
  const auto& selection = plugins::selection_of(request);
  const auto format = to_view(request.format_id);
  if (selection.from_unix_ns != 0 || selection.until_unix_ns != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: the protocol has no summary of a time; search for documents of it"};
  if (request.item_count > 1) throw Failure{BB_E_UNSUPPORTED, "downloading: the protocol gives one document at a time"};
  const auto item = request.item_count == 1 ? to_view(request.item_ids[0]) : std::string_view("summary");
  const auto* const form =
      std::find_if(forms.begin(), forms.end(), [&](const SummaryForm& one) { return one.format == format; });
  if (item == "summary") {
    if (form == forms.end())
      throw Failure{BB_E_UNSUPPORTED, "downloading: the summary is ccda-2.1, blue-button-text and html"};
    return emit_document(call, provider(call).summary, form->media_type, form->format, "document", out, doing);
  }
  if (form == forms.end() && format != file_format)
    throw Failure{BB_E_UNSUPPORTED, "downloading: a document is ccda-2.1, or a file"};
  emit_document(call, std::string(item), form == forms.end() ? "*/*" : form->media_type, item, "document", out, doing);
}

}  // namespace bb::rest
