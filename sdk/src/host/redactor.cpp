#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/host/redact_value.hpp>
#include <bb/host/redactor.hpp>
#include "needles.hpp"
#include "secret_forms.hpp"
#include "xml_tokens.hpp"

namespace bb::host {
namespace {

constexpr std::array<std::string_view, 6> credential_fields{"authorization", "proxy-authorization", "cookie",
                                                            "set-cookie",    "x-api-key",           "x-auth-token"};
constexpr std::array<std::string_view, 18> token_members{
    "access_token", "refresh_token",    "id_token",    "token",      "session_token", "auth_token",
    "api_key",      "client_assertion", "device_code", "password",   "client_secret", "accessToken",
    "authToken",    "sessionToken",     "session_key", "sessionKey", "apiKey",        "registration_access_token"};

// RFC 6749, sections 4.1.2 and 4.2.2; RFC 9207; and the shell of personal health record platforms.
constexpr std::array<std::string_view, 9> open_parameters{
    "target", "error", "error_description", "error_uri", "instanceid", "scope", "iss", "expires_in", "token_type"};

constexpr std::string_view cut_mark = "...";  // shorten()

template <class Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) { return iequals(known, name); });
}

// Parsing every document for tokens would cost more than all the rest.
bool may_hold_tokens(std::string_view text) {
  static const Needles members([] {
    std::vector<Needle> names;
    for (const std::string_view member : token_members) names.push_back({std::string(member), 0});
    return names;
  }());
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_likely_json = first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  return is_likely_json && members.find(text, first).needle;
}

std::string mark(std::string_view name) { return "[secret " + std::string(name) + "]"; }

// The values of "a=1; b=2", or only the first for Set-Cookie, whose other
// members are attributes.
std::vector<std::string> cookie_values(std::string_view field, bool is_set_cookie) {
  std::vector<std::string> values;
  for (const std::string& member : split(field, ';')) {
    const std::size_t equals = member.find('=');
    if (equals != std::string::npos) values.emplace_back(trim(std::string_view(member).substr(equals + 1)));
    if (is_set_cookie) break;
  }
  return values;
}

}  // namespace

// The matcher is rebuilt at the first use after something was learnt and shared
// by readers, who keep the one they started with.
struct Redactor::Impl {
  struct Matcher {
    Matcher(std::vector<std::string> marks_by_label, std::vector<Needle> forms)
        : marks(std::move(marks_by_label)), needles(std::move(forms)) {}
    std::vector<std::string> marks;
    Needles needles;
  };

  std::mutex mutex;
  struct Learnt {
    std::string name;
    std::vector<std::string> forms;
  };
  std::map<std::string, Learnt, std::less<>> secrets;
  std::shared_ptr<const Matcher> matcher;  // null: to be built before the next use

  ~Impl() {
    while (!secrets.empty()) {
      auto node = secrets.extract(secrets.begin());
      wipe(node.key());
      for (std::string& form : node.mapped().forms) wipe(form);
    }
  }

  std::shared_ptr<const Matcher> current() {
    const std::scoped_lock lock(mutex);
    if (!matcher) matcher = build();
    return matcher;
  }

  std::shared_ptr<const Matcher> build() const {
    std::vector<std::string> marks;
    std::vector<Needle> needles;
    for (const auto& [secret, learnt] : secrets) {
      for (const std::string& form : learnt.forms) needles.push_back({form, marks.size()});
      marks.push_back(mark(learnt.name));
    }
    return std::make_shared<const Matcher>(std::move(marks), std::move(needles));
  }
};

Redactor::Redactor() : impl_(std::make_unique<Impl>()) {}
Redactor::~Redactor() = default;

void Redactor::learn(std::string_view name, std::string_view secret) {
  if (secret.size() < Needles::bytes_min) return;
  const std::scoped_lock lock(impl_->mutex);
  if (impl_->secrets.find(secret) != impl_->secrets.end()) return;
  impl_->secrets.emplace(secret, Impl::Learnt{std::string(name), secret_forms(secret, Needles::bytes_min)});
  impl_->matcher = nullptr;
}

std::string Redactor::redact(std::string_view bytes) const {
  if (bytes.size() < Needles::bytes_min) return std::string(bytes);
  const auto matcher = impl_->current();
  NeedleHit hit = matcher->needles.find(bytes, 0);
  if (!hit.needle) return std::string(bytes);
  std::string redacted;
  std::size_t kept = 0;
  for (; hit.needle; hit = matcher->needles.find(bytes, kept)) {
    redacted.append(bytes, kept, hit.position - kept);
    redacted += matcher->marks[hit.needle->label];
    kept = hit.position + hit.needle->bytes.size();
  }
  redacted.append(bytes, kept);
  return redacted;
}

std::string Redactor::redact_sentence(std::string_view text) const {
  std::string redacted = redact(text);
  const auto matcher = impl_->current();
  for (auto cut = redacted.find(cut_mark); cut != std::string::npos; cut = redacted.find(cut_mark, cut)) {
    if (const NeedleHit hit = matcher->needles.find_beginning_at_end(std::string_view(redacted).substr(0, cut));
        hit.needle) {
      const std::string& name = matcher->marks[hit.needle->label];
      redacted.replace(hit.position, cut - hit.position, name);
      cut = hit.position + name.size();
    }
    cut += cut_mark.size();
  }
  return redacted;
}

void Redactor::learn_header(std::string_view name, std::string_view value) {
  if (!is_one_of(credential_fields, name)) return;
  const std::string label = to_lower(name);
  if (label.ends_with("cookie")) {
    for (const std::string& cookie : cookie_values(value, label == "set-cookie")) learn(label, cookie);
    return;
  }
  const std::size_t blank = value.find(' ');
  const std::string_view credential = blank == std::string_view::npos ? value : trim(value.substr(blank));
  learn(label, credential);
  if (!iequals(value.substr(0, blank), "basic")) return;
  const auto pair = base64_decode(credential);
  const std::size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon != std::string::npos) learn(label, std::string_view(*pair).substr(colon + 1));
}

std::string Redactor::redact_header(std::string_view name, std::string_view value) {
  if (!is_one_of(credential_fields, name)) return redact(value);
  learn_header(name, value);
  return mark(to_lower(name));
}

void Redactor::learn_tokens(std::string_view message) {
  each_xml_token(message, [this](std::string_view name, std::string_view token) { learn(name, token); });
  if (!may_hold_tokens(message)) return;
  const auto body = parse_json(message);
  if (!body) return;
  std::vector<const Value*> open{&*body};
  while (!open.empty()) {
    const Value& value = *open.back();
    open.pop_back();
    if (const auto* const items = value.items())
      for (const Value& item : *items) open.push_back(&item);
    const auto* const members = value.members();
    if (!members) continue;
    for (const auto& [key, member] : *members) {
      const std::string* const text = member.string();
      if (text && is_one_of(token_members, key)) learn(key, *text);
      open.push_back(&member);
    }
  }
}

void Redactor::learn_return(std::string_view address) {
  const std::size_t begin = address.find_first_of("?#");
  if (begin == std::string_view::npos) return;
  for (const std::string& part : split(replace_all(address.substr(begin + 1), "#", "&"), '&')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || is_one_of(open_parameters, part.substr(0, equals))) continue;
    const std::string value = part.substr(equals + 1), name = part.substr(0, equals);
    learn(name, value);
    if (const auto plain = percent_decode(replace_all(value, "+", "%20"))) learn(name, *plain);
  }
}

Value redacted(const Redactor& redactor, Value value) {
  if (const std::string* const text = value.string()) return redactor.redact(*text);
  if (auto* const items = value.items())
    for (Value& item : *items) item = redacted(redactor, std::move(item));
  if (auto* const members = value.members())
    for (auto& member : *members) member.value = redacted(redactor, std::move(member.value));
  return value;
}

}  // namespace bb::host
