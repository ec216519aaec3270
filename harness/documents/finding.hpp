// harness/documents/finding.hpp - one located problem of a document.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::documents {

// SHALL, SHOULD, MAY.
enum class Level { error, warning, note };
inline constexpr std::array levels{Level::error, Level::warning, Level::note};
std::string_view to_word(Level level);  // "error"
Result<Level> level_from(std::string_view word);

struct Finding {
  std::string rule = {};  // "CCDA-HDR-01", "a-1198-5250", "xsd", "xml"
  Level level = Level::error;
  int line = 1;              // 0: nowhere in particular, or the file has no lines
  int column = 1;            // in bytes
  int character = 0;         // column in code points, a byte order mark not counted; 0: not known
  std::string xpath = {};    // of the element; empty where the file is no XML
  std::string path = {};     // where the file is no XML: "Patient.birthDate", "MEDICATIONS > Name"
  std::string message = {};  // what is wrong
  std::string expected = {};
  std::string found = {};
  std::string requirement = {};  // a row of a catalogue, where the rule has one
  std::string hint = {};         // for a portal team: what to do
  std::string also = {};         // a rule of ours that says the same
};

// Its rule, and ours that says the same: "a-1198-5254, CCDA-HDR-07".
std::string rules_of(const Finding& finding);

// "line 12, column 3"; of a place that has none its path, else "the whole file".
std::string place_of(const Finding& finding);

// What could not be judged, and why: "value set 2.16... is not at hand".
struct Unjudged {
  std::string rule = {};
  std::string why = {};
  std::size_t count = 1;
  // Whether it is about a requirement, where `rule` names several in words; null: `rule` is one.
  bool (*covers)(std::string_view requirement) = nullptr;
};

}  // namespace bb::documents
