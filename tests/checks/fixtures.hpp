// tests/checks/fixtures.hpp - claims, messages and scopes written shortly.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include <bb/core/json.hpp>
#include "harness/checks/judge.hpp"

namespace bb::checks {

inline void PrintTo(Holds holds, std::ostream* out) { *out << to_word(holds); }

inline Value json(std::string_view text) {
  auto value = parse_json(text);
  if (!value) ADD_FAILURE() << value.error().what << "\n" << text;
  return value ? *std::move(value) : Value();
}

// A claim from its JSON form: {"json": "$.a", "is": 5, "level": "SHOULD"}.
inline suite::Claim claim(std::string_view text) {
  using suite::Matcher;
  constexpr std::array matchers{Matcher::is,  Matcher::not_, Matcher::in,    Matcher::matches, Matcher::contains,
                                Matcher::min, Matcher::max,  Matcher::count, Matcher::exists};
  suite::Claim claim;
  claim.text = text;
  const auto members = json(text);
  for (const auto& member : *members.members()) {
    bool is_matcher = false;
    for (const auto matcher : matchers)
      if (suite::to_word(matcher) == member.key) {
        claim.matchers.emplace_back(matcher, member.value);
        is_matcher = true;
      }
    if (is_matcher) continue;
    if (member.key == "of") {
      for (const auto& of : member.value.items() ? *member.value.items() : Value::Array{member.value})
        claim.of.push_back(of.string_or(""));
    } else if (member.key == "by") {
      claim.by = member.value.string_or("");
    } else if (member.key == "level") {
      claim.level = evidence::level_from(member.value.string_or(""));
    } else if (member.key == "hint") {
      claim.hint = member.value.string_or("");
    } else {
      claim.subject = member.key;
      claim.argument = member.value;
    }
  }
  return claim;
}

inline evidence::Message message(std::string_view media_type, std::string_view body) {
  evidence::Message message;
  message.result = "ok";
  message.attributes = {{":status", "200"}, {"content-type", std::string(media_type)}, {"cache-control", "no-store"}};
  message.media_type = media_type;
  message.body = body;
  message.first_byte_ms = 120;
  message.total_ms = 340;
  return message;
}

inline evidence::Message mail() {
  auto mail = message("message/rfc822",
                      "From: portal@example.org\r\nTo: alice@inbox.example\r\nSubject: Your record\r\n"
                      "X-Note: one\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                      "--b\r\nContent-Type: text/plain\r\n\r\nThe record of Isabella Newman.\r\n"
                      "--b\r\nContent-Type: application/xml\r\nContent-Disposition: attachment; filename=ccd.xml\r\n"
                      "Content-Transfer-Encoding: base64\r\n\r\nPGE+SXNhYmVsbGE8L2E+\r\n"  // <a>Isabella</a>
                      "--b--\r\n");
  mail.attributes.clear();  // mail has no HTTP headers
  return mail;
}

inline evidence::Message unanswered() {
  evidence::Message message;
  message.result = "unavailable";
  message.status_name = "BB_E_UNAVAILABLE";
  message.error = "connection refused";
  message.total_ms = 3;
  return message;
}

inline Scope scope() {
  Scope scope(json(R"({
    "patient": {"id": "alice", "family_name": "Newman", "birth_date": "1970-05-01", "encounters": 2, "nothing": [],
                "blank": " ", "gone": null, "facts": ["Asthma", "Penicillin"]},
    "from": "2024-01-01", "run": {"started": "2026-11-21T10:00:00Z"},
    "target": {"profile": {"content": ["complete", "visit"]}}})"));
  scope.save("view", "page", make_document({"text/html", "", "<p>Isabella <b>Newman</b></p>"}));
  scope.save("download[ccda-2.1]", "file", make_document({"application/xml", "ccd.xml", "<a><b>1</b></a>"}));
  scope.save("get[a]", "bundle",
             make_document({"application/json", "", R"({"entry": [{"n": 1}, {"n": 2, "m": "x"}]})"}));
  scope.save("get[b]", "bundle", make_document({"application/json", "", R"({"entry": [{"n": 3}]})"}));
  scope.save("get[c]", "bundle", make_document({"text/html", "", "<p>"}));
  scope.save("list", "many", Value::Array{make_document({}), make_document({})});
  return scope;
}

}  // namespace bb::checks
