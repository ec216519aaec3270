// bb/healthvault/client.hpp - an application's side of the protocol: sessions, repeats,
// pages and blobs.
//
// A Client opens no socket, reads no clock and has no key: whoever calls brings a Line,
// which does these for the length of the call. So a connector goes over its host's HTTP and
// signs with a key that stays there, and a program over sockets of its own.
//
//   Client client({.platform_url = "https://platform.example/platform/wildcat.ashx", .app_id = id});
//   auto things = client.get_things(line, {.person_id = p, .record_id = r}, {.filters = {{.type_ids = {ccd}}}});
//   if (!things && things.error().code == status("ACCESS_DENIED")) ...
//
// Source: the catalogue's rows HV-ENV-12, -13, HV-RSP-04, HV-AUTH-02 to -09, HV-PERM-02,
// HV-GET-07, -11, HV-PUT-03, HV-BLOB-* and HV-CX-09.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/compression.hpp>
#include <bb/healthvault/method.hpp>
#include <bb/healthvault/people_methods.hpp>
#include <bb/healthvault/response.hpp>
#include <bb/healthvault/session.hpp>
#include <bb/healthvault/session_methods.hpp>
#include <bb/healthvault/thing_methods.hpp>

namespace bb::healthvault {

// One exchange of HTTP as it goes out.
struct Exchange {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool is_for_session = false;  // asks for a session, beside what the call is for
};

// What came back. Status 0: no answer came; whether the request was processed is not known.
struct Reply {
  int status = 0;
  std::string body = {};
  std::string problem = {};  // of status 0: one lower case sentence
};

// By a certificate, or by a device's secret.
using SessionProof = std::variant<SessionSignature, SessionCode>;

// What one call goes over. Used on the thread of that call alone; what it throws comes out
// of the client, which stays good.
class Line {
 public:
  virtual ~Line() = default;
  // Bounded in time (HV-CX-09).
  virtual Reply exchange(const Exchange& exchange) = 0;
  virtual std::int64_t now_unix_ns() = 0;
  // For the secret that a session is asked for with: unguessable, but in a run that is to repeat.
  virtual std::string random_bytes(std::size_t count) = 0;
  // Pauses before a repeat.
  virtual void pause_ms(std::int64_t duration_ms) = 0;
  // Whether the call is to end: no time is left, or nobody waits for it any more.
  virtual bool is_over() = 0;
  // Signs the element `content` of a session's request, byte by byte (HV-AUTH-03).
  virtual Result<SessionProof> sign(std::string_view content) = 0;
};

// Why a call did not work.
struct CallError {
  enum class Kind {
    refused,     // by the platform: `code`
    unanswered,  // no answer, or HTTP 5xx, within the repeats; a write may have been done
    not_http,    // another HTTP status: `http_status`
    broken,      // an answer that is not the protocol's
    over,        // the line said so
    own,         // nothing was sent: an argument, a key that does not sign
  };
  Kind kind = Kind::own;
  int code = 0;           // of HV-RSP-01
  int http_status = 0;    // of the last answer; 0: none
  std::string what = {};  // lower case; holds no context of the platform's (HV-RSP-05)
};

template <class T>
class [[nodiscard]] Called {
 public:
  Called(T value) : state_(std::in_place_index<0>, std::move(value)) {}          // NOLINT(google-explicit-constructor)
  Called(CallError error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const T* operator->() const { return &value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const CallError& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, CallError> state_;
};

// For whom a call is made: nobody but the application, a person who is away (known by id),
// or one who came from the shell with a token.
struct Whose {
  std::string person_id = {};
  std::string record_id = {};
  std::string user_token = {};
};

struct ClientOptions {
  std::string platform_url;  // with its path: "https://.../platform/wildcat.ashx"
  std::string app_id;
  bool is_multi_record = true;
  std::string program = "BlueBridge";                    // `version` of the header
  std::string culture_code = {};                         // "en-US"
  ContentEncoding encoding = ContentEncoding::identity;  // of requests (HV-ENV-11)
  int repeats_max = 3;                                   // of one exchange, beside the first (HV-ENV-12-b)
  std::int64_t pause_ms = 250;                           // before the first repeat; then twice as long each
  std::size_t keys_max = 100;                            // asked for by key at once
  std::size_t things_max = 100'000;                      // a listing that is longer is `broken`
  std::int64_t range_bytes = 8'388'608;                  // of a blob, read at once; a longer one in ranges
  std::int64_t blob_bytes_max = 67'108'864;              // read whole into memory
  EnvelopeLimits limits = {};
};

// A thing that is not in the record yet, with an id of the caller's own: by it a write whose
// answer was lost is found again instead of made twice (HV-ENV-13). It stands in the thing's data
// as well: with_common() of bb/healthvault/thing_common.hpp.
struct NewThing {
  Thing thing;
  std::string client_id;  // 1 to 255 characters, unique in the record
};

// What an update makes of the thing as it is now; nothing: it is as it should be. May be
// asked more than once.
using Change = std::function<std::optional<Thing>(const Thing& current)>;

// [any thread]
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const ClientOptions& options() const;

  // Any method by name; `info` is its element `info`. The response has code 0. A session is
  // made where the method needs one and there is none.
  //
  // Repeated, each within `repeats_max`: a read that was not answered or got HTTP 5xx; anything that
  // a new session (7, 8, 65) or a fresh time (49) cures, once each, since what was refused was not done.
  Called<Response> call(Line& line, std::string_view method, int version, const std::string& info,
                        const Whose& whose = {});

  template <class Method>
  Called<typename Method::Answer> call(Line& line, const typename Method::Request& request, const Whose& whose = {},
                                       int version = Method::latest) {
    auto response = call(line, Method::name, version, write_request_info<Method>(request, version), whose);
    if (!response) return response.error();
    auto answer = read_answer_info<Method>(response->info, version);
    if (!answer)
      return CallError{CallError::Kind::broken, 0, 200, std::string(Method::name) + ": " + answer.error().what};
    return *std::move(answer);
  }

  // `msg-time` of a request beside call(): now, and of no other request of this client.
  std::string next_msg_time(Line& line);
  // The session that calls use now, made where there is none.
  Called<std::shared_ptr<const Session>> session(Line& line);
  // How many sessions were made (HV-AUTH-08).
  std::int64_t sessions_made() const;

  // --- Things
  // All of a query, to the last page, newest first as they came; `groups` more than one query at
  // once, answered in their order. Groups are split where a platform takes fewer (53), pages where
  // it gives fewer bytes (71).
  Called<std::vector<Thing>> get_things(Line& line, const Whose& whose, const ThingQuery& query);
  Called<std::vector<std::vector<Thing>>> get_groups(Line& line, const Whose& whose, std::vector<ThingQuery> queries);

  // In one transaction. What has one of the client ids already is not written again, but
  // only where the first answer was lost; see find_things().
  Called<std::vector<ThingKey>> put_things(Line& line, const Whose& whose, const std::vector<NewThing>& things);
  // The keys of what has these client ids, in their order; nothing for one that is not there.
  Called<std::vector<std::optional<ThingKey>>> find_things(Line& line, const Whose& whose,
                                                           const std::vector<std::string>& client_ids);
  // Reads the thing, changes it and writes it with the stamp that it had; where somebody else
  // was quicker (60, 61) anew, `repeats_max` times. The key is that of the thing as it is then. One that was
  // converted down to an older version of its type is not written: 85 INVALID_THING_TYPE_VERSION (HV-GET-10). One that
  // was converted up (flag_converted_up) is changed to the newer version: `change` says whether the person wants that.
  Called<ThingKey> update_thing(Line& line, const Whose& whose, const std::string& thing_id, const Change& change);
  // What is gone already is no error.
  Called<Nothing> remove_things(Line& line, const Whose& whose, const std::vector<ThingKey>& keys);

  // --- Blobs
  // Brings bytes to where a thing can name them: put what is returned into Thing::blobs. Sent in the chunks
  // the platform asks for; one that is lost is begun anew at another place.
  Called<Blob> put_blob(Line& line, const Whose& whose, std::string_view bytes, std::string_view content_type,
                        std::string_view name = {});
  // The bytes of a thing's blob, whose length and hash are those that the thing says. A reference
  // that has expired is asked for again (HV-BLOB-06).
  Called<std::string> get_blob(Line& line, const Whose& whose, const ThingKey& thing, std::string_view name = {});

  // --- People
  // All of them, page by page; `since` is a time, or empty.
  Called<std::vector<PersonInfo>> get_authorized_people(Line& line, std::string_view since = {},
                                                        std::optional<std::int64_t> page_size = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bb::healthvault
