// ccda_writer.hpp - the parts of the C-CDA document that we write: what its sections
// share, and the entries of care and of absences. Templates are those of C-CDA R2.1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/records/record.hpp>

#include "cda_elements.hpp"
#include "tables.hpp"

namespace bb::records::ccda_out {

inline constexpr std::string_view release_2_1 = "2015-08-01";
inline constexpr std::string_view release_2_0 = "2014-06-09";
inline constexpr std::string_view care_team_release = "2019-07-01";
inline constexpr std::string_view notes_release = "2016-11-01";

// The one column beside the names that entries refer to.
inline constexpr std::string_view sig_column = "Instructions";

// The parts of a document that share its identity and its output.
struct Draft {
  const Record& record;
  std::string identity;
  XmlWriter xml;
};

// An identifier that derives from the document's.
void write_act_id(Draft& draft, std::string_view kind, std::size_t index);
// That of the template and of its release; neither where there is none.
void write_templates(XmlWriter& xml, std::string_view root, std::string_view extension);
void write_status(Draft& draft, std::string_view code);
// A status of the record; one that it does not say is UNK.
void write_stated_status(Draft& draft, std::string_view status);
void write_fixed_code(Draft& draft, std::string_view code, std::string_view system, std::string_view name,
                      std::string_view display);
// The identifier of a row's name in the narrative.
std::string narrative_id(std::string_view prefix, std::size_t index);
// What a source without moods (CCR) tells has happened; a planned thing of a mood that
// CDA lacks is intended.
std::string_view mood_code(const std::string& mood);

// What is taken, given or supplied, with its row in the narrative.
struct Product {
  const Code& code;
  std::string_view template_root, template_extension;
  std::string narrative_id;
  std::string lot = {};
};
// `element` is "consumable" or "product".
void write_product(Draft& draft, std::string_view element, const Product& product);
// The patient as author of what is self-entered; nothing of other sources.
void write_source(Draft& draft, const std::string& source);

struct StatementHead {
  std::string_view template_root, template_extension;
  std::string_view prefix;  // of the narrative identifiers
  std::string_view mood = "EVN";
};
// An observation with its values; `index` is that of its row in the narrative.
void write_statement(Draft& draft, const Observation& observation, const StatementHead& head, std::size_t index);

struct SectionHead {
  std::string_view kind;  // as Section::kind
  std::string_view template_root, template_extension, loinc_code, loinc_name, title;
  std::string_view prefix;  // of the narrative identifiers
};
struct SectionWriter {
  SectionHead head;
  void (*write_entries)(Draft&);
};
// What becomes of a section without facts: it says so (nullFlavor NI), or is not there.
enum class Empty { said, left_out };
// A section with its narrative, its entries and its absences.
void write_section(Draft& draft, const SectionWriter& writer, const std::vector<Table>& tables, Empty when_empty);

void write_procedure(Draft& draft, const Procedure& procedure, std::size_t index);
void write_encounter(Draft& draft, const Encounter& encounter, std::size_t index);
void write_plan_item(Draft& draft, const PlanItem& item, std::size_t index);
void write_goal(Draft& draft, const Observation& goal, std::size_t index);
void write_functional_status(Draft& draft, const Observation& observation, std::size_t index);
void write_care_team(Draft& draft);
void write_note(Draft& draft, const Note& note, std::size_t index);

// What a section says is not so or not known.
void write_absences(Draft& draft, std::string_view section);

}  // namespace bb::records::ccda_out
