// The session of org.bluebridge.healthvault.record: consent in a browser, ids that are known,
// or a connect request.
#include <algorithm>

#include <bb/core/text.hpp>
#include <bb/healthvault/connect_methods.hpp>
#include <bb/healthvault/shell.hpp>

#include "http/http_status.hpp"
#include "record.hpp"

namespace bb::healthvault_connector {
namespace {

constexpr std::string_view doing = "signing in";

// A member of the request's `extra`.
std::string extra(const bb_auth_request& request, std::string_view key) {
  for (std::uint64_t i = 0; i < request.extra_count; ++i)
    if (to_view(request.extra[i].key) == key) return std::string(to_view(request.extra[i].value));
  return {};
}

// The record that a request names; empty: none.
std::string record_of(const bb_auth_request& request) {
  return std::string(to_view(request.acting_for.size != 0 ? request.acting_for : request.patient));
}

// BB_E_UNAUTHENTICATED where the platform knows nobody of that id.
Failure not_accepted(const hv::CallError& error) {
  auto failure = failure_of(error, doing);
  if (failure.status == BB_E_NOT_FOUND) failure.status = BB_E_UNAUTHENTICATED;
  return failure;
}

}  // namespace

SignIn RecordConnector::open(Call& call, const bb_auth_request& request) {
  call.check();
  {
    const std::scoped_lock lock(mutex_);
    if (signed_) throw Failure{BB_E_STATE, "signing in: somebody is signed in already; close the session first"};
  }
  if (request.method == BB_AUTH_USER_REDIRECT) {
    if (shell_url_.empty())
      throw Failure{BB_E_UNSUPPORTED, "signing in by consent: the configuration has no /shell_url"};
    hv::ShellRedirect redirect{.target = "APPAUTH",
                               .app_id = platform_.options().app_id,
                               .is_multi_record = true,
                               .action_query = hv::action_query_of(to_view(request.state))};
    if (!is_production_) redirect.return_url = to_view(request.redirect_uri);
    const auto url = hv::shell_url(shell_url_, redirect, shell_use());
    if (!url) throw Failure{BB_E_INVALID_ARGUMENT, "signing in by consent: " + url.error().what};
    return Challenge{.url = *url, .resume_state = std::string(to_view(request.state))};
  }

  if (const auto external_id = extra(request, "external_id"); !external_id.empty())
    return open_connect_request(call, request, external_id);
  Signed wanted{platform_.new_client(), {}, {}, BB_AUTH_SIGNED_REQUEST, std::string(to_view(request.acting_for))};
  const auto account = to_view(request.account);
  auto record = record_of(request);
  if (const auto address = hv::read_record_address(account)) {
    wanted.whose.person_id = address->person_id;
    if (record.empty()) record = address->record_id;
  } else if (hv::is_guid(account)) {
    wanted.whose.person_id = to_lower(account);
  } else if (account.empty() && !person_.empty()) {
    wanted.whose.person_id = person_;
  } else if (account.empty()) {
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "signing in needs an account: a person's id, PERSON/RECORD, or an id of yours"};
  } else {
    HostLine line(platform_, call);
    const auto found = wanted.client->call<hv::GetPersonAndRecordForAlternateId>(line, {std::string(account)});
    if (!found) throw not_accepted(found.error());
    wanted.whose.person_id = found->person.id;
    if (record.empty() && found->person.records.size() == 1) record = found->person.records.front().id;
  }
  if (record.empty()) record = record_;
  return enter(call, std::move(wanted), record);
}

SignIn RecordConnector::resume(Call& call, const bb_auth_request& request, std::string_view resume_state,
                               std::string_view response) {
  call.check();
  if (request.method == BB_AUTH_SIGNED_REQUEST) {
    const auto blank = resume_state.find(' ');
    if (blank == std::string_view::npos)
      throw Failure{BB_E_INVALID_ARGUMENT, "signing in by connect request: the state is not that of this sign-in"};
    return open_connect_request(call, request, resume_state.substr(blank + 1), resume_state.substr(0, blank));
  }
  auto answer = hv::read_shell_return(response);
  // HV-SHELL-07: whose return it is comes before what it says.
  if (!answer || !hv::is_own_return(*answer, to_view(request.state)))
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in by consent: " +
                                             (answer ? "the return is not that of this sign-in" : answer.error().what)};
  switch (answer->outcome) {
    case hv::ShellOutcome::authorized:
    case hv::ShellOutcome::record_changed:
      break;
    case hv::ShellOutcome::rejected:
      throw Failure{BB_E_CONSENT_REQUIRED, "signing in by consent: the person did not give it", "healthvault"};
    case hv::ShellOutcome::invalid_record:
      throw Failure{BB_E_FORBIDDEN, "signing in by consent: the person has no such record", "healthvault"};
    default:
      throw plugins::not_this_api("signing in by consent", "expected APPAUTHSUCCESS or APPAUTHREJECT, got '" +
                                                               shorten(answer->target, 60) + "'");
  }
  if (answer->token.is_empty())
    throw plugins::not_this_api("signing in by consent", "the shell's answer holds no token");
  Signed wanted{
      client_for(call, answer->instance_id), {}, {}, BB_AUTH_USER_REDIRECT, std::string(to_view(request.acting_for))};
  wanted.whose.user_token = answer->token.bytes();
  return enter(call, std::move(wanted), record_of(request));
}

// HV-SHELL-08. Where an instance is comes from the platform that was configured, never from the browser, and only what
// the configuration names is followed: the application's key and the person's token go there.
std::shared_ptr<hv::Client> RecordConnector::client_for(Call& call, const std::string& instance_id) const {
  if (instance_id.empty() || instances_.empty()) return platform_.new_client();
  HostLine line(platform_, call, Answers::helper);
  const auto known =
      expect(platform_.new_client()->call<hv::GetServiceDefinition>(line, {.sections = {"topology"}}), doing);
  const auto topology = known.instances.value_or(hv::InstanceList{});
  if (instance_id == topology.current_id) return platform_.new_client();
  const auto found = std::find_if(topology.instances.begin(), topology.instances.end(),
                                  [&](const hv::Instance& one) { return one.id == instance_id; });
  if (found == topology.instances.end())
    throw Failure{BB_E_NOT_FOUND,
                  "signing in by consent: the platform knows no instance '" + shorten(instance_id, 60) + "'",
                  "healthvault", hv::status("INVALID_INSTANCE_ID")};
  if (std::find(instances_.begin(), instances_.end(), found->platform_url) == instances_.end())
    throw Failure{BB_E_FORBIDDEN, "signing in by consent: instance '" + shorten(instance_id, 60) + "' is at " +
                                      shorten(found->platform_url, 200) + ", which /instances does not name"};
  return platform_.new_client_at(found->platform_url);
}

SessionInfo RecordConnector::enter(Call& call, Signed wanted, std::string_view wanted_record) {
  HostLine line(platform_, call);
  auto known = wanted.client->call<hv::GetPersonInfo>(line, {}, wanted.whose);
  if (!known) throw not_accepted(known.error());
  const auto& person = known->person;
  // HV-CX-03: who is asked for is who is signed in.
  if (!wanted.whose.person_id.empty() && !iequals(person.id, wanted.whose.person_id))
    throw plugins::not_this_api(doing, "the platform answered for another person than the one who was asked for");
  wanted.person_id = person.id;
  std::string record = to_lower(wanted_record);
  if (const auto address = hv::read_record_address(wanted_record)) record = address->record_id;
  if (record.empty()) record = person.records.size() == 1 ? person.records.front().id : person.selected_record_id;
  if (record.empty())
    throw Failure{BB_E_INVALID_ARGUMENT, "signing in: the person reaches " + counted(person.records.size(), "record") +
                                             ", and none of them is selected; name one as the patient"};
  if (std::none_of(person.records.begin(), person.records.end(),
                   [&](const hv::Record& one) { return iequals(one.id, record); }))
    throw Failure{BB_E_FORBIDDEN, "signing in: the person cannot reach that record", "healthvault",
                  hv::status("INVALID_RECORD")};
  wanted.whose.record_id = record;
  const SessionInfo info{.method = wanted.method,
                         .subject = wanted.person_id,
                         .patient = record,
                         .acting_for = wanted.acting_for,
                         .scopes = {},
                         .expires_unix_ns = 0};
  const std::scoped_lock lock(mutex_);
  signed_ = std::move(wanted);
  return info;
}

std::optional<hv::RecordAddress> RecordConnector::authorized_connect_request(Call& call, std::string_view external_id) {
  HostLine line(platform_, call, Answers::helper);
  const auto client = platform_.new_client();
  const auto known = expect(client->call<hv::GetAuthorizedConnectRequests>(line, {}), doing);
  std::optional<hv::RecordAddress> found;
  for (const auto& request : known.requests) {
    if (request.external_id != external_id) continue;
    const hv::RecordAddress address{request.person_id, request.record_id};
    // HV-CONN-06: nothing is attached to another patient.
    if (found && found->text() != address.text())
      throw Failure{BB_E_CONFLICT,
                    "signing in: connect requests of that id are authorised for more than one record; "
                    "name the account as PERSON/RECORD"};
    found = address;
  }
  return found;
}

// HV-CONN-01 to -06: the person takes the code to the shell and answers the question there; then
// the platform says whose record it is. `code` is that of a request that was made before.
SignIn RecordConnector::open_connect_request(Call& call, const bb_auth_request& request, std::string_view external_id,
                                             std::string_view code) {
  if (const auto address = authorized_connect_request(call, external_id)) {
    Signed wanted{platform_.new_client(), {.person_id = address->person_id}, {}, BB_AUTH_SIGNED_REQUEST};
    return enter(call, std::move(wanted), address->record_id);
  }
  if (!code.empty()) return connect_challenge(external_id, code);
  const auto question = extra(request, "question"), answer = extra(request, "answer");
  auto friendly_name = extra(request, "friendly_name");
  if (question.empty() || answer.empty())
    throw Failure{BB_E_CONSENT_REQUIRED,
                  "signing in: no connect request of that id is authorised; to make one give a question and an answer",
                  "healthvault"};
  if (shell_url_.empty())
    throw Failure{BB_E_UNSUPPORTED, "signing in by connect request: the configuration has no /shell_url"};
  if (friendly_name.empty()) friendly_name = external_id;
  HostLine line(platform_, call);
  const auto client = platform_.new_client();
  const auto made = client->call<hv::CreateConnectRequest>(line, {.friendly_name = friendly_name,
                                                                  .question = question,
                                                                  .answer = answer,
                                                                  .external_id = std::string(external_id)});
  if (!made && made.error().code == hv::status("DUPLICATE_CONNECT_REQUEST_FOUND"))
    throw Failure{BB_E_CONSENT_REQUIRED,
                  "signing in: a connect request of that id waits for the person already; sign in again when they have "
                  "used its code, or withdraw it",
                  "healthvault", made.error().code};
  if (!made) throw failure_of(made.error(), doing);
  return connect_challenge(external_id, made->identity_code);
}

// HV-CONN-05: the code alone; question and answer go another way.
Challenge RecordConnector::connect_challenge(std::string_view external_id, std::string_view code) const {
  constexpr std::size_t code_bytes_max = 100;  // HV-CONN-01 has 20 characters; others may set them apart by dashes
  if (code.size() > code_bytes_max || std::any_of(code.begin(), code.end(), [](char c) { return c <= ' ' || c > '~'; }))
    throw plugins::not_this_api(doing, "expected an identity code of 20 characters, " + std::to_string(code.size()) +
                                           " bytes came that are none");
  const auto url = hv::shell_url(
      shell_url_,
      {.target = "CONNECT", .app_id = platform_.options().app_id, .more = {{"packageid", std::string(code)}}},
      shell_use());
  if (!url) throw Failure{BB_E_INVALID_ARGUMENT, "signing in by connect request: " + url.error().what};
  return Challenge{.method = BB_AUTH_SIGNED_REQUEST,
                   .url = *url,
                   .resume_state = std::string(code) + " " + std::string(external_id)};
}

SessionInfo RecordConnector::describe(Call& call) {
  auto who = signed_in("describing the session");
  HostLine line(platform_, call);
  const auto known = expect(who.client->call<hv::GetPersonInfo>(line, {}, who.whose), "describing the session");
  return {.method = who.method,
          .subject = known.person.id,
          .patient = who.whose.record_id,
          .acting_for = who.acting_for,
          .scopes = {},
          .expires_unix_ns = 0};
}

// The protocol has no way to end a session; its secret is forgotten.
void RecordConnector::close(Call&) {
  const std::scoped_lock lock(mutex_);
  signed_.reset();
}

}  // namespace bb::healthvault_connector
