#include <bb/healthvault/package.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/signing.hpp>
#include <bb/healthvault/thing_methods.hpp>

#include "fields.hpp"

namespace bb::healthvault {
namespace {

constexpr std::string_view triple_des = "hmac-sha1-3des";
constexpr std::int64_t triple_des_key_bits = 192;
constexpr std::size_t key_bytes = 24, block_bytes = 8, hash_bytes = 20, salt_bytes = 64;
constexpr std::int64_t iterations_written = 20'000, iterations_max = 1'000'000;
constexpr std::size_t data_bytes_max = 1024 * 1024, contents_bytes_max = 64 * 1024 * 1024;

}  // namespace

struct PackageEncryption {
  std::string algorithm;
  std::string salt = {};  // its characters are the salt's bytes
  std::int64_t iterations = 0;
  std::int64_t key_bits = 0;
};

template <class A>
void describe(A& a, typename A::template Of<PackageEncryption>& encryption) {
  a.element("encrypt-algorithm", [&] {
    a.one("algorithm-name", Kind::filled, encryption.algorithm);
    a.optional("parameters", !encryption.salt.empty(), [&] {
      a.one("salt", Kind::filled, encryption.salt);
      a.one("iteration-count", encryption.iterations);
      a.one("key-length", encryption.key_bits);
    });
  });
}

namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Release<EVP_CIPHER_CTX_free>>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// The key and, behind it, the initial value.
std::string derived(std::string_view answer, const PackageEncryption& encryption) {
  auto lower = to_lower(answer);
  std::string material(key_bytes + block_bytes, '\0');
  const auto is_made =
      PKCS5_PBKDF2_HMAC(lower.data(), static_cast<int>(lower.size()), bytes_of(std::string_view(encryption.salt)),
                        static_cast<int>(encryption.salt.size()), static_cast<int>(encryption.iterations), EVP_sha1(),
                        static_cast<int>(material.size()), bytes_of(material));
  wipe(lower);
  if (is_made != 1) std::abort();  // only without memory
  return material;
}

enum class Direction { decrypt = 0, encrypt = 1 };

// Whole blocks, without padding of OpenSSL's.
std::string in_cbc(Direction direction, const std::string& material, std::string_view blocks) {
  CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(blocks.size() + block_bytes, '\0');
  int size = 0, more = 0;
  const auto* const key = bytes_of(std::string_view(material));
  const bool is_done =
      EVP_CipherInit_ex2(context.get(), EVP_des_ede3_cbc(), key, key + key_bytes, static_cast<int>(direction),
                         nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
      EVP_CipherUpdate(context.get(), bytes_of(out), &size, bytes_of(blocks), static_cast<int>(blocks.size())) == 1 &&
      EVP_CipherFinal_ex(context.get(), bytes_of(out) + size, &more) == 1;
  if (!is_done) std::abort();  // without memory, or an OpenSSL without triple DES
  out.resize(static_cast<std::size_t>(size + more));
  return out;
}

// ISO 10126: any bytes, and how many they are with the last one.
std::string padding_for(std::size_t size) {
  const auto count = block_bytes - size % block_bytes;
  auto padding = random_bytes(count);
  padding.back() = static_cast<char>(count);
  return padding;
}

std::optional<std::string_view> without_padding(std::string_view padded) {
  const auto count = static_cast<unsigned char>(padded.back());
  if (count == 0 || count > block_bytes) return std::nullopt;
  return padded.substr(0, padded.size() - count);
}

OpenedPackage not_opened(std::string what) { return {OpenedPackage::Outcome::not_opened, {}, std::move(what)}; }
OpenedPackage broken(std::string what) { return {OpenedPackage::Outcome::broken, {}, std::move(what)}; }

Result<PackageEncryption> encryption_of(const Thing& package) {
  if (package.data.size() != 1) return Error{"a package has one data-xml"};
  const auto whole = "<data-xml>" + package.data.front().bytes + "</data-xml>";
  BB_TRY(const auto markup, Markup::read(whole, data_bytes_max));
  PackageEncryption encryption;
  std::string rest;
  Reader reader(markup, 1);
  reader.enter(markup.root(), [&] {
    reader.one("password-protected-package", encryption);
    reader.until({}, rest);
  });
  if (reader.error()) return *reader.error();
  return encryption;
}

}  // namespace

Result<Thing> seal_package(const std::vector<Thing>& things, std::string_view answer) {
  if (things.empty()) return Error{"a package needs a thing inside"};
  if (answer.size() < package_answer_characters_min)
    return Error{fmt::format("the answer has {} characters, expected at least {}", answer.size(),
                             package_answer_characters_min)};
  if (std::any_of(answer.begin(), answer.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return Error{"the answer has letters beyond ASCII, of which clients make lower case differently; choose another"};
  const PackageEncryption encryption{std::string(triple_des), base64_encode(random_bytes(salt_bytes)),
                                     iterations_written, triple_des_key_bits};
  auto contents = write_request_info<PutThings>(ThingsRequest{things});
  constexpr std::string_view begin = "<info>", end = "</info>";
  contents = contents.substr(begin.size(), contents.size() - begin.size() - end.size());
  auto plain = mac(MacAlgorithm::hmac_sha1, encryption.salt, contents) + contents;
  plain += padding_for(plain.size());
  auto material = derived(answer, encryption);
  Thing package{.type_id = std::string(package_type_id)};
  package.blobs.push_back(
      {.content_type = "application/octet-stream", .inline_bytes = in_cbc(Direction::encrypt, material, plain)});
  wipe(material);
  std::string data;
  Writer(data, 1).one("password-protected-package", encryption);
  package.data.push_back({data + "<common/>"});
  return package;
}

OpenedPackage open_package(const Thing& package, std::string_view answer) {
  const auto encryption = encryption_of(package);
  if (!encryption) return broken(encryption.error().what);
  if (encryption->algorithm != triple_des)
    return not_opened(
        fmt::format("the algorithm '{}' is not opened here, '{}' is", shorten(encryption->algorithm, 40), triple_des));
  const auto blob = std::find_if(package.blobs.begin(), package.blobs.end(),
                                 [](const Blob& one) { return one.name.empty() && one.inline_bytes; });
  if (blob == package.blobs.end()) return not_opened("the package has no unnamed blob with its contents inline");
  if (encryption->key_bits != triple_des_key_bits || encryption->iterations < 1 ||
      encryption->iterations > iterations_max || encryption->salt.empty())
    return broken(fmt::format("expected a salt, a key of {} bits and 1 to {} iterations, got {} bits and {}",
                              triple_des_key_bits, iterations_max, encryption->key_bits, encryption->iterations));
  const auto& blocks = *blob->inline_bytes;
  if (blocks.empty() || blocks.size() % block_bytes != 0 || blocks.size() > contents_bytes_max)
    return broken(fmt::format("the contents have {} bytes, expected whole blocks of {}", blocks.size(), block_bytes));

  auto material = derived(answer, *encryption);
  const auto padded = in_cbc(Direction::decrypt, material, blocks);
  wipe(material);
  const auto plain = without_padding(padded);
  if (!plain || plain->size() < hash_bytes) return {OpenedPackage::Outcome::wrong_answer};
  const auto contents = plain->substr(hash_bytes);
  if (!verify_mac(MacAlgorithm::hmac_sha1, encryption->salt, contents, plain->substr(0, hash_bytes)))
    return {OpenedPackage::Outcome::wrong_answer};
  auto request = read_request_info<PutThings>("<info>" + std::string(contents) + "</info>");
  if (!request) return broken("the contents are no things: " + request.error().what);
  return {OpenedPackage::Outcome::opened, std::move(request->things), {}};
}

}  // namespace bb::healthvault
