#include "record_platform/connect_service.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/connect.hpp>
#include <bb/healthvault/date_time.hpp>
#include <bb/healthvault/package.hpp>
#include <bb/healthvault/thing_methods.hpp>

#include "record_platform/thing_service.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

constexpr std::size_t short_code_characters = 12;

// A code that is free, in place of those that nobody claimed for twice their time.
std::string new_code(Call& call) {
  call.t.execute("DELETE FROM connect WHERE authorized IS NULL AND created < ?",
                 call.now_ns - 2 * hv::connect_request_lifetime_s * ns_per_second);
  auto code = hv::new_identity_code();
  if (call.has(Defect::short_identity_code)) code.resize(short_code_characters);
  return code;
}

void need(const std::string& value, const char* name) {
  if (trim(value).empty()) BB_REFUSE("INVALID_XML", std::string("'") + name + "' must not be empty");
}

// A package as the request has it, so that it is a thing again when it is picked up.
std::string bytes_of(const hv::Thing& package) {
  return hv::write_request_info<hv::PutThings>(hv::ThingsRequest{{package}});
}

hv::Thing thing_of(const std::string& bytes) {
  auto request = hv::read_request_info<hv::PutThings>(bytes);
  if (!request || request->things.empty()) BB_REFUSE("INVALID_PACKAGE_CONTENTS", "the package cannot be read");
  return std::move(request->things.front());
}

void check_package(Call& call, const hv::CreateConnectPackage::Request& request) {
  need(request.friendly_name, "friendly-name");
  need(request.question, "question");
  need(request.external_id, "external-id");
  if (request.package.type_id != hv::package_type_id)
    BB_REFUSE("INVALID_PACKAGE_CONTENTS", "a package is a thing of type " + std::string(hv::package_type_id));
  if (request.package.data.size() != 1) BB_REFUSE("INVALID_PACKAGE_CONTENTS", "a package needs one data-xml");
  const auto data = call.world.types.read(type_of(call, hv::package_type_id), request.package.data.front().bytes,
                                          !call.has(Defect::takes_any_xml));
  if (!data) BB_REFUSE("INVALID_XML", data.error().what);
}

// Of the caller's; `which`: a condition with one '?'.
void delete_pending(Call& call, const std::string& which, const std::string& value, bool is_package) {
  auto rows =
      call.t.rows("SELECT COUNT(*), COUNT(authorized) FROM connect WHERE app = ? AND is_package = ? AND " + which,
                  call.app_id, is_package, value);
  rows.next();
  if (rows.number(0) > 0 && rows.number(1) == rows.number(0) && !call.has(Defect::withdraws_claimed))
    BB_REFUSE("CONNECT_REQUEST_ALREADY_AUTHORIZED", "a person has claimed it already");
  if (rows.number(0) == 0) BB_REFUSE("INVALID_IDENTITY_CODE", "nothing of the application waits under that id");
  call.t.execute("DELETE FROM connect WHERE app = ? AND is_package = ? AND authorized IS NULL AND " + which,
                 call.app_id, is_package, value);
}

[[noreturn]] void count_wrong_answer(Transaction& t, const Defects& defects, const std::string& code) {
  t.execute("UPDATE connect SET wrong_answers = wrong_answers + 1 WHERE code = ?", code);
  auto counted = t.rows("SELECT wrong_answers FROM connect WHERE code = ?", code);
  counted.next();
  if (counted.number(0) >= hv::wrong_answers_max && !defects.is_on(Defect::uncounted_wrong_answers))
    BB_REFUSE("RETRY_LIMIT_EXCEEDED", "that was not the answer, for the third time");
  BB_REFUSE("INVALID_VERIFICATION_ANSWER", "that is not the answer");
}

}  // namespace

hv::IdentityCodeAnswer create_connect_request(Call& call, const hv::CreateConnectRequest::Request& request) {
  need(request.friendly_name, "friendly-name");
  need(request.question, "question");
  need(request.answer, "answer");
  need(request.external_id, "external-id");
  auto pending = call.t.rows(
      "SELECT 1 FROM connect WHERE app = ? AND external_id = ? AND is_package = 0 AND authorized IS NULL"
      " AND created >= ? AND wrong_answers < ?",
      call.app_id, request.external_id, call.now_ns - hv::connect_request_lifetime_s * ns_per_second,
      hv::wrong_answers_max);
  if (pending.next())
    BB_REFUSE("DUPLICATE_CONNECT_REQUEST_FOUND",
              "a request with external-id '" + shorten(request.external_id, 60) + "' waits already");
  const auto code = new_code(call);
  call.t.execute(
      "INSERT INTO connect(code, app, external_id, friendly_name, question, answer, is_package, created)"
      " VALUES(?, ?, ?, ?, ?, ?, 0, ?)",
      code, call.app_id, request.external_id, request.friendly_name, request.question, request.answer, call.now_ns);
  return {code};
}

hv::GetAuthorizedConnectRequests::Answer authorized_connect_requests(
    Call& call, const hv::GetAuthorizedConnectRequests::Request& request) {
  hv::GetAuthorizedConnectRequests::Answer answer;
  if (call.has(Defect::forgets_connect_requests)) return answer;
  auto rows = call.t.rows(
      "SELECT person, record, app, external_id, authorized FROM connect WHERE app = ? AND is_package = 0 AND"
      " authorized > ? ORDER BY authorized",
      call.app_id, request.since.empty() ? 0 : hv::date_time_ns(request.since).value_or(0));
  std::int64_t last = call.now_ns;
  while (rows.next()) {
    answer.requests.push_back(
        {.person_id = rows.text(0), .record_id = rows.text(1), .app_id = rows.text(2), .external_id = rows.text(3)});
    last = rows.number(4);
  }
  answer.resume_key = hv::date_time(last);
  return answer;
}

hv::Nothing delete_connect_request(Call& call, const hv::DeletePendingConnectRequest::Request& request) {
  delete_pending(call, "external_id = ?", request.external_id, false);
  return {};
}

hv::Nothing update_external_id(Call& call, const hv::UpdateExternalId::Request& request) {
  need(request.new_external_id, "new-external-id");
  const auto& wanted = request.identity_code.empty() ? request.old_external_id : request.identity_code;
  const std::string which = request.identity_code.empty() ? "external_id = ?" : "code = ?";
  auto rows = call.t.rows("SELECT code, authorized FROM connect WHERE app = ? AND " + which, call.app_id, wanted);
  if (!rows.next()) BB_REFUSE("INVALID_IDENTITY_CODE", "nothing of the application waits under that id");
  if (!rows.is_null(1) && !call.has(Defect::withdraws_claimed))
    BB_REFUSE("CONNECT_REQUEST_ALREADY_AUTHORIZED", "a person has claimed it already");
  call.t.execute("UPDATE connect SET external_id = ? WHERE code = ?", request.new_external_id, rows.text(0));
  return {};
}

hv::IdentityCodeAnswer allocate_package_id(Call& call, const hv::Nothing&) {
  const auto code = new_code(call);
  call.t.execute("INSERT INTO connect(code, app, is_package, created) VALUES(?, ?, 1, ?)", code, call.app_id,
                 call.now_ns);
  return {code};
}

hv::IdentityCodeAnswer create_connect_package(Call& call, const hv::CreateConnectPackage::Request& request) {
  check_package(call, request);
  auto code = hv::read_identity_code(request.identity_code);
  if (request.identity_code.empty()) code = allocate_package_id(call, {}).identity_code;
  auto rows =
      call.t.rows("SELECT package FROM connect WHERE code = ? AND app = ? AND is_package = 1", code, call.app_id);
  if (!rows.next()) BB_REFUSE("INVALID_IDENTITY_CODE", "the application has allocated no such package id");
  if (!rows.is_null(0)) BB_REFUSE("CONNECT_PACKAGE_EXISTS", "the package has its contents already");
  auto package = request.package;
  for (const auto& url : request.blob_urls) package.blobs.push_back({.name = "package", .reference_url = url});
  call.t.execute("UPDATE connect SET external_id = ?, friendly_name = ?, question = ?, package = ? WHERE code = ?",
                 request.external_id, request.friendly_name, request.question, Argument::bytes(bytes_of(package)),
                 code);
  return {code};
}

hv::Nothing delete_connect_package(Call& call, const hv::DeletePendingConnectPackage::Request& request) {
  if (request.identity_code.empty())
    delete_pending(call, "external_id = ?", request.external_id, true);
  else
    delete_pending(call, "code = ?", hv::read_identity_code(request.identity_code), true);
  return {};
}

Waiting look_up(Transaction& t, const Defects& defects, std::int64_t now_ns, const std::string& code) {
  auto rows = t.rows(
      "SELECT app, friendly_name, question, is_package, package, created, wrong_answers, authorized FROM connect"
      " WHERE code = ?",
      code);
  const bool is_there = !code.empty() && rows.next();
  const bool is_package = is_there && rows.number(3) != 0;
  const bool is_done = is_there && !rows.is_null(7) && !(is_package && defects.is_on(Defect::package_picked_twice));
  const bool has_expired = is_there && rows.number(5) < now_ns - hv::connect_request_lifetime_s * ns_per_second &&
                           !defects.is_on(Defect::connect_never_expires);
  if (!is_there || is_done || has_expired)
    BB_REFUSE("INVALID_IDENTITY_CODE", "that code stands for nothing that waits");
  if (rows.number(6) >= hv::wrong_answers_max && !defects.is_on(Defect::uncounted_wrong_answers))
    BB_REFUSE("RETRY_LIMIT_EXCEEDED", "another answer was given too often");
  if (is_package && rows.is_null(4)) BB_REFUSE("CONNECT_REQUEST_INCOMPLETE", "the package has no contents yet");
  return {rows.text(0), rows.text(1), rows.text(2), is_package};
}

void check_answer(Transaction& t, const Defects& defects, const std::string& code, const std::string& answer) {
  auto rows = t.rows("SELECT answer FROM connect WHERE code = ?", code);
  rows.next();
  auto expected = rows.text(0), given = answer;
  if (defects.is_on(Defect::ignores_answer_blanks)) {
    expected = replace_all(expected, " ", "");
    given = replace_all(given, " ", "");
  }
  const bool is_right = defects.is_on(Defect::compares_answer_case) ? equal_constant_time(given, expected)
                                                                    : hv::is_same_answer(given, expected);
  if (!is_right) count_wrong_answer(t, defects, code);
}

std::vector<hv::Thing> contents_of(Transaction& t, const Defects& defects, const std::string& code,
                                   const std::string& answer) {
  auto rows = t.rows("SELECT package FROM connect WHERE code = ?", code);
  rows.next();
  const auto package = thing_of(rows.text(0));
  auto opened = hv::open_package(package, answer);
  using Outcome = hv::OpenedPackage::Outcome;
  if (opened.outcome == Outcome::wrong_answer) count_wrong_answer(t, defects, code);
  if (opened.outcome == Outcome::broken) BB_REFUSE("INVALID_PACKAGE_CONTENTS", opened.what);
  if (opened.outcome == Outcome::opened) return std::move(opened.things);
  return {package};
}

void claim(Call& call, const std::string& code, const std::vector<hv::Thing>& contents) {
  // A wrong answer that was counted stays; a package that cannot be stored leaves nothing.
  call.t.execute("SAVEPOINT claiming");
  try {
    for (const auto& thing : contents) store_thing(call, thing);
  } catch (const Refusal&) {
    call.t.execute("ROLLBACK TO claiming");
    throw;
  }
  call.t.execute("UPDATE connect SET person = ?, record = ?, authorized = ? WHERE code = ?", call.person_id,
                 call.record_id, call.now_ns, code);
}

}  // namespace bb::record_platform
