#include "harness/bundle/manifest.hpp"

#include <fmt/format.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/cms.hpp>

#include "harness/bundle/contents.hpp"
#include "harness/evidence/run_folder.hpp"

namespace bb::bundle {
namespace {

constexpr std::size_t hash_digits = 64;
constexpr std::string_view between = "  ";
constexpr std::int64_t ns_per_second = 1'000'000'000;

}  // namespace

Result<std::map<std::string, std::string>> hashes_of(const std::filesystem::path& folder) {
  BB_TRY(const Contents contents, contents_of(folder));
  if (!contents.strange.empty())
    return Error{
        fmt::format("{}: {} {}", folder.string(), contents.strange.front().first, contents.strange.front().second)};
  std::map<std::string, std::string> hashes;
  for (const auto& file : contents.files) {
    if (file == manifest_file_name || file == signature_file_name) continue;
    BB_TRY(const std::string bytes, read_regular_file(folder / file));
    hashes.emplace(file, sha256_hex(bytes));
  }
  return hashes;
}

std::string write_manifest(const std::map<std::string, std::string>& hashes) {
  std::string text;
  for (const auto& [file, hash] : hashes) text.append(hash).append(between).append(file) += '\n';
  return text;
}

Result<std::map<std::string, std::string>> read_manifest(std::string_view text) {
  std::map<std::string, std::string> hashes;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto feed = text.find('\n');
    const std::string_view line = text.substr(0, feed);
    const bool is_line = feed != std::string_view::npos && line.size() > hash_digits + between.size() &&
                         evidence::is_blob_name(line.substr(0, hash_digits)) &&
                         line.substr(hash_digits, between.size()) == between;
    if (!is_line)
      return Error{fmt::format("line {}: expected a SHA-256 in hex, two blanks, a file and a line feed", number)};
    if (!hashes.emplace(line.substr(hash_digits + between.size()), line.substr(0, hash_digits)).second)
      return Error{fmt::format("line {}: names a file a second time", number)};
    text.remove_prefix(feed + 1);
  }
  return hashes;
}

Status sign(const std::filesystem::path& folder, std::string_view key, std::string_view certificate) {
  std::string pem(key);
  pem.append("\n").append(certificate);
  const auto signer = direct::read_identity(pem);
  wipe(pem);
  if (!signer) return signer.error();
  const std::int64_t now = now_unix_ns() / ns_per_second;
  const auto begin = signer->certificate.not_before(), end = signer->certificate.not_after();
  if (!begin || !end || now < *begin || now > *end)
    return Error{fmt::format("the certificate {} is not valid now: {} to {}", signer->certificate.subject(),
                             begin ? format_utc(*begin * ns_per_second) : "no day",
                             end ? format_utc(*end * ns_per_second) : "no day")};
  BB_TRY(const auto hashes, hashes_of(folder));
  const std::string manifest = write_manifest(hashes);
  BB_TRY(const std::string signature, direct::sign(manifest, *signer));
  BB_CHECK(write_text(folder / manifest_file_name, manifest, Privacy::private_));
  return write_text(folder / signature_file_name, signature, Privacy::private_);
}

}  // namespace bb::bundle
