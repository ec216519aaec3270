#include "portal/functions/entry_outputs.hpp"

#include <cstdlib>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::portal::functions {
namespace {

std::string source_of(const Value& entry) {
  if (!entry["source"].is_string()) return "";
  return "Source: Self-Entered by " + entry["author"]["name"].string_or("") + ", " + entry["entered_at"].string_or("");
}

std::string value_of(const Value& entry) {
  if (entry["kind"].string_or("") == "document") return "document, " + entry["media_type"].string_or("");
  return entry["value"].string_or("") + " " + entry["unit"].string_or("");
}

// LOINC of a reading; of a blood pressure the panel.
std::string loinc_of(const std::string& kind) {
  if (kind == "blood-pressure") return "85354-9";
  if (kind == "body-weight") return "29463-7";
  if (kind == "heart-rate") return "8867-4";
  if (kind == "body-temperature") return "8310-5";
  return "2339-0";  // glucose in blood
}

Value concept_of(const std::string& code, const std::string& text) {
  auto coding = Value::array();
  coding.push(Value::object({{"system", "http://loinc.org"}, {"code", code}}));
  return Value::object({{"coding", std::move(coding)}, {"text", text}});
}

Value quantity(const std::string& number, const std::string& unit) {
  return Value::object({{"value", std::strtod(number.c_str(), nullptr)},
                        {"unit", unit},
                        {"system", "http://unitsofmeasure.org"},
                        {"code", unit}});
}

Value observation(const Value& entry) {
  const auto kind = entry["kind"].string_or(""), unit = entry["unit"].string_or("");
  auto value = Value::object({{"resourceType", "Observation"}, {"id", entry["id"]}, {"status", "final"}});
  value.set("code", concept_of(loinc_of(kind), entry["title"].string_or("")));
  value.set("effectiveDateTime", entry["taken_at"]);
  if (entry["source"].is_string()) {
    value.set("issued", entry["entered_at"]);
    auto performer = Value::array();
    performer.push(Value::object({{"display", entry["author"]["name"]}}));
    value.set("performer", std::move(performer));
    auto note = Value::array();
    note.push(Value::object({{"text", source_of(entry)}}));
    value.set("note", std::move(note));
  }
  const auto parts = split(entry["value"].string_or(""), '/');
  if (parts.size() == 1) {
    value.set("valueQuantity", quantity(parts[0], unit));
    return value;
  }
  auto components = Value::array();
  components.push(Value::object(
      {{"code", concept_of("8480-6", "Systolic blood pressure")}, {"valueQuantity", quantity(parts[0], unit)}}));
  components.push(Value::object(
      {{"code", concept_of("8462-4", "Diastolic blood pressure")}, {"valueQuantity", quantity(parts[1], unit)}}));
  value.set("component", std::move(components));
  return value;
}

}  // namespace

std::string page_with_entries(std::string page, const Value& entries) {
  if (entries.size() == 0) return page;
  std::string rows;
  for (const auto& entry : *entries.items())
    rows += "<tr><td>" + escape_markup(entry["title"].string_or("")) + "</td><td>" + escape_markup(value_of(entry)) +
            "</td><td>" + escape_markup(entry["taken_at"].string_or("")) + "</td><td>" +
            escape_markup(source_of(entry)) + "</td></tr>\n";
  const auto section =
      "<section aria-labelledby=\"self-entered\">\n<h2 id=\"self-entered\">Entered by the patient</h2>\n<table>\n"
      "<caption>Readings and documents that no clinician has checked</caption>\n<thead><tr><th scope=\"col\">What</th>"
      "<th scope=\"col\">Value</th><th scope=\"col\">When</th><th scope=\"col\">Source</th></tr></thead>\n<tbody>\n" +
      rows + "</tbody>\n</table>\n</section>\n";
  if (const auto end = page.find("</main>"); end != std::string::npos) page.insert(end, section);
  return page;
}

std::string text_with_entries(std::string text, const Value& entries) {
  if (entries.size() == 0) return text;
  text += "\n----------------------------- SELF-ENTERED -----------------------------\n";
  for (const auto& entry : *entries.items()) {
    text += "\nSelf-Entered " + entry["title"].string_or("") + ": " + value_of(entry) + "\n";
    if (entry["taken_at"].is_string()) text += "Date: " + entry["taken_at"].string_or("") + "\n";
    if (const auto source = source_of(entry); !source.empty()) text += source + "\n";
  }
  return text;
}

std::string bundle_with_entries(std::string json, const Value& entries) {
  if (entries.size() == 0) return json;
  auto bundle = parse_json(json);
  auto* list = bundle ? bundle->find("entry") : nullptr;
  if (list == nullptr) return json;
  Value subject;
  for (const auto& entry : *list->items())
    if (entry["resource"]["resourceType"].string_or("") == "Patient")
      subject = Value::object({{"reference", entry["fullUrl"]}});
  for (const auto& entry : *entries.items()) {
    if (entry["kind"].string_or("") == "document") continue;
    auto resource = observation(entry);
    resource.set("subject", subject);
    list->push(Value::object({{"fullUrl", "https://portal.example/Observation/" + entry["id"].string_or("")},
                              {"resource", std::move(resource)}}));
  }
  return to_json(*bundle);
}

}  // namespace bb::portal::functions
