#include "portal/record_change.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/ccda.hpp>

namespace bb::portal {
namespace {

using Kind = RecordChange::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 4> kinds{{{"add-allergy", Kind::add_allergy},
                                                                  {"retract-allergy", Kind::retract_allergy},
                                                                  {"add-result", Kind::add_result},
                                                                  {"correct-result", Kind::correct_result}}};

// RFC 4122, 4.4: a random one.
std::string random_uuid() {
  auto hex = sha256_hex(random_bytes(16)).substr(0, 32);
  hex[12] = '4';
  hex[16] = '8';
  for (const auto at : {8, 13, 18, 23}) hex.insert(static_cast<std::size_t>(at), "-");
  return hex;
}

records::Observation* find_result(records::Record& record, const std::string& name) {
  for (auto& panel : record.results)
    for (auto& one : panel.observations)
      if (records::in_words(one.test) == name) return &one;
  return nullptr;
}

void add_result(records::Record& record, const RecordChange& change, std::int64_t now_ns) {
  records::Observation result;
  result.test.display = change.name;
  result.value = change.value;
  result.unit = change.unit;
  result.date = format_date(now_ns);
  result.status = "completed";
  records::ResultPanel panel;
  panel.panel.display = change.name;
  panel.date = result.date;
  panel.observations.push_back(std::move(result));
  record.results.push_back(std::move(panel));
}

Status apply(records::Record& record, const RecordChange& change, std::int64_t now_ns) {
  switch (change.kind) {
    case Kind::add_allergy: {
      records::Allergy allergy;
      allergy.substance.display = change.name;
      allergy.status = "active";
      allergy.onset = format_date(now_ns);
      record.allergies.push_back(std::move(allergy));
      return {};
    }
    case Kind::retract_allergy: {
      const auto is_it = [&](const auto& one) { return records::in_words(one.substance) == change.name; };
      if (std::erase_if(record.allergies, is_it) == 0)
        return Error{"the record has no allergy '" + shorten(change.name, 60) + "'"};
      return {};
    }
    case Kind::add_result:
      add_result(record, change, now_ns);
      return {};
    case Kind::correct_result: {
      auto* const result = find_result(record, change.name);
      if (result == nullptr) return Error{"the record has no result '" + shorten(change.name, 60) + "'"};
      result->value = change.value;
      if (!change.unit.empty()) result->unit = change.unit;
      result->value_code = {};
      result->status = "corrected";
      result->corrected = format_utc(now_ns);
      return {};
    }
  }
  return {};
}

bool is_alike(const records::Patient& patient, const Described& described) {
  const auto& given = patient.name.given;
  return patient.birth_date.substr(0, 10) == described.birth_date &&
         iequals(patient.name.family, described.family_name) && !given.empty() &&
         iequals(given.front(), described.given_name);
}

}  // namespace

Result<Kind> read_change_kind(std::string_view name) {
  for (const auto& [known, kind] : kinds)
    if (known == name) return kind;
  return Error{"there is no change '" + shorten(name, 40) +
               "'; changes: add-allergy, retract-allergy, add-result, correct-result"};
}

Result<Patient> changed(const Patient& patient, const RecordChange& change, std::int64_t now_ns) {
  auto next = patient;
  BB_CHECK(apply(next.record, change, now_ns));
  const auto replaced = next.record.document_id;
  // CCDA-HDR-05: what is new content has a new id; the first version's names them all.
  if (next.set_id.empty()) next.set_id = replaced;
  next.record.document_id = random_uuid();
  next.record.created = format_utc(now_ns).substr(0, 19) + "+00:00";
  ++next.version;
  next.document = records::write_ccda_version(next.record, {"", "", next.set_id, next.version, replaced});
  return next;
}

const Patient* whose(const Patients& patients, const Described& described) {
  const Patient* found = nullptr;
  if (!described.identifier.empty()) {
    for (const auto& patient : patients.all())
      for (const auto& id : patient.record.patient.ids)
        if (id.extension == described.identifier) return &patient;
    return nullptr;
  }
  for (const auto& patient : patients.all()) {
    if (!is_alike(patient.record.patient, described)) continue;
    if (found != nullptr) return nullptr;
    found = &patient;
  }
  return found;
}

const Patient* first_alike(const Patients& patients, const Described& described) {
  for (const auto& patient : patients.all())
    if (is_alike(patient.record.patient, described)) return &patient;
  return nullptr;
}

}  // namespace bb::portal
