// plugins/direct/opening.hpp - a message that came, opened with the keys of who got it,
// and whether it is taken.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/direct/reception.hpp>

namespace bb::direct_connector {

struct Opening {
  direct::Layers layers;
  direct::Reception reception;
  std::optional<direct::Certificate> opened_by;  // the recipient's, where something was encrypted
  std::string_view binding;                      // of that certificate: "address", "domain" or "none"

  // Something was sealed and could be opened: what is neither encrypted nor signed is
  // plain mail, and what no key opens is closed.
  bool has_opened_form() const;

  // The attributes of an opened item, as bb/abi/ext/inbox.h has them.
  std::string_view encryption() const;
  std::string_view signature() const;
  std::string_view trust() const;
  std::string signer() const;  // empty where none is known
  // "refused by DIRECT-SEC-03: ...; remark of ...", or that it is taken.
  std::string detail() const;
  // All of these by name, and how it was encrypted and for whom.
  std::vector<std::pair<std::string, std::string>> attributes() const;

  // What was signed with its signature, under the header that came: what rules on
  // signature and wrapping judge without a key. Of what came in clear it is what came.
  std::string decrypted_form(std::string_view message) const;
};

// Never fails: bytes that are no message are refused by DIRECT-MSG-01.
Opening open_message(std::string_view message, const std::vector<direct::Identity>& keys,
                     const direct::Address& recipient, const direct::TrustPolicy& trust);

}  // namespace bb::direct_connector
