// cms_common.hpp - what signing and encrypting share.
#pragma once

#include <bb/direct/certificate.hpp>

#include "openssl.hpp"

namespace bb::direct {

// The bytes of a message are bounded before they come here.
// Bytes may stand behind its end; how many is told where it is asked.
Result<Owned<CMS_ContentInfo>> read_cms(std::string_view der, std::string_view what,
                                        std::size_t* trailing_bytes = nullptr);
Result<std::string> write_cms(CMS_ContentInfo* cms);

// How a message names a certificate: by issuer and serial number, or by its key.
std::string name_of(const ASN1_OCTET_STRING* key_id, const X509_NAME* issuer, const ASN1_INTEGER* serial);

}  // namespace bb::direct
