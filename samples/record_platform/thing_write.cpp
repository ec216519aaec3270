#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "record_platform/blob_service.hpp"
#include "record_platform/thing_rows.hpp"
#include "record_platform/thing_service.hpp"
#include "record_platform/type_versions.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

// What a caller may say about a thing beside its data.
constexpr std::uint32_t settable_flags = hv::flag_personal | hv::flag_read_only;

enum class Stamp { needed, passed_over };

std::optional<ThingRow> current(Call& call, const std::string& id) {
  auto rows =
      call.t.rows(fmt::format("SELECT {} FROM thing WHERE id = ? AND record = ? AND is_current = 1", thing_columns), id,
                  call.record_id);
  return rows.next() ? std::optional(read_thing(rows)) : std::nullopt;
}

void need_right(Call& call, const ThingType& type, Right right) {
  if ((rights_on(call, type.id) & right) != 0) return;
  const auto* const found =
      std::find_if(right_names.begin(), right_names.end(), [&](const RightName& name) { return name.rights == right; });
  BB_REFUSE("ACCESS_DENIED",
            fmt::format("the application has no right '{}' on type {} ({})", found->word, type.id, type.name));
}

// The current version of a thing that the caller may know of.
ThingRow known(Call& call, const hv::ThingKey& key) {
  auto row = current(call, key.id);
  const bool is_hidden = row && !row->private_to.empty() && row->private_to != call.person_id;
  if (!row || row->is_deleted || is_hidden) BB_REFUSE("INVALID_THING", "the record has no thing " + key.id);
  return *std::move(row);
}

// HV-PUT-03: that it is the version the caller has seen.
void check_stamp(const Call& call, const hv::ThingKey& key, const ThingRow& row) {
  if (key.version_stamp.empty())
    BB_REFUSE("VERSION_STAMP_MISSING", "thing " + key.id + " is named without version-stamp");
  if (key.version_stamp != row.version && !call.has(Defect::ignores_version_stamp))
    BB_REFUSE("VERSION_STAMP_MISMATCH", "thing " + key.id + " has been changed since; read it again");
}

void check_changeable(Call& call, const ThingRow& row, const ThingType& type) {
  if (type.is_immutable && !call.has(Defect::updates_immutable))
    BB_REFUSE("THING_TYPE_IMMUTABLE", fmt::format("things of type {} ({}) are never changed", type.id, type.name));
  if ((row.flags & hv::flag_read_only) != 0 && !call.has(Defect::updates_read_only))
    BB_REFUSE("CANNOT_UPDATE_IMMUTABLE_THING", "thing " + row.id + " is read-only");
}

// HV-GET-10: an update in another version of the type. A newer one changes what is stored; an older one would lose
// what it has no element for, unless that is what the caller wants (OverwriteThings).
void check_version(const Call& call, const hv::Thing& thing, const ThingRow& row, Stamp stamp) {
  if (thing.type_id.empty() || thing.type_id == row.type) return;
  const auto versions = versions_of(row.type);
  const auto stored = std::find(versions.begin(), versions.end(), row.type);
  const auto given = std::find(versions.begin(), versions.end(), thing.type_id);
  if (given == versions.end())
    BB_REFUSE("INVALID_THING", fmt::format("thing {} is of type {}, not {}", row.id, row.type, thing.type_id));
  if (given < stored && stamp == Stamp::needed && !call.has(Defect::takes_older_version))
    BB_REFUSE("INVALID_THING_TYPE_VERSION",
              fmt::format("thing {} is of type {}; {} is an older version of it, which would lose data", row.id,
                          row.type, thing.type_id));
  if (thing.data.empty())
    BB_REFUSE("UPDATE_THING_TYPE_VERSION_NO_DATA_XML",
              fmt::format("thing {} becomes one of type {} with its data-xml alone", row.id, thing.type_id));
}

// What version 1 of the method cannot say: named blobs, or several.
void check_complete(Call& call, const ThingRow& row, Stamp stamp) {
  if (call.version > 1 || stamp == Stamp::passed_over) return;
  auto rows = call.t.rows("SELECT COUNT(*), SUM(name <> '') FROM thing_blob WHERE version = ?", row.version);
  rows.next();
  if (rows.number(0) > 1 || rows.number(1) > 0)
    BB_REFUSE("THING_POTENTIALLY_INCOMPLETE",
              "thing " + row.id + " has blobs that version 1 of the method does not tell; use version 2");
}

void fill(Call& call, ThingRow& row, const hv::Thing& thing, const ThingType& type) {
  if (!thing.data.empty()) {
    if (thing.data.size() > 1) BB_REFUSE("INVALID_THING", "a thing that is written has one data-xml");
    row.data = thing.data.front().bytes;
    auto data = call.world.types.read(type, row.data, !call.has(Defect::takes_any_xml));
    if (!data) BB_REFUSE("INVALID_XML", data.error().what);
    // HV-TYPE-03
    if (type.element == "ContinuityOfCareRecord" && data->has_first && !call.has(Defect::takes_comment_first))
      BB_REFUSE("INVALID_XML", "data-xml of a CCR begins with something else than ContinuityOfCareRecord");
    row.effective = data->effective_ns.value_or(row.created);
    row.client_id = data->client_id.empty() ? std::nullopt : std::optional(data->client_id);
  }
  row.updated = call.now_ns;
  row.updated_app = call.app_id;
  row.updated_person = call.person_id;
  row.updated_online = call.is_online;
  if (thing.tags) row.tags = thing.tags;
  if (thing.data_other) row.other = thing.data_other;
  if (!thing.signature_xml.empty()) row.signature = thing.signature_xml;
}

// HV-ENV-13: the thing that a repeated call stored already. Its data were the same once;
// a client id that stands for other data is a mistake of the caller.
std::optional<hv::ThingKey> stored_before(Call& call, const ThingRow& row) {
  if (!row.client_id || call.has(Defect::doubles_on_retry)) return std::nullopt;
  auto rows = call.t.rows(
      "SELECT id FROM thing WHERE record = ? AND client_id = ? AND type = ? AND created_app = ? AND is_current"
      " = 1 AND is_deleted = 0",
      row.record, *row.client_id, row.type, call.app_id);
  if (!rows.next()) return std::nullopt;
  const auto id = rows.text(0);
  auto same = call.t.rows("SELECT 1 FROM thing WHERE id = ? AND data = ?", id, Argument::bytes(row.data));
  if (!same.next())
    BB_REFUSE("INVALID_THING", "client-thing-id '" + shorten(*row.client_id, 80) + "' is that of thing " + id +
                                   ", which has other data: update it by its id");
  return hv::ThingKey{id, current(call, id)->version};
}

hv::ThingKey put_new(Call& call, const hv::Thing& thing) {
  const auto& type = type_of(call, thing.type_id);
  if (type.is_uncreatable)
    BB_REFUSE("THING_TYPE_UNCREATABLE", fmt::format("things of type {} are not made by applications", type.id));
  if (thing.data.empty()) BB_REFUSE("INVALID_THING", "a new thing needs data-xml");
  ThingRow row;
  row.version = new_guid();
  row.id = new_guid();
  row.record = call.record_id;
  row.type = type.id;
  row.created = call.now_ns;
  row.created_app = call.app_id;
  row.created_person = call.person_id;
  row.created_online = call.is_online;
  row.action = "Created";
  row.flags = thing.flags.value_or(0) & settable_flags;
  if ((row.flags & hv::flag_personal) != 0) row.private_to = call.person_id;
  fill(call, row, thing, type);
  if (auto before = stored_before(call, row)) return *std::move(before);
  if (type.is_singleton) {
    auto rows = call.t.rows("SELECT id FROM thing WHERE record = ? AND type = ? AND is_current = 1 AND is_deleted = 0",
                            row.record, row.type);
    if (rows.next())
      BB_REFUSE("DUPLICATE_TYPE_FOUND",
                fmt::format("a record has one thing of type {}; it is {}", type.id, rows.text(0)));
  }
  write_thing(call.t, row);
  commit_blobs(call, row.version, thing.blobs);
  return {row.id, row.version};
}

hv::ThingKey change(Call& call, const hv::Thing& thing, Stamp stamp) {
  auto row = known(call, *thing.key);
  need_right(call, type_of(call, row.type), Right::update);
  if (stamp == Stamp::needed) check_stamp(call, *thing.key, row);
  check_version(call, thing, row, stamp);
  check_complete(call, row, stamp);
  check_changeable(call, row, type_of(call, row.type));
  if (!thing.type_id.empty()) row.type = thing.type_id;
  const auto& type = type_of(call, row.type);
  const auto before = row.version;
  row.version = new_guid();
  row.action = "Updated";
  fill(call, row, thing, type);
  write_thing(call.t, row);
  if (thing.blobs.empty())
    keep_blobs(call.t, before, row.version);
  else
    commit_blobs(call, row.version, thing.blobs);
  return {row.id, row.version};
}

// HV-PUT-06, of the record with what was just stored.
void check_quota(Call& call) {
  auto rows = call.t.rows("SELECT bytes, bytes_max FROM record WHERE id = ?", call.record_id);
  rows.next();
  if (rows.number(0) > rows.number(1) && !call.has(Defect::ignores_quota))
    BB_REFUSE("RECORD_QUOTA_EXCEEDED", fmt::format("the record holds at most {} bytes", rows.number(1)));
}

void check_count(std::size_t count) {
  if (count > things_written_max)
    BB_REFUSE("TOO_MANY_THINGS_SPECIFIED", fmt::format("{} things in one call, at most {}", count, things_written_max));
}

hv::KeysAnswer write_all(Call& call, const hv::ThingsRequest& request, Stamp stamp) {
  check_count(request.things.size());
  hv::KeysAnswer answer;
  for (const auto& thing : request.things) {
    try {
      if (!thing.key) need_right(call, type_of(call, thing.type_id), Right::create);
      answer.keys.push_back(thing.key ? change(call, thing, stamp) : put_new(call, thing));
    } catch (const Refusal&) {
      call.is_kept = call.has(Defect::stores_half);
      throw;
    }
  }
  check_quota(call);
  return answer;
}

}  // namespace

hv::KeysAnswer put_things(Call& call, const hv::ThingsRequest& request) {
  return write_all(call, request, Stamp::needed);
}

hv::KeysAnswer overwrite_things(Call& call, const hv::ThingsRequest& request) {
  return write_all(call, request, Stamp::passed_over);
}

hv::ThingKey store_thing(Call& call, const hv::Thing& thing) { return put_new(call, thing); }

hv::Nothing remove_things(Call& call, const hv::RemoveThings::Request& request) {
  check_count(request.keys.size());
  for (const auto& key : request.keys) {
    auto row = known(call, key);
    const auto& type = type_of(call, row.type);
    need_right(call, type, Right::remove);
    check_stamp(call, key, row);
    if (type.is_undeletable)
      BB_REFUSE("THING_TYPE_UNDELETABLE", fmt::format("things of type {} ({}) are never deleted", type.id, type.name));
    const auto before = row.version;
    row.version = new_guid();
    row.is_deleted = true;
    row.action = "Deleted";
    row.updated = call.now_ns;
    row.updated_app = call.app_id;
    row.updated_person = call.person_id;
    row.updated_online = call.is_online;
    write_thing(call.t, row);
    keep_blobs(call.t, before, row.version);
  }
  return {};
}

}  // namespace bb::record_platform
