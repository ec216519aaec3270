// harness/bundle/manifest.hpp - what a signature is of: every file of a run folder
// with its SHA-256, as `sha256sum --check` reads it.
//
// The signature lies beside it, CMS SignedData (RFC 5652), detached, as DER:
//   openssl cms -verify -binary -inform DER -in evidence.p7s -content evidence.sha256 -CAfile ca.pem -purpose any
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::bundle {

// By path. Of a folder as it is; the manifest itself and its signature are left out.
[[nodiscard]] Result<std::map<std::string, std::string>> hashes_of(const std::filesystem::path& folder);

std::string write_manifest(const std::map<std::string, std::string>& hashes);
// The error names the line.
[[nodiscard]] Result<std::map<std::string, std::string>> read_manifest(std::string_view text);

// Writes manifest and signature, in place of older ones. `key` and `certificate` are PEM;
// authorities may stand behind the certificate and travel along. The error is of a key
// that is encrypted or does not fit, of a certificate that is not valid now, or of the folder.
[[nodiscard]] Status sign(const std::filesystem::path& folder, std::string_view key, std::string_view certificate);

}  // namespace bb::bundle
