#include "portal/access_pages.hpp"

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/access_api.hpp"
#include "portal/page_frame.hpp"
#include "web/template.hpp"

namespace bb::portal {
namespace {

const std::string proxies_template = R"html(<h1>People with access to the record of {{name}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
{{#has_proxies}}
<table>
<caption>Who has access, and who had</caption>
<thead><tr><th scope="col">Who</th><th scope="col">May do</th><th scope="col">Until (UTC)</th><th scope="col">Now</th></tr></thead>
<tbody>
{{#proxies}}
<tr><td>{{name}} ({{account}})</td><td>{{functions}}</td><td>{{until}}</td><td>{{status}}</td></tr>
{{/proxies}}
</tbody>
</table>
{{/has_proxies}}
{{^has_proxies}}
<p>Nobody but you has access.</p>
{{/has_proxies}}
<h2>Give or change access</h2>
<form method="post" action="/patients/{{patient}}/proxies">
<input type="hidden" name="csrf" value="{{csrf}}">
<p><label for="account">Account of the person</label>
<input id="account" name="account" type="text" autocapitalize="none" spellcheck="false" required></p>
<fieldset class="rows">
<legend>What they may do</legend>
{{#functions}}
<p><label><input type="checkbox" name="function" value="{{function}}"> {{function}}</label></p>
{{/functions}}
</fieldset>
<p><label for="until">Last day (leave empty for no end)</label> <input id="until" name="until" type="date"></p>
<p><button type="submit">Give access</button></p>
</form>
<h2>Withdraw access</h2>
<form method="post" action="/patients/{{patient}}/proxies">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="withdraw" value="yes">
<p><label for="withdrawn">Account of the person</label>
<input id="withdrawn" name="account" type="text" autocapitalize="none" spellcheck="false" required></p>
<p><button type="submit">Withdraw access at once</button></p>
</form>
)html";

const std::string sharing_template = R"html(<h1>On-going sharing of the record of {{name}}</h1>
{{#mistake}}
<p class="mistake" id="mistake" role="alert">{{mistake}}</p>
{{/mistake}}
{{#has_shares}}
<table>
<caption>Where the record goes by itself</caption>
<thead><tr><th scope="col">Where to</th><th scope="col">How often</th><th scope="col">Asked for by</th><th scope="col">Sent</th><th scope="col">Now</th></tr></thead>
<tbody>
{{#shares}}
<tr><td>{{to}}</td><td>{{frequency}}</td><td>{{authorized_by}}</td><td>{{sent}}</td><td>{{status}}{{#is_open}}
<form method="post" action="/patients/{{patient}}/sharing">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="withdraw" value="{{id}}">
<button type="submit">Stop sharing with {{to}}</button>
</form>{{/is_open}}</td></tr>
{{/shares}}
</tbody>
</table>
{{/has_shares}}
{{^has_shares}}
<p>The record goes nowhere by itself.</p>
{{/has_shares}}
<h2>Ask for sharing</h2>
<form method="post" action="/patients/{{patient}}/sharing">
<input type="hidden" name="csrf" value="{{csrf}}">
<p><label for="to">Where to</label> <input id="to" name="to" type="text" required></p>
<p><label for="frequency">How often</label>
<select id="frequency" name="frequency">
<option value="each-update">With each update of the record</option>
<option value="once">Once, now</option>
</select></p>
<p><label for="format">As which file</label>
<select id="format" name="format">
{{#formats}}
<option value="{{id}}">{{title}}</option>
{{/formats}}
</select></p>
<p><button type="submit">Share</button></p>
</form>
)html";

const std::string open_record_template =
    "<section class=\"open-record\" aria-label=\"Open record\">Open record: <strong>{{name}}</strong>{{#born}}, born "
    "{{born}}{{/born}}{{#identifier}}, {{identifier}}{{/identifier}}</section>\n";

std::string day_of(const std::optional<std::int64_t>& unix_ns) { return unix_ns ? format_date(*unix_ns) : "no end"; }

}  // namespace

bool AccessPages::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return path.size() == 3 && path[0] == "patients" && (path[2] == "proxies" || path[2] == "sharing");
}

Part AccessPages::part_of(const web::HttpRequest& request) {
  return request.path[2] == "proxies" ? Part::own : Part::transmit;
}

web::HttpResponse AccessPages::handle(const web::HttpRequest& request, const std::optional<Session>& session,
                                      const std::string& patient) {
  const bool is_about_proxies = request.path[2] == "proxies";
  const auto show = [&](int status, const std::string& mistake) {
    return is_about_proxies ? proxies(session, patient, status, mistake) : sharing(session, patient, status, mistake);
  };
  if (request.method == "GET") return show(200, "");
  if (request.method != "POST") return wrong_method_page(request, "GET, POST");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *std::move(refusal);
  if (!session || !has_session_token(form, session)) return forged_page();
  const auto mistake = is_about_proxies ? change_proxies(form, patient) : change_sharing(form, *session, patient);
  return show(mistake.empty() ? 200 : 422, mistake);
}

std::string AccessPages::change_proxies(const web::Fields& form, const std::string& patient) {
  const auto account = std::string(trim(text_of(form, "account")));
  if (text_of(form, "withdraw") == "yes")
    return holder_.withdraw_proxy(patient, account) ? "" : "Nobody of this account has access.";
  auto grant = read_grant(account, web::all_fields(form, "function"), text_of(form, "until"));
  if (!grant) return grant.error().what;
  const auto done = holder_.grant_proxy(patient, *std::move(grant));
  return done ? "" : done.error().what;
}

std::string AccessPages::change_sharing(const web::Fields& form, const Session& session, const std::string& patient) {
  if (const auto id = text_of(form, "withdraw"); !id.empty())
    return holder_.standing_shares().withdraw(patient, id) ? "" : "This sharing had ended already.";
  auto to = holder_.read_destination(trim(text_of(form, "to")));
  if (!to) return to.error().what;
  const auto* const format = find_format(text_of(form, "format"));
  if (format == nullptr) return "Choose a file format.";
  const auto frequency = read_frequency(text_of(form, "frequency"));
  if (!frequency) return frequency.error().what;
  return refusal_text(holder_.add_standing_share(session, patient, *std::move(to), *format, *frequency));
}

web::HttpResponse AccessPages::proxies(const std::optional<Session>& session, const std::string& patient, int status,
                                       const std::string& mistake) const {
  auto proxies = Value::array();
  for (const auto& one : holder_.list_proxies(patient)) {
    const auto described = to_value(one.grant, one.name, now_unix_ns());
    std::vector<std::string> functions;
    for (const auto& function : *described["functions"].items()) functions.push_back(function.string_or(""));
    proxies.push(Value::object({{"name", one.name},
                                {"account", one.grant.account},
                                {"functions", join(functions, ", ")},
                                {"until", day_of(one.grant.until_ns)},
                                {"status", described["status"]}}));
  }
  auto functions = Value::array();
  for (const auto& name : right_names()) functions.push(Value::object({{"function", name}}));
  auto data = Value::object({{"name", holder_.display_name(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"has_proxies", proxies.size() > 0},
                             {"proxies", std::move(proxies)},
                             {"functions", std::move(functions)}});
  set_if_any(data, "mistake", mistake);
  return web::HttpResponse::html(
      status, lay_out("People with access", web::fill_template(proxies_template, data), session, patient));
}

web::HttpResponse AccessPages::sharing(const std::optional<Session>& session, const std::string& patient, int status,
                                       const std::string& mistake) const {
  auto shares = Value::array();
  for (const auto& share : holder_.standing_shares().list(patient)) {
    auto described = to_value(share, holder_.display_name(share.account));
    described.set("is_open", !share.is_withdrawn);
    described.set("sent", std::to_string(share.sent_count));
    shares.push(std::move(described));
  }
  auto formats = Value::array();
  for (const auto& format : all_formats()) formats.push(Value::object({{"id", format.id}, {"title", format.title}}));
  auto data = Value::object({{"name", holder_.display_name(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"has_shares", shares.size() > 0},
                             {"shares", std::move(shares)},
                             {"formats", std::move(formats)}});
  set_if_any(data, "mistake", mistake);
  return web::HttpResponse::html(
      status, lay_out("On-going sharing", web::fill_template(sharing_template, data), session, patient));
}

web::HttpResponse with_open_record(web::HttpResponse answer, const records::Patient& open, const Defects& defects) {
  constexpr std::string_view behind = "</header>\n";
  const auto at = answer.content_type.starts_with("text/html") ? answer.body.find(behind) : std::string::npos;
  if (at == std::string::npos || open.name.full().empty() || defects.is_on(Defect::proxy_page_without_name))
    return answer;
  auto data = Value::object({{"name", open.name.full()}});
  set_if_any(data, "born", records::date_for_people(open.birth_date));
  // Tells namesakes apart.
  set_if_any(data, "identifier", open.ids.empty() ? "" : open.ids.front().extension);
  answer.body.insert(at + behind.size(), web::fill_template(open_record_template, data));
  return answer;
}

}  // namespace bb::portal
