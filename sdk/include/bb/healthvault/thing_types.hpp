// bb/healthvault/thing_types.hpp - what the things of a HealthVault-style platform say,
// as facts of a record, and the facts of a record as things.
//
// A thing here is its type and the bytes inside of its data-xml; envelopes, keys and
// blobs are others' matter (thing.hpp). Which element is which field of a record stands in data (thing_types.yaml; the
// table of docs/reference/healthvault-types.md is made from it). Types that are not described there are carried as they
// are, by their name, and counted.
//
// Nothing is lost silently. What a thing says and no field of a record answers to is
// told by the reader. What a fact says and its type has no element for stands in
// `common`: as a note for people, and as an extension of ours (its `source` is
// `extension_source`) that the reader knows, and it is told by the writer; a
// fact that is no thing at all (absences, what is planned, refused or undated where the type
// asks for a date) is told with the reason.
//
// Sources: the published thing-type schemas and samples; "HV-TYPE-01" to "HV-TYPE-13" of
// conformance/requirements/healthvault.yaml.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/records/record.hpp>

namespace bb::healthvault {

inline constexpr std::string_view extension_source = "org.bluebridge.record";
inline constexpr std::size_t thing_xml_bytes_max = 64ull * 1024 * 1024;

// A published type of thing.
struct ThingType {
  enum class Handling {
    facts,     // read as facts of a record, and written
    read,      // read as facts, not written: it requires what no record says
    document,  // holds a whole document, which is read as such
    carried,   // kept as it is
  };
  std::string id;  // lower case
  std::string name;
  std::string version;  // "1", "2" ...
  std::string element;  // the name of its root; empty for one that is carried
  std::string schema;   // the published file; empty where the type is a document or carried
  std::string fact;     // the list of the record that it states, or "patient"
  Handling handling = Handling::carried;
  bool is_immutable = false;
};

// All of them, in the order of the data.
const std::vector<ThingType>& thing_types();

// By its id in any case; nothing for one that is not published.
const ThingType* find_thing_type(std::string_view id);

// The inside of data-xml, as DataXml::bytes of thing.hpp: the element of the type, a whole
// document for CCD, CDA and CCR, and behind it `common`, where there is one. UTF-8.
struct ThingXml {
  std::string type_id;
  std::string bytes;
};

// What was said and has no place where it went.
struct Unheld {
  std::size_t thing = 0;  // which of the things, from 0; of a fact that is no thing at all `no_thing`
  std::string where;      // of a thing: "value/display"; of a fact: "allergies[0].status"
  std::string text;
  std::string why;  // lower case
  static constexpr std::size_t no_thing = static_cast<std::size_t>(-1);
};

// A type of which things were carried as they are.
struct Carried {
  std::string type_id;
  std::string name;  // empty for one that is not published
  std::size_t count = 0;
};

struct ReadThings {
  records::Record record;
  std::vector<std::string> notes;  // common/note of each thing; "" where there is none
  std::vector<Unheld> unheld;
  std::vector<Carried> carried;
  // A thing of a described type that could not be read at all, with the reason.
  std::vector<Unheld> unreadable;
};

// The facts of one thing. An error says where and what; a type that is carried is no error, but
// has no facts. Bounded: `thing_xml_bytes_max`, depth 256, 2,000,000 elements.
[[nodiscard]] Result<ReadThings> read_thing(const ThingXml& thing);

// The facts of all of them. Where several say the same of the patient the more precise date
// and the first of the rest count; the others are in `unheld`.
ReadThings read_things(const std::vector<ThingXml>& things);

struct WrittenThings {
  std::vector<ThingXml> things;
  std::vector<Unheld> unheld;
};

// A record as things of the newest described types, in the order of the data. What
// is written is valid by the published schemas; nothing is made up for an element that
// a schema requires and the record does not say.
WrittenThings write_things(const records::Record& record);

// The facts that the type states, as things of this type alone: also of a version that another
// follows. What else the record says is not told.
[[nodiscard]] Result<WrittenThings> write_things(const records::Record& record, std::string_view type_id);

// The type that a document is stored under (HV-TYPE-02): CCD for a C-CDA, C32 or CCD 1.0, else CDA,
// CCR, and File for everything else.
struct DocumentThing {
  ThingXml thing;
  bool is_blob = false;  // the bytes go beside the thing, as its unnamed blob: File
};

// An error for what File cannot say: nothing at all, or a name longer than 255 characters.
[[nodiscard]] Result<DocumentThing> document_thing(std::string_view bytes, std::string_view file_name,
                                                   std::string_view media_type);

}  // namespace bb::healthvault
