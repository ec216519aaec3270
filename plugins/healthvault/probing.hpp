// plugins/healthvault/probing.hpp - what the probes of a record have in common: envelopes made by
// hand, sent as they are, and what came back as data.
//
// A probe never judges: a platform's refusal is its result, not its failure.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/healthvault/client.hpp>
#include <bb/healthvault/request.hpp>

#include "platform.hpp"

namespace bb::healthvault_connector {

inline constexpr std::string_view weight_type = "3d34d87e-7fc1-4153-800f-f56592cb0d17";  // that nobody has many of
inline constexpr std::string_view nobody = "00000000-dead-4bad-8bad-000000000000";       // an id that nothing has

// What is changed between an envelope's making and its signature, or behind that.
struct Changes {
  std::function<void(hv::Header&)> header = {};
  std::function<void(hv::Prepared&)> before_signing = {};
  std::function<void(hv::Prepared&)> after_signing = {};
  bool is_signed = true;
};

struct Probing {
  hv::Client& client;
  HostLine& line;
  const hv::Whose& whose;
  std::string_view person_id;    // also of a person who came by the shell
  std::string_view control_url;  // of a test double; empty: none
  std::string control_token;
  const Value& given;  // the arguments

  // --- Envelopes
  // A header of the session's, as a client would send it now.
  hv::Header header(std::string_view method, int version);
  std::string envelope(std::string_view method, int version, const std::string& info, const Changes& changes = {});
  // The request that most probes spoil: a read of weights.
  std::string plain_read(const Changes& changes = {});
  std::string sign(std::string_view header, std::string_view key);
  // An envelope on its way to the platform.
  hv::Exchange post(std::string body) const;

  // --- What came back: {"http_status", "code", "name", "message", "info_namespace", "shows_context"};
  // of what is no answer of the protocol no code.
  Value send(std::string body) { return result_of(line.exchange(post(std::move(body)))); }
  Value result_of(const hv::Reply& reply) const;
  // Of a call by the client: the same members.
  static Value result_of(const hv::CallError& error);
  template <class T>
  static Value result_of(const hv::Called<T>& called) {
    return called ? code_value(0) : result_of(called.error());
  }
  static Value code_value(int code);
  // Adds how many ids came: "count", and of them "distinct" ones.
  static void set_counts(Value& result, std::vector<std::string> ids);

  // --- Things
  // A weight, as its schema has it.
  static std::string weight_data(std::string_view kilograms = "70");
  static hv::Thing thing_of(std::string_view type_id, std::string data_xml);
  // A client id of this run alone.
  std::string new_client_id();
  // Puts them as they are, and counts which of the ids are there afterwards: "stored".
  Value put(std::vector<hv::NewThing> things, const hv::Whose* other = nullptr);

  // --- Arguments
  std::string text(std::string_view name, std::string_view fallback = {}) const {
    return given[name].string_or(std::string(fallback));
  }
  std::int64_t number(std::string_view name, std::int64_t fallback) const { return given[name].integer_or(fallback); }

 private:
  std::shared_ptr<const hv::Session> session() { return expect(client.session(line), "making a session"); }
};

struct ProbeCase {
  std::string_view name;
  std::string_view title;
  Value (*run)(Probing& probing);
};

// Envelopes and sessions; things, blobs; people, connect requests, reports, the test double's control.
std::span<const ProbeCase> wire_probes();
std::span<const ProbeCase> thing_probes();
std::span<const ProbeCase> people_probes();
// Any method; a text that such a probe gives is the platform's answer, XML.
std::span<const ProbeCase> call_probes();

}  // namespace bb::healthvault_connector
