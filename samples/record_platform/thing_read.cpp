#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/date_time.hpp>

#include "record_platform/blob_service.hpp"
#include "record_platform/grants.hpp"
#include "record_platform/permission.hpp"
#include "record_platform/thing_rows.hpp"
#include "record_platform/thing_service.hpp"
#include "record_platform/type_conversion.hpp"
#include "record_platform/type_versions.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::string_view xpath_beginning = "/thing/data-xml";
constexpr auto sections = std::to_array<std::string_view>(
    {"core", "audits", "effectivepermissions", "digitalsignatures", "tags", "blobpayload", "otherdata"});
constexpr auto intents = std::to_array<std::string_view>({"view", "download", "transmit"});

template <class List>
bool contains(const List& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// A WHERE that is put together: what is asked, and by which values.
class Condition {
 public:
  explicit Condition(std::string_view between) : between_(between) {}
  void add(std::string_view sql, std::initializer_list<Argument> values) {
    sql_ += fmt::format("{}({})", sql_.empty() ? "" : between_, sql);
    values_.insert(values_.end(), values.begin(), values.end());
  }
  // The values outlive the condition.
  template <class Values>
  void add_any(std::string_view column, const Values& values) {
    if (values.empty()) return;
    std::string places;
    for (const auto& value : values) {
      places += places.empty() ? "?" : ", ?";
      values_.emplace_back(value);
    }
    sql_ += fmt::format("{}({} IN ({}))", sql_.empty() ? "" : between_, column, places);
  }
  bool is_empty() const { return sql_.empty(); }
  const std::string& sql() const { return sql_; }
  const std::vector<Argument>& values() const { return values_; }

 private:
  std::string_view between_;
  std::string sql_;
  std::vector<Argument> values_;
};

std::int64_t time_of(const std::string& text) {
  const auto time = hv::date_time_ns(text);
  if (!time) BB_REFUSE("INVALID_DATETIME", "'" + shorten(text, 60) + "' is no date and time");
  return *time;
}

void add_filter(const Call& call, const hv::ThingFilter& filter, Condition& condition) {
  // A type stands for all its versions.
  std::vector<std::string_view> type_ids;
  for (const auto& id : filter.type_ids) {
    type_of(call, id);
    const auto versions = versions_of(id);
    if (versions.empty()) type_ids.push_back(id);
    type_ids.insert(type_ids.end(), versions.begin(), versions.end());
  }
  condition.add_any("type", type_ids);
  struct Bound {
    const std::string& text;
    const char* sql;
  };
  for (const auto& [text, sql] : std::initializer_list<Bound>{{filter.effective_date_min, "effective >= ?"},
                                                              {filter.effective_date_max, "effective <= ?"},
                                                              {filter.created_date_min, "created >= ?"},
                                                              {filter.created_date_max, "created <= ?"},
                                                              {filter.updated_date_min, "updated >= ?"},
                                                              {filter.updated_date_max, "updated <= ?"}})
    if (!text.empty()) condition.add(sql, {time_of(text)});
  for (const auto& [text, sql] : std::initializer_list<Bound>{{filter.created_app_id, "created_app = ?"},
                                                              {filter.created_person_id, "created_person = ?"},
                                                              {filter.updated_app_id, "updated_app = ?"},
                                                              {filter.updated_person_id, "updated_person = ?"}})
    if (!text.empty()) condition.add(sql, {text});
  if (!filter.updated_end_date_min.empty() || !filter.updated_end_date_max.empty())
    BB_REFUSE("INVALID_FILTER", "no thing here has an updated-end-date");
}

// HV-GET-09: active ones, where nothing else is said, also of things that are named.
void add_states(const Call& call, const hv::ThingFilter& filter, Condition& condition) {
  bool has_active = filter.states.empty(), has_deleted = call.has(Defect::shows_deleted);
  for (const auto& state : filter.states) {
    if (state != "Active" && state != "Deleted")
      BB_REFUSE("INVALID_FILTER", "thing-state is 'Active' or 'Deleted', got '" + shorten(state, 40) + "'");
    (state == "Active" ? has_active : has_deleted) = true;
  }
  if (!has_active || !has_deleted) condition.add("is_deleted = ?", {has_deleted});
}

class GroupReader {
 public:
  GroupReader(Call& call, const hv::ThingQuery& query, XPathWork& xpath_work)
      : call_(call), query_(query), xpath_work_(xpath_work) {
    check();
  }

  hv::ThingGroup read() {
    hv::ThingGroup group{.name = query_.name};
    auto rows = find();
    const auto found = rows.size();
    std::erase_if(rows, [&](const ThingRow& row) { return !may_see(row); });
    if (rows.size() != found) group.is_filtered = true;
    sort(rows);
    if (query_.count_max && rows.size() > static_cast<std::size_t>(std::max<std::int64_t>(*query_.count_max, 0)))
      rows.resize(static_cast<std::size_t>(std::max<std::int64_t>(*query_.count_max, 0)));
    const auto full_max = std::clamp<std::int64_t>(query_.full_max.value_or(full_things_max), 0, full_things_max);
    for (const auto& row : rows)
      if (static_cast<std::int64_t>(group.things.size()) < full_max)
        group.things.push_back(thing_of(row));
      else if (!call_.has(Defect::drops_beyond_full))
        group.unprocessed.push_back({.key = {row.id, row.version},
                                     .type_id = row.type,
                                     .type_name = std::string(type_of(call_, row.type).name),
                                     .effective_date = hv::date_time(row.effective)});
    count_intents(group);
    return group;
  }

 private:
  bool has_section(std::string_view name) const { return contains(query_.format->sections, name); }

  void check() {
    if (!query_.format) BB_REFUSE("INVALID_FORMAT", "a group needs 'format'");
    for (const auto& section : query_.format->sections)
      if (!contains(sections, section)) BB_REFUSE("INVALID_FORMAT", "unknown section '" + shorten(section, 40) + "'");
    for (const auto& transform : query_.format->xml)
      if (!transform.empty())
        BB_REFUSE("INVALID_TRANSFORM", "this platform has no transform '" + shorten(transform, 40) + "'");
    if (query_.order) BB_REFUSE("INVALID_FILTER", "things come newest first; 'order-by' is not served");
    if (query_.intents)
      for (const auto& intent : *query_.intents)
        if (!contains(intents, intent))
          BB_REFUSE("INVALID_XML", "an intent is view, download or transmit, got '" + shorten(intent, 40) + "'");
    if (query_.format->blobs &&
        !contains(std::array<std::string_view, 3>{"inline", "streamed", "information"}, query_.format->blobs->format))
      BB_REFUSE("INVALID_FORMAT", "blob-format-spec is inline, streamed or information, got '" +
                                      shorten(query_.format->blobs->format, 40) + "'");
    if (query_.ids.size() + query_.keys.size() + query_.client_ids.size() > things_named_max)
      BB_REFUSE("TOO_MANY_THINGS_SPECIFIED", fmt::format("a group names at most {} things", things_named_max));
    if (query_.filters.size() > filters_max)
      BB_REFUSE("INVALID_FILTER",
                fmt::format("{} filters in a group, at most {} are looked for", query_.filters.size(), filters_max));
    for (const auto& filter : query_.filters) {
      if (filter.xpath.size() > xpath_bytes_max)
        BB_REFUSE("INVALID_FILTER",
                  fmt::format("an xpath of {} bytes, at most {} are read", filter.xpath.size(), xpath_bytes_max));
      if (!filter.xpath.empty() && !call_.has(Defect::any_xpath) && !is_below_data(filter.xpath))
        BB_REFUSE("INVALID_FILTER", "xpath must begin with " + std::string(xpath_beginning) + ", got '" +
                                        shorten(filter.xpath, 100) + "'");
    }
    for (const auto& version : query_.format->type_versions) type_of(call_, version);
  }

  // HV-GET-04. A '|' would begin a path that begins elsewhere.
  static bool is_below_data(std::string_view xpath) {
    if (!xpath.starts_with(xpath_beginning)) return false;
    const auto rest = xpath.substr(xpath_beginning.size());
    return (rest.empty() || rest.front() == '/' || rest.front() == '[') && rest.find('|') == std::string_view::npos;
  }

  std::vector<ThingRow> find() {
    Condition keys(" OR ");
    keys.add_any("id", query_.ids);
    keys.add_any("client_id", query_.client_ids);
    std::vector<std::string> versions;
    for (const auto& key : query_.keys) versions.push_back(key.version_stamp);
    keys.add_any("version", versions);
    std::map<std::string, ThingRow> found;
    if (query_.filters.empty()) {
      hv::ThingFilter any;
      collect(any, keys, found);
    }
    for (const auto& filter : query_.filters) collect(filter, keys, found);
    for (const auto& key : query_.keys)
      if (const auto named = found.find(key.version_stamp); named != found.end() && named->second.id != key.id)
        found.erase(named);
    std::vector<ThingRow> rows;
    for (auto& [version, row] : found) rows.push_back(std::move(row));
    return rows;
  }

  void collect(const hv::ThingFilter& filter, const Condition& keys, std::map<std::string, ThingRow>& into) {
    Condition conditions(call_.has(Defect::any_condition) ? " OR " : " AND ");
    add_filter(call_, filter, conditions);
    Condition states(" AND ");
    add_states(call_, filter, states);
    const bool has_xpath = !filter.xpath.empty();
    auto sql = fmt::format("SELECT {} FROM thing WHERE record = ?", has_xpath ? thing_columns : thing_columns_bare);
    std::vector<Argument> values{call_.record_id};
    if (query_.current_version_only.value_or(true)) sql += " AND is_current = 1";
    for (const auto* part :
         {&keys, static_cast<const Condition*>(&conditions), static_cast<const Condition*>(&states)}) {
      if (part->is_empty()) continue;
      sql += " AND (" + part->sql() + ")";
      values.insert(values.end(), part->values().begin(), part->values().end());
    }
    auto rows = call_.t.run(sql, values);
    while (rows.next()) {
      auto row = read_thing(rows);
      if (has_xpath && !is_at(row, filter.xpath)) continue;
      into.emplace(row.version, std::move(row));
    }
  }

  bool is_at(const ThingRow& row, const std::string& xpath) {
    const auto data = call_.world.types.read(type_of(call_, row.type), row.data, false);
    if (!data) return false;
    const auto is_there = has_match(data->document, xpath, xpath_work_);
    if (!is_there) BB_REFUSE("INVALID_FILTER", is_there.error().what);
    return *is_there;
  }

  bool may_see(const ThingRow& row) {
    if (!row.private_to.empty() && row.private_to != call_.person_id && !call_.has(Defect::shows_personal))
      return false;
    return (rights_on(call_, row.type) & Right::read) != 0;
  }

  void sort(std::vector<ThingRow>& rows) const {
    std::sort(rows.begin(), rows.end(), [](const ThingRow& a, const ThingRow& b) {
      return a.effective != b.effective ? a.effective > b.effective : a.sequence > b.sequence;
    });
    if (call_.has(Defect::oldest_first)) std::reverse(rows.begin(), rows.end());
  }

  hv::Audit audit_of(std::int64_t time, const std::string& app, const std::string& person, bool is_online,
                     const std::string& action) {
    return {.timestamp = hv::date_time(time),
            .app = {app, name_of("application", app)},
            .person = {person, name_of("person", person)},
            .access_avenue = is_online ? "Online" : "Offline",
            .action = action};
  }

  std::string name_of(std::string_view table, const std::string& id) {
    auto rows = call_.t.rows(
        table == "person" ? "SELECT name FROM person WHERE id = ?" : "SELECT name FROM application WHERE id = ?", id);
    return rows.next() ? rows.text(0) : std::string();
  }

  ThingRow whole(const ThingRow& row) {
    auto rows = call_.t.rows(fmt::format("SELECT {} FROM thing WHERE version = ?", thing_columns), row.version);
    rows.next();
    return read_thing(rows);
  }

  // HV-GET-10: the version that a thing of this one is given in: what the format names, else what the application
  // knows. What both leave open stays as it is.
  const ThingType& version_for(const ThingType& type) {
    const auto versions = versions_of(type.id);
    if (versions.empty() || call_.has(Defect::ignores_type_version)) return type;
    const auto newest_of = [&](const std::vector<std::string>& ids) -> const ThingType& {
      if (contains(ids, type.id)) return type;
      const auto newest =
          std::find_if(versions.rbegin(), versions.rend(), [&](std::string_view id) { return contains(ids, id); });
      return newest == versions.rend() ? type : type_of(call_, *newest);
    };
    const auto& wanted = query_.format->type_versions;
    if (std::any_of(versions.begin(), versions.end(), [&](std::string_view id) { return contains(wanted, id); }))
      return newest_of(wanted);
    if (!known_types_) {
      known_types_.emplace();
      for (const auto& rule : asked_rules(call_.t, call_.app_id)) known_types_->push_back(rule.type_id);
    }
    return newest_of(*known_types_);
  }

  // The row as its reader gets it: its type, data and flags may be those of another version.
  void convert_row(ThingRow& row) {
    const auto& type = type_of(call_, row.type);
    const auto& version = version_for(type);
    if (version.id == type.id) return;
    auto converted = convert(call_.world.types, type, version, row.data);
    if (!converted) BB_REFUSE("INVALID_THING_TYPE_VERSION", converted.error().what);
    row.type = version.id;
    row.data = std::move(converted->data);
    if (!call_.has(Defect::unflagged_conversion))
      row.flags |= converted->direction == Converted::up ? hv::flag_converted_up : hv::flag_converted_down;
  }

  hv::Thing thing_of(const ThingRow& bare) {
    auto row = whole(bare);
    convert_row(row);
    const auto& type = type_of(call_, row.type);
    hv::Thing thing{.key = hv::ThingKey{row.id, row.version}};
    if (has_section("core")) {
      thing.type_id = row.type;
      thing.type_name = type.name;
      thing.state = row.is_deleted ? "Deleted" : "Active";
      thing.flags = static_cast<std::uint32_t>(row.flags);
      thing.effective_date = hv::date_time(row.effective);
    }
    if (has_section("audits")) {
      thing.created = audit_of(row.created, row.created_app, row.created_person, row.created_online, "Created");
      thing.updated = audit_of(row.updated, row.updated_app, row.updated_person, row.updated_online, row.action);
    }
    if (!query_.format->xml.empty()) thing.data.push_back({data_of(row)});
    if (call_.version >= 3) add_blobs(row, thing);
    if (has_section("otherdata")) thing.data_other = row.other;
    if (has_section("effectivepermissions")) {
      hv::EffectivePermissions permissions{names_of(rights_on(call_, row.type)).value_or(std::vector<std::string>{})};
      if (type.is_immutable || (row.flags & hv::flag_read_only) != 0) permissions.is_immutable = true;
      thing.effective_permissions = std::move(permissions);
    }
    if (has_section("tags")) thing.tags = row.tags;
    if (has_section("digitalsignatures")) thing.signature_xml = row.signature;
    for (const auto& data : thing.data) bytes_ += data.bytes.size();
    for (const auto& blob : thing.blobs) bytes_ += blob.inline_bytes ? blob.inline_bytes->size() : 0;
    if (bytes_ > response_bytes_max)
      BB_REFUSE("RESPONSE_TOO_LONG",
                fmt::format("the answer would have more than {} bytes; ask for fewer things", response_bytes_max));
    return thing;
  }

  std::string data_of(const ThingRow& row) const {
    if (call_.has(Defect::alters_documents)) return collapse_whitespace(row.data);
    if (type_of(call_, row.type).element == "ClinicalDocument") {
      if (call_.has(Defect::alters_narrative)) return replace_all(row.data, "</paragraph>", ".</paragraph>");
      if (call_.has(Defect::alters_attributes)) return replace_all(row.data, " ID=\"", " ID=\"x");
    }
    if (!call_.has(Defect::drops_provenance)) return row.data;
    const auto begin = row.data.find("<source>"), end = row.data.find("</source>");
    if (begin == std::string::npos || end == std::string::npos) return row.data;
    return row.data.substr(0, begin) + row.data.substr(end + std::string_view("</source>").size());
  }

  void add_blobs(const ThingRow& row, hv::Thing& thing) {
    if (!query_.format->blobs && !has_section("blobpayload")) return;
    const auto wanted = query_.format->blobs.value_or(hv::BlobRequest{{}, "information"});
    thing.blobs = blobs_of(call_, row.version, wanted);
  }

  // HV-GET-08, HV-MU-03: once for each thing that was read, where the record opted in.
  void count_intents(const hv::ThingGroup& group) {
    if (!query_.intents || call_.has(Defect::ignores_intents)) return;
    auto rows = call_.t.rows("SELECT opt_in FROM record WHERE id = ?", call_.record_id);
    rows.next();
    if (rows.number(0) == 0 && !call_.has(Defect::counts_opted_out)) return;
    for (const auto& thing : group.things)
      for (const auto& intent : *query_.intents)
        call_.t.execute("INSERT INTO intent VALUES(?, ?, ?, ?)", call_.record_id, thing.key->version_stamp, intent,
                        call_.now_ns);
  }

  Call& call_;
  const hv::ThingQuery& query_;
  std::size_t bytes_ = 0;
  XPathWork& xpath_work_;
  std::optional<std::vector<std::string>> known_types_;  // that the application asks for
};

}  // namespace

hv::GetThings::Answer get_things(Call& call, const hv::GetThings::Request& request) {
  if (request.groups.size() > groups_max && !call.has(Defect::any_group_count))
    BB_REFUSE("TOO_MANY_GROUPS_IN_QUERY",
              fmt::format("{} groups, at most {} are answered", request.groups.size(), groups_max));
  hv::GetThings::Answer answer;
  XPathWork xpath_work;
  for (auto group : request.groups) {
    if (!group.format && call.has(Defect::any_format)) group.format.emplace();
    answer.groups.push_back(GroupReader(call, group, xpath_work).read());
  }
  return answer;
}

hv::GetThingType::Answer get_thing_type(Call& call, const hv::GetThingType::Request& request) {
  hv::GetThingType::Answer answer;
  const bool has_xsd = contains(request.sections, "xsd");
  const auto describe = [&](const ThingType& type) {
    answer.types.push_back({.id = std::string(type.id),
                            .name = std::string(type.name),
                            .is_uncreatable = type.is_uncreatable,
                            .is_immutable = type.is_immutable,
                            .is_singleton = type.is_singleton,
                            .xsd = has_xsd ? call.world.types.schema_of(type) : std::string(),
                            .allows_read_only = true});
  };
  if (request.ids.empty())
    for (const auto& type : call.world.types.all()) describe(type);
  for (const auto& id : request.ids) describe(type_of(call, id));
  return answer;
}

}  // namespace bb::record_platform
