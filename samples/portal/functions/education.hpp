// functions/education.hpp - material about health: a small library of the portal's own pages and of other sites, and
// what the care team chose for a patient. Addresses of other sites carry nothing about who follows them.
#pragma once

#include <string>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

struct Material {
  std::string_view id, title, language, code;  // code: of ICD-10-CM, what it is about; empty: nothing in particular
  std::string_view url;                        // of another site; empty: a page of this portal
  std::string_view text;                       // of the portal's page
};

const Material* find_material(std::string_view id);
// About a problem, by its code; nullptr: none.
const Material* find_material_about(std::string_view code);

class Education {
 public:
  Education(storage::Database& database, const Defects& defects) : database_(database), defects_(defects) {}

  // {"assigned": [...], "library": [...]}; `url` is a path of this portal or an address of another site.
  Answer list(const std::string& patient, const std::string& patient_name);
  Answer assign(const std::string& patient, const std::string& material, const Actor& actor);

 private:
  Value described(const Material& material, const std::string& patient, const std::string& patient_name) const;

  storage::Database& database_;
  const Defects& defects_;
};

}  // namespace bb::portal::functions
