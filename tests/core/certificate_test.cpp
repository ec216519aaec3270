#include <bb/core/certificate.hpp>

#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>

namespace bb::test {
namespace {

const std::string der = "\x30\x03\x02\x01\x05";  // not one, but of the shape: a SEQUENCE
const std::string pem = "-----BEGIN CERTIFICATE-----\nMAMC\nAQU=\n-----END CERTIFICATE-----\n";

TEST(CertificateTest, IsReadFromPemAndFromBase64) {
  EXPECT_EQ(certificate_der("MAMCAQU="), der);
  EXPECT_EQ(certificate_der(pem), der);
  EXPECT_EQ(certificate_der("subject=CN = somebody\n" + pem), der);
}

TEST(CertificateTest, IsOneAndWhole) {
  EXPECT_FALSE(certificate_der(""));
  EXPECT_FALSE(certificate_der("no base64!"));
  EXPECT_FALSE(certificate_der(pem + pem));
  EXPECT_FALSE(certificate_der("-----BEGIN CERTIFICATE-----\nMAMCAQU=\n"));
  EXPECT_FALSE(certificate_der("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
}

TEST(CertificateTest, HasAtMost64KiB) {
  EXPECT_TRUE(certificate_der(base64_encode(std::string(certificate_bytes_max, 'x'))));
  EXPECT_FALSE(certificate_der(base64_encode(std::string(certificate_bytes_max + 1, 'x'))));
}

}  // namespace
}  // namespace bb::test
