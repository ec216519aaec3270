// clients.hpp - the applications that the authorization server knows.
//
// Those of the start stay; those that register themselves are 1,000 at most. Secrets are kept as hashes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/smart/client_authentication.hpp>
#include <bb/smart/jws.hpp>

#include "portal/pull/app.hpp"

namespace bb::portal {

struct SmartClient {
  std::string id;
  std::string name;  // for people
  std::vector<std::string> redirect_uris = {};
  smart::ClientAuthentication authentication = smart::ClientAuthentication::none;
  std::string secret_hash = {};                // sha256_hex; of those with a secret
  std::vector<smart::PublishedKey> keys = {};  // of private_key_jwt
  bool is_backend = false;                     // gets tokens of its own, by client_credentials
  std::optional<pull::App> pull = {};          // of Blue Button+ Pull; none: of SMART

  bool has_secret() const {
    return authentication == smart::ClientAuthentication::client_secret_basic ||
           authentication == smart::ClientAuthentication::client_secret_post;
  }
};
using ClientPtr = std::shared_ptr<const SmartClient>;

// [any thread]
class SmartClients {
 public:
  explicit SmartClients(std::vector<SmartClient> known);

  // nullptr: there is none of this id.
  ClientPtr find(std::string_view id) const;
  // In the order of their ids, those of the start alone.
  std::vector<ClientPtr> known() const;
  // With an id of its own. nullptr: there are too many already.
  ClientPtr add(SmartClient client);

 private:
  mutable std::mutex mutex_;
  std::vector<ClientPtr> known_;
  std::map<std::string, ClientPtr, std::less<>> by_id_;
};

}  // namespace bb::portal
