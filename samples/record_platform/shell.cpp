#include "record_platform/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/connect.hpp>

#include "record_platform/connect_service.hpp"
#include "record_platform/grants.hpp"
#include "record_platform/permission.hpp"
#include "record_platform/session_service.hpp"
#include "record_platform/set_up.hpp"
#include "record_platform/shell_texts.hpp"
#include "web/template.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::int64_t browser_seconds = 15 * 60;  // since the last page
constexpr std::size_t sessions_max = 1'000;
constexpr std::string_view cookie_name = "shell";

std::string field(const web::Fields& fields, std::string_view name) {
  const auto* text = web::find_field(fields, name);
  return text == nullptr ? std::string() : *text;
}

std::string parameter(const hv::ShellRedirect& redirect, std::string_view name) {
  for (const auto& [key, value] : redirect.more)
    if (iequals(key, name)) return value;
  return {};
}

web::HttpResponse page(int status, const std::string& title, const std::string& content, const std::string& name = {},
                       const std::string& mistake = {}) {
  return web::HttpResponse::html(
      status,
      web::fill_template(shell_layout, Value::object({{"title", title},
                                                      {"name", name.empty() ? Value(false) : Value(name)},
                                                      {"mistake", mistake.empty() ? Value(false) : Value(mistake)},
                                                      {"content", content}})));
}

web::HttpResponse message(int status, const std::string& title, const std::string& text, const std::string& name = {}) {
  return page(status, title, web::fill_template(shell_message, Value::object({{"text", text}})), name);
}

web::HttpResponse sign_in_page(int status, const std::string& target, const std::string& query,
                               const std::string& mistake) {
  return page(status, "Sign in",
              web::fill_template(shell_sign_in, Value::object({{"target", target}, {"targetqs", query}})), {}, mistake);
}

// What a target asks, and what the way back is called.
struct Question {
  std::string_view target;
  std::string_view title, text, yes, no;
  hv::ShellOutcome accepted, declined;
  bool has_records, has_rules;
};
using enum hv::ShellOutcome;
constexpr auto questions = std::to_array<Question>({
    {"APPAUTH", "Authorise an application", "An application asks to use your health record.", "Approve", "Deny",
     authorized, rejected, true, true},
    {"AUTH", "Authorise an application", "An application asks to use your health record.", "Approve", "Deny",
     authorized, rejected, true, true},
    {"CREATEAPPLICATION", "Authorise a device", "A device or program asks to use your health record.", "Approve",
     "Deny", authorized, rejected, true, true},
    {"CONNECT", "Connect to an organisation",
     "Type the code that the organisation gave you, and the answer to your question.", "Connect", "Cancel", authorized,
     rejected, true, true},
    {"PICKUP", "Pick up documents", "Type the code that the organisation gave you, and the answer to your question.",
     "Pick up", "Cancel", authorized, rejected, true, false},
    {"RECORDLIST", "Choose a health record", "", "Choose", "Cancel", record_changed, rejected, true, false},
    {"CREATERECORD", "Make a health record", "Type whose record it will be.", "Make", "Cancel", record_changed,
     rejected, false, false},
    {"EDITRECORD", "Change a health record", "Type the record's name.", "Save", "Cancel", edit_complete, edit_cancelled,
     true, false},
    {"RECONCILE", "Take over what a document says", "", "Take over", "Cancel", reconcile_complete, reconcile_cancelled,
     true, false},
    {"SHARERECORD", "Share a health record", "Type the account of who may see it.", "Share", "Cancel", share_success,
     share_failed, true, false},
    {"SHAREDAPPDETAILS", "An application that you authorised", "You may take the authorisation back.", "Take back",
     "Keep", record_changed, authorized, true, false},
});

struct FormField {
  std::string_view target, id, label;
};
constexpr auto form_fields = std::to_array<FormField>({{"CONNECT", "code", "Code"},
                                                       {"CONNECT", "answer", "Answer"},
                                                       {"PICKUP", "code", "Code"},
                                                       {"PICKUP", "answer", "Answer"},
                                                       {"CREATERECORD", "name", "Name"},
                                                       {"EDITRECORD", "name", "Name"},
                                                       {"SHARERECORD", "with", "Account"}});

const Question* question_of(std::string_view target) {
  for (const auto& question : questions)
    if (question.target == target) return &question;
  return nullptr;
}

// RFC 3986: of printable ASCII, without a blank.
bool is_web_url(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

struct RecordRow {
  std::string id, name;
  bool is_self = false;
};

}  // namespace

// One look at a target, or one decision on it.
struct Shell::Visit {
  const World& world;
  Transaction& t;
  std::int64_t now_ns;
  const Session& session;
  hv::ShellRedirect redirect;
  std::string target, query;  // as they came
  web::Fields form;           // of a decision
  std::string app_id, app_name, return_url;
  bool has_every_type = false;

  bool has(Defect defect) const { return world.defects.is_on(defect); }

  // False: there is no such application.
  bool find_application() {
    app_id = redirect.app_id;
    if (redirect.target == "CREATEAPPLICATION" && !parameter(redirect, "appCreationToken").empty()) {
      auto made = t.rows("SELECT id FROM application WHERE creation_token = ?",
                         sha256_hex(parameter(redirect, "appCreationToken")));
      if (!made.next()) return false;
      app_id = made.text(0);
    }
    auto rows = t.rows("SELECT name, return_url, has_every_type FROM application WHERE id = ?", app_id);
    if (!rows.next()) return false;
    app_name = rows.text(0);
    return_url = redirect.return_url.empty() ? rows.text(1) : redirect.return_url;
    has_every_type = rows.number(2) != 0;
    return true;
  }

  std::vector<RecordRow> records() {
    std::vector<RecordRow> found;
    auto rows = t.rows(
        "SELECT r.id, r.name, h.is_self FROM holder h JOIN record r ON r.id = h.record WHERE h.person = ?"
        " ORDER BY h.is_self DESC, r.name",
        session.person_id);
    while (rows.next()) found.push_back({rows.text(0), rows.text(1), rows.number(2) != 0});
    return found;
  }

  // The records that were chosen and are the person's.
  std::vector<std::string> chosen() {
    std::vector<std::string> ids;
    const auto wanted = web::all_fields(form, "record");
    for (const auto& record : records())
      if (std::find(wanted.begin(), wanted.end(), record.id) != wanted.end()) ids.push_back(record.id);
    return ids;
  }

  void agree(const std::string& record) {
    authorize(t, {app_id, session.person_id, record, web::all_fields(form, "rule")}, now_ns);
  }

  // HV-SHELL-05. The token goes along where the person agreed to something.
  web::HttpResponse go_back(hv::ShellOutcome outcome, bool has_token) {
    if (!is_web_url(return_url))
      return message(200, "Done", "The application has no address to go back to. You may close this page.",
                     session.name);
    hv::ShellReturn answer{
        .outcome = outcome, .target = std::string(hv::word_of(outcome)), .instance_id = world.instances.front().id};
    if (has_token) answer.token = hv::Secret(new_user_token(t, app_id, session.person_id, now_ns));
    answer.action_query = redirect.action_query;
    if (has(Defect::alters_action_query))
      std::transform(answer.action_query.begin(), answer.action_query.end(), answer.action_query.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto url = hv::write_shell_return(return_url, answer);
    if (to_lower(redirect.return_method) != "post") return web::HttpResponse::redirect(url);
    auto fields = Value::array();
    const auto posted = web::parse_form(url.substr(std::min(url.find('?') + 1, url.size())));
    if (posted)
      for (const auto& [name, value] : *posted) fields.push(Value::object({{"id", name}, {"value", value}}));
    return page(200, "Go back",
                web::fill_template(shell_return,
                                   Value::object({{"url", return_url}, {"application", app_name}, {"fields", fields}})),
                session.name);
  }

  web::HttpResponse form_page(const Question& question, const std::string& mistake) {
    auto record_list = Value::array(), rule_list = Value::array(), field_list = Value::array();
    bool is_first = true;
    for (const auto& record : question.has_records ? records() : std::vector<RecordRow>()) {
      const bool is_named = to_lower(redirect.external_record_id) == record.id;
      record_list.push(Value::object({{"id", record.id},
                                      {"name", record.name},
                                      {"kind", redirect.is_multi_record ? "checkbox" : "radio"},
                                      {"is_chosen", redirect.external_record_id.empty() ? is_first : is_named}}));
      is_first = false;
    }
    for (const auto& rule : question.has_rules ? asked_rules(t, app_id) : std::vector<AskedRule>()) {
      const auto* type = world.types.find(rule.type_id);
      const auto words = [](std::int64_t rights) {
        return join(names_of(rights).value_or(std::vector<std::string>{"nothing"}), ", ");
      };
      const auto is_wanted = [&](const std::vector<int>& numbers) {
        return std::find(numbers.begin(), numbers.end(), rule.number) != numbers.end();
      };
      rule_list.push(
          Value::object({{"number", std::to_string(rule.number)},
                         {"text", fmt::format("{}: {} while you are there, {} at any time",
                                              type == nullptr ? rule.type_id : std::string(type->name),
                                              words(rule.rights.online), words(rule.rights.offline))},
                         {"is_optional", rule.is_optional},
                         {"is_chosen", is_wanted(redirect.online_rules) || is_wanted(redirect.offline_rules)}}));
    }
    for (const auto& one : form_fields)
      if (one.target == question.target)
        field_list.push(
            Value::object({{"id", one.id},
                           {"label", one.label},
                           {"value", one.id == "code" ? parameter(redirect, "packageid") : std::string()}}));
    const auto text =
        question.has_rules && has_every_type
            ? fmt::format("{} {} may read, make, change and delete everything in it.", question.text, app_name)
            : fmt::format("{} {}", question.text, app_name);
    return page(mistake.empty() ? 200 : 422, std::string(question.title),
                web::fill_template(shell_form, Value::object({{"text", text},
                                                              {"target", target},
                                                              {"targetqs", query},
                                                              {"csrf", session.csrf},
                                                              {"has_records", record_list.size() > 0},
                                                              {"records", record_list},
                                                              {"has_rules", rule_list.size() > 0},
                                                              {"rules", rule_list},
                                                              {"fields", field_list},
                                                              {"yes", question.yes},
                                                              {"no", question.no}})),
                session.name, mistake);
  }

  Call call_for(const std::string& app, const std::string& record) {
    Call call{world, t, *hv::find_method("PutThings"), 2, {}, now_ns};
    call.app_id = app;
    call.person_id = session.person_id;
    call.record_id = record;
    call.is_online = true;
    return call;
  }

  // Throws Refusal: why the code or the answer is none.
  void claim_code(const Question& question, const std::string& record) {
    const auto typed = field(form, "code");
    const auto code = has(Defect::short_identity_code) ? typed : hv::read_identity_code(typed);
    const auto waiting = look_up(t, world.defects, now_ns, code);
    if (waiting.is_package != (question.target == "PICKUP") || waiting.app_id != app_id)
      BB_REFUSE("INVALID_IDENTITY_CODE", "that code is not for this");
    if (!waiting.is_package) check_answer(t, world.defects, code, field(form, "answer"));
    const auto contents =
        waiting.is_package ? contents_of(t, world.defects, code, field(form, "answer")) : std::vector<hv::Thing>();
    auto call = call_for(waiting.app_id, record);
    claim(call, code, contents);
    if (!waiting.is_package) agree(record);
  }

  void share(const std::string& record) {
    auto rows = t.rows("SELECT id FROM person WHERE account = ?", field(form, "with"));
    if (!rows.next()) BB_REFUSE("INVALID_PERSON", "there is no such account");
    t.execute("INSERT OR IGNORE INTO holder VALUES(?, ?, 0, 1)", rows.text(0), record);
  }

  void make_record() {
    const auto typed = field(form, "name");
    const auto name = trim(typed);
    if (name.empty()) BB_REFUSE("INVALID_RECORD_NAME", "a record needs a name");
    const auto id = new_guid();
    t.execute("INSERT INTO record(id, name, created, updated, bytes_max) VALUES(?, ?, ?, ?, ?)", id, shorten(name, 200),
              now_ns, now_ns, record_bytes_max);
    t.execute("INSERT INTO holder VALUES(?, ?, 0, 1)", session.person_id, id);
  }

  // Who may see a record but does not look after it neither shares nor renames it.
  void need_custodian(const std::string& record) {
    auto rows =
        t.rows("SELECT 1 FROM holder WHERE person = ? AND record = ? AND is_custodian = 1", session.person_id, record);
    if (!rows.next()) BB_REFUSE("ACCESS_DENIED", "only a custodian of the record may do that");
  }

  // What the person's yes does. Throws Refusal.
  void accept(const Question& question, const std::vector<std::string>& records) {
    const auto& target_name = question.target;
    for (const auto& record : records) {
      if (target_name == "CONNECT" || target_name == "PICKUP") claim_code(question, record);
      if (target_name == "APPAUTH" || target_name == "AUTH" || target_name == "CREATEAPPLICATION") agree(record);
      if (target_name == "SHARERECORD" || target_name == "EDITRECORD") need_custodian(record);
      if (target_name == "SHARERECORD") share(record);
      if (target_name == "SHAREDAPPDETAILS") take_back(t, {app_id, session.person_id, record});
      if (target_name == "EDITRECORD" && !trim(field(form, "name")).empty())
        t.execute("UPDATE record SET name = ? WHERE id = ?", shorten(trim(field(form, "name")), 200), record);
    }
    if (target_name == "CREATERECORD") make_record();
  }
};

bool Shell::is_for(const web::HttpRequest& request) {
  if (request.path.size() == 2) return request.path[0] == "assets" && request.path[1] == "shell.css";
  return request.path.empty() ||
         (request.path.size() == 1 && (request.path[0] == "redirect.aspx" || request.path[0] == "sign-in"));
}

std::optional<Shell::Session> Shell::session_of(const web::HttpRequest& request, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(sha256_hex(request.cookie(cookie_name)));
  if (found == sessions_.end() || found->second.expires_ns < now_ns) return std::nullopt;
  found->second.expires_ns = now_ns + browser_seconds * ns_per_second;
  return found->second;
}

web::HttpResponse Shell::sign_in(const web::HttpRequest& request, std::int64_t now_ns) {
  const auto form = web::parse_form(request.body);
  if (!form) return message(400, "Not understood", form.error().what);
  const auto account = field(*form, "account"), target = field(*form, "target"), query = field(*form, "targetqs");
  if (!guard_.may_try(account))
    return message(429, "Try again later", "There were too many wrong passwords. Wait a minute.")
        .with("Retry-After", std::to_string(web::SignInGuard::window_seconds));
  Transaction t(database_);
  auto rows = t.rows("SELECT id, name FROM person WHERE account = ?", account);
  const bool is_known = rows.next();
  const bool is_right =
      equal_constant_time(sha256_hex(field(*form, "password")), sha256_hex(password_base_ + "-" + account));
  if (!is_known || !is_right) {
    guard_.failed(account);
    return sign_in_page(401, target, query, "The account or the password is not right.");
  }
  const auto token = random_token(32);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.expires_ns < now_ns; });
    if (sessions_.size() >= sessions_max) return message(503, "Too many visitors", "Try again later.");
    sessions_[sha256_hex(token)] = {rows.text(0), account, rows.text(1), random_token(),
                                    now_ns + browser_seconds * ns_per_second};
  }
  return web::HttpResponse::redirect("/redirect.aspx?target=" + percent_encode(target) +
                                     "&targetqs=" + percent_encode(query))
      .with("Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Lax", cookie_name, token));
}

web::HttpResponse Shell::show(Visit& visit) {
  if (visit.redirect.target == "APPSIGNOUT") {
    visit.t.execute("DELETE FROM user_token WHERE app = ? AND person = ?", visit.app_id, visit.session.person_id);
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(sessions_, [&](const auto& entry) { return entry.second.csrf == visit.session.csrf; });
    }
    return visit.go_back(signed_out, false);
  }
  const auto* question = question_of(visit.redirect.target == "APPREDIRECT" ? "APPAUTH" : visit.redirect.target);
  if (question == nullptr)
    return message(200, visit.redirect.target, "There is nothing to do here on this sample platform.",
                   visit.session.name);
  const auto records = visit.records();
  if (!visit.redirect.external_record_id.empty() &&
      std::none_of(records.begin(), records.end(),
                   [&](const RecordRow& record) { return record.id == to_lower(visit.redirect.external_record_id); }))
    return visit.go_back(invalid_record, false);
  return visit.form_page(*question, {});
}

web::HttpResponse Shell::decide(Visit& visit) {
  const auto* question = question_of(visit.redirect.target == "APPREDIRECT" ? "APPAUTH" : visit.redirect.target);
  if (question == nullptr) return message(400, "Not understood", "There is nothing to decide here.");
  auto records = visit.chosen();
  const bool is_yes = field(visit.form, "decision") == "yes";
  if (question->has_records && records.empty() && is_yes) return visit.form_page(*question, "Choose a health record.");
  if (!visit.redirect.is_multi_record && records.size() > 1) records.resize(1);
  if (!is_yes) {
    if (visit.has(Defect::ignores_denied_consent) && question->has_rules)
      for (const auto& record : records) visit.agree(record);
    return visit.go_back(question->declined, false);
  }
  try {
    visit.accept(*question, records);
  } catch (const Refusal& refused) {
    const auto* code = hv::find_status(refused.code);
    return visit.form_page(*question,
                           fmt::format("{} ({} {})", refused.message, refused.code, code == nullptr ? "" : code->name));
  }
  return visit.go_back(question->accepted, question->accepted == authorized || question->accepted == record_changed);
}

web::HttpResponse Shell::handle(const web::HttpRequest& request, std::int64_t now_ns) {
  if (request.path.empty())
    return message(200, "Sample record platform", "Applications send you here when they need you.");
  if (request.path[0] == "assets") return {200, "text/css; charset=utf-8", shell_style, {}};
  if (request.path[0] == "sign-in" && request.method == "POST") return sign_in(request, now_ns);
  if (request.path[0] == "sign-in" || (request.method != "GET" && request.method != "POST"))
    return message(405, "Not understood", "Use the pages of this site.");

  web::Fields form;
  if (request.method == "POST") {
    auto read = web::parse_form(request.body);
    if (!read) return message(400, "Not understood", read.error().what);
    form = *std::move(read);
  }
  const auto& fields = request.method == "POST" ? form : request.query;
  const auto target = field(fields, "target"), query = field(fields, "targetqs");
  auto redirect = hv::read_shell_url("?target=" + percent_encode(target) + "&targetqs=" + percent_encode(query),
                                     hv::ShellUse::test);
  if (!redirect) return message(400, "Not understood", redirect.error().what);
  const auto session = session_of(request, now_ns);
  if (!session) return sign_in_page(request.method == "POST" ? 401 : 200, target, query, {});
  if (request.method == "POST" && !equal_constant_time(field(form, "csrf"), session->csrf))
    return message(403, "Not yours", "The form was not made for you. Go back and start again.");

  Transaction t(database_);
  Visit visit{world_, t, now_ns, *session, *std::move(redirect), target, query, std::move(form), {}, {}, {}};
  if (!visit.find_application())
    return message(400, "Unknown application", "6 INVALID_APP: there is no such application.");
  auto answer = request.method == "POST" ? decide(visit) : show(visit);
  t.commit();
  return answer;
}

}  // namespace bb::record_platform
