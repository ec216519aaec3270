#include "cms_common.hpp"

#include <fmt/format.h>
#include <bb/core/crypto.hpp>

namespace bb::direct {

Result<Owned<CMS_ContentInfo>> read_cms(std::string_view der, std::string_view what, std::size_t* trailing_bytes) {
  forget_errors();
  const auto* const begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* at = begin;
  Owned<CMS_ContentInfo> cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  if (cms == nullptr) return Error{fmt::format("no {} (RFC 5652): {}", what, reason())};
  if (trailing_bytes != nullptr) *trailing_bytes = der.size() - static_cast<std::size_t>(at - begin);
  return cms;
}

Result<std::string> write_cms(CMS_ContentInfo* cms) {
  const int size = i2d_CMS_ContentInfo(cms, nullptr);
  if (size < 0) return failed_to("write the message's syntax");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(bytes.data());
  i2d_CMS_ContentInfo(cms, &at);
  return bytes;
}

std::string name_of(const ASN1_OCTET_STRING* key_id, const X509_NAME* issuer, const ASN1_INTEGER* serial) {
  if (key_id != nullptr) return "key " + to_hex(view(key_id));
  const auto out = new_memory();
  if (issuer == nullptr || X509_NAME_print_ex(out.get(), issuer, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
    return "an unnamed certificate";
  return fmt::format("number {} of {}", to_hex(view(serial)), content_of(out.get()));
}

}  // namespace bb::direct
