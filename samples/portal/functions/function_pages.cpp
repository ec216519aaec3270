#include "portal/functions/function_pages.hpp"

#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "portal/functions/function_page_texts.hpp"
#include "portal/page_frame.hpp"
#include "web/template.hpp"

namespace bb::portal::functions {
namespace {

constexpr auto resources = std::to_array<std::string_view>(
    {"conversations", "refills", "appointments", "entries", "education", "settings", "feedback"});

// Templates know no numbers.
Value as_texts(const Value& value) {
  if (value.is_number()) return Value(to_json(value));
  if (value.is_array()) {
    auto list = Value::array();
    for (const auto& item : *value.items()) list.push(as_texts(item));
    return list;
  }
  if (!value.is_object()) return value;
  auto object = Value::object();
  for (const auto& [key, member] : *value.members()) object.set(key, as_texts(member));
  return object;
}

void merge(Value& data, const Value& more) {
  const auto texts = as_texts(more);
  if (texts.is_object())
    for (const auto& [key, member] : *texts.members()) data.set(key, member);
}

void make_refills(Value& data, const Value& requests) {
  for (auto& one : *data.find("prescriptions")->items()) one.set("can_ask", one["offers"].string_or("") != "none");
  merge(data, requests);
  data.set("has_refills", data["refills"].size() > 0);
  for (auto& one : *data.find("refills")->items())
    if (one.find("reason") == nullptr) one.set("reason", "");
}

void make_appointments(Value& data, const Value& slots) {
  auto booked = Value::array();
  for (auto& one : *data.find("appointments")->items()) {
    one.set("is_booked", one["status"].string_or("") == "booked");
    if (one["is_booked"].boolean_or(false)) booked.push(one);
  }
  data.set("booked", std::move(booked));
  merge(data, slots);
}

void make_entries(Value& data) {
  data.set("has_entries", data["entries"].size() > 0);
  for (auto& one : *data.find("entries")->items()) {
    one.set("author_name", one["author"]["name"]);
    one.set("warnings", notes_for_pages(strings_of(one["warnings"])));
  }
}

web::HttpResponse material_page(const std::string& id, const std::optional<Session>& session) {
  const auto* material = find_material(id);
  if (material == nullptr || material->text.empty()) return not_found_page();
  const auto data = Value::object({{"title", material->title}, {"text", material->text}});
  return web::HttpResponse::html(
      200, lay_out(std::string(material->title), web::fill_template(material_template, data), session));
}

}  // namespace

std::string compose_page(Functions& functions, const std::optional<Session>& session, const std::string& patient,
                         const std::string& mistake) {
  auto data = Value::object({{"name", functions.name_of(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"key", random_token()},
                             {"recipients", Conversations::recipients()}});
  if (!functions.holder().defects().is_on(Defect::no_emergency_notice))
    set_if_any(data, "notice", std::string(emergency_notice));
  set_if_any(data, "mistake", mistake);
  return lay_out("Write a message", web::fill_template(compose_template, data), session, patient, Where::conversations);
}

std::optional<std::string> conversation_page(Functions& functions, const std::optional<Session>& session,
                                             const std::string& patient, const std::string& id,
                                             const std::string& mistake) {
  const auto found = functions.conversations.read(patient, id, functions.actor_of(session, patient));
  if (!found.is_done()) return std::nullopt;
  auto data = Value::object({{"patient", percent_encode(patient)},
                             {"csrf", session ? session->csrf : ""},
                             {"key", random_token()},
                             {"notice", emergency_notice}});
  set_if_any(data, "mistake", mistake);
  merge(data, found.value);
  for (auto& message : *data.find("messages")->items()) {
    message.set("author_name", message["author"]["name"]);
    set_if_any(message, "on_behalf_of", message["author"]["on_behalf_of"].string_or(""));
    message.set("is_raw", functions.holder().defects().is_on(Defect::message_markup_runs));
  }
  return lay_out(found.value["subject"].string_or(""), web::fill_template(conversation_template, data), session,
                 patient, Where::conversations);
}

bool FunctionPages::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  if (path.size() == 2 && path[0] == "education") return true;
  return path.size() >= 3 && path[0] == "patients" &&
         std::find(resources.begin(), resources.end(), path[2]) != resources.end();
}

web::HttpResponse FunctionPages::handle(const web::HttpRequest& request) {
  try {
    if (request.path[0] == "education") {
      if (request.method != "GET") return wrong_method_page(request, "GET");
      return material_page(request.path[1],
                           functions_.holder().find_session(request.cookie(session_cookie), Client::browser));
    }
    return patient(request);
  } catch (const storage::DatabaseFailure&) {
    return message_page(500, "That did not work", "The portal cannot keep anything now. Try again later.");
  }
}

web::HttpResponse FunctionPages::patient(const web::HttpRequest& request) {
  auto& holder = functions_.holder();
  const auto session = holder.find_session(request.cookie(session_cookie), Client::browser);
  const auto& patient = request.path[1];
  if (!session) return web::HttpResponse::redirect("/sign-in");
  switch (holder.access(session, patient)) {
    case Access::not_signed_in:
      return web::HttpResponse::redirect("/sign-in");
    case Access::not_yours:
      holder.log_refused(session, patient);
      return message_page(403, "Not yours", "This record is not yours to see.");
    case Access::not_found:
      return not_found_page();
    case Access::granted:
      break;
  }
  if (request.path.size() > 4 || (request.path.size() == 4 && request.path[2] != "conversations"))
    return not_found_page();
  if (request.method == "GET") return show(200, request, session, "");
  const bool is_read_only =
      request.path[2] == "education" || (request.path[2] == "conversations" && request.path.size() == 3);
  if (request.method != "POST" || is_read_only) return wrong_method_page(request, "GET");
  web::Fields form;
  if (auto refusal = read_page_form(request, form)) return *refusal;
  if (!has_session_token(form, session)) return forged_page();
  const auto answer = act(request, session, form);
  if (!answer.is_done()) return show(answer.status, request, session, "That did not work: " + answer.why + ".");
  holder.log_function(session, patient,
                      request.path[2] == "conversations" ? "a message" : "a change of " + request.path[2]);
  if (request.path[2] == "feedback") return show(200, request, session, "");
  auto path = "/patients/" + percent_encode(patient) + "/" + request.path[2];
  if (request.path[2] == "conversations") path += "/" + answer.value["conversation"].string_or("");
  return web::HttpResponse::redirect(path);
}

web::HttpResponse FunctionPages::show(int status, const web::HttpRequest& request,
                                      const std::optional<Session>& session, const std::string& mistake) {
  const auto& path = request.path;
  const auto& patient = path[1];
  const auto& resource = path[2];
  const auto actor = functions_.actor_of(session, patient);
  auto data = Value::object({{"name", functions_.name_of(patient)},
                             {"patient", percent_encode(patient)},
                             {"csrf", session->csrf},
                             {"key", random_token()},
                             {"notice", emergency_notice}});
  set_if_any(data, "mistake", mistake);
  const auto page = [&](const std::string& title, const std::string& text, Where where) {
    return web::HttpResponse::html(status, lay_out(title, web::fill_template(text, data), session, patient, where));
  };
  if (resource == "conversations") {
    if (path.size() == 4 && path[3] == "new")
      return web::HttpResponse::html(status, compose_page(functions_, session, patient, mistake));
    if (path.size() == 4) {
      auto found = conversation_page(functions_, session, patient, path[3], mistake);
      return found ? web::HttpResponse::html(status, *std::move(found)) : not_found_page();
    }
    merge(data, functions_.conversations.list(patient, actor).value);
    data.set("has_items", data["items"].size() > 0);
    return page("Messages", conversations_template, Where::conversations);
  }
  if (resource == "refills") {
    merge(data, functions_.refills.prescriptions(patient).value);
    make_refills(data, functions_.refills.list(patient).value);
    return page("Prescriptions", refills_template, Where::refills);
  }
  if (resource == "appointments") {
    merge(data, functions_.appointments.list(patient).value);
    make_appointments(data, functions_.appointments.slots().value);
    return page("Appointments", appointments_template, Where::appointments);
  }
  if (resource == "entries") {
    merge(data, functions_.entries.list(patient).value);
    make_entries(data);
    return page("Own entries", entries_template, Where::entries);
  }
  if (resource == "education") {
    merge(data, functions_.education.list(patient, functions_.name_of(patient)).value);
    data.set("has_assigned", data["assigned"].size() > 0);
    return page("To read", education_template, Where::education);
  }
  if (resource == "settings") {
    merge(data, functions_.wishes.preferences(session->account).value);
    return page("Notices", settings_template, Where::elsewhere);
  }
  if (request.method == "POST" && mistake.empty()) set_if_any(data, "thanks", "Thank you.");
  return page("Feedback", feedback_template, Where::elsewhere);
}

Answer FunctionPages::act(const web::HttpRequest& request, const std::optional<Session>& session,
                          const web::Fields& form) {
  const auto& path = request.path;
  const auto& patient = path[1];
  const auto& resource = path[2];
  const auto actor = functions_.actor_of(session, patient);
  const auto key = "form " + text_of(form, "key");
  if (resource == "conversations") {
    Outgoing message;
    message.key = key;
    message.subject = text_of(form, "subject");
    message.text = text_of(form, "text");
    message.recipient = text_of(form, "to");
    return functions_.conversations.post(patient, path[3] == "new" ? "" : path[3], actor, message);
  }
  if (resource == "refills")
    return functions_.refills.request(patient, text_of(form, "prescription"), text_of(form, "kind"), actor, key);
  if (resource == "appointments") {
    if (const auto id = text_of(form, "cancel"); !id.empty()) return functions_.appointments.cancel(patient, id);
    return functions_.appointments.book(patient, text_of(form, "slot"), text_of(form, "instead_of"),
                                        text_of(form, "reason"), actor, key);
  }
  if (resource == "entries") {
    if (const auto id = text_of(form, "delete"); !id.empty()) return functions_.entries.remove(patient, id, actor);
    const auto reading = split(text_of(form, "reading"), ' ');
    return functions_.entries.add(patient,
                                  Value::object({{"kind", reading[0]},
                                                 {"unit", reading.size() > 1 ? reading[1] : ""},
                                                 {"value", text_of(form, "value")},
                                                 {"taken_at", text_of(form, "taken_at")}}),
                                  actor);
  }
  if (resource == "feedback") return functions_.wishes.give_feedback(session->account, text_of(form, "text"));
  const auto to = std::string(trim(text_of(form, "notices_to")));
  if (!to.empty())
    if (const auto destination = parse_destination(to); !destination) return invalid(destination.error().what);
  return functions_.wishes.set_preferences(session->account, to);
}

}  // namespace bb::portal::functions
