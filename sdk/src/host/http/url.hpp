// url.hpp - the parts of an http or https URL that a request needs.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::host {

struct Url {
  bool is_tls = false;
  std::string host;  // without brackets, lower case
  int port = 0;
  std::string target;  // path and query, begins with '/'

  // "https://portal.example:8443": what connections are kept by.
  std::string origin() const;
  // The Host header field: with brackets where needed, port unless default.
  std::string authority() const;
};

// Other schemes, user names, control characters, blanks and bytes over 126 are
// errors (they would end or change the request line); a fragment is dropped.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace bb::host
