// functions/answer.hpp - what a function of the portal answers, to pages and to programs alike; and who asks.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/value.hpp>

namespace bb::portal::functions {

// `value` where it was done; else a status of 4xx, a code and a sentence.
struct Answer {
  int status = 200;
  Value value = {};
  std::string code = {}, why = {};

  bool is_done() const { return status < 400; }
};

inline Answer done(int status, Value value) { return {status, std::move(value)}; }
inline Answer refuse(int status, std::string_view code, std::string_view why) {
  return {status, {}, std::string(code), std::string(why)};
}
inline Answer none_such(std::string_view what) {
  return refuse(404, "not_found", "there is no such " + std::string(what));
}
inline Answer invalid(std::string_view why) { return refuse(422, "invalid", why); }

// What a title, a subject and a file's name may be: one line of 1 to 200 bytes. With a line end in it, it could
// pass for a part of the record in a text file.
inline bool is_one_line(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !trim(text).empty() && text.size() <= 200 && std::none_of(text.begin(), text.end(), is_control);
}

// Who acts, as everything that they leave behind says.
struct Actor {
  std::string account;
  std::string name;
  std::string role;          // patient, proxy, staff
  std::string on_behalf_of;  // the patient's name, of a proxy
};

// {"id", "name", "role", "on_behalf_of"?}
inline Value to_value(const Actor& actor) {
  auto value = Value::object({{"id", actor.account}, {"name", actor.name}, {"role", actor.role}});
  if (!actor.on_behalf_of.empty()) value.set("on_behalf_of", actor.on_behalf_of);
  return value;
}

}  // namespace bb::portal::functions
