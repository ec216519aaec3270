// functions/entries.hpp - what patients enter themselves: readings and documents. They stand beside the clinical
// record, say who entered them and when, and never change it.
#pragma once

#include <cstdint>
#include <string>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

inline constexpr std::size_t document_bytes_max = 32 * 1024;
inline constexpr std::int64_t entry_count_max = 500;  // of a patient

class Entries {
 public:
  Entries(storage::Database& database, const Defects& defects) : database_(database), defects_(defects) {}

  // `given`: {"kind", "value", "unit", "taken_at", "note"?}; for a document {"kind": "document", "title",
  // "media_type", "content" (base64)}. The answer has "warnings" where a reading can hardly be right; it is kept as
  // it was entered.
  Answer add(const std::string& patient, const Value& given, const Actor& actor);
  Answer list(const std::string& patient);
  Answer find(const std::string& patient, const std::string& id);
  // {"media_type", "data"} of a document, as bytes.
  Answer document(const std::string& patient, const std::string& id);
  Answer correct(const std::string& patient, const std::string& id, const Value& given, const Actor& actor);
  Answer remove(const std::string& patient, const std::string& id, const Actor& actor);
  // {"changes": [{"change", "at", "by", "entry"}...]}, also of an entry that was deleted.
  Answer history(const std::string& patient, const std::string& id);
  // By the care team: the patient's document is referred to in their record, with a note.
  Answer link(const std::string& patient, const std::string& id, const std::string& note, const Actor& actor);

 private:
  Answer change(const std::string& patient, const std::string& id, std::string_view what, const Actor& actor,
                const std::function<Answer(Value& entry)>& edit);
  void keep_change(Transaction& t, const std::string& id, std::string_view change, const Actor& actor,
                   const Value& entry) const;
  Value shown(Value entry) const;

  storage::Database& database_;
  const Defects& defects_;
};

}  // namespace bb::portal::functions
