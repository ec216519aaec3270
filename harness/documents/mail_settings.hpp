// harness/documents/mail_settings.hpp - what mails and certificates are judged with.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>

namespace bb::documents {

// Versions of the Applicability Statement for Secure Health Transport; a rule of one
// is gated by it (DIRECT-VER-01).
inline constexpr std::array<std::string_view, 4> direct_versions{"1.0", "1.1", "1.2", "1.3"};
inline constexpr std::string_view direct_version_usual = "1.2";

struct MailSettings {
  std::vector<direct::Identity> keys;              // that open encrypted mails
  std::vector<direct::Certificate> anchors;        // none: no path is judged
  std::vector<direct::Certificate> intermediates;  // authorities that did not come along
  std::vector<std::string> lists;                  // of revocation, DER or PEM; judged along a path to an anchor
  // Seconds since 1970, the time to judge certificates by. None: the message's Date,
  // and where it has none the present.
  std::optional<std::int64_t> at;
  std::string direct_as{direct_version_usual};  // one of direct_versions
};

}  // namespace bb::documents
