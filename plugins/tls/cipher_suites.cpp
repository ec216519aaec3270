#include "tls/cipher_suites.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>

namespace bb::tls {
namespace {

using Named = std::pair<std::uint16_t, std::string_view>;

constexpr std::array<Named, 81> names{{{0x0001, "TLS_RSA_WITH_NULL_MD5"},
                                       {0x0002, "TLS_RSA_WITH_NULL_SHA"},
                                       {0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"},
                                       {0x0004, "TLS_RSA_WITH_RC4_128_MD5"},
                                       {0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
                                       {0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"},
                                       {0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x0009, "TLS_RSA_WITH_DES_CBC_SHA"},
                                       {0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
                                       {0x000b, "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x000c, "TLS_DH_DSS_WITH_DES_CBC_SHA"},
                                       {0x000e, "TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x000f, "TLS_DH_RSA_WITH_DES_CBC_SHA"},
                                       {0x0011, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x0012, "TLS_DHE_DSS_WITH_DES_CBC_SHA"},
                                       {0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"},
                                       {0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA"},
                                       {0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"},
                                       {0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5"},
                                       {0x0018, "TLS_DH_anon_WITH_RC4_128_MD5"},
                                       {0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA"},
                                       {0x001a, "TLS_DH_anon_WITH_DES_CBC_SHA"},
                                       {0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"},
                                       {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
                                       {0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"},
                                       {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
                                       {0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA"},
                                       {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
                                       {0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA"},
                                       {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
                                       {0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA"},
                                       {0x003b, "TLS_RSA_WITH_NULL_SHA256"},
                                       {0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256"},
                                       {0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256"},
                                       {0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"},
                                       {0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"},
                                       {0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256"},
                                       {0x006d, "TLS_DH_anon_WITH_AES_256_CBC_SHA256"},
                                       {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
                                       {0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
                                       {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
                                       {0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
                                       {0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"},
                                       {0x00a7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384"},
                                       {0x1301, "TLS_AES_128_GCM_SHA256"},
                                       {0x1302, "TLS_AES_256_GCM_SHA384"},
                                       {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
                                       {0x1304, "TLS_AES_128_CCM_SHA256"},
                                       {0x1305, "TLS_AES_128_CCM_8_SHA256"},
                                       {0xc001, "TLS_ECDH_ECDSA_WITH_NULL_SHA"},
                                       {0xc002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA"},
                                       {0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA"},
                                       {0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"},
                                       {0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
                                       {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
                                       {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
                                       {0xc00b, "TLS_ECDH_RSA_WITH_NULL_SHA"},
                                       {0xc00c, "TLS_ECDH_RSA_WITH_RC4_128_SHA"},
                                       {0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA"},
                                       {0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"},
                                       {0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
                                       {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
                                       {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
                                       {0xc015, "TLS_ECDH_anon_WITH_NULL_SHA"},
                                       {0xc016, "TLS_ECDH_anon_WITH_RC4_128_SHA"},
                                       {0xc017, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA"},
                                       {0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"},
                                       {0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"},
                                       {0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
                                       {0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"},
                                       {0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
                                       {0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
                                       {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
                                       {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
                                       {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
                                       {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
                                       {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
                                       {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
                                       {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
                                       {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"}}};

constexpr bool has(std::string_view name, std::string_view part) { return name.find(part) != std::string_view::npos; }

bool is_of(std::string_view name, std::string_view family) {
  if (family == "null") return has(name, "_NULL_");
  if (family == "export") return has(name, "_EXPORT_");
  if (family == "rc4") return has(name, "_RC4_");
  if (family == "des") return has(name, "_DES_") || has(name, "_DES40_");
  if (family == "anonymous") return has(name, "_anon_");
  if (family == "md5") return name.ends_with("_MD5");
  return family == "usual" && has(name, "_WITH_") && !is_of(name, "null") && !is_of(name, "export") &&
         !is_of(name, "rc4") && !is_of(name, "des") && !is_of(name, "anonymous") && !is_of(name, "md5");
}

}  // namespace

std::vector<std::uint16_t> suites_of(std::string_view family) {
  std::vector<std::uint16_t> suites;
  for (const auto& [number, name] : names)
    if (is_of(name, family)) suites.push_back(number);
  // The strong ones stand at the end of the registry.
  std::reverse(suites.begin(), suites.end());
  return suites;
}

std::vector<std::uint16_t> suites_of_tls13() {
  std::vector<std::uint16_t> suites;
  for (const auto& [number, name] : names)
    if (number >> 8 == 0x13) suites.push_back(number);
  return suites;
}

std::string name_of_suite(std::uint16_t suite) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const Named& row) { return row.first == suite; });
  if (found != names.end()) return std::string(found->second);
  const std::string bytes{static_cast<char>(suite >> 8), static_cast<char>(suite & 0xff)};
  return "0x" + to_hex(bytes);
}

}  // namespace bb::tls
