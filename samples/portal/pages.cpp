#include "portal/pages.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/html.hpp>
#include <bb/records/mime.hpp>

#include "portal/access_pages.hpp"
#include "portal/api_answers.hpp"
#include "portal/page_frame.hpp"
#include "portal/page_texts.hpp"
#include "portal/request_fields.hpp"
#include "web/template.hpp"

namespace bb::portal {
namespace {

std::string date_of(const std::optional<std::int64_t>& at_ns) { return at_ns ? format_date(*at_ns) : ""; }

std::string describe_part(const records::Record& record, const Selection& selection) {
  std::vector<std::string> parts;
  for (const auto& id : selection.items)
    if (id != "summary") parts.push_back(record.encounters.size() == 1 ? list_items(record).back().title : "one visit");
  if (selection.range.from_ns) parts.push_back("from " + date_of(selection.range.from_ns));
  if (selection.range.until_ns) parts.push_back("until " + date_of(selection.range.until_ns));
  return join(parts, ", ");
}

Value formats_data(HolderKind kind, std::string_view default_id) {
  auto formats = Value::array();
  for (const auto& format : formats_of(kind))
    formats.push(Value::object({{"id", format.id}, {"title", format.title}, {"is_default", format.id == default_id}}));
  return formats;
}

// What a page of a record shows, which representatives have rights to.
Part part_of(std::string_view page) {
  if (page == "download") return Part::download;
  if (page == "share") return Part::transmit;
  return page == "messages" ? Part::messages : Part::other;
}

std::string words_of(const Event& event) {
  static const std::map<std::string, std::string> words = {
      {"view", "Viewed"},       {"download", "Downloaded"}, {"transmit", "Sent"}, {"api", "Read by a program"},
      {"sign_in", "Signed in"}, {"sign_out", "Signed out"}, {"other", "Other"}};
  auto text = words.at(event.action);
  if (!event.what.empty()) text += ": " + event.what;
  if (!event.items.empty()) text += " (" + join(event.items, ", ") + ")";
  if (!event.detail.empty()) text += "; " + event.detail;
  return text;
}

// What became of what was sent, for its patient.
std::string words_of(const ShareReceipt& receipt) {
  if (receipt.delivery == "failed") return "Not delivered: " + receipt.detail;
  if (receipt.delivery == "processed") return "The recipient's system has it; delivery is not confirmed yet";
  if (receipt.delivery == "dispatched") return "Delivered to the recipient";
  return receipt.message_id.empty() ? "Sent" : "Sent; not confirmed yet";
}

std::string moment(std::int64_t unix_ns) { return replace_all(format_utc(unix_ns).substr(0, 19), "T", " "); }

std::string who_of(const Event& event) {
  if (event.actor_role == "proxy") return event.actor_name + " (caregiver)";
  if (event.actor_role == "patient") return event.actor_name + " (patient)";
  return event.actor_name;
}

}  // namespace

std::string record_page(const records::Record& record, const std::string& patient, const Selection& selection,
                        const std::optional<Session>& session, HolderKind kind) {
  const auto name = record.patient.name.full();
  const auto encoded = percent_encode(patient);
  auto visits = Value::array();
  for (const auto& item : list_items(record))
    if (item.kind == "visit") visits.push(Value::object({{"id", item.id}, {"title", item.title}}));
  const bool is_visit = !selection.items.empty() && selection.items.front() != "summary";
  const auto view_path = "/patients/" + encoded + (is_visit ? "/items/" + percent_encode(selection.items.front()) : "");
  auto data = Value::object({{"patient", encoded},
                             {"view_path", view_path},
                             {"from", date_of(selection.range.from_ns)},
                             {"until", date_of(selection.range.until_ns)},
                             {"formats", formats_data(kind, "")},
                             {"has_visits", !is_visit && visits.size() > 0},
                             {"visits", std::move(visits)},
                             {"record", records::write_html_fragment(record)}});
  set_if_any(data, "name", name);
  if (is_visit) set_if_any(data, "item", selection.items.front());
  if (!selection.is_whole()) set_if_any(data, "part", describe_part(record, selection));
  return lay_out(name.empty() ? "Health record" : "Health record of " + name, web::fill_template(record_template, data),
                 session, patient, Where::record);
}

std::string with_others(std::string page, const std::vector<const Patient*>& others) {
  std::string more;
  for (const auto* other : others) more += records::write_html_fragment(other->record);
  if (const auto end = page.find("</main>"); end != std::string::npos) page.insert(end, more);
  return page;
}

web::HttpResponse Pages::handle(const web::HttpRequest& request) {
  const auto& path = request.path;
  const bool is_get = request.method == "GET";
  if (path.size() == 2 && path[0] == "assets" && path[1] == "portal.css")
    return is_get ? web::HttpResponse{200, "text/css; charset=utf-8", style_sheet, {}}
                  : wrong_method_page(request, "GET");
  if (path.size() == 1 && path[0] == "sign-in") return sign_in(request);

  const auto session = holder_.find_session(request.cookie(session_cookie), Client::browser);
  if (path.empty()) return is_get ? start(session) : wrong_method_page(request, "GET");
  if (path.size() == 1 && path[0] == "sign-out") return sign_out(request, session);
  if (path.size() == 1 && path[0] == "people") return is_get ? people(session) : wrong_method_page(request, "GET");
  if (path.size() >= 2 && path[0] == "patients") return patient(request, session);
  return not_found_page();
}

web::HttpResponse Pages::start(const std::optional<Session>& session) const {
  if (!session) return web::HttpResponse::redirect("/sign-in");
  const auto ids = holder_.patients_for(session->account);
  if (ids.size() == 1 && ids.front() == session->account)
    return web::HttpResponse::redirect("/patients/" + percent_encode(ids.front()));
  return web::HttpResponse::redirect("/people");
}

web::HttpResponse Pages::sign_in(const web::HttpRequest& request) {
  if (request.method == "GET") return sign_in_page(200, "", "");
  if (request.method != "POST") return wrong_method_page(request, "GET, POST");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  const auto expected = request.cookie(form_cookie);
  if (expected.empty() || !equal_constant_time(text_of(form, "csrf"), expected)) return forged_page();
  const auto account = std::string(trim(text_of(form, "account")));
  const auto next = text_of(form, "next");
  const auto answer = holder_.sign_in(account, text_of(form, "password"), "", Client::browser);
  if (answer.outcome == DataHolder::SignIn::too_many)
    return sign_in_page(429, "Too many wrong passwords for this account. Wait a minute and try again.", account, next)
        .with("Retry-After", std::to_string(web::SignInGuard::window_seconds));
  if (answer.outcome != DataHolder::SignIn::done)
    return sign_in_page(401, "Account and password do not belong together. Check both and try again.", account, next);
  const auto drop = "; Max-Age=0" + std::string(cookie_attributes);
  return web::HttpResponse::redirect(is_page_behind_sign_in(next) ? next : "/")
      .with("Set-Cookie", std::string(session_cookie) + "=" + answer.opened.token + std::string(cookie_attributes))
      .with("Set-Cookie", std::string(form_cookie) + "=" + drop);
}

web::HttpResponse Pages::sign_out(const web::HttpRequest& request, const std::optional<Session>& session) {
  if (request.method != "POST") return wrong_method_page(request, "POST");
  if (!session) return web::HttpResponse::redirect("/sign-in");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  if (!has_session_token(form, session)) return forged_page();
  holder_.sign_out(request.cookie(session_cookie), *session);
  return web::HttpResponse::redirect("/sign-in")
      .with("Set-Cookie", std::string(session_cookie) + "=; Max-Age=0" + std::string(cookie_attributes));
}

web::HttpResponse Pages::people(const std::optional<Session>& session) const {
  if (!session) return web::HttpResponse::redirect("/sign-in");
  auto people = Value::array();
  for (const auto& id : holder_.patients_for(session->account))
    people.push(Value::object({{"id", percent_encode(id)}, {"name", name_of(id)}, {"is_own", id == session->account}}));
  const auto data = Value::object({{"has_people", people.size() > 0}, {"people", std::move(people)}});
  return web::HttpResponse::html(200, lay_out("Choose a person", web::fill_template(people_template, data), session));
}

bool Pages::is_for_program(const web::HttpRequest& request) {
  const auto& path = request.path;
  return path.size() == 5 && path[0] == "api" && path[1] == "patients" && path[3] == "pages";
}

web::HttpResponse Pages::handle_for_program(const web::HttpRequest& request) {
  if (request.method != "GET") return wrong_method(request, "GET");
  const auto session = holder_.find_session(bearer_token(request), Client::program);
  if (!session || session->is_signed_out) return not_signed_in("sign in first: POST /api/session");
  auto page = request;
  page.path = {"patients", request.path[2]};
  if (request.path[4] != "record") page.path.push_back(request.path[4]);
  return patient(page, session);
}

web::HttpResponse Pages::patient(const web::HttpRequest& request, const std::optional<Session>& session) {
  auto page = page_of_patient(request, session);
  // The record's own pages say it themselves, by what they show.
  const bool is_record = request.path.size() == 2 || request.path[2] == "items";
  if (page.status != 200 || is_record) return page;
  return with_open_record(std::move(page), holder_.patients().find(request.path[1])->record.patient, holder_.defects());
}

web::HttpResponse Pages::page_of_patient(const web::HttpRequest& request, const std::optional<Session>& session) {
  const auto& path = request.path;
  const auto& patient = path[1];
  const auto part = AccessPages::is_for(request) ? AccessPages::part_of(request)
                    : path.size() > 2            ? part_of(path[2])
                                                 : Part::other;
  switch (holder_.access(session, patient, part)) {
    case Access::not_signed_in:
      return web::HttpResponse::redirect("/sign-in");
    case Access::not_yours:
      holder_.log_refused(session, patient);
      return message_page(403, "Not yours", "This record is not yours to see.");
    case Access::not_found:
      return not_found_page();
    case Access::granted:
      break;
  }
  if (AccessPages::is_for(request)) return AccessPages(holder_).handle(request, session, patient);
  const auto resource = path.size() > 2 ? path[2] : std::string();
  if (path.size() == 3 && resource == "share" && request.method == "POST") return share(request, session, patient);
  const bool is_item = path.size() == 4 && resource == "items";
  const bool is_message = path.size() == 4 && resource == "messages";
  const bool is_mail = path.size() == 5 && resource == "messages" && path[4] == "mail";
  const bool is_known = path.size() == 2 || is_item || is_message || is_mail ||
                        (path.size() == 3 && (resource == "download" || resource == "share" || resource == "messages" ||
                                              resource == "history"));
  if (!is_known) return not_found_page();
  if (request.method != "GET") return wrong_method_page(request, resource == "share" ? "GET, POST" : "GET");
  if (resource == "download") return download(request, session, patient);
  if (resource == "share") return share_form(200, session, patient, {}, "");
  if (is_mail) return mail(path[3], patient);
  if (resource == "messages") return is_message ? message(path[3], session, patient) : messages(session, patient);
  if (resource == "history") return history(request, session, patient);
  const auto range = read_range(request.query);
  if (!range) return malformed_page(range.error().what);
  return record(request, session, patient, {is_item ? std::vector{path[3]} : std::vector<std::string>{}, *range});
}

web::HttpResponse Pages::record(const web::HttpRequest&, const std::optional<Session>& session,
                                const std::string& patient, const Selection& selection) {
  const auto shown = holder_.view(session, patient, selection);
  if (!shown) return not_found_page();
  return with_open_record(
      web::HttpResponse::html(
          200, holder_.complete_page(with_others(record_page(*shown, patient, selection, session, holder_.kind()),
                                                 holder_.also_shown_to(patient)),
                                     patient)),
      shown->patient, holder_.defects());
}

web::HttpResponse Pages::download(const web::HttpRequest& request, const std::optional<Session>& session,
                                  const std::string& patient) {
  const auto* format = find_format_of(holder_.kind(), text_of(request.query, "format"));
  if (format == nullptr) return not_found_page();
  const auto selection = read_selection(request.query);
  if (!selection) return malformed_page(selection.error().what);
  auto file = holder_.download(session, patient, *format, *selection);
  if (!file) return not_found_page();
  return web::HttpResponse{200, file->content_type, std::move(file->bytes), {}}.with(
      "Content-Disposition", attachment_disposition(file->name));
}

web::HttpResponse Pages::share_form(int status, const std::optional<Session>& session, const std::string& patient,
                                    const web::Fields& typed, const std::string& mistake) const {
  auto items = Value::array();
  for (const auto& item : holder_.items(session, patient))
    items.push(Value::object({{"id", item.id}, {"title", item.title}}));
  auto data = Value::object({{"name", name_of(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"key", random_token()},
                             {"to", trim(text_of(typed, "to"))},
                             {"has_direct", holder_.has_direct()},
                             {"has_mail", holder_.mail() != nullptr},
                             {"has_names", holder_.has_direct() || holder_.mail() != nullptr},
                             {"is_mail", text_of(typed, "way") == "mail"},
                             {"formats", formats_data(holder_.kind(), default_format_of(holder_.kind()))},
                             {"items", std::move(items)}});
  set_if_any(data, "mistake", mistake);
  return web::HttpResponse::html(
      status, lay_out("Share", web::fill_template(share_template, data), session, patient, Where::share));
}

web::HttpResponse Pages::confirm_mail(const std::optional<Session>& session, const std::string& patient,
                                      const web::Fields& typed, const DataHolder::ShareAnswer& refused) const {
  const bool is_repeated = web::find_field(typed, "again") != nullptr;
  auto data = Value::object({{"name", name_of(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"key", random_token()},
                             {"warning", refused.why},
                             {"address", without_mail_scheme(refused.refused_destination)},
                             {"format", text_of(typed, "format")},
                             {"item", text_of(typed, "item")}});
  if (is_repeated)
    set_if_any(data, "mistake", "Nothing was sent: type the same address again, and say that you want it sent.");
  return web::HttpResponse::html(
      is_repeated ? 422 : 200,
      lay_out("Send by plain e-mail", web::fill_template(confirm_mail_template, data), session, patient, Where::share));
}

web::HttpResponse Pages::share(const web::HttpRequest& request, const std::optional<Session>& session,
                               const std::string& patient) {
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  if (!has_session_token(form, session)) return forged_page();
  const bool is_mail = text_of(form, "way") == "mail";
  const auto destination_of = [&](std::string_view field) {
    const auto text = std::string(trim(text_of(form, field)));
    return is_mail ? std::string(mail_scheme) + std::string(without_mail_scheme(text)) : text;
  };
  const auto again = [&](const std::string& mistake) { return share_form(422, session, patient, form, mistake); };
  ShareRequest share;
  auto destination = holder_.read_destination(destination_of("to"));
  if (!destination) return again(destination.error().what);
  share.to.push_back(*std::move(destination));
  if (text_of(form, "understood") == "yes") share.confirmed = {destination_of("again")};
  share.format = find_format_of(holder_.kind(), text_of(form, "format"));
  if (share.format == nullptr) return again("choose a file format");
  auto selection = read_selection(form);
  if (!selection) return again(selection.error().what);
  share.selection = *std::move(selection);

  const auto answer = holder_.share(session, patient, "form " + text_of(form, "key"), sha256_hex(request.body), share);
  if (answer.refusal == DataHolder::ShareRefusal::unknown_item) return again("choose a part that exists");
  if (answer.refusal == DataHolder::ShareRefusal::not_a_partner)
    return again("this destination is not a partner of the portal");
  if (answer.refusal == DataHolder::ShareRefusal::no_mail_there)
    return again("no mail can be sent to " + answer.refused_destination + ": " + answer.why);
  if (answer.refusal == DataHolder::ShareRefusal::not_confirmed) return confirm_mail(session, patient, form, answer);
  if (answer.refusal == DataHolder::ShareRefusal::key_reused)
    return again("this form was sent before; send it again if you mean it");
  auto receipts = Value::array();
  for (const auto& receipt : answer.share.receipts)
    receipts.push(Value::object(
        {{"recipient", receipt.recipient}, {"is_sent", receipt.delivery != "failed"}, {"detail", receipt.detail}}));
  const auto data = Value::object(
      {{"name", name_of(patient)}, {"patient", percent_encode(patient)}, {"receipts", std::move(receipts)}});
  return web::HttpResponse::html(
      200, lay_out("Share", web::fill_template(shared_template, data), session, patient, Where::share));
}

web::HttpResponse Pages::history(const web::HttpRequest& request, const std::optional<Session>& session,
                                 const std::string& patient) const {
  const auto range = read_range(request.query);
  if (!range) return malformed_page(range.error().what);
  const auto below = read_cursor(request.query);
  if (!below) return malformed_page(below.error().what);
  const auto page = holder_.history(patient, *range, page_limit_default, *below);
  auto events = Value::array();
  for (const auto& event : page.events)
    events.push(Value::object({{"at", moment(event.at_unix_ns)},
                               {"who", who_of(event)},
                               {"what", words_of(event)},
                               {"to", join(event.to, ", ")}}));
  auto data = Value::object({{"name", name_of(patient)},
                             {"patient", percent_encode(patient)},
                             {"has_events", events.size() > 0},
                             {"events", std::move(events)}});
  if (page.next != 0) set_if_any(data, "next", std::to_string(page.next));
  return web::HttpResponse::html(
      200, lay_out("Activity history", web::fill_template(history_template, data), session, patient, Where::history));
}

web::HttpResponse Pages::messages(const std::optional<Session>& session, const std::string& patient) const {
  auto received = Value::array();
  for (const auto& line : describe_messages(holder_, patient, 0))
    received.push(Value::object({{"at", moment(line.received_unix_ns)},
                                 {"from", line.from},
                                 {"subject", line.subject.empty() ? "(no subject)" : line.subject},
                                 {"id", std::to_string(line.number)},
                                 {"patient", percent_encode(patient)}}));
  auto sent = Value::array();
  for (const auto& share : holder_.list_shares(patient))
    for (const auto& receipt : share.receipts)
      sent.push(Value::object(
          {{"at", moment(receipt.at_unix_ns)}, {"recipient", receipt.recipient}, {"words", words_of(receipt)}}));
  auto data = Value::object({{"name", name_of(patient)},
                             {"has_received", received.size() > 0},
                             {"received", std::move(received)},
                             {"has_sent", sent.size() > 0},
                             {"sent", std::move(sent)}});
  set_if_any(data, "address", holder_.direct_address(patient));
  return web::HttpResponse::html(
      200, lay_out("Messages", web::fill_template(messages_template, data), session, patient, Where::messages));
}

web::HttpResponse Pages::message(const std::string& id, const std::optional<Session>& session,
                                 const std::string& patient) const {
  const auto number = message_number(id);
  const auto bytes = number ? holder_.read_message(patient, *number) : std::nullopt;
  const auto mail = bytes ? records::read_mime(*bytes) : Result<records::MimeMessage>(Error{"there is none"});
  if (!mail) return not_found_page();
  std::string from, subject, text;
  for (const auto& [name, value] : mail->headers) {
    if (name == "from") from = value;
    if (name == "subject") subject = value;
  }
  auto attachments = Value::array();
  for (const auto& part : mail->parts) {
    if (part.content_type == "text/plain" && part.disposition != "attachment" && text.empty())
      text = to_utf8_lossy(part.body);
    else
      attachments.push(Value::object({{"filename", part.filename.empty() ? "without a name" : part.filename},
                                      {"content_type", part.content_type}}));
  }
  if (subject.empty()) subject = "(no subject)";
  const auto data = Value::object({{"subject", subject},
                                   {"from", from},
                                   {"text", text},
                                   {"has_attachments", attachments.size() > 0},
                                   {"attachments", std::move(attachments)},
                                   {"id", id},
                                   {"patient", percent_encode(patient)}});
  return web::HttpResponse::html(
      200, lay_out(subject, web::fill_template(read_message_template, data), session, patient, Where::elsewhere));
}

web::HttpResponse Pages::mail(const std::string& id, const std::string& patient) const {
  const auto number = message_number(id);
  auto bytes = number ? holder_.read_message(patient, *number) : std::nullopt;
  if (!bytes) return not_found_page();
  return web::HttpResponse{200, "message/rfc822", *std::move(bytes), {}}.with("Content-Disposition",
                                                                              attachment_disposition("message.eml"));
}

std::string Pages::name_of(const std::string& patient) const {
  const auto name = holder_.patients().find(patient)->record.patient.name.full();
  return name.empty() ? patient : name;
}

}  // namespace bb::portal
