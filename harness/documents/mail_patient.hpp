// harness/documents/mail_patient.hpp - whether what stands outside of a message says who
// it is about (DIRECT-MSG-04).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/entity.hpp>
#include <bb/records/record.hpp>

namespace bb::documents {

// The patients of the documents in a message: C-CDA, CCR and FHIR, as attachments at any
// depth. What cannot be read names nobody.
class MailPatients {
 public:
  MailPatients() = default;  // nobody
  explicit MailPatients(const direct::Entity& message) { add(message, 0); }

  // What of a patient a header field says: "name" (a given name and the family name),
  // "birth date" or "identifier"; empty where nothing. Fields that say who sends, who
  // receives and how it travelled are never about a patient, who may be one of those.
  std::string said_by(std::string_view field_name, std::string_view value) const;

 private:
  void add(const direct::Entity& entity, int depth);

  std::vector<records::Patient> patients_;
};

}  // namespace bb::documents
