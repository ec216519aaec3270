// random_record.hpp - records of every kind of fact that has a type, from a seed.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <bb/records/record.hpp>

namespace bb::healthvault {

class RandomRecord {
 public:
  explicit RandomRecord(unsigned seed) : engine_(seed) {}

  records::Record make() {
    using namespace records;
    Record record;
    record.patient = patient();
    for (std::size_t i = upto(3); i > 0; --i) record.allergies.push_back(allergy());
    for (std::size_t i = upto(3); i > 0; --i)
      record.problems.push_back(
          {code(), pick({"", "active", "inactive", "resolved"}), date(), date(), 0, word(), code(), code()});
    for (std::size_t i = upto(3); i > 0; --i)
      record.medications.push_back({code(), word(), word(), word(), word(), word(), word(), date(), date(),
                                    pick({"", "EVN", "INT"}), pick({"", "active", "completed"}), 0, word()});
    for (std::size_t i = upto(3); i > 0; --i)
      record.immunizations.push_back({code(), date(), pick({"", "EVN", "INT"}),
                                      pick({"", "completed", "refused", "entered-in-error"}), word(), 0, word()});
    for (std::size_t i = upto(3); i > 0; --i) record.results.push_back(panel());
    for (std::size_t i = upto(8); i > 0; --i) record.vital_signs.push_back(vital_sign());
    for (std::size_t i = upto(3); i > 0; --i)
      record.encounters.push_back({word(), code(), date(), date(), pick({"", "EVN", "APT", "INT"}), word(), 0, word()});
    for (std::size_t i = upto(3); i > 0; --i)
      record.procedures.push_back(
          {code(), date(), date(), pick({"", "EVN", "RQO"}), word(), code(), word(), 0, word(), code()});
    for (std::size_t i = upto(2); i > 0; --i)
      record.family_history.push_back({code(), code(), date(), word(), 0, word()});
    for (std::size_t i = upto(2); i > 0; --i) record.devices.push_back({code(), word(), date(), word(), 0, word()});
    for (std::size_t i = upto(2); i > 0; --i)
      record.contacts.push_back({name(), code(), {address()}, {"tel:555", "mailto:a@example.org"}, 0, word()});
    for (std::size_t i = upto(2); i > 0; --i)
      record.coverages.push_back({code(), word(), word(), word(), word(), date(), date(), word(), 0, word()});
    for (std::size_t i = upto(3); i > 0; --i) record.notes.push_back(note());
    return record;
  }

 private:
  std::size_t upto(std::size_t max) { return std::uniform_int_distribution<std::size_t>(0, max)(engine_); }
  std::string pick(std::vector<std::string> words) { return words[upto(words.size() - 1)]; }

  std::string name() { return pick({"Ann O'Neil", "B & C <Clinic>", "\xC3\x89mile \"Z\"", "\xF0\x9F\x98\x80"}); }
  std::string word() {
    return pick({"", "", "one", "two words", "a & b < c > d", "\xC3\xA9t\xC3\xA9", "12", "x: y; z"});
  }
  std::string date() {
    return pick({"", "1999", "2001-02", "2012-08-06", "2012-08-06T10:30", "2012-08-06T10:30:15-05:00",
                 "2012-08-06T10:30:15.25+05:30", "as a child", "45 years", "2012-08-06T10"});
  }
  records::Code code() {
    static const std::vector<records::Code> codes{
        {},
        {"195967001", "2.16.840.1.113883.6.96", "SNOMED CT", "Asthma"},
        {"309362", "2.16.840.1.113883.6.88", "RxNorm", "Clopidogrel 75 MG"},
        {"88", "2.16.840.1.113883.12.292", "CVX", "Influenza"},
        {"718-7", "2.16.840.1.113883.6.1", "LOINC", ""},
        {"x1", "2.16.840.1.113883.3.26.1.1", "NCI Thesaurus", "In a system of its own"},
        {"y", "http://example.org/codes", "", "At an address"},
        {"z", "", "", "Without a system"},
        {"1147", "", "Mayo/MayoConditions", "High"},
        {"", "", "", "Words alone & more"}};
    return codes[upto(codes.size() - 1)];
  }
  records::Address address() { return {{"1 Main St", "Apt 2 & 3"}, word(), word(), word(), word()}; }

  records::Patient patient() {
    records::Patient p;
    p.name = {{"Ann", "Bee"}, "Cee", word(), word()};
    p.birth_date = pick({"", "1980", "1980-05", "1980-05-06"});
    p.gender = pick({"", "male", "female", "other", "unknown"});
    if (upto(1) == 1) p.ids = {{"1.2.3", "77"}, {"1.2.4", ""}};
    if (upto(1) == 1)
      p.addresses = {{{"1 Main St", "Apt 2"}, "Redmond", "WA", "98052", "US"}, {{"2 Elm"}, "", "", "", ""}};
    if (upto(1) == 1) p.telecoms = {"tel:+1(555)555-0100", "mailto:ann@example.org", "http://example.org"};
    p.language = word();
    p.race = code();
    p.ethnicity = code();
    p.marital_status = code();
    if (upto(1) == 1) p.further_races = {{"2", "", "", "Other race"}};
    p.deceased = pick({"", "yes", "no"});
    p.death_date = date();
    return p;
  }

  records::Allergy allergy() {
    records::Allergy a;
    a.substance = code();
    a.type = code();
    for (std::size_t i = upto(3); i > 0; --i) a.reactions.push_back({"", "", "", "reaction " + std::to_string(i)});
    a.severity = code();
    a.status = pick({"", "active", "resolved", "entered-in-error"});
    a.onset = date();
    a.source = word();
    a.criticality = pick({"", "high"});
    return a;
  }

  records::Observation observation() {
    records::Observation o;
    o.test = code();
    o.value = pick({"", "13.2", "negative", "<5", "-3", "1e3", "a & b"});
    o.unit = o.value.empty() ? "" : pick({"", "mg/dL", "mmol/L", "g/dL", "{score}"});
    o.interpretation = pick({"", "N", "H", "HH", "odd"});
    o.reference_range = pick({"", "12-16", ">=60", "<=5", "-5--1", "negative"});
    o.date = date();
    o.status = pick({"", "completed", "final"});
    if (upto(4) == 0) o.further_values = {"7 mg/dL"};
    if (upto(4) == 0) o.value_code = code();
    if (upto(4) == 0) o.null_flavor = "UNK";
    o.source = word();
    return o;
  }

  records::Observation vital_sign() {
    auto o = observation();
    static const std::vector<records::Observation> known{
        {{"29463-7", "2.16.840.1.113883.6.1", "LOINC", "Body weight"}, "200", "[lb_av]", "", "", "2012-08-06", ""},
        {{"3141-9", "2.16.840.1.113883.6.1", "LOINC", "Weight measured"}, "70.5", "kg", "", "", "2012-08-06", ""},
        {{"8302-2", "2.16.840.1.113883.6.1", "LOINC", "Body height"}, "180", "cm", "", "", "2012-08-06", ""},
        {{"8480-6", "2.16.840.1.113883.6.1", "LOINC", "Systolic blood pressure"},
         "120",
         "mm[Hg]",
         "",
         "",
         "2012-08-06",
         ""},
        {{"8462-4", "2.16.840.1.113883.6.1", "LOINC", "Diastolic blood pressure"},
         "80",
         "mm[Hg]",
         "",
         "",
         "2012-08-06",
         ""},
        {{"8867-4", "2.16.840.1.113883.6.1", "LOINC", "Heart rate"}, "66", "/min", "", "", "2012-08-06", ""},
        {{"8867-4", "2.16.840.1.113883.6.1", "LOINC", "Pulse"}, "66.5", "/min", "", "", "2012-08-06", ""}};
    if (upto(3) == 0) return o;
    auto measured = known[upto(known.size() - 1)];
    if (upto(3) == 0) measured.status = "completed";
    if (upto(3) == 0) measured.date = o.date;
    if (upto(5) == 0) measured.source = "home";
    return measured;
  }

  records::ResultPanel panel() {
    records::ResultPanel p;
    if (upto(3) == 0) {
      records::Observation glucose;
      glucose.test = {"2339-0", "2.16.840.1.113883.6.1", "LOINC", "Glucose [Mass/volume] in Blood"};
      glucose.value = "95";
      glucose.unit = "mg/dL";
      glucose.date = p.date = "2012-08-06T07:00";
      p.observations = {glucose};
      return p;
    }
    p.panel = code();
    p.date = date();
    for (std::size_t i = upto(3); i > 0; --i) p.observations.push_back(observation());
    return p;
  }

  records::Note note() {
    records::Note n;
    const records::Code types[]{{"18842-5", "2.16.840.1.113883.6.1", "LOINC", "Discharge summary"},
                                {"42348-3", "2.16.840.1.113883.6.1", "LOINC", "Advance directives"},
                                code()};
    n.type = types[upto(2)];
    n.title = word();
    n.text = pick({"", "One line", "Two\nlines & <more>"});
    n.date = date();
    n.author = word();
    return n;
  }

  std::mt19937 engine_;
};

}  // namespace bb::healthvault
