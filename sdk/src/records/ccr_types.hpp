// ccr_types.hpp - the data types of a Continuity of Care Record (ASTM E2369-05)
// as plain values.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include <bb/records/record.hpp>

#include "xml_tree.hpp"

namespace bb::records::ccr {

// CodedDescriptionType: the text, and the first code. A system is known by its
// name; one that is not keeps the name it has.
Code read_description(XmlNode node);

struct Span {
  std::string start, end;
};
// The DateTime elements of an object: a range, else what their types say ("Stop
// date"), else the first. A date that is no ISO date keeps its words ("5/5/06",
// "childhood"): a CCR may say no more.
Span read_span(XmlNode object);

// "20 mg", of an element with Value and Units.
std::string read_measure(XmlNode node);

// What a reference to an actor brings; short, because there may be many.
struct Actor {
  XmlNode node;
  std::string name;  // of the person, else the organisation, else the system
  std::string organization;
  std::string telephone;  // as a URI
};

// The people, organisations and systems that a document refers to by id.
class Actors {
 public:
  // `root` is the ContinuityOfCareRecord.
  explicit Actors(XmlNode root);
  // The actor that the ActorID of `link` names; an empty one for none.
  const Actor& find(XmlNode link) const;

 private:
  std::unordered_map<std::string, Actor> actors_;
  Actor nobody_;
};

Patient read_patient(XmlNode actor);

}  // namespace bb::records::ccr
