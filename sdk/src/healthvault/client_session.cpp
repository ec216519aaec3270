// The session of a client: made when it is needed, once for all calls that wait for it.
#include <optional>

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/healthvault/date_time.hpp>

#include "client_state.hpp"

namespace bb::healthvault {
namespace {

// It stands in the header of every call.
constexpr std::size_t token_bytes_max = 65'536;

Called<Session> make_session(Client& client, Line& line) {
  CreateAuthenticatedSessionToken::Request request;
  request.app_id = client.options().app_id;
  request.is_multi_record = client.options().is_multi_record;
  // HV-AUTH-04: fresh each time.
  constexpr std::size_t secret_bytes = 32;
  Secret proposed(line.random_bytes(secret_bytes));
  request.content = {request.app_id, MacAlgorithm::hmac_sha256, proposed.base64(), date_time(line.now_unix_ns())};
  request.content_bytes = write_session_content(request.content);
  wipe(request.content.proposed_secret);
  auto proof = line.sign(request.content_bytes);
  if (!proof) return own_error("making a session: " + proof.error().what);
  if (auto* const signature = std::get_if<SessionSignature>(&*proof))
    request.signature = std::move(*signature);
  else
    request.code = std::move(std::get<SessionCode>(*proof));

  auto answer = client.call<CreateAuthenticatedSessionToken>(line, request);
  wipe(request.content_bytes);
  if (!answer) return answer.error();
  if (answer->token.empty() || answer->token.size() > token_bytes_max)
    return broken_answer(fmt::format("making a session: expected a token of 1 to {} bytes, {} came", token_bytes_max,
                                     answer->token.size()));
  if (answer->shared_secret.empty()) return Session{std::move(answer.value().token), std::move(proposed)};
  // HV-AUTH-06: what came back counts.
  auto secret = Secret::from_base64(answer->shared_secret);
  wipe(answer.value().shared_secret);
  if (!secret) return broken_answer("making a session: the shared secret that came is no base64");
  return Session{std::move(answer.value().token), *std::move(secret)};
}

}  // namespace

Called<std::shared_ptr<const Session>> Client::State::session(Client& client, Line& line, const Session* refused) {
  std::optional<CallError> failure;
  const auto create = [&]() -> Result<Session> {
    auto made = make_session(client, line);
    if (!made) {
      failure = made.error();
      return Error{failure->what};
    }
    ++sessions_made;
    return std::move(made).value();
  };
  const auto is_over = [&] { return line.is_over(); };
  auto session = refused == nullptr ? keeper.get(line.now_unix_ns(), create, is_over)
                                    : keeper.renew(*refused, line.now_unix_ns(), create, is_over);
  if (!session) return *std::move(failure);
  if (*session == nullptr)
    return CallError{CallError::Kind::over, 0, 0, "the time was over while another call made the session"};
  return *std::move(session);
}

}  // namespace bb::healthvault
