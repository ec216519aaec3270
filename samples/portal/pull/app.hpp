// portal/pull/app.hpp - what the portal knows of an application of Blue Button+ Pull.
#pragma once

#include <string>
#include <vector>

namespace bb::portal::pull {

// Who vouches for it (BBP-PULL-22): nobody; the registry for its name and address alone; the registry for where it
// sends people back to, too. Each is confidential or public besides.
enum class Trust { experimental, semi_trusted, trusted };

struct App {
  Trust trust = Trust::experimental;
  std::string uri = {};                          // client_uri
  std::vector<std::string> response_types = {};  // "code", "token"
  std::vector<std::string> scopes = {};          // in their root form; none: all
};

}  // namespace bb::portal::pull
