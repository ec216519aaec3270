#include "portal/export/ehi_export.hpp"

#include <limits>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/documents.hpp"
#include "portal/page_frame.hpp"
#include "portal/record_access.hpp"

namespace bb::portal {
namespace {

constexpr std::string_view export_path = "ehi-export";
constexpr std::string_view format_path = "ehi-export-format";

const std::string format_page = R"html(<h1>Export of all electronic health information: format 1</h1>
<p>One JSON object (RFC 8259) in UTF-8. Times are RFC 3339. Lists are empty where there is nothing.</p>
<dl>
<dt>format, exported_at, patient</dt><dd>The address of this page; when the export was made; the id of the patient.</dd>
<dt>record</dt><dd>The clinical record as a FHIR R4 Bundle of type collection.</dd>
<dt>document</dt><dd>The clinical record as it came to the portal: a C-CDA R2.1 document, as text.</dd>
<dt>conversations</dt><dd>Messages with the care team: id, subject, recipient, and messages with at, author, text and attachments.</dd>
<dt>prescriptions, refills</dt><dd>Prescriptions with their refills left, and requests for refills with what became of them.</dd>
<dt>appointments</dt><dd>Future and past appointments with their clinic, time and status.</dd>
<dt>entries</dt><dd>What the patient entered, with author and time.</dd>
<dt>direct_messages</dt><dd>What came by Direct, each message as it came (RFC 5322), as text.</dd>
<dt>shares</dt><dd>What was sent where, and what became of it.</dd>
<dt>restrictions</dt><dd>Restrictions that the patient asked for.</dd>
<dt>activity</dt><dd>Who did what with the record, newest first.</dd>
</dl>
)html";

// The lists in an answer of the functions, or nothing where it was refused.
Value list_in(const functions::Answer& answer, std::string_view name) {
  const auto* const list = answer.is_done() ? answer.value.find(name) : nullptr;
  return list != nullptr ? *list : Value::array();
}

template <class Items>
Value values_of(const Items& items) {
  auto list = Value::array();
  for (const auto& item : items) list.push(to_value(item));
  return list;
}

}  // namespace

bool EhiExport::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return (path.size() == 1 && path[0] == format_path) ||
         (path.size() == 4 && path[0] == "api" && path[1] == "patients" && path[3] == export_path);
}

web::HttpResponse EhiExport::handle(const web::HttpRequest& request) {
  if (request.method != "GET") return wrong_method_page(request, "GET");
  auto& holder = functions_.holder();
  if (request.path.size() == 1) {
    const auto session = holder.find_session(request.cookie(session_cookie), Client::browser);
    if (holder.defects().is_on(Defect::ehi_format_behind_sign_in) && !session)
      return web::HttpResponse::redirect("/sign-in");
    return web::HttpResponse::html(200, lay_out("Format of the export", format_page, session));
  }
  const auto access = record_access(holder, request, request.path[2]);
  if (access.refusal) return *access.refusal;
  if (holder.defects().is_on(Defect::ehi_export_on_request))
    return web::HttpResponse::json(
        202, Value::object({{"message", "Your request was noted. The vendor prepares the export in 30 days."}}));
  const auto made = export_of(*access.session, request.path[2]);
  holder.log_function(access.session, request.path[2], "an export of all health information");
  if (holder.defects().is_on(Defect::ehi_export_as_page))
    return web::HttpResponse::html(200, lay_out("Export", "<pre>" + escape_markup(to_json_pretty(made)) + "</pre>"));
  return web::HttpResponse::json(200, made).with("Content-Disposition",
                                                 attachment_disposition("health-information.json"));
}

Value EhiExport::export_of(const Session& session, const std::string& patient) {
  auto& holder = functions_.holder();
  const auto& defects = holder.defects();
  auto made = Value::object({{"format", base_url_ + "/" + std::string(format_path)},
                             {"exported_at", format_utc(now_unix_ns())},
                             {"patient", patient}});
  if (!defects.is_on(Defect::ehi_export_without_record)) {
    const auto bundle = holder.download(session, patient, *find_format("fhir-bundle"), {});
    const auto document = holder.download(session, patient, *find_format("ccda-2.1"), {});
    if (bundle)
      if (auto record = parse_json(bundle->bytes)) made.set("record", *std::move(record));
    if (document) made.set("document", document->bytes);
  }
  auto conversations = Value::array();
  // Nobody: who exports has not read them.
  const functions::Actor nobody;
  const auto all = list_in(functions_.conversations.list(patient, nobody), "items");
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto one = functions_.conversations.read(patient, all[i]["id"].string_or(""), nobody);
    if (one.is_done()) conversations.push(std::move(one.value));
  }
  if (!defects.is_on(Defect::ehi_export_without_messages)) made.set("conversations", std::move(conversations));
  made.set("prescriptions", list_in(functions_.refills.prescriptions(patient), "prescriptions"));
  made.set("refills", list_in(functions_.refills.list(patient), "refills"));
  made.set("appointments", list_in(functions_.appointments.list(patient), "appointments"));
  made.set("entries", list_in(functions_.entries.list(patient), "entries"));
  auto messages = Value::array();
  for (const auto& message : holder.list_messages(patient, 0))
    if (const auto mail = holder.read_message(patient, message.number)) messages.push(*mail);
  made.set("direct_messages", std::move(messages));
  made.set("shares", values_of(holder.list_shares(patient)));
  made.set("restrictions", values_of(holder.list_restrictions(patient)));
  made.set("activity", values_of(holder.history(patient, {}, std::numeric_limits<std::size_t>::max(), 0).events));
  return made;
}

}  // namespace bb::portal
