#include <bb/direct/ldap.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "ldap_wire.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
constexpr std::size_t shown_bytes_max = 200;
constexpr std::size_t bases_max = 50;

constexpr int code_success = 0;
constexpr int code_time_limit = 3;
constexpr int code_size_limit = 4;
constexpr int code_referral = 10;
constexpr int code_admin_limit = 11;
constexpr int code_no_object = 32;

// RFC 4515, 3: what would be read as part of a filter stands as its number.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_special = c == '*' || c == '(' || c == ')' || c == '\\' || byte < 0x20 || byte >= 0x7f;
    text += is_special ? fmt::format("\\{:02x}", byte) : std::string(1, c);
  }
  return text;
}

std::string said(int code, const std::string& message) {
  return message.empty() ? ldap_code_word(code)
                         : fmt::format("{} ({})", ldap_code_word(code), shorten(one_line(message), shown_bytes_max));
}

}  // namespace

std::string LdapFilter::text() const {
  switch (kind) {
    case Kind::present:
      return fmt::format("({}=*)", attribute);
    case Kind::equal:
      return fmt::format("({}={})", attribute, escaped(value));
    case Kind::all:
    case Kind::any:
      break;
  }
  std::string text = kind == Kind::all ? "(&" : "(|";
  for (const auto& part : parts) text += part.text();
  return text + ")";
}

LdapFilter certificates_of(std::string_view mail) {
  const auto has = [](std::string_view attribute) {
    return LdapFilter{.kind = LdapFilter::Kind::present, .attribute = std::string(attribute)};
  };
  const LdapFilter is_of{.kind = LdapFilter::Kind::equal, .attribute = "mail", .value = std::string(mail)};
  const LdapFilter has_one{.kind = LdapFilter::Kind::any,
                           .parts = {has("userCertificate;binary"), has("userCertificate")}};
  return {.kind = LdapFilter::Kind::all, .parts = {is_of, has_one}};
}

std::vector<std::string> LdapEntry::values(std::string_view attribute) const {
  std::vector<std::string> found;
  for (const auto& one : attributes) {
    const auto bare = std::string_view(one.name).substr(0, one.name.find(';'));
    if (iequals(bare, attribute)) found.insert(found.end(), one.values.begin(), one.values.end());
  }
  return found;
}

std::string ldap_code_word(int code) {
  static constexpr std::array<std::pair<int, const char*>, 18> words{{{0, "success"},
                                                                      {1, "operationsError"},
                                                                      {2, "protocolError"},
                                                                      {3, "timeLimitExceeded"},
                                                                      {4, "sizeLimitExceeded"},
                                                                      {7, "authMethodNotSupported"},
                                                                      {8, "strongerAuthRequired"},
                                                                      {10, "referral"},
                                                                      {11, "adminLimitExceeded"},
                                                                      {13, "confidentialityRequired"},
                                                                      {32, "noSuchObject"},
                                                                      {34, "invalidDNSyntax"},
                                                                      {48, "inappropriateAuthentication"},
                                                                      {49, "invalidCredentials"},
                                                                      {50, "insufficientAccessRights"},
                                                                      {51, "busy"},
                                                                      {52, "unavailable"},
                                                                      {53, "unwillingToPerform"}}};
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == code; });
  return found == words.end() ? fmt::format("resultCode {}", code) : found->second;
}

LdapClient::~LdapClient() {
  if (is_bound_) static_cast<void>(stream_.write(write_ldap_unbind(++last_id_)));
}

Status LdapClient::send(std::string_view message) {
  trouble_ = Trouble::none;
  auto sent = stream_.write(message);
  if (!sent) trouble_ = stream_.trouble();
  return sent;
}

Result<std::string> LdapClient::receive(std::size_t bytes_max) {
  for (;;) {
    BB_TRY(const auto size, ldap_message_size(held_));
    if (size && *size > bytes_max)
      return Error{fmt::format("an LDAP message of {} bytes; at most {} are read", *size, bytes_max)};
    if (size && held_.size() >= *size) {
      auto message = held_.substr(0, *size);
      held_.erase(0, *size);
      return message;
    }
    const auto more = stream_.read(piece_bytes);
    if (!more) {
      trouble_ = stream_.trouble();
      return more.error();
    }
    if (more->empty()) {
      trouble_ = Trouble::unavailable;
      return Error{held_.empty() ? "the directory closed the connection without an answer"
                                 : "the directory closed the connection within an answer"};
    }
    held_ += *more;
  }
}

Status LdapClient::bind() {
  const int id = ++last_id_;
  BB_TRY(const auto request, write_ldap_bind(id));
  BB_CHECK(send(request));
  BB_TRY(const auto bytes, receive(limits_.message_bytes_max));
  BB_TRY(const auto answer, read_ldap_answer(bytes, limits_));
  if (answer.kind == LdapAnswer::Kind::notice)
    return Error{"the directory ends the connection: " + said(answer.code, answer.message)};
  if (answer.kind != LdapAnswer::Kind::bound || answer.id != id)
    return Error{"the answer to the bind is none: of another kind or to another message"};
  if (answer.code != code_success)
    return Error{"the directory refuses an anonymous bind: " + said(answer.code, answer.message)};
  is_bound_ = true;
  return {};
}

Result<LdapFound> LdapClient::search(const LdapSearch& search) {
  is_refused_ = false;
  const int id = ++last_id_;
  BB_TRY(const auto request, write_ldap_search(id, search, limits_.entries_max));
  BB_CHECK(send(request));
  LdapFound found;
  std::size_t bytes_left = limits_.answer_bytes_max;
  const auto add_urls = [&](const std::vector<std::string>& urls) {
    if (found.referrals.size() + urls.size() <= limits_.entries_max)
      found.referrals.insert(found.referrals.end(), urls.begin(), urls.end());
  };
  for (;;) {
    BB_TRY(const auto bytes, receive(std::min(limits_.message_bytes_max, bytes_left)));
    bytes_left -= bytes.size();
    BB_TRY(auto answer, read_ldap_answer(bytes, limits_));
    if (answer.kind == LdapAnswer::Kind::notice && answer.id == 0)  // RFC 4511, 4.4.1
      return Error{"the directory ends the connection: " + said(answer.code, answer.message)};
    if (answer.id != id) return Error{fmt::format("an answer to message {} came, expected one to {}", answer.id, id)};
    switch (answer.kind) {
      case LdapAnswer::Kind::entry:
        if (found.entries.size() == limits_.entries_max)
          return Error{fmt::format("more than {} entries came, which is what was asked for", limits_.entries_max)};
        found.entries.push_back(std::move(answer.entry));
        break;
      case LdapAnswer::Kind::reference:
        add_urls(answer.urls);
        break;
      case LdapAnswer::Kind::done: {
        add_urls(answer.urls);
        found.code = answer.code;
        found.message = answer.message;
        for (const int code :
             {code_success, code_time_limit, code_size_limit, code_referral, code_admin_limit, code_no_object})
          if (answer.code == code) return found;
        is_refused_ = true;
        return Error{"the directory says " + said(answer.code, answer.message)};
      }
      default:
        return Error{"an answer came that belongs to no search"};
    }
  }
}

Result<std::vector<std::string>> LdapClient::naming_contexts() {
  BB_TRY(const auto root, search({.base = "", .scope = LdapScope::base, .attributes = {"namingContexts"}}));
  std::vector<std::string> bases;
  for (const auto& entry : root.entries)
    for (auto& base : entry.values("namingContexts")) bases.push_back(std::move(base));
  if (bases.size() > bases_max)
    return Error{fmt::format("the directory names {} bases; at most {} are searched", bases.size(), bases_max)};
  return bases;
}

}  // namespace bb::direct
