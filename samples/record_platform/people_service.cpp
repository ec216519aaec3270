#include "record_platform/people_service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/healthvault/date_time.hpp>

#include "record_platform/grants.hpp"
#include "record_platform/permission.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::int64_t people_page_max = 100;
constexpr std::int64_t operations_max = 10'000;
constexpr std::size_t alternate_ids_max = 100;
constexpr std::size_t alternate_id_bytes_max = 255;

// The records that the person has authorised the application for; of `record_id` alone
// where it is given.
std::vector<hv::Record> records_of(Call& call, const std::string& person_id, const std::string& record_id = {}) {
  std::vector<hv::Record> records;
  auto rows = call.t.rows(
      "SELECT r.id, r.name, h.is_self, h.is_custodian, r.created, r.updated, r.bytes, r.bytes_max, r.operations, "
      "a.created"
      " FROM authorization a JOIN record r ON r.id = a.record JOIN holder h ON h.record = r.id AND h.person = a.person"
      " WHERE a.app = ? AND a.person = ? AND a.is_revoked = 0 AND (? = '' OR r.id = ?) ORDER BY r.name, r.id",
      call.app_id, person_id, record_id, record_id);
  while (rows.next()) {
    if (rows.number(2) == 0 && call.has(Defect::refuses_caregiver)) continue;
    records.push_back({.id = rows.text(0),
                       .name = rows.text(1),
                       .is_custodian = rows.number(3) != 0,
                       .relationship_type = rows.number(2) != 0 ? 1 : 0,
                       .relationship_name = rows.number(2) != 0 ? "Self" : "Other",
                       .display_name = rows.text(1),
                       .state = "Active",
                       .created = hv::date_time(rows.number(4)),
                       .bytes_max = rows.number(7),
                       .bytes = rows.number(6),
                       .authorization_action = "NoActionRequired",
                       .updated = hv::date_time(rows.number(5)),
                       .latest_operation = rows.number(8),
                       .authorization_created = hv::date_time(rows.number(9))});
  }
  return records;
}

hv::PersonInfo person_of(Call& call, const std::string& person_id, const std::string& record_id = {}) {
  hv::PersonInfo person{.id = person_id, .name = {}};
  auto rows = call.t.rows("SELECT name FROM person WHERE id = ?", person_id);
  if (!rows.next()) BB_REFUSE("INVALID_PERSON", "there is no person " + shorten(person_id, 40));
  person.name = rows.text(0);
  auto settings = call.t.rows("SELECT xml FROM setting WHERE app = ? AND person = ?", call.app_id, person_id);
  if (settings.next()) person.app_settings = settings.text(0);
  person.records = records_of(call, person_id, record_id);
  if (!person.records.empty()) {
    // The person's own record first, as the shell selects it.
    const auto own = std::find_if(person.records.begin(), person.records.end(),
                                  [](const hv::Record& record) { return record.relationship_type == 1; });
    person.selected_record_id = own == person.records.end() ? person.records.front().id : own->id;
  }
  return person;
}

std::int64_t time_of(const std::string& text) { return hv::date_time_ns(text).value_or(0); }

void check_alternate_id(const std::string& id) {
  if (id.size() > alternate_id_bytes_max)
    BB_REFUSE("INVALID_XML", fmt::format("an alternate id has at most {} bytes", alternate_id_bytes_max));
}

}  // namespace

hv::GetPersonInfo::Answer person_info(Call& call, const hv::GetPersonInfo::Request& request) {
  auto person = person_of(call, call.person_id);
  if (request.effective_permissions.value_or(false))
    for (const auto& record : person.records) {
      hv::RecordPermissions permissions{.record_id = record.id};
      auto rows =
          call.t.rows("SELECT type, online, offline FROM permission WHERE app = ? AND person = ? AND record = ?",
                      call.app_id, call.person_id, record.id);
      while (rows.next())
        permissions.permissions.push_back(permission_of(rows.text(0), {rows.number(1), rows.number(2)}));
      person.effective_permissions.push_back(std::move(permissions));
    }
  return {std::move(person)};
}

hv::GetAuthorizedPeople::Answer authorized_people(Call& call, const hv::GetAuthorizedPeople::Request& request) {
  const auto count_max = std::min(request.count_max.value_or(people_page_max), people_page_max);
  auto rows = call.t.rows(
      "SELECT person FROM authorization WHERE app = ? AND is_revoked = 0 AND person > ? AND created >= ? GROUP BY "
      "person"
      " ORDER BY person LIMIT ?",
      call.app_id, request.person_id_cursor, time_of(request.created_since), count_max + 1);
  hv::GetAuthorizedPeople::Answer answer;
  while (rows.next()) {
    if (static_cast<std::int64_t>(answer.people.size()) == count_max) {
      answer.has_more = !call.has(Defect::first_page_only);
      break;
    }
    answer.people.push_back(person_of(call, rows.text(0)));
  }
  return answer;
}

hv::GetAuthorizedRecords::Answer authorized_records(Call& call, const hv::GetAuthorizedRecords::Request& request) {
  hv::GetAuthorizedRecords::Answer answer;
  for (const auto& id : request.ids) {
    auto records = records_of(call, call.person_id, id);
    if (records.empty()) BB_REFUSE("INVALID_RECORD", "the person has not authorised the application for record " + id);
    answer.records.push_back(std::move(records.front()));
  }
  return answer;
}

hv::QueryPermissions::Answer query_permissions(Call& call, const hv::QueryPermissions::Request& request) {
  hv::QueryPermissions::Answer answer;
  for (const auto& id : request.type_ids) {
    type_of(call, id);
    auto rights = granted_on(call, id);
    if (rights.online == 0 && rights.offline == 0 && call.has(Defect::grants_by_default))
      rights = {all_rights, all_rights};
    answer.permissions.push_back(permission_of(id, rights));
  }
  auto rows = call.t.rows("SELECT opt_in FROM record WHERE id = ?", call.record_id);
  if (rows.next() && !rows.is_null(0)) answer.meaningful_use_opt_in = rows.number(0) != 0;
  return answer;
}

hv::Nothing remove_authorization(Call& call, const hv::Nothing&) {
  take_back(call.t, {call.app_id, call.person_id, call.record_id});
  return {};
}

hv::GetApplicationSettings::Answer application_settings(Call& call, const hv::Nothing&) {
  const auto person = person_of(call, call.person_id);
  return {person.app_settings, person.selected_record_id};
}

hv::Nothing set_application_settings(Call& call, const hv::SetApplicationSettings::Request& request) {
  if (request.app_settings)
    call.t.execute("INSERT OR REPLACE INTO setting VALUES(?, ?, ?)", call.app_id, call.person_id,
                   *request.app_settings);
  else
    call.t.execute("DELETE FROM setting WHERE app = ? AND person = ?", call.app_id, call.person_id);
  return {};
}

hv::Nothing associate_alternate_id(Call& call, const hv::AssociateAlternateId::Request& request) {
  check_alternate_id(request.alternate_id);
  auto taken = call.t.rows("SELECT 1 FROM alternate_id WHERE app = ? AND id = ?", call.app_id, request.alternate_id);
  if (taken.next() && !call.has(Defect::takes_alternate_id_twice))
    BB_REFUSE("DUPLICATE_ALTERNATE_ID", "alternate id '" + shorten(request.alternate_id, 60) + "' is in use");
  auto count =
      call.t.rows("SELECT COUNT(*) FROM alternate_id WHERE app = ? AND record = ?", call.app_id, call.record_id);
  if (count.next() && count.number(0) >= static_cast<std::int64_t>(alternate_ids_max))
    BB_REFUSE("ALTERNATE_IDS_LIMIT_EXCEEDED", fmt::format("a record has at most {} alternate ids", alternate_ids_max));
  call.t.execute("INSERT OR REPLACE INTO alternate_id VALUES(?, ?, ?, ?)", call.app_id, request.alternate_id,
                 call.person_id, call.record_id);
  return {};
}

hv::Nothing disassociate_alternate_id(Call& call, const hv::DisassociateAlternateId::Request& request) {
  call.t.execute("DELETE FROM alternate_id WHERE app = ? AND id = ? AND person = ? AND record = ?", call.app_id,
                 request.alternate_id, call.person_id, call.record_id);
  if (call.t.changed() == 0)
    BB_REFUSE("ALTERNATE_ID_NOT_FOUND", "the record has no alternate id '" + shorten(request.alternate_id, 60) + "'");
  return {};
}

hv::GetAlternateIds::Answer alternate_ids(Call& call, const hv::Nothing&) {
  hv::GetAlternateIds::Answer answer;
  auto rows = call.t.rows("SELECT id FROM alternate_id WHERE app = ? AND person = ? AND record = ? ORDER BY id",
                          call.app_id, call.person_id, call.record_id);
  while (rows.next()) answer.alternate_ids.push_back(rows.text(0));
  return answer;
}

hv::GetPersonAndRecordForAlternateId::Answer person_for_alternate_id(
    Call& call, const hv::GetPersonAndRecordForAlternateId::Request& request) {
  auto rows = call.t.rows("SELECT person, record FROM alternate_id WHERE app = ? AND id = ?", call.app_id,
                          request.alternate_id);
  if (!rows.next())
    BB_REFUSE("ALTERNATE_ID_NOT_FOUND", "there is no alternate id '" + shorten(request.alternate_id, 60) + "'");
  auto person = person_of(call, rows.text(0), rows.text(1));
  if (person.records.empty())
    BB_REFUSE("INVALID_APPAUTH", "the person has not authorised the application for the record, or took that back");
  return {std::move(person)};
}

hv::GetUpdatedRecordsForApplication::Answer updated_records(
    Call& call, const hv::GetUpdatedRecordsForApplication::Request& request) {
  hv::GetUpdatedRecordsForApplication::Answer answer;
  auto rows = call.t.rows(
      "SELECT r.id, r.updated, MIN(a.person), r.operations FROM record r JOIN authorization a ON a.record = r.id WHERE "
      "a.app = ?"
      " AND a.is_revoked = 0 AND r.operations > 0 AND r.updated > ? GROUP BY r.id ORDER BY r.updated, r.id",
      call.app_id, time_of(request.update_date));
  while (rows.next())
    answer.records.push_back({rows.text(0), hv::date_time(rows.number(1)), rows.text(2), rows.number(3)});
  return answer;
}

hv::GetRecordOperations::Answer record_operations(Call& call, const hv::GetRecordOperations::Request& request) {
  hv::GetRecordOperations::Answer answer;
  auto latest = call.t.rows("SELECT operations FROM record WHERE id = ?", call.record_id);
  if (latest.next()) answer.latest_sequence_number = latest.number(0);
  auto rows = call.t.rows(
      "SELECT o.operation, o.sequence, t.id, t.version, t.type, t.effective FROM operation o JOIN thing t ON t.version "
      "= o.version"
      " WHERE o.record = ? AND o.sequence > ? AND COALESCE(t.private_to, ?) = ? ORDER BY o.sequence LIMIT ?",
      call.record_id, request.sequence_number, call.person_id, call.person_id, operations_max);
  while (rows.next()) {
    if ((rights_on(call, rows.text(4)) & Right::read) == 0) continue;
    answer.operations.push_back({.operation = rows.text(0),
                                 .sequence_number = rows.number(1),
                                 .key = {rows.text(2), rows.text(3)},
                                 .type_id = rows.text(4),
                                 .effective_date = hv::date_time(rows.number(5))});
  }
  return answer;
}

}  // namespace bb::record_platform
