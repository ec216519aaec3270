// harness/documents/kind_certificate.hpp - certificates (DER, PEM), trust bundles
// (.p7b, signed ones .p7m), and CMS that stands alone: a signature (.p7s) or an
// envelope (.p7m).
//
// Sources: RFC 5280, RFC 5652, RFC 7468; requirements DIRECT-CERT and DIRECT-BUNDLE.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>

#include "harness/documents/kinds.hpp"

namespace bb::documents {

bool is_certificate(std::string_view bytes);
bool is_trust_bundle(std::string_view bytes);
// Other SignedData or EnvelopedData, DER, PEM or bare base64.
bool is_cms(std::string_view bytes);

Look look_at_certificate(std::string_view bytes, Rules& rules);
Look look_at_trust_bundle(std::string_view bytes, Rules& rules);
Look look_at_cms(std::string_view bytes, Rules& rules);

// The certificates of such a file, of a bundle its anchors. The error is of bytes that
// are neither.
Result<std::vector<direct::Certificate>> certificates_in(std::string_view bytes);

}  // namespace bb::documents
