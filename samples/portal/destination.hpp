// destination.hpp - where a share goes: an https URL and one POST to it, a Direct
// address (direct_post.hpp), "mailto:" and an address of plain mail (mail_post.hpp), or a
// record (record_post.hpp).
//
// The portal is a sample on a loopback address: it sends to whatever host the
// patient names, also an internal one. A portal on a real network must refuse
// destinations inside its own walls.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/healthvault/ids.hpp>

namespace bb::portal {

struct Destination {
  std::string url;   // as given
  std::string host;  // without brackets
  int port = 443;
  std::string target;  // path and query
  // Of these three one at most; then nothing but `url` and `host` is set besides.
  std::optional<direct::Address> direct = {};
  std::optional<direct::Address> mail = {};
  std::optional<healthvault::RecordAddress> record = {};
};

inline constexpr std::string_view mail_scheme = "mailto:";  // in letters of any case (RFC 3986, 3.1)
// What stands behind it; another text as it is.
std::string_view without_mail_scheme(std::string_view text);

// What a portal can send by, besides https.
struct Ways {
  bool has_direct = false;
  bool has_mail = false;
  bool has_records = false;
};

// `scheme` is "https" or "http". The error names the URL and what is wrong with it: another
// scheme, with user name or fragment, without host, characters that no URL has, over 2,048 bytes.
[[nodiscard]] Result<Destination> parse_destination(std::string_view url, std::string_view scheme = "https");
// The same, "local@direct.domain", "mailto:local@domain" or "healthvault:PERSON/RECORD", where
// the portal has that way; the error is of the way that the text is nearest to.
[[nodiscard]] Result<Destination> parse_any_destination(std::string_view text, const Ways& ways);

// Posts messages with the certificate of the destination verified.
class Sender {
 public:
  // `trust_file` holds the trusted authorities as PEM.
  explicit Sender(std::string trust_file);
  ~Sender();

  // One message/rfc822, within ten seconds in all. Redirects are not followed.
  // The error says why it did not arrive.
  [[nodiscard]] Status post(const Destination& destination, const std::string& message) const;
  // Breaks off what is being sent, and refuses to send from now on.
  void stop() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bb::portal
