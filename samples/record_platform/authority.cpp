#include "record_platform/authority.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "record_platform/session_service.hpp"
#include "record_platform/type_versions.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

void check_info(Call& call, const hv::Received& request) {
  call.checks.info_hash = hv::is_info_intact(request);
  if (!call.has(Defect::accepts_tampered_info) && !*call.checks.info_hash)
    BB_REFUSE("BAD_SIG", "info-hash is not the SHA-256 of the bytes of 'info'");
}

void check_anonymous(Call& call, const hv::Received& request) {
  if (request.header.session || request.code)
    BB_REFUSE("INVALID_XML",
              std::string(call.method.name) + " is anonymous: app-id, and neither auth nor auth-session");
  if (!request.header.info_hash.empty()) check_info(call, request);
  call.app_id = request.header.app_id;
  auto rows = call.t.rows("SELECT name FROM application WHERE id = ?", call.app_id);
  if (!rows.next()) BB_REFUSE("INVALID_APP", "there is no application " + shorten(call.app_id, 40));
  call.app_name = rows.text(0);
}

void check_session(Call& call, const hv::Received& request) {
  if (!request.header.session)
    BB_REFUSE("INVALID_TOKEN", std::string(call.method.name) + " needs a session: auth and auth-session");
  auto rows = call.t.rows("SELECT app, secret, expires FROM session WHERE token = ?",
                          sha256_hex(request.header.session->token));
  const bool is_known = rows.next();
  if (!is_known) {
    if (!call.has(Defect::accepts_unknown_token))
      BB_REFUSE("INVALID_TOKEN", "the session token was not given by this platform");
    auto last = call.t.rows("SELECT app FROM session ORDER BY number DESC LIMIT 1");
    if (!last.next()) BB_REFUSE("INVALID_TOKEN", "no session was ever given");
    call.app_id = last.text(0);
    return;
  }
  // First the code: who does not have the secret learns nothing of the session.
  call.checks.header_code = hv::is_header_intact(request, rows.text(1));
  if (!call.has(Defect::accepts_tampered_header) && !*call.checks.header_code)
    BB_REFUSE("BAD_SIG", "hmac-data is not the code of the bytes of 'header' by the session's secret");
  if (rows.number(2) < call.now_ns && !call.has(Defect::accepts_expired_session))
    BB_REFUSE("AUTHENTICATED_SESSION_TOKEN_EXPIRED", "the session has ended; create another one");
  check_info(call, request);
  call.app_id = rows.text(0);
}

void check_time(Call& call, const hv::Header& header) {
  call.checks.time = !hv::is_expired(header, call.now_ns, clock_skew_seconds_max * ns_per_second);
  if (!*call.checks.time && !call.has(Defect::accepts_old_request))
    BB_REFUSE("REQUEST_TIMED_OUT", "msg-time '" + shorten(header.msg_time, 40) +
                                       "' lies further back than msg-ttl, or ahead of the platform's clock");
}

void find_person(Call& call, const hv::AuthSession& session, std::string offline_person_id) {
  if (!session.user_token.empty()) {
    auto rows = call.t.rows("SELECT person, expires FROM user_token WHERE token = ? AND app = ?",
                            sha256_hex(session.user_token), call.app_id);
    if (!rows.next()) BB_REFUSE("INVALID_TOKEN", "the user-auth-token was not given to this application");
    if (rows.number(1) < call.now_ns) BB_REFUSE("CREDENTIAL_TOKEN_EXPIRED", "the user-auth-token has expired");
    call.person_id = rows.text(0);
    call.is_online = true;
  } else {
    call.person_id = std::move(offline_person_id);
  }
  if (call.person_id.empty()) return;
  auto rows = call.t.rows("SELECT name FROM person WHERE id = ?", call.person_id);
  if (!rows.next()) BB_REFUSE("INVALID_PERSON", "there is no person " + shorten(call.person_id, 40));
  call.person_name = rows.text(0);
}

bool is_one_of(Call& call, const char* sql, const std::string& id) { return call.t.rows(sql, id).next(); }

// HV-PERM-01, -07, -08.
void check_record(Call& call) {
  if (!is_one_of(call, "SELECT 1 FROM record WHERE id = ?", call.record_id))
    BB_REFUSE("INVALID_RECORD", "there is no record " + shorten(call.record_id, 40));
  auto holder =
      call.t.rows("SELECT is_self FROM holder WHERE person = ? AND record = ?", call.person_id, call.record_id);
  const bool is_holder = holder.next();
  if (!is_holder && !call.has(Defect::accepts_wrong_record))
    BB_REFUSE("ACCESS_DENIED", "the person does not hold the record");
  if (is_holder && holder.number(0) == 0 && call.has(Defect::refuses_caregiver))
    BB_REFUSE("ACCESS_DENIED", "the record is another person's");
  auto given = call.t.rows("SELECT is_revoked FROM authorization WHERE app = ? AND person = ? AND record = ?",
                           call.app_id, call.person_id, call.record_id);
  const bool is_given = given.next() && (given.number(0) == 0 || call.has(Defect::ignores_revocation));
  if (!is_given && !call.has(Defect::accepts_wrong_record))
    BB_REFUSE("INVALID_APPAUTH", "the person has not authorised the application for the record, or took that back");
}

// HV-PERM-07, of what is no record's. A person who is there was sent by the shell.
void check_acquaintance(Call& call) {
  if (call.person_id.empty() || call.is_online || call.has(Defect::ignores_revocation)) return;
  auto given = call.t.rows("SELECT 1 FROM authorization WHERE app = ? AND person = ? AND is_revoked = 0", call.app_id,
                           call.person_id);
  if (!given.next())
    BB_REFUSE("INVALID_APPAUTH", "the person has not authorised the application for any record, or took that back");
}

}  // namespace

void check_request(Call& call, const hv::Received& request) {
  const bool is_taken_for_signed = request.header.session && call.has(Defect::accepts_signed_anonymous);
  if (call.method.caller == hv::Caller::anonymous && !is_taken_for_signed) {
    check_anonymous(call, request);
    return check_time(call, request.header);
  }
  check_session(call, request);
  check_time(call, request.header);
  auto rows = call.t.rows("SELECT name FROM application WHERE id = ?", call.app_id);
  if (!rows.next()) BB_REFUSE("INVALID_APP", "the application is no more");
  call.app_name = rows.text(0);

  const auto& session = *request.header.session;
  auto person = session.offline_person_id;
  call.record_id = request.header.record_id;
  if (call.has(Defect::accepts_swapped_ids) && is_one_of(call, "SELECT 1 FROM record WHERE id = ?", person))
    std::swap(person, call.record_id);
  find_person(call, session, person);
  if (call.method.caller == hv::Caller::person && call.person_id.empty())
    BB_REFUSE("INVALID_PERSON",
              std::string(call.method.name) + " needs a person: offline-person-info or user-auth-token");
  if (call.method.is_of_record || !call.record_id.empty()) {
    if (call.record_id.empty()) BB_REFUSE("INVALID_RECORD", std::string(call.method.name) + " needs a record-id");
    if (!call.person_id.empty()) check_record(call);
  } else {
    check_acquaintance(call);
  }
}

TypeRights granted_on(Call& call, std::string_view type_id) {
  auto every = call.t.rows("SELECT has_every_type FROM authorization WHERE app = ? AND person = ? AND record = ?",
                           call.app_id, call.person_id, call.record_id);
  if (every.next() && every.number(0) != 0) return {all_rights, all_rights};
  auto rows =
      call.t.rows("SELECT online, offline FROM permission WHERE app = ? AND person = ? AND record = ? AND type = ?",
                  call.app_id, call.person_id, call.record_id, type_id);
  return rows.next() ? TypeRights{rows.number(0), rows.number(1)} : TypeRights{};
}

std::int64_t rights_on(Call& call, std::string_view type_id) {
  if (call.has(Defect::ignores_rights) || call.has(Defect::accepts_wrong_record)) return all_rights;
  auto found = call.rights.find(type_id);
  if (found == call.rights.end()) {
    // Who may read a type may read it in each version.
    TypeRights granted = granted_on(call, type_id);
    for (const auto version : versions_of(type_id)) {
      const auto also = granted_on(call, version);
      granted.online |= also.online;
      granted.offline |= also.offline;
    }
    found = call.rights.emplace(type_id, call.is_online ? granted.online : granted.offline).first;
  }
  return found->second;
}

const ThingType& type_of(const Call& call, std::string_view type_id) {
  if (type_id.empty()) BB_REFUSE("INVALID_THING_TYPE", "a thing needs a type-id");
  const auto* type = call.world.types.find(type_id);
  if (type == nullptr) BB_REFUSE("INVALID_THING_TYPE", "there is no type " + shorten(type_id, 40));
  return *type;
}

}  // namespace bb::record_platform
