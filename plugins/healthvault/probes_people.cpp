// Probes of people, connect requests and reports, and of a test double's control interface.
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/connect_methods.hpp>
#include <bb/healthvault/report_methods.hpp>

#include "probing.hpp"

namespace bb::healthvault_connector {
namespace {

Value read_as(Probing& p, const hv::Whose& whose) {
  return Probing::result_of(p.client.get_things(
      p.line, whose, {.count_max = 1, .filters = {{}}, .format = hv::ThingFormat{.sections = {"core"}}}));
}

Value swapped_ids(Probing& p) {
  return read_as(p, {.person_id = p.whose.record_id, .record_id = std::string(p.person_id)});
}

Value other_record(Probing& p) {
  auto whose = p.whose;
  whose.record_id = p.text("record", nobody);
  return read_as(p, whose);
}

Value other_person(Probing& p) {
  return read_as(p, {.person_id = p.text("person", nobody), .record_id = p.text("record", p.whose.record_id)});
}

Value people(Probing& p) {
  std::optional<std::int64_t> size;
  if (const auto asked = p.number("page_size", 0); asked > 0) size = asked;
  const auto all = p.client.get_authorized_people(p.line, {}, size);
  auto result = Probing::result_of(all);
  if (!all) return result;
  std::vector<std::string> ids;
  for (const auto& person : *all) ids.push_back(person.id);
  Probing::set_counts(result, std::move(ids));
  return result;
}

Value person_info(Probing& p) {
  const auto known = p.client.call<hv::GetPersonInfo>(p.line, {}, p.whose);
  auto result = Probing::result_of(known);
  if (!known) return result;
  auto records = Value::array();
  for (const auto& record : known->person.records) records.push(record.id);
  result.set("person", known->person.id);
  result.set("records", std::move(records));
  return result;
}

Value words_of(const std::optional<std::vector<std::string>>& rights) {
  return rights ? Value::strings(*rights) : Value::array();
}

Value permissions(Probing& p) {
  const auto known = p.client.call<hv::QueryPermissions>(p.line, {strings_of(p.given["type_ids"])}, p.whose);
  auto result = Probing::result_of(known);
  if (!known) return result;
  auto all = Value::array();
  for (const auto& one : known->permissions)
    all.push(Value::object(
        {{"type_id", to_lower(one.type_id)}, {"online", words_of(one.online)}, {"offline", words_of(one.offline)}}));
  result.set("permissions", std::move(all));
  result.set("opt_in", !known->meaningful_use_opt_in ? "unspecified" : *known->meaningful_use_opt_in ? "yes" : "no");
  return result;
}

Value alternate_id(Probing& p) {
  const auto id = p.text("id", p.new_client_id());
  const auto done = p.client.call<hv::AssociateAlternateId>(p.line, {id}, p.whose);
  auto result = Probing::result_of(done);
  // Of another record, where one is named.
  auto other = p.whose;
  if (p.given.find("record") != nullptr)
    other = {.person_id = p.text("person", p.person_id), .record_id = p.text("record")};
  result.set("again", Probing::result_of(p.client.call<hv::AssociateAlternateId>(p.line, {id}, other))["code"]);
  const auto found = p.client.call<hv::GetPersonAndRecordForAlternateId>(p.line, {id});
  if (found) result.set("person", found->person.id);
  result.set("removed", Probing::result_of(p.client.call<hv::DisassociateAlternateId>(p.line, {id}, p.whose))["code"]);
  result.set("unknown", Probing::result_of(p.client.call<hv::GetPersonAndRecordForAlternateId>(p.line, {id}))["code"]);
  return result;
}

Value updated_records(Probing& p) {
  const auto known = p.client.call<hv::GetUpdatedRecordsForApplication>(p.line, {p.text("since")});
  auto result = Probing::result_of(known);
  if (!known) return result;
  auto records = Value::array();
  for (const auto& record : known->records) records.push(record.record_id);
  result.set("records", std::move(records));
  return result;
}

Value record_operations(Probing& p) {
  const auto known = p.client.call<hv::GetRecordOperations>(p.line, {p.number("sequence_number", 0)}, p.whose);
  auto result = Probing::result_of(known);
  if (!known) return result;
  auto operations = Value::array();
  for (const auto& one : known->operations)
    operations.push(Value::object({{"operation", one.operation}, {"id", one.key.id}, {"number", one.sequence_number}}));
  result.set("latest", known->latest_sequence_number);
  result.set("operations", std::move(operations));
  return result;
}

// --- Connect requests

hv::CreateConnectRequest::Request connect_request(Probing& p) {
  return {.friendly_name = p.text("friendly_name", "Probe"),
          .question = p.text("question", "What colour?"),
          .answer = p.text("answer", "Deep blue"),
          .external_id = p.text("external_id", p.new_client_id())};
}

Value connect(Probing& p) {
  const auto made = p.client.call<hv::CreateConnectRequest>(p.line, connect_request(p));
  auto result = Probing::result_of(made);
  if (!made) return result;
  result.set("identity_code", made->identity_code);
  result.set("characters", static_cast<std::int64_t>(made->identity_code.size()));
  return result;
}

Value connect_without_answer(Probing& p) {
  auto request = connect_request(p);
  request.answer.clear();
  return Probing::result_of(p.client.call<hv::CreateConnectRequest>(p.line, request));
}

Value connect_withdrawn(Probing& p) {
  const auto id = p.text("external_id");
  return Probing::result_of(p.client.call<hv::DeletePendingConnectRequest>(p.line, {id}));
}

Value connect_renamed(Probing& p) {
  return Probing::result_of(
      p.client.call<hv::UpdateExternalId>(p.line, {.identity_code = p.text("identity_code"),
                                                   .old_external_id = p.text("external_id"),
                                                   .new_external_id = p.text("new_external_id")}));
}

Value authorized_connects(Probing& p) {
  const auto known = p.client.call<hv::GetAuthorizedConnectRequests>(p.line, {p.text("since")});
  auto result = Probing::result_of(known);
  if (!known) return result;
  auto all = Value::array();
  for (const auto& one : known->requests)
    all.push(Value::object({{"external_id", one.external_id}, {"person", one.person_id}, {"record", one.record_id}}));
  result.set("requests", std::move(all));
  return result;
}

// Two packages for one code that was reserved.
Value package_twice(Probing& p) {
  const auto code = p.client.call<hv::AllocatePackageId>(p.line, {});
  if (!code) return Probing::result_of(code);
  hv::CreateConnectPackage::Request request{
      .identity_code = code->identity_code,
      .friendly_name = "Probe",
      .question = "What colour?",
      .external_id = p.new_client_id(),
      .package = Probing::thing_of(
          "c9287326-bb43-4194-858c-8b60768f000f",
          "<password-protected-package><encrypt-algorithm><algorithm-name>hmac-sha1-3des</algorithm-name><parameters>"
          "<salt>c2FsdHNhbHQ=</salt><iteration-count>20000</iteration-count><key-length>192</key-length></parameters>"
          "</encrypt-algorithm></password-protected-package>")};
  auto result = Probing::result_of(p.client.call<hv::CreateConnectPackage>(p.line, request));
  result.set("again", Probing::result_of(p.client.call<hv::CreateConnectPackage>(p.line, request))["code"]);
  return result;
}

// --- Reports

Value vdt_report(Probing& p) {
  hv::GetMeaningfulUseVDTReport::Request request{
      .period = {p.text("from", "2000-01-01T00:00:00Z"), p.text("until", "2100-01-01T00:00:00Z")}};
  auto activities = Value::array();
  for (int page = 0; page < 1000; ++page) {
    const auto known = p.client.call<hv::GetMeaningfulUseVDTReport>(p.line, request);
    if (!known) return Probing::result_of(known);
    for (const auto& source : known->sources)
      for (const auto& one : source.activities)
        activities.push(
            Value::object({{"source", source.id}, {"patient", one.patient_id}, {"organization", one.organization_id}}));
    if (known->cursor.empty() || known->cursor == request.cursor) break;
    request.cursor = known->cursor;
  }
  auto result = Probing::code_value(0);
  result.set("activities", std::move(activities));
  return result;
}

Value permission_of_all(Probing& p) {
  return Probing::result_of(p.client.call<hv::RemoveApplicationRecordAuthorization>(p.line, {}, p.whose));
}

// --- A test double's control

Value control(Probing& p) {
  if (p.control_url.empty())
    throw Failure{BB_E_UNSUPPORTED, "healthvault-control: the configuration has no /control_url"};
  auto path = p.text("path");
  if (path.find("..") != std::string::npos)
    throw Failure{BB_E_INVALID_ARGUMENT, "healthvault-control: no '..' in a path"};
  if (!path.starts_with('/')) path.insert(0, "/");
  hv::Exchange exchange{.method = p.text("method", "POST"), .url = std::string(p.control_url) + path};
  if (!p.control_token.empty()) exchange.headers.emplace_back("authorization", "Bearer " + p.control_token);
  if (exchange.method == "POST") {
    // Whose, unless the arguments say it: those of the session.
    auto body = p.given["body"].is_object() ? p.given["body"] : Value::object();
    const auto add = [&](std::string_view name, std::string_view value) {
      if (body.find(name) == nullptr) body.set(std::string(name), std::string(value));
    };
    add("application", p.client.options().app_id);
    add("person", p.person_id);
    add("record", p.whose.record_id);
    exchange.headers.emplace_back("content-type", "application/json");
    exchange.body = to_json(body);
  }
  const auto reply = p.line.exchange(exchange);
  auto result = p.result_of(reply);
  if (auto answer = parse_json(reply.body)) result.set("answer", *std::move(answer));
  return result;
}

constexpr auto cases = std::to_array<ProbeCase>({
    {"healthvault-swapped-ids", "A read with the person's id as the record's, and the other way around", swapped_ids},
    {"healthvault-other-record", "A read of a record that the person cannot reach", other_record},
    {"healthvault-other-person", "A read for another person", other_person},
    {"healthvault-people", "All who authorised the application, page by page", people},
    {"healthvault-person-info", "The person and the records that they reach", person_info},
    {"healthvault-permissions", "What the application may do with types", permissions},
    {"healthvault-alternate-id", "An id of the organisation's: bound, bound again, found, removed, looked for",
     alternate_id},
    {"healthvault-updated-records", "Records that changed since", updated_records},
    {"healthvault-record-operations", "What was done in the record since a number", record_operations},
    {"healthvault-connect", "A connect request", connect},
    {"healthvault-connect-without-answer", "A connect request whose answer is empty", connect_without_answer},
    {"healthvault-connect-withdraw", "A connect request withdrawn", connect_withdrawn},
    {"healthvault-connect-rename", "The external id of a connect request changed", connect_renamed},
    {"healthvault-connect-authorized", "The connect requests that people authorised", authorized_connects},
    {"healthvault-package-twice", "A reserved code filled twice", package_twice},
    {"healthvault-vdt-report", "Who viewed, downloaded or transmitted", vdt_report},
    {"healthvault-withdraw", "The application gives its authorisation for the record up", permission_of_all},
    {"healthvault-control", "A request to the control interface of a test double", control},
});

}  // namespace

std::span<const ProbeCase> people_probes() { return cases; }

}  // namespace bb::healthvault_connector
