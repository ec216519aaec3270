// bb.session/1
#include <array>

#include <bb/abi/ext/session.h>
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_auth_request auth_request(Arguments& arguments) {
  bb_auth_request request{};
  request.struct_size = sizeof(request);
  request.method = arguments.word("method",
                                  {{"none", BB_AUTH_NONE},
                                   {"client_credentials", BB_AUTH_CLIENT_CREDENTIALS},
                                   {"user_redirect", BB_AUTH_USER_REDIRECT},
                                   {"mutual_tls", BB_AUTH_MUTUAL_TLS},
                                   {"signed_request", BB_AUTH_SIGNED_REQUEST},
                                   {"password", BB_AUTH_PASSWORD}},
                                  BB_AUTH_NONE);
  request.account = arguments.text("account");
  request.secret_password = arguments.text("secret_password");
  request.secret_client = arguments.text("secret_client");
  request.secret_refresh_token = arguments.text("secret_refresh_token");
  request.secret_private_key = arguments.text("secret_private_key");
  request.redirect_uri = arguments.text("redirect_uri");
  request.scopes = arguments.text("scopes");
  request.patient = arguments.text("patient");
  request.acting_for = arguments.text("acting_for");
  request.state = arguments.text("state");
  const auto& extra = arguments.pairs("extra");
  request.extra = extra.data();
  request.extra_count = extra.size();
  return request;
}

bb_status open(Invocation& invocation) {
  const bb_auth_request request = auth_request(invocation.arguments);
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  SessionSink sink(invocation.state);
  const bb_status status =
      table_of<bb_session>(invocation).open(invocation.connector, &invocation.state.abi, &request, sink.abi());
  sink.check(status);
  invocation.result.emitted = sink.take();
  return status;
}

bb_status resume(Invocation& invocation) {
  Arguments request_arguments(invocation.arguments.object("request"));
  const bb_auth_request request = auth_request(request_arguments);
  if (const std::string problem = request_arguments.problem(); !problem.empty())
    invocation.arguments.mistake("in 'request': " + problem);
  const bb_str resume_state = invocation.arguments.text("resume_state");
  const bb_str response = invocation.arguments.required_text("response");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  SessionSink sink(invocation.state);
  const bb_status status =
      table_of<bb_session>(invocation)
          .resume(invocation.connector, &invocation.state.abi, &request, resume_state, response, sink.abi());
  sink.check(status);
  invocation.result.emitted = sink.take();
  return status;
}

bb_status describe(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  SessionSink sink(invocation.state);
  const bb_status status =
      table_of<bb_session>(invocation).describe(invocation.connector, &invocation.state.abi, sink.abi());
  sink.check(status);
  invocation.result.emitted = sink.take();
  return status;
}

bb_status close(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  invocation.result.emitted = Value::object();
  return table_of<bb_session>(invocation).close(invocation.connector, &invocation.state.abi);
}

}  // namespace

const Capability& session_capability() {
  static const std::array functions{BB_FUNCTION(bb_session, open, open), BB_FUNCTION(bb_session, resume, resume),
                                    BB_FUNCTION(bb_session, describe, describe), BB_FUNCTION(bb_session, close, close)};
  static const Capability capability{BB_SESSION, functions};
  return capability;
}

}  // namespace bb::host
