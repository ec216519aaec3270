// One call of a client: its envelope, its answer, and what is done again.
#include <bb/healthvault/client.hpp>

#include <set>

#include <fmt/format.h>

#include <bb/healthvault/date_time.hpp>

#include "client_state.hpp"

namespace bb::healthvault {

bool Repeats::next() {
  if (left_-- <= 0 || line_.is_over()) return false;
  line_.pause_ms(pause_ms_);
  pause_ms_ *= 2;
  return !line_.is_over();
}

CallError error_of(Line& line, const Reply& reply, std::string_view doing) {
  auto what = reply.status == 0 ? fmt::format("{}: {}", doing, reply.problem)
                                : fmt::format("{}: expected HTTP 200, got {}", doing, reply.status);
  const auto kind = line.is_over()   ? CallError::Kind::over
                    : is_lost(reply) ? CallError::Kind::unanswered
                                     : CallError::Kind::not_http;
  return {kind, 0, reply.status, std::move(what)};
}

Client::Client(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

const ClientOptions& Client::options() const { return state_->options; }
std::int64_t Client::sessions_made() const { return state_->sessions_made; }

std::string Client::next_msg_time(Line& line) {
  return numbered_date_time(line.now_unix_ns(), state_->requests_begun++);
}

Called<std::shared_ptr<const Session>> Client::session(Line& line) { return state_->session(*this, line, nullptr); }

Called<Response> Client::call(Line& line, std::string_view name, int version, const std::string& info,
                              const Whose& whose) {
  const auto* const method = find_method(name);
  if (method == nullptr || !has_version(*method, version))
    return own_error(fmt::format("there is no method {} of version {}", name, version));
  const auto& options = state_->options;
  Repeats repeats(line, options);
  std::shared_ptr<const Session> session, refused;
  bool was_resent = false;
  for (;;) {
    Header header{.method = std::string(name), .method_version = version};
    if (method->caller == Caller::anonymous) {
      header.app_id = options.app_id;
    } else {
      auto got = state_->session(*this, line, refused.get());
      if (!got) return got.error();
      session = *std::move(got);
      header.record_id = whose.record_id;
      header.session = {session->token, whose.person_id, whose.user_token};
    }
    header.culture_code = options.culture_code;
    header.msg_time = next_msg_time(line);
    header.version = options.program;
    const auto prepared = prepare(std::move(header), info);
    std::optional<HeaderCode> code;
    if (session)
      code = {MacAlgorithm::hmac_sha256, mac(MacAlgorithm::hmac_sha256, session->secret.bytes(), prepared.header)};

    Exchange exchange{.url = options.platform_url,
                      .headers = {{"content-type", std::string(request_media_type)}},
                      .body = compressed(finish(prepared, code), options.encoding),
                      .is_for_session = name == CreateAuthenticatedSessionToken::name};
    if (options.encoding != ContentEncoding::identity)
      exchange.headers.emplace_back("content-encoding", word_of(options.encoding));
    const auto reply = line.exchange(exchange);
    // HV-ENV-12; of a write nobody knows whether it was done (HV-ENV-13).
    if (is_lost(reply) && !method->is_write && repeats.next()) continue;
    if (reply.status != 200) return error_of(line, reply, name);
    auto response = read_response(reply.body, options.limits);
    if (!response) return broken_answer(fmt::format("{}: {}", name, response.error().what));
    if (response->code == 0) return *std::move(response);

    const auto what = class_of(response->code);
    if (what == StatusClass::renew_session && session && !refused) {
      refused = session;
      continue;
    }
    if (what == StatusClass::resend && !std::exchange(was_resent, true)) continue;
    return refused_by(response->code, fmt::format("{}: {}", name, describe(*response)));
  }
}

Called<std::vector<PersonInfo>> Client::get_authorized_people(Line& line, std::string_view since,
                                                              std::optional<std::int64_t> page_size) {
  GetAuthorizedPeople::Request request{{}, std::string(since), page_size};
  std::vector<PersonInfo> all;
  std::set<std::string> cursors;
  for (;;) {
    auto page = call<GetAuthorizedPeople>(line, request);
    if (!page) return page.error();
    auto& people = page.value().people;
    const bool has_more = page->has_more;
    if (has_more && people.empty())
      return broken_answer("GetAuthorizedPeople: a page without people says that more of them follow");
    // HV-PERM-02: the next page begins behind the last person of this one.
    if (has_more) {
      if (!cursors.insert(people.back().id).second || all.size() + people.size() > state_->options.things_max)
        return broken_answer("GetAuthorizedPeople: the pages do not come to an end");
      request.person_id_cursor = people.back().id;
    }
    std::move(people.begin(), people.end(), std::back_inserter(all));
    if (!has_more) return all;
  }
}

}  // namespace bb::healthvault
