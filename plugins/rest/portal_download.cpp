// The download of org.bluebridge.rest.portal: the whole record in a format.
#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "portal.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

// The file name of `attachment; filename="record.xml"`, or empty. HTTP carries
// the field itself; this is for the message's "content.filename".
std::string filename_of(std::string_view disposition) {
  constexpr std::string_view key = "filename=";
  const auto at = to_lower(disposition).find(key);
  if (at == std::string::npos) return {};
  const auto value = trim(disposition.substr(at + key.size()));
  if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
  return std::string(trim(value.substr(0, value.find(';'))));
}

}  // namespace

void Portal::formats(Call& call, std::string_view subject, Formats& out) {
  constexpr std::string_view doing = "listing formats";
  const auto patient = patient_or_own(to_str(subject), doing);
  const auto response = api_.ask(call, {.path = patient_path(patient, "/formats")}, doing);
  const JsonAnswer answer(response, 200, doing);
  for (const Value& entry : answer.array("formats"))
    out.emit(answer.text(entry, "id", "a format"), answer.text(entry, "media_type", "a format"),
             answer.text_or_empty(entry, "title", "a format"));
}

void Portal::fetch(Call& call, const bb_download_request& request, Content& out) {
  constexpr std::string_view doing = "downloading";
  const bb_query& selection = plugins::selection_of(request);
  const auto patient = patient_or_own(selection.subject, doing);
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: the portal selects by item and time, not by kind"};
  auto pairs = time_range(selection);
  pairs.emplace_back("format", std::string(to_view(request.format_id)));
  for (std::uint64_t i = 0; i < request.item_count; ++i)
    pairs.emplace_back("item", std::string(to_view(request.item_ids[i])));
  const auto response = api_.ask(call, {.path = patient_path(patient, "/download"), .query = std::move(pairs)}, doing);
  if (plugins::status_of_answer(response.status) != BB_OK) throw plugins::failure_of_answer(response, doing);
  if (response.status != 200)
    throw plugins::not_this_api(doing, "expected status 200, got " + std::to_string(response.status));
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a document, got an empty body");
  const auto media_type = media_type_of(response);
  if (media_type.empty()) throw plugins::not_this_api(doing, "expected a content-type, got none");
  const auto filename = filename_of(response.header("content-disposition"));
  const Item item{.id = to_view(request.format_id),
                  .kind = "document",
                  .media_type = media_type,
                  .subject = patient,
                  .size = response.body.size()};
  if (filename.empty())
    out.head(item);
  else
    out.head(item, {{"content.filename", filename}});
  out.write(response.body);
}

}  // namespace bb::rest
