// The download of org.bluebridge.rest.mapped: a file at once, or one that the system makes first.
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/form.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "http/http_status.hpp"
#include "mapped/mapped_portal.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "downloading";
constexpr std::size_t jobs_max = 16;  // of one instance at a time

}  // namespace

void MappedPortal::formats(Call& call, std::string_view subject, Formats& out) {
  constexpr std::string_view listing = "listing formats";
  call.check();
  (void)patient_or_own(to_str(subject), listing);
  if (mapping_.formats.empty()) throw Failure{BB_E_UNSUPPORTED, "listing formats: the mapping has no /download"};
  for (const auto& format : mapping_.formats) out.emit(format.id, format.media_type, format.title);
}

void MappedPortal::fetch(Call& call, const bb_download_request& request, Content& out) {
  const bb_query& selection = plugins::selection_of(request);
  const auto patient = patient_or_own(selection.subject, doing);
  const FormatMap* format = nullptr;
  for (const auto& one : mapping_.formats)
    if (one.id == to_view(request.format_id)) format = &one;
  if (format == nullptr)
    throw Failure{BB_E_UNSUPPORTED,
                  "downloading: the mapping has no /download/" + one_line(shorten(to_view(request.format_id), 64))};
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: a mapped API selects by item and time, not by kind"};
  if (request.item_count != 0 && !format->request.uses("items"))
    throw Failure{BB_E_UNSUPPORTED, "downloading: the mapping has no {items} at " + format->request.pointer +
                                        ", and items are asked for"};
  Bindings bindings;
  bindings.set("patient", patient);
  bind_range(bindings, selection, format->request, doing);
  std::vector<std::string> items;
  for (std::uint64_t i = 0; i < request.item_count; ++i) items.emplace_back(to_view(request.item_ids[i]));
  FormFields asked{{"format", format->id}, {"patient", patient}};
  for (const auto& item : items) asked.emplace_back("item", item);
  for (const auto* const name : {"from", "until"})
    for (const auto& time : bindings.of(name)) asked.emplace_back(name, time);
  bindings.set("items", std::move(items));
  const auto key = sha256_hex(write_form(asked));
  if (jobs_.contains(key)) return poll(call, *format, std::move(bindings), key, out);
  begin(call, *format, bindings, key, out);
}

void MappedPortal::begin(Call& call, const FormatMap& format, const Bindings& bindings, const std::string& key,
                         Content& out) {
  const auto response = line_.ask(call, format.request, bindings, doing);
  if (response.status != 202)
    return emit_document(format, response, bindings.of("patient").empty() ? "" : bindings.of("patient").front(), out);
  if (!format.wait)
    throw Failure{BB_E_UNSUPPORTED,
                  "downloading: the system answered 202, and the mapping has no /download/" + format.id + "/wait",
                  "http", 202};
  Job job;
  if (format.wait->job.is_mapped()) {
    job.id = format.wait->job.text(json_of(response, doing), doing);
  } else {
    job.url = line_.own_url(response.header("location"));
    if (job.url.empty())
      throw plugins::not_this_api(doing, "expected a Location at base_url's host with the status 202 (" +
                                             format.wait->pointer + "/job is not mapped), got " +
                                             (response.header("location").empty() ? "none" : "another"));
  }
  if (jobs_.size() >= jobs_max) throw Failure{BB_E_RATE_LIMITED, "downloading: too many files are being made at once"};
  jobs_.emplace(key, std::move(job));
  throw Pending{};
}

void MappedPortal::poll(Call& call, const FormatMap& format, Bindings bindings, const std::string& key, Content& out) {
  const auto& wait = *format.wait;
  const auto job = jobs_.at(key);
  bindings.set("job", job.id);
  const auto patient = bindings.of("patient").empty() ? std::string() : bindings.of("patient").front();
  const auto counts = wait.state.is_mapped() ? Counts::as_helper : Counts::as_answer;
  const auto ended = [&] { jobs_.erase(key); };
  try {
    auto response =
        wait.poll ? line_.ask(call, *wait.poll, bindings, doing, Sends::credential, counts)
                  : line_.ask_url(call, job.url, wait.state.is_mapped() ? "application/json" : format.request.accept,
                                  doing, counts);
    if (!wait.state.is_mapped()) {
      if (response.status == 202) throw Pending{};
      ended();
      return emit_document(format, response, patient, out);
    }
    const auto answer = json_of(response, doing);
    const auto state = wait.state.text(answer, doing);
    if (wait.running.contains(state)) throw Pending{};
    ended();
    if (wait.failed.contains(state)) throw Failure{BB_E_REJECTED, "downloading: the system could not make the file"};
    if (!wait.done.contains(state))
      throw plugins::not_this_api(doing, "expected a state of " + wait.pointer + "/running, done or failed, got '" +
                                             one_line(shorten(state, 40)) + "'");
    if (wait.result) return emit_document(format, line_.ask(call, *wait.result, bindings, doing), patient, out);
    const auto url = line_.own_url(wait.result_url.text(answer, doing));
    if (url.empty())
      throw plugins::not_this_api(doing, "the file is at another host than base_url, or its address is none");
    emit_document(format, line_.ask_url(call, url, format.request.accept, doing), patient, out);
  } catch (const Failure& failure) {
    // What may pass is asked again; everything else begins anew.
    const bool may_pass = failure.status == BB_E_UNAVAILABLE || failure.status == BB_E_RATE_LIMITED ||
                          failure.status == BB_E_DEADLINE || failure.status == BB_E_CANCELLED;
    if (!may_pass) ended();
    throw;
  }
}

void MappedPortal::emit_document(const FormatMap& format, const HttpResponse& response, std::string_view patient,
                                 Content& out) {
  const auto media_type = expect_document(response, format.media_type, doing);
  out.head({.id = format.id,
            .kind = "document",
            .media_type = media_type,
            .subject = patient,
            .size = response.body.size()});
  out.write(response.body);
}

}  // namespace bb::rest
