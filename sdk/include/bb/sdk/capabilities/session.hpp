// bb/sdk/capabilities/session.hpp - bb.session/1: sign in, sign out.
//
// A class with this capability names the ways of signing in that it knows:
//   static constexpr auto auth_methods = bb::auth_methods({BB_AUTH_PASSWORD});
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include <bb/abi/ext/session.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

// Bits for bb_session::methods.
constexpr std::uint32_t auth_methods(std::initializer_list<bb_auth_method> methods) {
  std::uint32_t bits = 0;
  for (const auto method : methods) bits |= 1u << static_cast<std::uint32_t>(method);
  return bits;
}

// Who is signed in, as the remote names them.
struct SessionInfo {
  bb_auth_method method = BB_AUTH_NONE;
  std::string subject = {};
  std::string patient = {};     // whose record; empty = unknown
  std::string acting_for = {};  // empty = no proxy
  std::string scopes = {};      // granted, space separated
  std::int64_t expires_unix_ns = 0;
};

// A person has to act: visit `url`, come back, then resume() goes on.
struct Challenge {
  bb_auth_method method = BB_AUTH_USER_REDIRECT;
  std::string url = {};
  std::string resume_state = {};
  std::int64_t expires_unix_ns = 0;
};

using SignIn = std::variant<SessionInfo, Challenge>;

class Session {
 public:
  // Called only for a method among auth_methods. BB_E_STATE while open.
  virtual SignIn open(Call& call, const bb_auth_request& request) = 0;
  // Only connectors whose open() gives a Challenge have this.
  virtual SignIn resume(Call&, const bb_auth_request&, std::string_view /*resume_state*/,
                        std::string_view /*response*/) {
    throw Failure{BB_E_UNSUPPORTED, "this connector signs in with one step; there is nothing to resume"};
  }
  // BB_E_UNAUTHENTICATED when nobody is signed in.
  virtual SessionInfo describe(Call& call) = 0;
  // Idempotent. Revokes what can be revoked.
  virtual void close(Call& call) = 0;

 protected:
  ~Session() = default;
};

namespace detail {

inline void emit(bb_session_sink* sink, const SessionInfo& info) noexcept {
  bb_session_info raw{};
  raw.struct_size = sizeof raw;
  raw.method = info.method;
  raw.subject = to_str(info.subject);
  raw.patient = to_str(info.patient);
  raw.acting_for = to_str(info.acting_for);
  raw.scopes = to_str(info.scopes);
  raw.expires_unix_ns = info.expires_unix_ns;
  sink->info(sink, &raw);
}

// Emits what came of signing in; a challenge leaves the call pending.
inline void emit(bb_session_sink* sink, const SignIn& outcome) {
  if (const auto* info = std::get_if<SessionInfo>(&outcome)) return emit(sink, *info);
  const auto& challenge = std::get<Challenge>(outcome);
  bb_challenge raw{};
  raw.struct_size = sizeof raw;
  raw.method = challenge.method;
  raw.url = to_str(challenge.url);
  raw.resume_state = to_str(challenge.resume_state);
  raw.expires_unix_ns = challenge.expires_unix_ns;
  sink->challenge(sink, &raw);
  throw Pending{};
}

// 0 and a static_assert where the class does not say.
template <class T>
consteval std::uint32_t methods_of() {
  constexpr bool says_methods = requires {
    { T::auth_methods } -> std::convertible_to<std::uint32_t>;
  };
  static_assert(says_methods,
                "a connector with bb::Session says how one signs in: static constexpr auto auth_methods = "
                "bb::auth_methods({BB_AUTH_PASSWORD});");
  if constexpr (says_methods) return T::auth_methods;
  return 0;
}

inline void expect_method(std::uint32_t methods, bb_auth_method method) {
  if (method >= 0 && method < 32 && (methods >> static_cast<std::uint32_t>(method) & 1u) != 0) return;
  throw Failure{BB_E_UNSUPPORTED, "this connector does not sign in by method " + std::to_string(method) +
                                      "; bb_session::methods lists those it knows"};
}

template <class T>
inline constexpr bb_session session_table{
    sizeof(bb_session),
    methods_of<T>(),
    [](bb_connector* c, bb_call* call, const bb_auth_request* request, bb_session_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        expect_method(methods_of<T>(), request->method);
        emit(out, capability<T, Session>(c).open(running, *request));
      });
    },
    [](bb_connector* c, bb_call* call, const bb_auth_request* request, bb_str resume_state, bb_str response,
       bb_session_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        expect_method(methods_of<T>(), request->method);
        const auto state = checked_text(resume_state, "the resume state");
        emit(out, capability<T, Session>(c).resume(running, *request, state, checked_text(response, "the response")));
      });
    },
    [](bb_connector* c, bb_call* call, bb_session_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        emit(out, capability<T, Session>(c).describe(running));
      });
    },
    [](bb_connector* c, bb_call* call) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        capability<T, Session>(c).close(running);
      });
    }};

}  // namespace detail
}  // namespace bb
