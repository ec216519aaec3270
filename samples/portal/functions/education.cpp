#include "portal/functions/education.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal::functions {
namespace {

constexpr auto materials = std::to_array<Material>({
    {"blue-button", "Your health record and Blue Button", "en", "", "",
     "Blue Button lets you see, save and send your health record. Open your record, choose a file and press its "
     "button. A text file opens everywhere; C-CDA and FHIR files are for other health systems. Ask for your whole "
     "record, check it, and take it to every new doctor."},
    {"asthma", "Living with asthma", "en", "J45.909", "",
     "Asthma makes your airways narrow. Use your inhaler as your care team told you. Know what sets your asthma off, "
     "and stay away from it. Get help at once when you cannot speak in whole sentences."},
    {"high-blood-pressure", "High blood pressure", "en", "I10", "https://medlineplus.gov/highbloodpressure.html", ""},
    {"presion-alta", "Presi\u00f3n arterial alta", "es", "", "https://medlineplus.gov/spanish/highbloodpressure.html",
     ""},
});

}  // namespace

const Material* find_material(std::string_view id) {
  const auto found =
      std::find_if(materials.begin(), materials.end(), [&](const Material& one) { return one.id == id; });
  return found == materials.end() ? nullptr : found;
}

const Material* find_material_about(std::string_view code) {
  const auto found = std::find_if(materials.begin(), materials.end(),
                                  [&](const Material& one) { return !code.empty() && one.code == code; });
  return found == materials.end() ? nullptr : found;
}

Value Education::described(const Material& material, const std::string& patient,
                           const std::string& patient_name) const {
  auto url = material.url.empty() ? "/education/" + std::string(material.id) : std::string(material.url);
  if (defects_.is_on(Defect::material_link_names_patient) && !material.url.empty())
    url += "?patient=" + percent_encode(patient) + "&name=" + percent_encode(patient_name);
  if (defects_.is_on(Defect::material_link_dead) && material.url.empty()) url += "-moved";
  return Value::object({{"id", material.id}, {"title", material.title}, {"language", material.language}, {"url", url}});
}

Answer Education::list(const std::string& patient, const std::string& patient_name) {
  auto library = Value::array();
  for (const auto& one : materials) library.push(described(one, patient, patient_name));
  Transaction t(database_);
  auto assigned = Value::array();
  auto rows = t.rows("SELECT material, by, at FROM assignment WHERE patient = ? ORDER BY at", patient);
  while (rows.next() && !defects_.is_on(Defect::assigned_material_missing)) {
    const auto* material = find_material(rows.text(0));
    if (material == nullptr) continue;
    auto value = described(*material, patient, patient_name);
    value.set("assigned_by", rows.text(1));
    value.set("assigned_at", format_utc(rows.number(2)));
    assigned.push(std::move(value));
  }
  return done(200, Value::object({{"assigned", std::move(assigned)}, {"library", std::move(library)}}));
}

Answer Education::assign(const std::string& patient, const std::string& material, const Actor& actor) {
  if (find_material(material) == nullptr) return invalid("there is no material '" + shorten(material, 40) + "'");
  Transaction t(database_);
  t.execute("INSERT OR REPLACE INTO assignment VALUES(?, ?, ?, ?)", patient, material, actor.name, now_unix_ns());
  t.commit();
  return done(201, Value::object({{"material", material}}));
}

}  // namespace bb::portal::functions
