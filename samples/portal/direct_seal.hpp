// direct_seal.hpp - seals a message as Direct asks, or with the one mistake that a defect
// asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>

#include "portal/defects.hpp"

namespace bb::portal {

// What a message is sealed with.
struct DirectSeal {
  const direct::Identity& signer;
  const std::vector<direct::Certificate>& recipients;
};

// A message with CRLF line ends, as it is handed to the mail server.
[[nodiscard]] Result<std::string> seal_direct(std::string_view message, const DirectSeal& seal, const Defects& defects);

// The message as the portal writes it before it is sealed, but for a defect of its header.
std::string direct_header_defects(std::string message, const Defects& defects);

}  // namespace bb::portal
