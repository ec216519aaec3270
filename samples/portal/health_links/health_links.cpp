#include "portal/health_links/health_links.hpp"

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/smart/health_link.hpp>
#include <bb/smart/jwe.hpp>

namespace bb::portal::health_links {
namespace {

constexpr std::size_t token_bytes = 32;               // 256 bits, as the specification asks for
constexpr std::int64_t embedded_default_max = 8'192;  // where the client does not say
constexpr std::int64_t ticket_ns = 30 * 60 * ns_per_second;

HealthLinks::Answer refusal(int status, std::string_view code, std::string_view why) {
  return {status, Value::object({{"error", Value::object({{"code", code}, {"message", why}})}})};
}
HealthLinks::Answer inactive() { return refusal(404, "not_found", "there is no such link, or it is no longer active"); }

// UTF-8: what does not go on a character begins one.
std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

Result<Value> HealthLinks::create(const Session& session, const std::string& patient, const Wish& wish) {
  Link link{.id = random_token(8),
            .patient = patient,
            .token = random_token(token_bytes),
            .key = {},
            .flags = {},
            .passcode = wish.passcode,
            .session = session};
  const auto asks_for = [&](char letter) { return wish.flags.find(letter) != std::string::npos; };
  if (wish.flags.find_first_not_of("LPU") != std::string::npos)
    return Error{"'flags' are of L, P and U, got '" + shorten(wish.flags, 20) + "'"};
  const bool has_passcode = asks_for('P') || !wish.passcode.empty();
  if (has_passcode && asks_for('U') && !is_on(Defect::shl_passcode_with_file))
    return Error{"a link to the file itself has no passcode: P and U exclude each other"};
  if (has_passcode && wish.passcode.empty()) return Error{"a link with P needs a 'passcode'"};
  if (character_count(wish.label) > label_characters_max && !is_on(Defect::shl_long_label))
    return Error{"'label' has at most 80 characters, got " + std::to_string(character_count(wish.label))};
  for (const char letter : std::string_view("LPU"))
    if (letter == 'P' ? has_passcode : asks_for(letter)) link.flags += letter;
  if (is_on(Defect::shl_flags_out_of_order)) std::reverse(link.flags.begin(), link.flags.end());
  link.key = is_on(Defect::shl_key_reused) ? sha256(patient) : random_bytes(smart::jwe_key_bytes);

  const std::lock_guard lock(mutex_);
  if (links_.size() == links_max) links_.erase(links_.begin());
  if (is_on(Defect::shl_guessable_url)) link.token = std::to_string(links_.size() + 1);
  auto payload = Value::object({{"url", base_url_ + "/links/" + link.token}, {"key", base64url_encode(link.key)}});
  if (!link.flags.empty()) payload.set("flag", link.flags);
  if (!wish.label.empty()) payload.set("label", wish.label);
  payload.set("v", 1);
  auto text = smart::write_health_link(payload, base_url_ + "/links/view");
  if (is_on(Defect::shl_payload_with_blanks))
    text = base_url_ + "/links/view#shlink:/" + base64url_encode(to_json_pretty(payload));
  if (is_on(Defect::shl_other_scheme)) text = replace_all(text, "shlink:/", "healthlink:/");
  auto made = Value::object({{"id", link.id}, {"link", text}});
  links_.push_back(std::move(link));
  return made;
}

bool HealthLinks::revoke(const std::string& patient, const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (auto& link : links_) {
    if (link.patient != patient || link.id != id) continue;
    link.is_active = is_on(Defect::shl_revoked_answers);
    return true;
  }
  return false;
}

HealthLinks::Link* HealthLinks::find_active(const std::string& token) {
  const auto found = std::find_if(links_.begin(), links_.end(),
                                  [&](const Link& link) { return equal_constant_time(link.token, token); });
  return found == links_.end() || !found->is_active ? nullptr : &*found;
}

std::vector<HealthLinks::Content> HealthLinks::contents(const Link& link) {
  std::vector<Content> found;
  const auto add = [&](std::string_view format, std::string media_type, const Selection& selection) {
    auto file = holder_.download(link.session, link.patient, *find_format(format), selection);
    if (file) found.push_back({std::move(media_type), std::move(file->bytes)});
  };
  add("fhir-bundle", "application/fhir+json", {});
  if (link.has_flag('U')) return found;
  for (const auto& item : holder_.items(link.session, link.patient)) {
    if (item.kind != "visit") continue;
    add("fhir-bundle", "application/fhir+json", {.items = {item.id}, .range = {}});
    break;
  }
  if (is_on(Defect::shl_embeds_text)) add("blue-button-text", "text/plain", {});
  return found;
}

std::string HealthLinks::encrypted(const Link& link, const Content& content) const {
  const auto nonce = is_on(Defect::shl_nonce_reused) ? sha256(link.key).substr(0, smart::jwe_nonce_bytes)
                                                     : random_bytes(smart::jwe_nonce_bytes);
  return smart::write_jwe(content.bytes, is_on(Defect::shl_without_content_type) ? "" : content.media_type, link.key,
                          nonce, smart::Zip::deflate);
}

std::string HealthLinks::new_ticket(const Link& link, std::string jwe) {
  const auto now = holder_.source().now_unix_ns();
  std::erase_if(tickets_,
                [&](const auto& one) { return one.second.expires_ns <= now && !is_on(Defect::shl_files_last); });
  if (tickets_.size() == tickets_max) tickets_.erase(tickets_.begin());
  const auto name = random_token();
  tickets_[name] = {link.token, std::move(jwe), now + ticket_ns};
  return name;
}

HealthLinks::Answer HealthLinks::manifest(const std::string& token, const std::string& recipient,
                                          const std::string& passcode, std::optional<std::int64_t> embedded_max) {
  // One at a time, so that guesses side by side are counted as those one after the other.
  const std::lock_guard lock(mutex_);
  auto* const link = find_active(token);
  if (link == nullptr) return inactive();
  if (link->has_flag('U')) return refusal(405, "method_not_allowed", "this link leads to its file: GET");
  if (recipient.empty()) return refusal(400, "malformed", "'recipient' must say who asks");
  if (link->has_flag('P') && !equal_constant_time(passcode, link->passcode)) {
    if (!is_on(Defect::shl_passcodes_uncounted)) --link->attempts_left;
    if (link->attempts_left == 0) link->is_active = false;
    if (is_on(Defect::shl_attempts_untold)) return refusal(401, "not_signed_in", "wrong passcode");
    return {401, Value::object({{"remainingAttempts", link->attempts_left}})};
  }
  auto files = Value::array();
  for (const auto& content : contents(*link)) {
    auto jwe = encrypted(*link, content);
    auto file = Value::object({{"contentType", content.media_type}});
    const bool is_embedded = static_cast<std::int64_t>(jwe.size()) <= embedded_max.value_or(embedded_default_max) ||
                             is_on(Defect::shl_embeds_everything);
    if (is_embedded)
      file.set("embedded", jwe);
    else
      file.set("location", base_url_ + "/links/" + token + "/files/" + new_ticket(*link, std::move(jwe)));
    files.push(std::move(file));
  }
  return {200, Value::object({{"files", std::move(files)}})};
}

HealthLinks::Answer HealthLinks::direct_file(const std::string& token, const std::string& recipient) {
  const std::lock_guard lock(mutex_);
  auto* const link = find_active(token);
  if (link == nullptr) return inactive();
  if (!link->has_flag('U')) return refusal(405, "method_not_allowed", "this link has a manifest: POST");
  if (recipient.empty()) return refusal(400, "malformed", "'recipient' must say who asks");
  const auto found = contents(*link);
  return found.empty() ? inactive() : Answer{.file = encrypted(*link, found.front())};
}

HealthLinks::Answer HealthLinks::file(const std::string& token, const std::string& ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = tickets_.find(ticket);
  const bool is_there = find_active(token) != nullptr && found != tickets_.end() && found->second.token == token;
  if (!is_there) return inactive();
  if (found->second.expires_ns <= holder_.source().now_unix_ns() && !is_on(Defect::shl_files_last)) return inactive();
  return {.file = found->second.jwe};
}

}  // namespace bb::portal::health_links
