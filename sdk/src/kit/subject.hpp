// subject.hpp - what is tested, as read from files: manifest, hash, and what
// connector-test.yaml says to drive it by.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include <bb/host/manifest.hpp>
#include <bb/kit/kit.hpp>
#include "stream_script.hpp"

namespace bb::kit {

// One answer of the scripted peer. Patterns are globs over the whole text.
struct PeerRule {
  std::string request = "*";                // "GET https://portal.test/api/items*"
  std::map<std::string, std::string> when;  // request header, lower case -> glob
  std::string body = "*";                   // glob over the request's body
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string answer;
  // A list that is cut into pages by the request's query.
  struct Page {
    std::string member, limit = "limit", cursor = "cursor", next = "next", time, from = "from", until = "until";
    Value items;
  };
  std::optional<Page> page;
};

// What a person answers: a text, or a file that is handed over.
struct GivenAnswer {
  std::string text;
  std::string content, media_type, filename;  // of a file
};

// How to drive one connector type.
struct TypeSetup {
  std::optional<Value> config;
  std::string method;  // "none", "password", ...; empty = the first that bb_session::methods names
  std::string account = "kit-account";
  std::string acting_for, patient;
  std::string destination_scheme = "https", destination_address = "https://destination.test/kit";
  std::string callback;  // what the person's browser came back with; {state} is replaced
  // To bb.host.person/1, by a glob over the question's id; the first that fits.
  std::vector<std::pair<std::string, GivenAnswer>> answers;
  std::optional<std::int64_t> clock_unix_ns;  // civil time at the start; nothing = the real one
  // Certificates for bb.trust/1, as DER; empty = none is given.
  struct Trust {
    std::string address, use = "encrypt", good;
    std::map<std::string, std::string> bad;  // "expired" ... -> certificate
  } trust;
  std::vector<PeerRule> peer;
  std::vector<StreamPeer> streams;
};

// Why a certificate is not trusted, as 'trust.bad' names it.
inline constexpr const char* trust_defects[] = {"expired", "revoked", "wrong_name", "unknown_anchor"};

class Subject {
 public:
  host::Manifest manifest;
  std::filesystem::path setup_file;            // empty = none
  std::string sha256;                          // of the library; empty = it cannot be read
  std::string unreadable;                      // why
  std::map<std::string, std::string> excuses;  // check -> reason
  std::map<std::string, TypeSetup> types;

  const TypeSetup& setup_of(const std::string& type_id) const;
};

// The error holds every mistake of the file.
[[nodiscard]] Status read_setup(const std::filesystem::path& file, Subject& subject);

}  // namespace bb::kit
