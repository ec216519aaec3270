// Public keys from the members of a JWK and back (RFC 7518, 6; RFC 8037, 2).
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <memory>

#include <bb/core/crypto.hpp>
#include <bb/core/release.hpp>
#include <bb/core/signature_keys.hpp>

namespace bb {
namespace {

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;

constexpr std::size_t member_chars_max = 4'096;             // 16,384 bits are 2,731
constexpr int rsa_bits_min = 2'048, rsa_bits_max = 16'384;  // RFC 7518, 3.3; OpenSSL's own bound
constexpr std::size_t ed25519_bytes = 32;

struct Curve {
  std::string_view name;  // as JWK and OpenSSL have it
  std::string_view openssl_name;
  std::size_t coordinate_bytes;
};
constexpr std::array<Curve, 3> curves{
    {{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}}};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

class Members {
 public:
  explicit Members(const KeyMembers& members) : members_(members) {}

  Result<std::string> text(std::string_view name) const {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&](const auto& one) { return one.first == name; });
    if (found == members_.end()) return Error{"member '" + std::string(name) + "' is missing"};
    return found->second;
  }

  Result<std::string> bytes(std::string_view name) const {
    BB_TRY(const auto encoded, text(name));
    auto decoded = encoded.size() > member_chars_max ? std::nullopt : base64url_decode(encoded);
    if (!decoded || decoded->empty()) return Error{"member '" + std::string(name) + "' is not base64url of a number"};
    return *std::move(decoded);
  }

 private:
  const KeyMembers& members_;
};

Result<std::shared_ptr<EVP_PKEY>> from_parameters(const char* kind, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  const bool is_made = EVP_PKEY_fromdata_init(context.get()) == 1 &&
                       EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  std::shared_ptr<EVP_PKEY> key(made, EVP_PKEY_free);
  const KeyContext check(is_made ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  const bool is_good = check && EVP_PKEY_public_check(check.get()) == 1;
  ERR_clear_error();
  if (!is_good) return Error{std::string("the members are no public key of kind ") + kind};
  return key;
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

Result<std::shared_ptr<EVP_PKEY>> rsa_key(const Members& members) {
  BB_TRY(const auto modulus, members.bytes("n"));
  BB_TRY(const auto exponent, members.bytes("e"));
  const auto n = number_of(modulus), e = number_of(exponent);
  const int bits = BN_num_bits(n.get());
  if (bits < rsa_bits_min || bits > rsa_bits_max)
    return Error{"member 'n' has " + std::to_string(bits) + " bits, expected " + std::to_string(rsa_bits_min) + " to " +
                 std::to_string(rsa_bits_max)};
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return from_parameters("RSA", builder.get());
}

Result<std::shared_ptr<EVP_PKEY>> ec_key(const Members& members) {
  BB_TRY(const auto name, members.text("crv"));
  const auto* const curve =
      std::find_if(curves.begin(), curves.end(), [&](const Curve& one) { return one.name == name; });
  if (curve == curves.end()) return Error{"member 'crv' is none of P-256, P-384 and P-521"};
  BB_TRY(const auto x, members.bytes("x"));
  BB_TRY(const auto y, members.bytes("y"));
  // 6.2.1.2: the length must be that of the curve.
  if (x.size() != curve->coordinate_bytes || y.size() != curve->coordinate_bytes)
    return Error{"members 'x' and 'y' of " + name + " have " + std::to_string(curve->coordinate_bytes) +
                 " bytes, got " + std::to_string(x.size()) + " and " + std::to_string(y.size())};
  const auto point = "\x04" + x + y;  // uncompressed (SEC 1, 2.3.3)
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, name.data(), name.size());
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return from_parameters("EC", builder.get());
}

Result<std::shared_ptr<EVP_PKEY>> okp_key(const Members& members) {
  BB_TRY(const auto name, members.text("crv"));
  BB_TRY(const auto x, members.bytes("x"));
  if (name != "Ed25519" || x.size() != ed25519_bytes) return Error{"the members are no public key of Ed25519"};
  return std::shared_ptr<EVP_PKEY>(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(x), x.size()),
                                   EVP_PKEY_free);
}

std::string number_text(const EVP_PKEY* key, const char* name, std::size_t bytes_min = 0) {
  BIGNUM* read = nullptr;
  EVP_PKEY_get_bn_param(key, name, &read);
  const Number number(read);
  if (!number) return {};
  std::string bytes(std::max(bytes_min, static_cast<std::size_t>(BN_num_bytes(number.get()))), '\0');
  BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  return base64url_encode(bytes);
}

}  // namespace

Result<VerifyingKey> VerifyingKey::from_members(const KeyMembers& given) {
  const Members members(given);
  BB_TRY(const auto kind, members.text("kty"));
  if (kind == "RSA") {
    BB_TRY(auto key, rsa_key(members));
    return VerifyingKey(std::move(key));
  }
  if (kind == "EC") {
    BB_TRY(auto key, ec_key(members));
    return VerifyingKey(std::move(key));
  }
  if (kind == "OKP") {
    BB_TRY(auto key, okp_key(members));
    return VerifyingKey(std::move(key));
  }
  return Error{"member 'kty' is none of RSA, EC and OKP"};
}

KeyMembers VerifyingKey::members() const {
  const auto* const key = key_.get();
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
    return {
        {"kty", "RSA"}, {"n", number_text(key, OSSL_PKEY_PARAM_RSA_N)}, {"e", number_text(key, OSSL_PKEY_PARAM_RSA_E)}};
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
    std::string raw(ed25519_bytes, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size);
    return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(raw)}};
  }
  std::array<char, 64> group{};
  EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr);
  const std::string_view name(group.data());
  const auto* const curve = std::find_if(
      curves.begin(), curves.end(), [&](const Curve& one) { return one.openssl_name == name || one.name == name; });
  if (curve == curves.end()) return {};
  return {{"kty", "EC"},
          {"crv", std::string(curve->name)},
          {"x", number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, curve->coordinate_bytes)},
          {"y", number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, curve->coordinate_bytes)}};
}

}  // namespace bb
