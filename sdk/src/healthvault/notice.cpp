#include <bb/healthvault/notice.hpp>

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "fields.hpp"

namespace bb::healthvault {
namespace {

constexpr std::string_view notice_space = "urn:com.microsoft.wc.notification";
constexpr std::string_view known_kind = "record-change-notification";
constexpr std::string_view scheme = "HVEventingSharedKey ";
constexpr std::size_t header_bytes_max = 1000;

template <class A, class OneNotice>
void describe_notice(A& a, OneNotice& notice) {
  a.element("common", [&] { a.one("subscription-id", Kind::guid, notice.subscription_id); });
  a.element(known_kind, [&] {
    a.one("person-id", Kind::guid, notice.person_id);
    a.one("record-id", Kind::guid, notice.record_id);
    // The published client reads `things/thing/thing-id`; the schema has one `things/thing-id`.
    a.element("things", [&] {
      if constexpr (A::is_reading) {
        a.many("thing-id", Kind::guid, notice.thing_ids);
        if (!notice.thing_ids.empty()) return;
      }
      a.many_with(
          "thing", notice.thing_ids, [&](auto& id) { a.one("thing-id", Kind::guid, id); }, 1);
    });
  });
}

bool is_known(const xmlNode* notice) {
  for (const auto* child = first_element(notice); child != nullptr; child = next_element(child))
    if (child->ns == nullptr && xml::name_of(child) == known_kind) return true;
  return false;
}

}  // namespace

std::string write_notices(const std::vector<Notice>& notices) {
  std::string out;
  Writer writer(out, 1);
  writer.element(fmt::format("wc:notifications xmlns:wc=\"{}\"", notice_space), [&] {
    writer.many_with("notification", notices, [&](const Notice& notice) { describe_notice(writer, notice); });
  });
  return out;
}

Result<std::vector<Notice>> read_notices(std::string_view body, const EnvelopeLimits& limits) {
  BB_TRY(const auto markup, Markup::read(body, limits.bytes_max));
  const auto* root = markup.root();
  if (!xml::is_element(root, notice_space, "notifications"))
    return Error{fmt::format("{}: expected 'notifications' of the namespace '{}', found '{}'", markup.place_of(root),
                             notice_space, shorten(xml::name_of(root), 60))};
  BB_CHECK(markup.check_bare(root));
  std::vector<Notice> notices;
  for (const auto* child = first_element(root); child != nullptr; child = next_element(child)) {
    if (child->ns != nullptr || xml::name_of(child) != "notification")
      return Error{fmt::format("{}: expected 'notification', found '{}'", markup.place_of(child),
                               shorten(xml::name_of(child), 60))};
    if (!is_known(child)) continue;
    Reader reader(markup, 1);
    reader.enter(child, [&] { describe_notice(reader, notices.emplace_back()); });
    if (reader.error()) return *reader.error();
  }
  return notices;
}

std::string write_notice_code(const NoticeCode& code) {
  return fmt::format("{}{}:{}:{}", scheme, code.subscription_id, code.key_version, base64_encode(code.code));
}

std::optional<NoticeCode> read_notice_code(std::string_view header) {
  if (header.size() > header_bytes_max || !header.starts_with(scheme)) return std::nullopt;
  const auto parts = split(trim(header.substr(scheme.size())), ':');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  auto code = base64_decode(parts[2]);
  if (!code || code->empty()) return std::nullopt;
  return NoticeCode{to_lower(parts[0]), parts[1], *std::move(code)};
}

NoticeCode notice_code(std::string_view subscription_id, std::string_view key_version, std::string_view key,
                       std::string_view body) {
  return {std::string{subscription_id}, std::string{key_version}, mac(MacAlgorithm::hmac_sha256, key, body)};
}

bool is_notice_authentic(const NoticeCode& code, std::string_view key, std::string_view body) {
  return verify_mac(MacAlgorithm::hmac_sha256, key, body, code.code);
}

}  // namespace bb::healthvault
