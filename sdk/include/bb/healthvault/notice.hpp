// bb/healthvault/notice.hpp - what a platform posts to a subscriber: records that changed, and
// the code that shows who says so.
//
// Source: notification.xsd of the platform; the developer documentation on eventing ("Notification
// endpoint authentication"); the catalogue's rows HV-EVT-01 to -03. The documentation names what the
// code is made of and that it comes in a header; the header's name and form here are those that a published
// client library describes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/request.hpp>

namespace bb::healthvault {

struct Notice {
  std::string subscription_id;
  std::string person_id;
  std::string record_id;
  std::vector<std::string> thing_ids;
  friend bool operator==(const Notice&, const Notice&) = default;
};

// The body of one POST. `notices` holds at least one.
std::string write_notices(const std::vector<Notice>& notices);
// Notices of kinds that are not known are left out: more may be defined. The error is of what
// breaks the schema. Check the code first (HV-EVT-03).
[[nodiscard]] Result<std::vector<Notice>> read_notices(std::string_view body, const EnvelopeLimits& limits = {});

inline constexpr std::string_view notice_code_header = "Authorization";

// Which key, and the HMAC-SHA-256 of the body's bytes by it.
struct NoticeCode {
  std::string subscription_id;
  std::string key_version;
  std::string code;  // raw
};
// "HVEventingSharedKey SUBSCRIPTION:VERSION:BASE64".
std::string write_notice_code(const NoticeCode& code);
// Nothing where it is none.
std::optional<NoticeCode> read_notice_code(std::string_view header);
NoticeCode notice_code(std::string_view subscription_id, std::string_view key_version, std::string_view key,
                       std::string_view body);
// Whether the code is that of the body's bytes by the key that its version names.
bool is_notice_authentic(const NoticeCode& code, std::string_view key, std::string_view body);

}  // namespace bb::healthvault
